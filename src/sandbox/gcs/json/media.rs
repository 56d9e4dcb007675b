//! The bytes of objects, or a part of them, and what is known of them as headers.
//!
//! <https://cloud.google.com/storage/docs/json_api/v1/objects/get>

use std::ops::Range;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use data_encoding::BASE64;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use time::format_description::well_known::Rfc2822;

use super::super::message::Object;
use super::super::object;
use super::super::precondition::Preconditions;
use super::call::text;
use super::object_resource::{crc32c, date};
use crate::sandbox::World;
use crate::sandbox::refusal::Refusal;

pub(super) fn read(
    world: &World,
    bucket: &str,
    name: &str,
    version: (Option<i64>, &Preconditions),
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let asked = text(headers, header::RANGE);
    let part = |length| Ok(range_of(asked, length)?.unwrap_or(0..length));
    let (object, part, bytes) = object::contents(world, bucket, name, version, part)?;
    if object.content_encoding == "gzip" && !accepts_gzip(headers) {
        return Err(Refusal::unimplemented("the sandbox does not unpack gzip: accept it"));
    }
    let length = u64::try_from(object.size).unwrap_or_default();
    let mut response = if range_of(asked, length)?.is_some() {
        partly(&part, bytes, length)
    } else {
        bytes.into_response()
    };
    describe(&object, response.headers_mut());
    Ok(response)
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    text(headers, header::ACCEPT_ENCODING).split(',').any(|one| one.trim().starts_with("gzip"))
}

fn partly(part: &Range<u64>, bytes: Bytes, length: u64) -> Response {
    let mut response = (StatusCode::PARTIAL_CONTENT, bytes).into_response();
    let said = format!("bytes {}-{}/{length}", part.start, part.end.saturating_sub(1));
    set(response.headers_mut(), "content-range", &said);
    response
}

fn describe(object: &Object, headers: &mut HeaderMap) {
    let or = |text: &str, other: &str| if text.is_empty() { other } else { text }.to_owned();
    let modified = object.update_time.and_then(date);
    let modified = modified.and_then(|date| date.format(&Rfc2822).ok()).unwrap_or_default();
    let md5 = object.checksums.as_ref().map_or(&[][..], |sums| &sums.md5_hash);
    let md5 = if md5.is_empty() { String::new() } else { format!(",md5={}", BASE64.encode(md5)) };
    let pairs = [
        ("content-type", or(&object.content_type, "application/octet-stream")),
        ("content-language", object.content_language.clone()),
        ("content-encoding", object.content_encoding.clone()),
        ("content-disposition", object.content_disposition.clone()),
        ("cache-control", object.cache_control.clone()),
        ("etag", object.etag.clone()),
        ("accept-ranges", "bytes".to_owned()),
        // HTTP writes the zone by name.
        ("last-modified", modified.replace("+0000", "GMT")),
        ("x-goog-generation", object.generation.to_string()),
        ("x-goog-metageneration", object.metageneration.to_string()),
        ("x-goog-storage-class", object.storage_class.clone()),
        ("x-goog-stored-content-length", object.size.to_string()),
        ("x-goog-stored-content-encoding", or(&object.content_encoding, "identity")),
        ("x-goog-hash", format!("crc32c={}{md5}", crc32c(object))),
    ];
    for (name, value) in pairs {
        if !value.is_empty() {
            set(headers, name, &value);
        }
    }
    for (key, value) in &object.metadata {
        set(headers, &format!("x-goog-meta-{key}"), value);
    }
}

/// What a caller gave as text and no header can carry is left out.
fn set(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) =
        (name.parse::<header::HeaderName>(), HeaderValue::from_str(value))
    {
        headers.insert(name, value);
    }
}

/// One range of bytes, as `from..to`; none if the whole is wanted.
fn range_of(range: &str, length: u64) -> Result<Option<Range<u64>>, Refusal> {
    let Some((from, to)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-'))
    else {
        return Ok(None);
    };
    let part = match (from.parse::<u64>(), to.parse::<u64>()) {
        (Ok(from), Ok(to)) => from..to.saturating_add(1).min(length),
        (Ok(from), Err(_)) if to.is_empty() => from..length,
        (Err(_), Ok(last)) if from.is_empty() => length.saturating_sub(last)..length,
        _ => return Ok(None),
    };
    if part.is_empty() { Err(Refusal::range()) } else { Ok(Some(part)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_http_writes_them() {
        let ranges = ["", "bytes=2-4", "bytes=7-", "bytes=-3", "bytes=2-99", "bytes=-99"];
        let expected = [None, Some(2..5), Some(7..10), Some(7..10), Some(2..10), Some(0..10)];
        assert_eq!(ranges.map(|range| range_of(range, 10).unwrap()), expected);
        assert_eq!(range_of("bytes=10-", 10).unwrap_err().http, 416);
    }
}
