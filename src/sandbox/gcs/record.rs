//! How buckets, policies and objects lie in the store.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::content::Content;
use super::message::{Bucket, Object, Policy};
use crate::sandbox::Transaction;
use crate::sandbox::refusal::Refusal;

pub(super) const BUCKETS: &str = "gcs/bucket/";

/// A bucket and what the sandbox knows beside it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct BucketRecord {
    pub(super) bucket: Bucket,
    /// It belongs to somebody who lets the caller see nothing.
    pub(super) foreign_account: bool,
}

/// An object with its bytes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ObjectRecord {
    pub(super) object: Object,
    #[serde(flatten)]
    pub(super) content: Content,
}

/// Finds a bucket that the caller may see.
pub(super) fn bucket(view: &Transaction<'_>, name: &str) -> Result<Bucket, Refusal> {
    let Some(value) = view.value(&bucket_key(name)) else {
        return Err(Refusal::not_found("The specified bucket does not exist."));
    };
    let BucketRecord { bucket, foreign_account } = read(&value)?;
    if foreign_account {
        return Err(Refusal::forbidden(format!(
            "The caller does not have storage.buckets.get access to the Google Cloud Storage bucket. \
             Permission 'storage.buckets.get' denied on resource '{name}' (or it may not exist)."
        )));
    }
    Ok(bucket)
}

pub(super) fn put_bucket(
    transaction: &mut Transaction<'_>,
    bucket: Bucket,
    foreign_account: bool,
) -> Result<(), Refusal> {
    let key = bucket_key(&bucket.bucket_id);
    transaction.put(key, written(&BucketRecord { bucket, foreign_account })?);
    Ok(())
}

/// Returns the policy that was set, if one was.
pub(super) fn policy(view: &Transaction<'_>, name: &str) -> Result<Option<Policy>, Refusal> {
    view.value(&policy_key(name)).map(|value| read(&value)).transpose()
}

pub(super) fn put_policy(
    transaction: &mut Transaction<'_>,
    name: &str,
    policy: &Policy,
) -> Result<(), Refusal> {
    transaction.put(policy_key(name), written(policy)?);
    Ok(())
}

pub(super) fn object(
    view: &Transaction<'_>,
    bucket: &str,
    name: &str,
) -> Result<Option<ObjectRecord>, Refusal> {
    view.value(&object_key(bucket, name)).map(|value| read(&value)).transpose()
}

/// Returns a version that is no longer the live one.
pub(super) fn version(
    view: &Transaction<'_>,
    bucket: &str,
    name: &str,
    generation: i64,
) -> Result<Option<ObjectRecord>, Refusal> {
    view.value(&version_key(bucket, name, generation)).map(|value| read(&value)).transpose()
}

pub(super) fn put_version(
    transaction: &mut Transaction<'_>,
    bucket: &str,
    record: &ObjectRecord,
) -> Result<(), Refusal> {
    let Object { name, generation, .. } = &record.object;
    transaction.put(version_key(bucket, name, *generation), written(record)?);
    Ok(())
}

pub(super) fn put_object(
    transaction: &mut Transaction<'_>,
    bucket: &str,
    record: &ObjectRecord,
) -> Result<(), Refusal> {
    transaction.put(object_key(bucket, &record.object.name), written(record)?);
    Ok(())
}

pub(super) fn bucket_key(name: &str) -> String {
    format!("{BUCKETS}{name}")
}

pub(super) fn policy_key(name: &str) -> String {
    format!("gcs/policy/{name}")
}

pub(super) fn object_key(bucket: &str, name: &str) -> String {
    format!("{}{name}", objects(bucket))
}

/// The prefix of the keys of a bucket's objects; names of buckets have no slash.
pub(super) fn objects(bucket: &str) -> String {
    format!("gcs/object/{bucket}/")
}

/// The prefix of the keys of a bucket's noncurrent versions.
pub(super) fn versions(bucket: &str) -> String {
    format!("gcs/version/{bucket}/")
}

/// Names of objects have no line feed; generations have sixteen digits for centuries to come.
pub(super) fn version_key(bucket: &str, name: &str, generation: i64) -> String {
    format!("{}{name}\n{generation}", versions(bucket))
}

/// A resumable upload that was begun.
pub(super) fn upload_key(id: &str) -> String {
    format!("gcs/upload/{id}")
}

pub(super) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Refusal> {
    Ok(T::deserialize(value)?)
}

pub(super) fn written(record: &impl Serialize) -> Result<Value, Refusal> {
    let mut value = serde_json::to_value(record)?;
    strip(&mut value);
    Ok(value)
}

/// Leaves out what reads back the same without being written: it is most of a bucket.
fn strip(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(strip),
        Value::Object(fields) => {
            fields.retain(|name, field| {
                // These are maps, not structs: an empty string in them says something.
                if !matches!(name.as_str(), "labels" | "metadata") {
                    strip(field);
                }
                !says_nothing(field)
            });
        }
        _ => {}
    }
}

fn says_nothing(field: &Value) -> bool {
    match field {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Names a page of a list by its last entry.
pub(super) fn page_token(last: &str) -> String {
    data_encoding::BASE64URL_NOPAD.encode(last.as_bytes())
}

/// Returns the last entry of the page before.
pub(super) fn last_of_page(token: &str) -> Result<String, Refusal> {
    let invalid = || Refusal::invalid("Invalid page token.");
    let bytes = data_encoding::BASE64URL_NOPAD.decode(token.as_bytes()).map_err(|_| invalid())?;
    String::from_utf8(bytes).map_err(|_| invalid())
}

/// The entity tag of a version: the base64 of a protocol buffer with this number in field 1.
pub(super) fn etag(version: i64) -> String {
    data_encoding::BASE64.encode(&etag_bytes(version))
}

/// The same, before base64.
pub(super) fn etag_bytes(version: i64) -> Vec<u8> {
    let mut bytes = vec![8];
    prost::encoding::encode_varint(version.unsigned_abs(), &mut bytes);
    bytes
}

/// The entity tag of an object: its generation in field 1, its metageneration in field 2.
pub(super) fn object_etag(object: &Object) -> String {
    let mut bytes = etag_bytes(object.generation);
    bytes.push(16);
    prost::encoding::encode_varint(object.metageneration.unsigned_abs(), &mut bytes);
    data_encoding::BASE64.encode(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stripped_reads_back_the_same() {
        let bucket = Bucket {
            bucket_id: "b".into(),
            labels: [("empty".into(), String::new())].into(),
            ..Bucket::default()
        };
        let record = BucketRecord { bucket, foreign_account: false };
        let value = written(&record).unwrap();
        assert!(value["bucket"].get("lifecycle").is_none());
        assert_eq!(read::<BucketRecord>(&value).unwrap().bucket, record.bucket);
    }

    #[test]
    fn the_first_version_has_googles_first_etag() {
        assert_eq!((etag(1), etag(2)), ("CAE=".to_owned(), "CAI=".to_owned()));
    }
}
