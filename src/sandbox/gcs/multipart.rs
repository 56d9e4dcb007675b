//! The body of an upload in one go: `multipart/related`, the description and then the bytes.
//!
//! <https://cloud.google.com/storage/docs/uploading-objects#rest-upload-objects>; RFC 2046 for the form.

use crate::sandbox::refusal::Refusal;

/// One part of the body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub(super) content_type: Option<String>,
    pub(super) bytes: &'a [u8],
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
    let mut rest = bytes;
    let mut content_type = None;
    while let Some((line, next)) = split(rest, b"\n") {
        rest = next;
        let line = String::from_utf8_lossy(line);
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-type") => {
                content_type = Some(value.trim().to_owned());
            }
            Some(_) => {}
            None => break,
        }
    }
    Part { content_type, bytes: rest }
}

/// The same, but only where the separator begins a line; the line feed before it belongs to it.
fn split_at_line<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let with_line_feed = [b"\n", separator].concat();
    let (before, after) = split(bytes, &with_line_feed)?;
    Some((before.strip_suffix(b"\r").unwrap_or(before), after))
}

fn split<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(separator.len()).position(|window| window == separator)?;
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
            assert_eq!(parts[1].content_type.as_deref(), Some("text/plain"));
        }
    }

    #[test]
    fn a_body_cut_short_is_refused() {
        assert!(parts("multipart/related; boundary=xx", b"--xx\n\n{}").is_err());
        assert!(parts("multipart/related", b"--xx\n\n{}\n--xx--").is_err());
    }
}
