//! Objects as the JSON API writes and reads them.
//!
//! Fields: <https://cloud.google.com/storage/docs/json_api/v1/objects#resource>.

use data_encoding::BASE64;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::message::{Object, ObjectChecksums, Timestamp};
use crate::sandbox::refusal::Refusal;

/// Text fields that the caller may give, and their names in JSON.
type Field = (&'static str, fn(&mut Object) -> &mut String);
const TEXTS: &[Field] = &[
    ("name", |object| &mut object.name),
    ("storageClass", |object| &mut object.storage_class),
    ("contentType", |object| &mut object.content_type),
    ("contentEncoding", |object| &mut object.content_encoding),
    ("contentDisposition", |object| &mut object.content_disposition),
    ("contentLanguage", |object| &mut object.content_language),
    ("cacheControl", |object| &mut object.cache_control),
];

pub(super) fn to_json(object: &Object) -> Value {
    let mut object = object.clone();
    let bucket = object.bucket.trim_start_matches("projects/_/buckets/").to_owned();
    let time = |time: Option<Timestamp>| time.map(rfc3339);
    let mut json = json!({
        "kind": "storage#object",
        "id": format!("{bucket}/{}/{}", object.name, object.generation),
        "bucket": bucket,
        "generation": object.generation.to_string(),
        "metageneration": object.metageneration.to_string(),
        "size": object.size.to_string(),
        "crc32c": crc32c(&object),
        "etag": object.etag,
        "timeCreated": time(object.create_time),
        "updated": time(object.update_time),
        "timeFinalized": time(object.finalize_time),
        "timeStorageClassUpdated": time(object.update_storage_class_time),
    });
    for (name, field) in TEXTS {
        let text = field(&mut object);
        if !text.is_empty() {
            json[*name] = json!(text);
        }
    }
    if !object.metadata.is_empty() {
        json["metadata"] = json!(object.metadata);
    }
    json
}

/// Reads what a caller says of an object that it uploads.
pub(super) fn from_json(bytes: &[u8]) -> Result<Object, Refusal> {
    let invalid = |error: &dyn std::fmt::Display| Refusal::invalid(format!("Parse Error: {error}"));
    let mut fields: Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|error| invalid(&error))?;
    let mut object = Object::default();
    for (name, field) in TEXTS {
        if let Some(Value::String(text)) = fields.remove(*name) {
            *field(&mut object) = text;
        }
    }
    if let Some(metadata) = fields.remove("metadata") {
        object.metadata = serde_json::from_value(metadata).map_err(|error| invalid(&error))?;
    }
    if let Some(Value::String(sum)) = fields.remove("crc32c") {
        let bytes = BASE64.decode(sum.as_bytes()).map_err(|error| invalid(&error))?;
        let bytes: [u8; 4] = bytes.try_into().map_err(|_| invalid(&"a CRC32C has four bytes"))?;
        let crc32c = Some(u32::from_be_bytes(bytes));
        object.checksums = Some(ObjectChecksums { crc32c, md5_hash: Vec::new() });
    }
    Ok(object)
}

/// The checksum in base64, as headers and JSON have it.
pub(super) fn crc32c(object: &Object) -> String {
    let sum = object.checksums.as_ref().and_then(|sums| sums.crc32c).unwrap_or_default();
    BASE64.encode(&sum.to_be_bytes())
}

fn rfc3339(time: Timestamp) -> String {
    date(time).and_then(|date| date.format(&Rfc3339).ok()).unwrap_or_default()
}

/// The date of a timestamp, unless it is out of all bounds.
pub(super) fn date(time: Timestamp) -> Option<OffsetDateTime> {
    let nanos = i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanos);
    OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()
}
