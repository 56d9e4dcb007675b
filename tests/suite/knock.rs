//! Whoever comes to the sandbox's door with anything: real requests, changed by chance.
//!
//! The sandbox is a program of its own here, so that a panic is seen in what it says, and its memory
//! can be told from ours. `requests.jsonl` was recorded from Google's Python and Rust clients, from
//! `gcloud storage`, and from our own of GitHub (`tests/contracts/sample.py`); whole conversations are recorded while the
//! test runs.

use super::mutate::{Change, Harm, cases, changed, changes, harm};
use super::shell::{Shell, TOP, leap};
use data_encoding::BASE64;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead as _, BufReader, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// How many changed requests are sent, and how many changed conversations.
const REQUESTS: u32 = 1_500;
const CONVERSATIONS: u32 = 150;

/// The longest that an answer may take.
const LONG: Duration = Duration::from_secs(20);

/// The most memory that all of it may take, in KiB.
const MEMORY: u64 = 400 << 10;

/// A sandbox that serves in a process of its own.
struct Door {
    process: Child,
    address: SocketAddr,
    said: PathBuf,
    _folder: TempDir,
}

impl Door {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let said = folder.path().join("said");
        let mut command = Shell::new(folder.path()).command("sandbox serve");
        let mut process = command.stderr(File::create(&said).unwrap()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        let address = url.trim().trim_start_matches("http://").parse().unwrap();
        Self { process, address, said, _folder: folder }
    }

    /// Sends bytes and hears all that comes back; `more` may follow, or nothing else does.
    fn hear(&self, bytes: &[u8], more: bool) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream.set_write_timeout(Some(LONG)).unwrap();
        // Who has heard enough hangs up; what was said until then counts.
        _ = stream.write_all(bytes);
        if !more {
            _ = stream.shutdown(Shutdown::Write);
        }
        let mut answer = Vec::new();
        if let Err(error) = stream.read_to_end(&mut answer) {
            let waits = [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind());
            assert!(!waits, "no end after {LONG:?}: {}", answer.escape_ascii());
        }
        answer
    }

    /// That it is well: it has said nothing of a panic, and is no larger than it should be.
    fn assert_well(&self) {
        let said = std::fs::read_to_string(&self.said).unwrap();
        assert!(!said.contains("panicked"), "{said}");
        let status = Path::new("/proc").join(self.process.id().to_string()).join("status");
        // Only Linux tells.
        let Ok(status) = std::fs::read_to_string(status) else { return };
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
        assert!(peak < MEMORY, "{peak} KiB");
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// A request as it was recorded.
#[derive(Clone, Debug, Deserialize)]
struct Request {
    method: String,
    path: String,
    #[serde(default)]
    query: String,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    text: String,
    /// In the place of `text`, where it is none.
    #[serde(default)]
    base64: String,
}

impl Request {
    fn all() -> Vec<Self> {
        let file = Path::new(TOP).join("tests/fixtures/requests.jsonl");
        let text = std::fs::read_to_string(file).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn is_rpc(&self) -> bool {
        self.kind.starts_with("application/grpc")
    }

    fn body(&self) -> Vec<u8> {
        match self.base64.as_str() {
            "" => self.text.clone().into_bytes(),
            bytes => BASE64.decode(bytes.as_bytes()).unwrap(),
        }
    }

    fn bytes(&self, path: &str, query: &str, body: &[u8]) -> Vec<u8> {
        let Self { method, kind, .. } = self;
        let query = if query.is_empty() { String::new() } else { format!("?{query}") };
        let length = body.len();
        let head = format!(
            "{method} {path}{query} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n\
             TE: trailers\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        [head.as_bytes(), body].concat()
    }

    /// With one part of it changed.
    fn harmed(&self, harm: &Blow) -> Vec<u8> {
        let body = self.body();
        match harm {
            Blow::Path(changes) => {
                // It begins with a slash: else it would be another kind of address.
                let path = format!("/{}", visible(&self.path.as_bytes()[1..], changes));
                self.bytes(&path, &self.query, &body)
            }
            Blow::Query(changes) => {
                self.bytes(&self.path, &visible(self.query.as_bytes(), changes), &body)
            }
            // The message within its frame: five bytes say how long it is.
            Blow::Body(harm) if self.is_rpc() && body.len() >= 5 => {
                let message = harm.done_to(&body[5..]);
                let length = u32::try_from(message.len()).unwrap().to_be_bytes();
                let framed = [&[0], &length[..], &message].concat();
                self.bytes(&self.path, &self.query, &framed)
            }
            Blow::Body(harm) => self.bytes(&self.path, &self.query, &harm.done_to(&body)),
            Blow::Frame(changes) => self.bytes(&self.path, &self.query, &changed(&body, changes)),
        }
    }
}

/// What of a request is changed.
#[derive(Clone, Debug)]
enum Blow {
    Path(Vec<Change>),
    Query(Vec<Change>),
    Body(Harm),
    Frame(Vec<Change>),
}

fn blow() -> impl Strategy<Value = Blow> {
    prop_oneof![
        1 => changes().prop_map(Blow::Path),
        1 => changes().prop_map(Blow::Query),
        4 => harm().prop_map(Blow::Body),
        1 => changes().prop_map(Blow::Frame),
    ]
}

/// Changed, and escaped where HTTP would not let it through.
fn visible(text: &[u8], changes: &[Change]) -> String {
    let escaped = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() || b"-._~/%&=:+,;@!$'()*?".contains(&byte) => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    changed(text, changes).into_iter().map(escaped).collect()
}

/// That an answer is one that Google could give: a success, or an error in its shape, or in GitHub's
/// where GitHub was asked.
fn assert_googles(answer: &[u8], is_rpc: bool) {
    let text = String::from_utf8_lossy(answer);
    let status = text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
    let status: u16 = status.unwrap_or_else(|| panic!("no answer: {text}")).parse().unwrap();
    assert!(status != 500, "its own fault: {text}");
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    if is_rpc && head.contains("application/grpc") {
        assert!(status == 200 && !text.contains("grpc-status: 13"), "{text}");
    } else if status >= 400 && status != 499 {
        let body = text.split_once("\r\n\r\n").unwrap().1;
        let body: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {text}"));
        if text.contains("documentation_url") {
            return assert_eq!(body["status"], status.to_string(), "{text}");
        }
        assert_eq!(body["error"]["code"], status, "{text}");
        assert!(body["error"]["message"].is_string(), "{text}");
    }
}

#[test]
fn a_mutated_request_is_answered_as_google_answers() {
    let (door, requests) = (Door::open(), Request::all());
    for request in &requests {
        let bytes = request.bytes(&request.path, &request.query, &request.body());
        assert_googles(&door.hear(&bytes, true), request.is_rpc());
    }
    let strategy = (0..requests.len(), blow());
    let harmed = |(which, blow): &(usize, Blow)| requests[*which].harmed(blow);
    cases(REQUESTS, &strategy, harmed, |case| {
        let bytes = harmed(case);
        assert_googles(&door.hear(&bytes, true), requests[case.0].is_rpc());
        door.assert_well();
    });
}

#[test]
fn a_mutated_conversation_ends_and_the_next_is_served() {
    let door = Door::open();
    let conversations = overheard(&door);
    for said in [&b"PRI * HTTP/2.0"[..], b"POST /upload"] {
        let says = |bytes: &Vec<u8>| bytes.windows(said.len()).any(|part| part == said);
        assert!(conversations.iter().any(says), "{}", said.escape_ascii());
    }
    let strategy = (0..conversations.len(), changes());
    let harmed = |(which, harm): &(usize, Vec<Change>)| changed(&conversations[*which], harm);
    cases(CONVERSATIONS, &strategy, harmed, |case| {
        door.hear(&harmed(case), false);
        let good =
            b"GET /storage/v1/b/x/o HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        assert!(door.hear(good, true).starts_with(b"HTTP/1.1 404"));
        door.assert_well();
    });
}

#[test]
fn bytes_that_mean_nothing_end_and_the_next_is_served() {
    let door = Door::open();
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let bytes = proptest::collection::vec(any::<u8>(), 0..2_000);
    let strategy = (any::<bool>(), bytes).prop_map(move |(second, bytes)| {
        if second { [&preface[..], &bytes].concat() } else { bytes }
    });
    cases(CONVERSATIONS, &strategy, Vec::clone, |bytes| {
        door.hear(bytes, false);
        door.assert_well();
    });
    let good = b"GET /storage/v1/b/x/o HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert!(door.hear(good, true).starts_with(b"HTTP/1.1 404"));
}

/// What Google's Rust client says on each connection while LEAP's stack is applied and planned.
fn overheard(door: &Door) -> Vec<Vec<u8>> {
    let (listener, said) = (TcpListener::bind("127.0.0.1:0").unwrap(), Arc::default());
    let (near, far, heard) = (listener.local_addr().unwrap(), door.address, Arc::clone(&said));
    std::thread::spawn(move || {
        for caller in listener.incoming() {
            listen(caller.unwrap(), TcpStream::connect(far).unwrap(), &heard);
        }
    });
    let folder = leap();
    let shell = Shell::new(folder.path());
    let shell = shell.with("LEAP_INFRA_SANDBOX_URL", format!("http://{near}"));
    shell.succeed("apply stacks/leap --auto-approve");
    let said = said.lock().unwrap().clone();
    said.into_iter().filter(|bytes| !bytes.is_empty()).collect()
}

/// Passes on what is said, and keeps what the caller said.
fn listen(caller: TcpStream, called: TcpStream, said: &Arc<Mutex<Vec<Vec<u8>>>>) {
    let number = {
        let mut said = said.lock().unwrap();
        said.push(Vec::new());
        said.len() - 1
    };
    let (from, to, said) = (caller.try_clone().unwrap(), called.try_clone().unwrap(), said.clone());
    std::thread::spawn(move || {
        pass(from, to, |bytes| said.lock().unwrap()[number].extend_from_slice(bytes));
    });
    std::thread::spawn(move || pass(called, caller, |_| ()));
}

fn pass(mut from: TcpStream, mut to: TcpStream, mut hear: impl FnMut(&[u8])) {
    let mut buffer = [0; 16 << 10];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        hear(&buffer[..length]);
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    _ = to.shutdown(Shutdown::Write);
}
