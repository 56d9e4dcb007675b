//! The sandbox alone: how it starts, and whether a large world makes it slow.

use crate::table::{self, Table};
use leap_infra::sandbox::gcs::{SeedBucket, seed_bucket};
use leap_infra::sandbox::{Behaviour, Options, Sandbox, Store, StoreError, start};
use serde_json::Value;
use sha2::Digest as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

const BUCKETS: usize = 10_000;
const OBJECTS: usize = 100_000;

/// How many buckets a stack of LEAP's size has.
const FEW: usize = 20;

/// How often a reading is repeated; the median counts.
const TIMES: usize = 21;

pub fn measure() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut table = Table::new(&["the sandbox alone", "wall"]);
    let mut row = |what: &str, wall: Duration| table.row([what.to_owned(), exact(wall)]);
    let [empty, small, large] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    fill(&runtime.block_on(serve(small.path())), FEW, FEW);
    row("start, empty folder", median(|| drop(runtime.block_on(serve(empty.path())))));
    row("start, 20 buckets and 20 objects", median(|| drop(runtime.block_on(serve(small.path())))));

    let sandbox = runtime.block_on(serve(large.path()));
    fill(&sandbox, BUCKETS, OBJECTS);
    let get = |path: &str| ask(&sandbox, &format!("GET {path}"), "");
    row("a page of 1,000 of 100,000 objects", median(|| get("/storage/v1/b/bench-00000/o")));
    row("metadata of one of them", median(|| get("/storage/v1/b/bench-00000/o/o050000")));
    row("reading one of them", median(|| get("/storage/v1/b/bench-00000/o/o050000?alt=media")));
    let put = "POST /upload/storage/v1/b/bench-00000/o?uploadType=media&name=new";
    row("writing one more", median(|| ask(&sandbox, put, "bytes")));
    let snapshot = sandbox.snapshot().unwrap();
    let began = Instant::now();
    ask(&sandbox, put, "bytes");
    row("writing one more while a snapshot is held", began.elapsed());
    for megabytes in [20, 100] {
        let body = "x".repeat(megabytes * 1_000_000);
        let put = format!("{put}-{megabytes}");
        let began = Instant::now();
        ask(&sandbox, &put, &body);
        row(&format!("uploading {megabytes} MB in one go"), began.elapsed());
        let get = format!("GET /storage/v1/b/bench-00000/o/new-{megabytes}?alt=media");
        let began = Instant::now();
        ask(&sandbox, &get, "");
        row(&format!("reading {megabytes} MB back"), began.elapsed());
    }
    sums(&mut row);
    drop((snapshot, sandbox));

    let length = || std::fs::metadata(large.path().join("journal.jsonl")).unwrap().len();
    let journal = length();
    let began = Instant::now();
    drop(Store::open(large.path()).unwrap());
    row(&format!("opening a journal of {} MB", journal / 1_000_000), began.elapsed());
    overwrite(&Store::open(large.path()).unwrap());
    let wasteful = length();
    let began = Instant::now();
    drop(Store::open(large.path()).unwrap());
    let what =
        format!("the same with {} MB that say nothing new", (wasteful - journal) / 1_000_000);
    row(&what, began.elapsed());
    row(&format!("afterwards, {} MB", length() / 1_000_000), {
        let began = Instant::now();
        drop(Store::open(large.path()).unwrap());
        began.elapsed()
    });
    table.print("The sandbox with 10,000 buckets and 100,000 objects");
}

/// What an upload sums up.
fn sums(row: &mut impl FnMut(&str, Duration)) {
    let bytes = vec![b'x'; 100_000_000];
    let mut of = |what: &str, sum: &dyn Fn(&[u8])| {
        let began = Instant::now();
        sum(&bytes);
        row(&format!("{what} of 100 MB"), began.elapsed());
    };
    of("SHA-256 (sha2)", &|bytes| _ = sha2::Sha256::digest(bytes));
    of("SHA-256 (ring)", &|bytes| _ = ring::digest::digest(&ring::digest::SHA256, bytes));
    of("MD5", &|bytes| _ = md5::Md5::digest(bytes));
    of("CRC32C", &|bytes| _ = crc32c::crc32c(bytes));
}

async fn serve(folder: &Path) -> Sandbox {
    let (folder, behaviour) = (Some(folder.to_owned()), Behaviour::instant());
    start(Options { folder, behaviour, ..Options::default() }).await.unwrap()
}

/// Buckets as anybody makes them; one object as anybody writes it, and copies of what the store
/// then holds, many at a time.
fn fill(sandbox: &Sandbox, buckets: usize, objects: usize) {
    for number in 0..buckets {
        let (name, project) = (format!("bench-{number:05}"), "bench".to_owned());
        let seed = SeedBucket { name, project, ..SeedBucket::default() };
        seed_bucket(sandbox.world(), seed).unwrap();
    }
    let put = "POST /upload/storage/v1/b/bench-00000/o?uploadType=media&name=o000000";
    ask(sandbox, put, "bytes");
    let snapshot = sandbox.snapshot().unwrap();
    let (key, value) = snapshot.entries().find(|(key, _)| key.ends_with("/o000000")).unwrap();
    let (key, value) = (key.to_owned(), value.clone());
    drop(snapshot);
    for from in (1..objects).step_by(1_000) {
        let copies = (from..objects.min(from + 1_000)).map(|number| {
            let name = format!("o{number:06}");
            let mut copy = value.clone();
            copy["object"]["name"] = Value::from(name.as_str());
            (key.replace("o000000", &name), copy)
        });
        write(sandbox.store(), copies);
    }
}

/// Writes what is there once more, until most of the journal says nothing new.
fn overwrite(store: &Store) {
    for _ in 0..4 {
        let all = store.read(|view| {
            let all = view.scan("gcs/", "").map(|(key, value)| (key.to_owned(), value.clone()));
            Ok::<_, StoreError>(all.collect::<Vec<_>>())
        });
        write(store, all.unwrap());
    }
}

fn write(store: &Store, entries: impl IntoIterator<Item = (String, Value)>) {
    let written = store.transact(|transaction| {
        entries.into_iter().for_each(|(key, value)| transaction.put(key, value));
        Ok::<_, StoreError>(())
    });
    written.unwrap();
}

/// One call on a connection of its own.
fn ask(sandbox: &Sandbox, first: &str, body: &str) {
    let mut stream = TcpStream::connect(sandbox.address()).unwrap();
    let head = "Host: localhost\r\nConnection: close\r\nContent-Type: text/plain";
    let length = body.len();
    write!(stream, "{first} HTTP/1.1\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{first}: {}", String::from_utf8_lossy(&answer));
}

fn median(work: impl Fn()) -> Duration {
    let mut times = [(); TIMES].map(|()| {
        let began = Instant::now();
        work();
        began.elapsed()
    });
    times.sort();
    times[TIMES / 2]
}

/// In hundredths of a millisecond below ten, else as in other tables.
fn exact(wall: Duration) -> String {
    match wall.as_millis() {
        ..10 => format!("{:.2} ms", wall.as_secs_f64() * 1e3),
        _ => table::time(wall),
    }
}
