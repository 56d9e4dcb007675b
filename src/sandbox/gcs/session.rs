//! Resumable uploads: what was begun, and how far it has come.
//!
//! <https://cloud.google.com/storage/docs/performing-resumable-uploads>. A session lies in the
//! store, so it outlives the server.

use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use super::content::Content;
use super::message::{Object, ObjectChecksums};
use super::name::check_object;
use super::object::{next_generation, write};
use super::precondition::Preconditions;
use super::record::{self, ObjectRecord};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Transaction, World};

/// All chunks but the last are multiples of this.
const GRAIN: u64 = 256 << 10;

/// An upload that was begun.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Session {
    bucket: String,
    object: Object,
    preconditions: Preconditions,
    content: Content,
    /// What came of it.
    done: Option<Object>,
}

/// What a call sends of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Range {
    /// Nothing: it asks how far the upload has come, and may say how long it will be.
    Nothing { total: Option<u64> },
    /// These bytes; with the total, the last chunk can be told.
    Chunk { first: u64, last: u64, total: Option<u64> },
    /// All that there is.
    Whole,
}

/// How far an upload has come.
#[derive(Debug)]
pub(super) enum Progress {
    /// So many bytes are kept.
    Kept(u64),
    /// It is finished.
    Done(Box<Object>),
}

/// Begins an upload and returns its name.
pub(super) fn begin(
    world: &World,
    bucket: &str,
    object: Object,
    preconditions: Preconditions,
) -> Result<String, Refusal> {
    check_object(&object.name)?;
    world.store.transact(|transaction| {
        record::bucket(transaction, bucket)?;
        let there = record::object(transaction, bucket, &object.name)?;
        preconditions.for_writing(there.as_ref().map(|there| &there.object))?;
        let number = next_generation(transaction, world.clock.now());
        let id = format!("upload-{}", BASE64URL_NOPAD.encode(&number.to_be_bytes()));
        let bucket = bucket.to_owned();
        let session = Session { bucket, object, preconditions, ..Session::default() };
        put(transaction, &id, &session)?;
        Ok(id)
    })
}

/// Takes in what a call sends, and finishes the upload with its last byte.
pub(super) fn advance(
    world: &World,
    id: &str,
    range: &Range,
    mut data: Bytes,
    said: Option<ObjectChecksums>,
) -> Result<Progress, Refusal> {
    world.store.transact(|transaction| {
        let mut session = find(transaction, id)?;
        if let Some(object) = session.done {
            return Ok(Progress::Done(Box::new(object)));
        }
        let here = session.content.size();
        let (first, total) = place(range, &data)?;
        if first > here {
            return Err(gap(first, here));
        }
        // What was sent twice is kept once.
        let known = usize::try_from(here - first).unwrap_or(usize::MAX);
        data = data.slice(known.min(data.len())..);
        let end = here + data.len() as u64;
        if total.is_some_and(|total| total < end) {
            return Err(Refusal::invalid("The upload is longer than it was said to be."));
        }
        if total != Some(end) {
            data = whole_grains(data)?;
        }
        session.content.append(transaction, &data)?;
        let kept = session.content.size();
        if total == Some(kept) {
            finish(world, transaction, &mut session, said.clone())?;
        }
        put(transaction, id, &session)?;
        let done = session.done.map(|object| Progress::Done(Box::new(object)));
        Ok(done.unwrap_or(Progress::Kept(kept)))
    })
}

/// Where the data begins, and how long the whole is.
fn place(range: &Range, data: &Bytes) -> Result<(u64, Option<u64>), Refusal> {
    let length = data.len() as u64;
    match *range {
        Range::Nothing { total } if data.is_empty() => Ok((0, total)),
        Range::Whole => Ok((0, Some(length))),
        Range::Chunk { first, last, total } if last.checked_sub(first) == length.checked_sub(1) => {
            Ok((first, total))
        }
        _ => Err(Refusal::invalid("Failed to parse Content-Range header.")),
    }
}

fn gap(first: u64, here: u64) -> Refusal {
    let message = format!(
        "Invalid request. According to the Content-Range header, the upload offset is {first} \
         byte(s), which exceeds already uploaded size of {here} byte(s)."
    );
    Refusal::of_status(503, &message)
}

/// Of a chunk that is not the last, only whole grains are kept.
fn whole_grains(data: Bytes) -> Result<Bytes, Refusal> {
    let length = data.len() as u64;
    if length > 0 && length < GRAIN {
        return Err(Refusal::invalid(format!(
            "Invalid request. The number of bytes uploaded is required to be equal or greater \
             than {GRAIN}, except for the final request. The received request contained {length} \
             bytes, which does not meet this requirement."
        )));
    }
    let whole = length - length % GRAIN;
    Ok(data.slice(..usize::try_from(whole).unwrap_or_default()))
}

fn finish(
    world: &World,
    transaction: &mut Transaction<'_>,
    session: &mut Session,
    said: Option<ObjectChecksums>,
) -> Result<(), Refusal> {
    let mut object = session.object.clone();
    object.checksums = said.or(object.checksums);
    let content = std::mem::take(&mut session.content);
    content.sums(transaction)?.check_into(&mut object)?;
    let bucket = record::bucket(transaction, &session.bucket)?;
    let record = ObjectRecord { object, content };
    let now = world.clock.now();
    session.done = Some(write(transaction, now, &bucket, record, &session.preconditions)?);
    Ok(())
}

/// Gives an upload up.
pub(super) fn cancel(world: &World, id: &str) -> Result<(), Refusal> {
    world.store.transact(|transaction| {
        find(transaction, id)?;
        transaction.remove(&record::upload_key(id));
        Ok(())
    })
}

fn find(view: &Transaction<'_>, id: &str) -> Result<Session, Refusal> {
    let gone = || Refusal::not_found("No such upload session, or it was cancelled.");
    record::read(&*view.value(&record::upload_key(id)).ok_or_else(gone)?)
}

fn put(transaction: &mut Transaction<'_>, id: &str, session: &Session) -> Result<(), Refusal> {
    transaction.put(record::upload_key(id), record::written(session)?);
    Ok(())
}
