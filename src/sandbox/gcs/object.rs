//! Objects: what each method does to the world. Lists are in `listing`, copies in `copying`.

use std::ops::Range;

use bytes::Bytes;

use super::content::{Content, Sums};
use super::message::*;
use super::name::check_object;
use super::precondition::Preconditions;
use super::record::{self, ObjectRecord};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Moment, Transaction, World};

/// Remembers the last generation given out, so that no two are alike.
const LAST_GENERATION: &str = "gcs/last-generation";

/// Writes an object; `object` holds what the caller says of it.
pub(super) fn put(
    world: &World,
    bucket: &str,
    mut object: Object,
    data: &Bytes,
    preconditions: &Preconditions,
) -> Result<Object, Refusal> {
    check_object(&object.name)?;
    Sums::of(data).check_into(&mut object)?;
    world.store.transact(|transaction| {
        let bucket = record::bucket(transaction, bucket)?;
        let content = Content::keep(transaction, data)?;
        write(
            transaction,
            world.clock.now(),
            &bucket,
            ObjectRecord { object, content },
            preconditions,
        )
    })
}

/// Makes an object the live one of its name; its checksums are known by now.
pub(super) fn write(
    transaction: &mut Transaction<'_>,
    now: Moment,
    bucket: &Bucket,
    record: ObjectRecord,
    preconditions: &Preconditions,
) -> Result<Object, Refusal> {
    let ObjectRecord { object, content } = record;
    let there = record::object(transaction, &bucket.bucket_id, &object.name)?;
    preconditions.for_writing(there.as_ref().map(|there| &there.object))?;
    if let Some(there) = there {
        retire(transaction, bucket, there, now)?;
    }
    let mut object = completed(object, bucket, now);
    object.generation = next_generation(transaction, now);
    object.etag = record::object_etag(&object);
    object.size = i64::try_from(content.size()).unwrap_or(i64::MAX);
    let record = ObjectRecord { object, content };
    record::put_object(transaction, &bucket.bucket_id, &record)?;
    Ok(record.object)
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
        delete_time: None,
        ..object
    }
}

/// The live version goes: into history where versions are kept, else for good.
pub(super) fn retire(
    transaction: &mut Transaction<'_>,
    bucket: &Bucket,
    mut record: ObjectRecord,
    now: Moment,
) -> Result<(), Refusal> {
    if bucket.versioning.as_ref().is_some_and(|versioning| versioning.enabled) {
        record.object.delete_time = Some(now.into());
        record::put_version(transaction, &bucket.bucket_id, &record)?;
    } else {
        check_retention(bucket, &record.object, now)?;
    }
    transaction.remove(&record::object_key(&bucket.bucket_id, &record.object.name));
    Ok(())
}

/// Generations are microseconds, as the real ones are, but never repeat.
pub(super) fn next_generation(transaction: &mut Transaction<'_>, now: Moment) -> i64 {
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
    preconditions: &Preconditions,
) -> Result<Object, Refusal> {
    world.store.read(|view| {
        let record = find(view, bucket, name, generation)?;
        preconditions.for_reading(&record.object)?;
        Ok(record.object)
    })
}

/// The same, with the part of its bytes that `part` chooses, knowing how many there are.
pub(super) fn contents(
    world: &World,
    bucket: &str,
    name: &str,
    (generation, preconditions): (Option<i64>, &Preconditions),
    part: impl FnOnce(u64) -> Result<Range<u64>, Refusal>,
) -> Result<(Object, Range<u64>, Bytes), Refusal> {
    world.store.read(|view| {
        let ObjectRecord { object, content } = find(view, bucket, name, generation)?;
        preconditions.for_reading(&object)?;
        let part = part(content.size())?;
        let bytes = content.read(view, &part)?;
        Ok((object, part, bytes))
    })
}

/// Changes what is said of an object, not its bytes.
pub(super) fn change(
    world: &World,
    bucket: &str,
    name: &str,
    (generation, preconditions): (Option<i64>, &Preconditions),
    change: impl FnOnce(&mut Object) -> Result<(), Refusal>,
) -> Result<Object, Refusal> {
    world.store.transact(|transaction| {
        let mut record = find(transaction, bucket, name, generation)?;
        preconditions.for_writing(Some(&record.object))?;
        let object = &mut record.object;
        change(object)?;
        object.metageneration += 1;
        object.update_time = Some(world.clock.now().into());
        object.etag = record::object_etag(object);
        match record.object.delete_time {
            Some(_) => record::put_version(transaction, bucket, &record)?,
            None => record::put_object(transaction, bucket, &record)?,
        }
        Ok(record.object)
    })
}

/// Removes the live version, or for good the one that is named.
pub(super) fn delete(
    world: &World,
    bucket: &str,
    name: &str,
    generation: Option<i64>,
    preconditions: &Preconditions,
) -> Result<(), Refusal> {
    let now = world.clock.now();
    world.store.transact(|transaction| {
        let record = find(transaction, bucket, name, generation)?;
        preconditions.for_writing(Some(&record.object))?;
        let bucket = record::bucket(transaction, bucket)?;
        let Some(generation) = generation else {
            return retire(transaction, &bucket, record, now);
        };
        check_retention(&bucket, &record.object, now)?;
        transaction.remove(&match record.object.delete_time {
            Some(_) => record::version_key(&bucket.bucket_id, name, generation),
            None => record::object_key(&bucket.bucket_id, name),
        });
        Ok(())
    })
}

/// Finds the live version, or the one that is named.
pub(super) fn find(
    view: &Transaction<'_>,
    bucket: &str,
    name: &str,
    generation: Option<i64>,
) -> Result<ObjectRecord, Refusal> {
    record::bucket(view, bucket)?;
    let live = record::object(view, bucket, name)?
        .filter(|record| generation.is_none_or(|wanted| wanted == record.object.generation));
    let found = match (live, generation) {
        (None, Some(generation)) => record::version(view, bucket, name, generation)?,
        (live, _) => live,
    };
    found.ok_or_else(|| Refusal::not_found(format!("No such object: {bucket}/{name}")))
}

/// <https://cloud.google.com/storage/docs/bucket-lock>
fn check_retention(bucket: &Bucket, there: &Object, now: Moment) -> Result<(), Refusal> {
    let duration = bucket.retention_policy.as_ref().and_then(|policy| policy.retention_duration);
    let (Some(duration), Some(created)) = (duration, there.create_time) else { return Ok(()) };
    if created.seconds.saturating_add(duration.seconds) <= now.seconds() {
        return Ok(());
    }
    Err(Refusal::forbidden(format!(
        "Object '{}/{}' is subject to bucket's retention policy or object retention and \
         cannot be deleted or overwritten until it has passed.",
        bucket.bucket_id, there.name
    )))
}
