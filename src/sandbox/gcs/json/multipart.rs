//! Bodies of several parts: an upload in one go (`multipart/related`) and a batch
//! (`multipart/mixed`).
//!
//! <https://cloud.google.com/storage/docs/uploading-objects#rest-upload-objects>; RFC 2046 for the form.

use crate::sandbox::refusal::Refusal;

/// One part of the body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    headers: Vec<(String, String)>,
    pub(super) bytes: &'a [u8],
}

impl Part<'_> {
    /// The header of this name, which is in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn content_type(&self) -> &str {
        self.header("content-type").unwrap_or_default()
    }
}

/// Takes a body apart; lines may end with or without a carriage return.
pub(super) fn parts<'a>(content_type: &str, body: &'a [u8]) -> Result<Vec<Part<'a>>, Refusal> {
    let boundary = boundary(content_type)
        .ok_or_else(|| Refusal::invalid("Failed to parse the boundary of the multipart body."))?;
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut rest = split(body, delimiter.as_bytes()).map(|(_, rest)| rest);
    while let Some(after) = rest.filter(|after| !after.starts_with(b"--")) {
        let Some((part, next)) = split_at_line(line_end(after), delimiter.as_bytes()) else {
            return Err(Refusal::invalid("Missing end boundary in multipart body."));
        };
        parts.push(self::part(part));
        rest = Some(next);
    }
    Ok(parts)
}

fn boundary(content_type: &str) -> Option<&str> {
    let value = content_type
        .split(';')
        .filter_map(|parameter| parameter.trim().split_once('='))
        .find_map(|(name, value)| name.eq_ignore_ascii_case("boundary").then_some(value))?;
    Some(value.trim_matches(['"', '\'']))
}

fn part(bytes: &[u8]) -> Part<'_> {
    let (headers, bytes) = headers(bytes);
    Part { headers, bytes }
}

/// Headers with their names in lower case, and what follows the empty line after them.
pub(super) fn headers(bytes: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let mut rest = bytes;
    let mut headers = Vec::new();
    while let Some((line, next)) = line(rest) {
        rest = next;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    }
    (headers, rest)
}

/// The first line, without what ends it, and the rest.
pub(super) fn line(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (line, rest) = split(bytes, b"\n")?;
    Some((String::from_utf8_lossy(line).trim_end().to_owned(), rest))
}

/// The same, but only where the separator begins a line; the line feed before it belongs to it.
fn split_at_line<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let with_line_feed = [b"\n", separator].concat();
    let (before, after) = split(bytes, &with_line_feed)?;
    Some((before.strip_suffix(b"\r").unwrap_or(before), after))
}

fn split<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = memchr::memmem::find(bytes, separator)?;
    Some((&bytes[..at], &bytes[at + separator.len()..]))
}

/// What follows the end of the delimiter's line.
fn line_end(bytes: &[u8]) -> &[u8] {
    split(bytes, b"\n").map_or(bytes, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(line_end: &str) -> Vec<u8> {
        [
            "--xx",
            "Content-Type: application/json",
            "",
            "{}",
            "--xx",
            "content-type: text/plain",
            "",
            "one\ntwo--xx",
            "--xx--",
            "",
        ]
        .join(line_end)
        .into_bytes()
    }

    #[test]
    fn two_parts_come_apart_whatever_ends_the_lines() {
        for end in ["\n", "\r\n"] {
            let body = body(end);
            let parts = parts("multipart/related; boundary=\"xx\"", &body).unwrap();
            assert_eq!(parts.len(), 2);
            assert_eq!(parts[0].bytes, b"{}");
            assert_eq!(parts[1].bytes, b"one\ntwo--xx");
            assert_eq!(parts[1].content_type(), "text/plain");
        }
    }

    #[test]
    fn a_body_cut_short_is_refused() {
        assert!(parts("multipart/related; boundary=xx", b"--xx\n\n{}").is_err());
        assert!(parts("multipart/related", b"--xx\n\n{}\n--xx--").is_err());
    }
}
