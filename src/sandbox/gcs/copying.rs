//! Objects made of others: copies, rewrites in several calls, compositions.

use super::content::Content;
use super::message::{Bucket, Object};
use super::name::check_object;
use super::object::{find, retire, write};
use super::precondition::Preconditions;
use super::record::{self, ObjectRecord};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Transaction, World};

/// <https://cloud.google.com/storage/docs/composite-objects>
const MOST_SOURCES: usize = 32;

/// What is copied.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    pub(super) bucket: String,
    pub(super) name: String,
    pub(super) generation: Option<i64>,
    pub(super) preconditions: Preconditions,
}

/// Where a copy goes, and what is said of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Target {
    pub(super) bucket: String,
    pub(super) name: String,
    /// What the caller says of it; as the source's, if nothing.
    pub(super) described: Option<Object>,
    pub(super) preconditions: Preconditions,
}

/// How far a rewrite has come.
#[derive(Clone, Debug)]
pub(super) struct Rewrite {
    pub(super) rewritten: u64,
    pub(super) total: u64,
    /// The copy, or how to go on.
    pub(super) outcome: Result<Object, String>,
}

/// Copies an object; with a `limit`, so many bytes in one call where they must really move.
pub(super) fn rewrite(
    world: &World,
    from: &Source,
    to: &Target,
    limit: Option<u64>,
    token: &str,
) -> Result<Rewrite, Refusal> {
    check_object(&to.name)?;
    world.store.transact(|transaction| {
        let record = find(transaction, &from.bucket, &from.name, from.generation)?;
        from.preconditions.for_reading(&record.object).map_err(|_| Refusal::precondition())?;
        let source = record::bucket(transaction, &from.bucket)?;
        let bucket = record::bucket(transaction, &to.bucket)?;
        let total = record.content.size();
        let generation = record.object.generation;
        let done_before = rewritten_before(token, generation)?;
        let copy = described(&record.object, to);
        let moves = source.location != bucket.location
            || class(&copy, &bucket) != class(&record.object, &source);
        let rewritten = limit.filter(|_| moves).map_or(total, |limit| done_before + limit);
        if rewritten < total {
            let token = record::page_token(&format!("{generation}:{rewritten}"));
            return Ok(Rewrite { rewritten, total, outcome: Err(token) });
        }
        let record = ObjectRecord { object: copy, content: record.content };
        let copy = write(transaction, world.clock.now(), &bucket, record, &to.preconditions)?;
        Ok(Rewrite { rewritten: total, total, outcome: Ok(copy) })
    })
}

/// Gives an object of a bucket another name.
pub(super) fn move_to(world: &World, from: &Source, to: &Target) -> Result<Object, Refusal> {
    check_object(&to.name)?;
    if from.name == to.name {
        return Err(Refusal::invalid("The source and the destination of a move are the same."));
    }
    world.store.transact(|transaction| {
        let record = find(transaction, &from.bucket, &from.name, None)?;
        from.preconditions.for_writing(Some(&record.object))?;
        let bucket = record::bucket(transaction, &from.bucket)?;
        let mut object = described(&record.object, to);
        object.storage_class.clone_from(&record.object.storage_class);
        let content = record.content.clone();
        let now = world.clock.now();
        let moved = ObjectRecord { object, content };
        let moved = write(transaction, now, &bucket, moved, &to.preconditions)?;
        retire(transaction, &bucket, record, now)?;
        Ok(moved)
    })
}

fn class<'a>(object: &'a Object, bucket: &'a Bucket) -> &'a str {
    match object.storage_class.as_str() {
        "" => &bucket.storage_class,
        class => class,
    }
}

/// Bytes are the source's, and so are their checksums; the rest as the caller says.
fn described(source: &Object, to: &Target) -> Object {
    let storage_class = String::new();
    let mut copy = match &to.described {
        Some(described) => described.clone(),
        None => Object { storage_class, custom_time: None, ..source.clone() },
    };
    copy.name.clone_from(&to.name);
    copy.checksums.clone_from(&source.checksums);
    copy.component_count = source.component_count;
    if copy.content_type.is_empty() {
        copy.content_type.clone_from(&source.content_type);
    }
    copy
}

/// What an earlier call has rewritten; its token is good for the version that it was begun with.
fn rewritten_before(token: &str, generation: i64) -> Result<u64, Refusal> {
    if token.is_empty() {
        return Ok(0);
    }
    let invalid = || Refusal::invalid("Invalid rewrite token.");
    let text = record::last_of_page(token).map_err(|_| invalid())?;
    let (begun_with, rewritten) = text.split_once(':').ok_or_else(invalid)?;
    if begun_with != generation.to_string() {
        return Err(invalid());
    }
    rewritten.parse().map_err(|_| invalid())
}

/// Puts objects of one bucket together.
pub(super) fn compose(world: &World, sources: &[Source], to: &Target) -> Result<Object, Refusal> {
    check_object(&to.name)?;
    if !(1..=MOST_SOURCES).contains(&sources.len()) {
        return Err(Refusal::invalid(format!(
            "The number of source components provided ({}) must be between 1 and {MOST_SOURCES}.",
            sources.len()
        )));
    }
    world.store.transact(|transaction| {
        let bucket = record::bucket(transaction, &to.bucket)?;
        let mut object = to.described.clone().unwrap_or_default();
        object.name.clone_from(&to.name);
        let mut content = Content::default();
        object.component_count = 0;
        // Clients send what they know of an earlier object of the name.
        object.checksums = None;
        for source in sources {
            object.component_count += add(transaction, source, &mut content)?;
        }
        content.sums(transaction)?.check_into(&mut object)?;
        // <https://cloud.google.com/storage/docs/composite-objects#_Validation>: no MD5.
        if let Some(sums) = &mut object.checksums {
            sums.md5_hash.clear();
        }
        let record = ObjectRecord { object, content };
        write(transaction, world.clock.now(), &bucket, record, &to.preconditions)
    })
}

/// Adds a source and returns how many components it has.
fn add(
    transaction: &mut Transaction<'_>,
    source: &Source,
    content: &mut Content,
) -> Result<i32, Refusal> {
    let record = find(transaction, &source.bucket, &source.name, source.generation)?;
    source.preconditions.for_writing(Some(&record.object))?;
    content.join(transaction, record.content)?;
    Ok(record.object.component_count.max(1))
}
