//! Objects: what each method does to the world. Only live versions are kept.

use bytes::Bytes;
use data_encoding::BASE64;

use super::message::*;
use super::name::check_object;
use super::record::{self, ObjectRecord};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Moment, Transaction, World};

/// Remembers the last generation given out, so that no two are alike.
const LAST_GENERATION: &str = "gcs/last-generation";

/// What the caller says must hold.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Preconditions {
    pub(super) generation: Option<i64>,
    pub(super) not_generation: Option<i64>,
    pub(super) metageneration: Option<i64>,
    pub(super) not_metageneration: Option<i64>,
}

impl Preconditions {
    /// An object that is not there has generation 0.
    fn check(&self, there: Option<&Object>) -> Result<(), Refusal> {
        let generation = there.map_or(0, |object| object.generation);
        let metageneration = there.map_or(0, |object| object.metageneration);
        let holds = self.generation.is_none_or(|wanted| wanted == generation)
            && self.not_generation.is_none_or(|unwanted| unwanted != generation)
            && self.metageneration.is_none_or(|wanted| wanted == metageneration)
            && self.not_metageneration.is_none_or(|unwanted| unwanted != metageneration);
        if holds { Ok(()) } else { Err(Refusal::precondition()) }
    }
}

/// Writes an object; `object` holds what the caller says of it.
pub(super) fn put(
    world: &World,
    bucket: &str,
    object: Object,
    data: &[u8],
    preconditions: Preconditions,
) -> Result<Object, Refusal> {
    check_object(&object.name)?;
    let crc32c = crc32c::crc32c(data);
    if object.checksums.as_ref().and_then(|c| c.crc32c).is_some_and(|said| said != crc32c) {
        return Err(Refusal::invalid(format!(
            "Provided CRC32C \"{}\" doesn't match calculated CRC32C.",
            object.name
        )));
    }
    let now = world.clock.now();
    world.store.transact(|transaction| {
        let bucket = record::bucket(transaction, bucket)?;
        let there = record::object(transaction, &bucket.bucket_id, &object.name)?;
        let there = there.map(|record| record.object);
        preconditions.check(there.as_ref())?;
        check_retention(&bucket, there.as_ref(), now)?;
        let mut object = completed(object, &bucket, now);
        object.generation = next_generation(transaction, now);
        object.etag = record::etag(object.generation);
        object.size = i64::try_from(data.len()).unwrap_or(i64::MAX);
        object.checksums = Some(ObjectChecksums { crc32c: Some(crc32c), md5_hash: Vec::new() });
        let record = ObjectRecord { object: object.clone(), data: BASE64.encode(data) };
        record::put_object(transaction, &bucket.bucket_id, &record)?;
        Ok(object)
    })
}

fn completed(object: Object, bucket: &Bucket, now: Moment) -> Object {
    let storage_class = match object.storage_class.as_str() {
        "" => bucket.storage_class.clone(),
        _ => object.storage_class,
    };
    let time = Some(Timestamp::from(now));
    Object {
        bucket: bucket.name.clone(),
        metageneration: 1,
        storage_class,
        create_time: time,
        update_time: time,
        finalize_time: time,
        update_storage_class_time: time,
        ..object
    }
}

/// Generations are microseconds, as the real ones are, but never repeat.
fn next_generation(transaction: &mut Transaction<'_>, now: Moment) -> i64 {
    let last = transaction.value(LAST_GENERATION).and_then(|value| value.as_i64()).unwrap_or(0);
    let next = now.0.max(last + 1);
    transaction.put(LAST_GENERATION, next.into());
    next
}

/// Finds an object that the caller may see.
pub(super) fn get(
    world: &World,
    bucket: &str,
    name: &str,
    generation: Option<i64>,
    preconditions: Preconditions,
) -> Result<Object, Refusal> {
    world.store.read(|view| {
        let record = find(view, bucket, name, generation)?;
        preconditions.check(Some(&record.object))?;
        Ok(record.object)
    })
}

/// The same, with its bytes.
pub(super) fn contents(
    world: &World,
    bucket: &str,
    name: &str,
    generation: Option<i64>,
    preconditions: Preconditions,
) -> Result<(Object, Bytes), Refusal> {
    world.store.read(|view| {
        let ObjectRecord { object, data } = find(view, bucket, name, generation)?;
        preconditions.check(Some(&object))?;
        let data = BASE64
            .decode(data.as_bytes())
            .map_err(|error| Refusal::of_status(500, &error.to_string()))?;
        Ok((object, Bytes::from(data)))
    })
}

pub(super) fn delete(
    world: &World,
    bucket: &str,
    name: &str,
    generation: Option<i64>,
    preconditions: Preconditions,
) -> Result<(), Refusal> {
    let now = world.clock.now();
    world.store.transact(|transaction| {
        let record = find(transaction, bucket, name, generation)?;
        preconditions.check(Some(&record.object))?;
        check_retention(&record::bucket(transaction, bucket)?, Some(&record.object), now)?;
        transaction.remove(&record::object_key(bucket, name));
        Ok(())
    })
}

fn find(
    view: &Transaction<'_>,
    bucket: &str,
    name: &str,
    generation: Option<i64>,
) -> Result<ObjectRecord, Refusal> {
    record::bucket(view, bucket)?;
    record::object(view, bucket, name)?
        .filter(|record| generation.is_none_or(|wanted| wanted == record.object.generation))
        .ok_or_else(|| Refusal::not_found(format!("No such object: {bucket}/{name}")))
}

/// <https://cloud.google.com/storage/docs/bucket-lock>
fn check_retention(bucket: &Bucket, there: Option<&Object>, now: Moment) -> Result<(), Refusal> {
    let duration = bucket.retention_policy.as_ref().and_then(|policy| policy.retention_duration);
    let created = there.and_then(|object| object.create_time);
    let (Some(duration), Some(created)) = (duration, created) else { return Ok(()) };
    if created.seconds.saturating_add(duration.seconds) <= now.seconds() {
        return Ok(());
    }
    let name = there.map_or("", |object| &object.name);
    Err(Refusal::forbidden(format!(
        "Object '{}/{name}' is subject to bucket's retention policy or object retention and \
         cannot be deleted or overwritten until it has passed.",
        bucket.bucket_id
    )))
}

pub(super) fn list(
    world: &World,
    bucket: &str,
    request: &ListObjectsRequest,
) -> Result<ListObjectsResponse, Refusal> {
    let ListObjectsRequest { page_size, page_token, delimiter, prefix, .. } = request;
    // Old versions are not kept, so there are none to list beside the live ones.
    if request.soft_deleted || !request.match_glob.is_empty() {
        return Err(Refusal::unimplemented(
            "the sandbox lists no deleted objects and knows no globs",
        ));
    }
    let keys = record::objects(bucket);
    let before = match page_token.as_str() {
        "" => String::new(),
        token => record::last_of_page(token)?,
    };
    let after = if before.is_empty() { String::new() } else { format!("{keys}{before}") };
    let size = world.behaviour.page(*page_size);
    world.store.read(|view| {
        record::bucket(view, bucket)?;
        let mut page = ListObjectsResponse::default();
        let mut last = before.clone();
        for (key, value) in view.scan(&format!("{keys}{prefix}"), &after) {
            let name = &key[keys.len()..];
            let folder = folder(name, delimiter, prefix);
            // A folder stands for all that is in it, also when it ended the page before.
            if !in_range(name, request) || folder.is_some_and(|folder| folder == last) {
                continue;
            }
            if page.objects.len() + page.prefixes.len() == size {
                page.next_page_token = record::page_token(&last);
                break;
            }
            match folder {
                Some(folder) => page.prefixes.push(folder.to_owned()),
                None => page.objects.push(record::read(&value["object"])?),
            }
            last = folder.unwrap_or(name).to_owned();
        }
        Ok(page)
    })
}

fn in_range(name: &str, request: &ListObjectsRequest) -> bool {
    let ListObjectsRequest { lexicographic_start, lexicographic_end, .. } = request;
    name >= lexicographic_start.as_str()
        && (lexicographic_end.is_empty() || name < lexicographic_end.as_str())
}

/// What of a name a listing by folders shows instead of the object: up to the delimiter.
fn folder<'a>(name: &'a str, delimiter: &str, prefix: &str) -> Option<&'a str> {
    if delimiter.is_empty() {
        return None;
    }
    let at = name.get(prefix.len()..)?.find(delimiter)?;
    name.get(..prefix.len() + at + delimiter.len())
}
