//! What passed between a caller and the sandbox, written down: a line of JSON per call.
//!
//! Switched on by the environment, so that every sandbox of every test and program is recorded
//! without saying so. `tests/contracts` holds the lines against what Google publishes. The bytes
//! of objects and all headers but the types of the bodies are left out; whatever else was said
//! is there, so this is for made-up data only.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::OnceLock;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use data_encoding::BASE64;
use http::request::Parts;
use http::{HeaderMap, Method, header};
use http_body_util::{BodyExt, Full};
use serde::Serialize;

use super::refusal::Code;

/// Names the folder into which calls are recorded: a file per process.
pub const RECORD: &str = "LEAP_INFRA_RECORD";

/// A call as it is written down.
#[derive(Serialize)]
struct Line<'a> {
    /// The API that it was for, as the sandbox names it.
    api: &'static str,
    method: &'a str,
    /// As it was sent: what is escaped stays escaped.
    path: &'a str,
    query: &'a str,
    request: Content<'a>,
    status: u16,
    /// The name of the gRPC status.
    #[serde(skip_serializing_if = "Option::is_none")]
    grpc: Option<&'static str>,
    answer: Content<'a>,
}

/// A body: as text, in base64, or neither if it is made of an object's bytes.
#[derive(Default, Serialize)]
struct Content<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

/// A call whose answer is still to come.
pub(super) struct Asked {
    api: &'static str,
    parts: Parts,
    body: Bytes,
    file: &'static File,
}

/// Keeps a call until it is answered, if calls are recorded at all. One that watches is answered
/// bit by bit, and not written down.
pub(super) fn asked(api: &'static str, parts: &Parts, body: &Bytes) -> Option<Asked> {
    if ["watch=true", "watch=True", "watch=1"].iter().any(|said| has(parts, said)) {
        return None;
    }
    Some(Asked { api, file: file()?, parts: parts.clone(), body: body.clone() })
}

impl Asked {
    /// Writes the call down with its answer, and gives the answer back.
    pub(super) async fn answered(self, answer: Response) -> Response {
        let (head, body) = answer.into_parts();
        // Whatever fails here fails for the caller as well.
        let Ok(collected) = body.collect().await else {
            return Response::from_parts(head, Body::empty());
        };
        let trailers = collected.trailers().cloned();
        let body = collected.to_bytes();
        if let Ok(line) = self.line(&head, &body) {
            // In one piece, so that a process that is killed leaves whole lines. Whoever runs
            // short of disk notices when the record is read.
            let mut file = self.file;
            let _ = file.write_all(&line);
        }
        let body = Full::new(body).with_trailers(async move { trailers.map(Ok) });
        Response::from_parts(head, Body::new(body))
    }

    fn line(&self, head: &http::response::Parts, body: &[u8]) -> serde_json::Result<Vec<u8>> {
        let line = Line {
            api: self.api,
            method: self.parts.method.as_str(),
            path: self.parts.uri.path(),
            query: self.parts.uri.query().unwrap_or_default(),
            request: request(&self.parts, &self.body),
            status: head.status.as_u16(),
            grpc: head.extensions.get::<Code>().map(|code| code.name()),
            answer: answer(&self.parts, &head.headers, body),
        };
        let mut line = serde_json::to_vec(&line)?;
        line.push(b'\n');
        Ok(line)
    }
}

/// The file of this process, opened by its first call.
fn file() -> Option<&'static File> {
    static FILE: OnceLock<Option<File>> = OnceLock::new();
    let open = || {
        let folder = std::path::PathBuf::from(std::env::var_os(RECORD)?);
        std::fs::create_dir_all(&folder).ok()?;
        let name = folder.join(format!("{}.jsonl", std::process::id()));
        OpenOptions::new().create(true).append(true).open(name).ok()
    };
    FILE.get_or_init(open).as_ref()
}

fn request<'a>(parts: &'a Parts, body: &'a [u8]) -> Content<'a> {
    let kind = kind(&parts.headers);
    let path = parts.uri.path();
    let uploads = path.starts_with("/upload/") || path.starts_with("/resumable/");
    let one_part = kind.starts_with("multipart/related");
    match uploads {
        true if one_part => content(kind, description(body)),
        true if parts.method == Method::PUT || has(parts, "uploadType=media") => left_out(kind),
        _ => content(kind, body),
    }
}

fn answer<'a>(parts: &Parts, headers: &'a HeaderMap, body: &'a [u8]) -> Content<'a> {
    let kind = kind(headers);
    let refused = kind.starts_with("application/json") && body.starts_with(b"{\"error\":");
    if has(parts, "alt=media") && !refused { left_out(kind) } else { content(kind, body) }
}

/// What comes before the second delimiter of a body of parts: the description of the object.
fn description(body: &[u8]) -> &[u8] {
    let line = body.split(|byte| *byte == b'\n').find(|line| line.starts_with(b"--"));
    let delimiter = line.map(<[u8]>::trim_ascii_end).unwrap_or_default();
    let again = body
        .windows(delimiter.len().max(1))
        .enumerate()
        .filter(|(_, window)| *window == delimiter)
        .nth(1);
    again.map_or(body, |(at, _)| &body[..at])
}

fn content<'a>(kind: &'a str, body: &'a [u8]) -> Content<'a> {
    match std::str::from_utf8(body) {
        Ok(text) if !kind.starts_with("application/grpc") => {
            Content { kind, text: Some(text), base64: None }
        }
        _ => Content { kind, text: None, base64: Some(BASE64.encode(body)) },
    }
}

fn left_out(kind: &str) -> Content<'_> {
    Content { kind, text: None, base64: None }
}

fn kind(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default()
}

fn has(parts: &Parts, parameter: &str) -> bool {
    parts.uri.query().is_some_and(|query| query.split('&').any(|said| said == parameter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(method: &str, uri: &str, kind: &str) -> Parts {
        let request = http::Request::builder().method(method).uri(uri);
        request.header("content-type", kind).body(()).unwrap().into_parts().0
    }

    #[test]
    fn the_bytes_of_objects_are_left_out() {
        let said = |method: &str, uri: &str, kind: &str, body: &str| {
            let parts = call(method, uri, kind);
            request(&parts, body.as_bytes()).text.map(str::to_owned)
        };
        let upload = "/upload/storage/v1/b/x/o?uploadType";
        assert_eq!(said("POST", &format!("{upload}=media"), "text/plain", "bytes"), None);
        assert_eq!(said("PUT", &format!("{upload}=resumable"), "application/json", "{}"), None);
        let start = said("POST", &format!("{upload}=resumable"), "application/json", "{}");
        assert_eq!(start.as_deref(), Some("{}"));
        let parts = "--x\r\nContent-Type: application/json\r\n\r\n{}\r\n--x\r\n\r\nbytes\r\n--x--";
        let kind = "multipart/related; boundary=x";
        let first = said("POST", &format!("{upload}=multipart"), kind, parts).unwrap();
        assert_eq!(first, "--x\r\nContent-Type: application/json\r\n\r\n{}\r\n");
    }

    #[test]
    fn answers_are_kept_unless_they_are_an_object() {
        let media = call("GET", "/storage/v1/b/x/o/a?alt=media", "");
        let json = HeaderMap::from_iter([(
            header::CONTENT_TYPE,
            http::HeaderValue::from_static("application/json; charset=UTF-8"),
        )]);
        assert_eq!(answer(&media, &json, b"{\"secret\": 1}").text, None);
        assert!(answer(&media, &json, b"{\"error\":{}}").text.is_some());
        let rpc = HeaderMap::from_iter([(
            header::CONTENT_TYPE,
            http::HeaderValue::from_static("application/grpc"),
        )]);
        assert_eq!(answer(&media, &rpc, &[0]).base64, None);
        let rpc_call = call("POST", "/google.storage.v2.Storage/GetBucket", "application/grpc");
        assert_eq!(answer(&rpc_call, &rpc, &[0]).base64.as_deref(), Some("AA=="));
    }
}
