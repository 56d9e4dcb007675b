//! Objects as the JSON API writes and reads them.
//!
//! Fields: <https://cloud.google.com/storage/docs/json_api/v1/objects#resource>.

use data_encoding::BASE64;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::super::message::{Object, ObjectChecksums, Timestamp};
use super::call::{body, parse_error};
use crate::sandbox::World;
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

pub(super) fn to_json(world: &World, object: &Object) -> Value {
    let mut object = object.clone();
    let bucket = object.bucket.trim_start_matches("projects/_/buckets/").to_owned();
    let encoded = utf8_percent_encode(&object.name, NON_ALPHANUMERIC);
    let path = format!("storage/v1/b/{bucket}/o/{encoded}");
    let (url, generation) = (world.url(), object.generation);
    let mut json = json!({
        "kind": "storage#object",
        "id": format!("{bucket}/{}/{generation}", object.name),
        "selfLink": format!("{url}/{path}"),
        "mediaLink": format!("{url}/download/{path}?generation={generation}&alt=media"),
        "bucket": bucket,
        "generation": generation.to_string(),
        "metageneration": object.metageneration.to_string(),
        "size": object.size.to_string(),
        "crc32c": crc32c(&object),
        "etag": object.etag,
    });
    let times = [
        ("timeCreated", object.create_time),
        ("updated", object.update_time),
        ("timeFinalized", object.finalize_time),
        ("timeStorageClassUpdated", object.update_storage_class_time),
        ("timeDeleted", object.delete_time),
        ("customTime", object.custom_time),
    ];
    for (name, time) in times {
        if let Some(time) = time {
            json[name] = json!(rfc3339(time));
        }
    }
    for (name, field) in TEXTS {
        let text = field(&mut object);
        if !text.is_empty() {
            json[*name] = json!(text);
        }
    }
    let md5 = object.checksums.as_ref().map_or(&[][..], |sums| &sums.md5_hash);
    if !md5.is_empty() {
        json["md5Hash"] = json!(BASE64.encode(md5));
    }
    if object.component_count > 0 {
        json["componentCount"] = json!(object.component_count);
    }
    if !object.metadata.is_empty() {
        json["metadata"] = json!(object.metadata);
    }
    json
}

/// Reads what a caller says of an object that it uploads.
pub(super) fn from_json(bytes: &[u8]) -> Result<Object, Refusal> {
    from_fields(body(bytes)?)
}

/// The same, from what was read before. What only the service says is ignored.
pub(super) fn from_fields(mut fields: Map<String, Value>) -> Result<Object, Refusal> {
    let mut object = Object::default();
    for (name, field) in TEXTS {
        if let Some(Value::String(text)) = fields.remove(*name) {
            *field(&mut object) = text;
        }
    }
    if let Some(metadata) = fields.remove("metadata").filter(|metadata| !metadata.is_null()) {
        object.metadata = serde_json::from_value(metadata).map_err(|error| parse_error(&error))?;
    }
    if let Some(Value::String(time)) = fields.remove("customTime") {
        object.custom_time = Some(timestamp(&time)?);
    }
    let mut sums = ObjectChecksums::default();
    if let Some(Value::String(sum)) = fields.remove("crc32c") {
        sums.crc32c = Some(crc32c_of(&sum)?);
    }
    if let Some(Value::String(sum)) = fields.remove("md5Hash") {
        sums.md5_hash = BASE64.decode(sum.as_bytes()).map_err(|error| parse_error(&error))?;
    }
    object.checksums = Some(sums).filter(|sums| *sums != ObjectChecksums::default());
    Ok(object)
}

/// Reads a checksum in base64.
pub(super) fn crc32c_of(sum: &str) -> Result<u32, Refusal> {
    let bytes = BASE64.decode(sum.as_bytes()).map_err(|error| parse_error(&error))?;
    let four: [u8; 4] = bytes.try_into().map_err(|_| parse_error(&"a CRC32C has four bytes"))?;
    Ok(u32::from_be_bytes(four))
}

/// The checksum in base64, as headers and JSON have it.
pub(super) fn crc32c(object: &Object) -> String {
    let sum = object.checksums.as_ref().and_then(|sums| sums.crc32c).unwrap_or_default();
    BASE64.encode(&sum.to_be_bytes())
}

pub(super) fn rfc3339(time: Timestamp) -> String {
    date(time).and_then(|date| date.format(&Rfc3339).ok()).unwrap_or_default()
}

/// The date of a timestamp, unless it is out of all bounds.
pub(super) fn date(time: Timestamp) -> Option<OffsetDateTime> {
    let nanos = i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanos);
    OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()
}

pub(super) fn timestamp(text: &str) -> Result<Timestamp, Refusal> {
    let date = OffsetDateTime::parse(text, &Rfc3339).map_err(|error| parse_error(&error))?;
    let nanos = i32::try_from(date.nanosecond()).unwrap_or_default();
    Ok(Timestamp { seconds: date.unix_timestamp(), nanos })
}
