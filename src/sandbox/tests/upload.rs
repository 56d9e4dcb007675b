//! Uploads over HTTP, and what comes back.

use reqwest::Method;
use serde_json::{Value, json};

use super::json::with_bucket;
use super::*;

const GRAIN: usize = 256 << 10;
const BEGIN: &str = "/upload/storage/v1/b/scratch/o?uploadType=resumable&name=big";
const BIG: &str = "/storage/v1/b/scratch/o/big";

struct Session<'a> {
    bench: &'a Bench,
    path: String,
}

impl<'a> Session<'a> {
    async fn begin(bench: &'a Bench, path: &str, described: Value) -> Self {
        let request = bench.http(Method::POST, path).body(described.to_string());
        let response = request.header("host", "127.0.0.1").send().await.unwrap();
        assert_eq!(response.status(), 200);
        let location = response.headers()["location"].to_str().unwrap().to_owned();
        let path = location.strip_prefix(&bench.sandbox.url()).expect("it is where we listen");
        Self { bench, path: path.to_owned() }
    }

    /// The status, and how far it has come.
    async fn send(&self, range: &str, bytes: &[u8]) -> (u16, String) {
        let request = self.bench.http(Method::PUT, &self.path).body(bytes.to_vec());
        let response = request.header("content-range", range).send().await.unwrap();
        let kept = response.headers().get("range").map_or("", |value| value.to_str().unwrap());
        (response.status().as_u16(), kept.to_owned())
    }
}

#[tokio::test]
async fn an_interrupted_upload_is_continued_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options { folder: Some(folder.path().to_owned()), ..Options::default() };
    let bench = Bench::with(options()).await;
    bench.create("scratch", Bucket::new()).await.unwrap();
    let session = Session::begin(&bench, BEGIN, json!({ "contentType": "text/plain" })).await;
    let content: Vec<u8> = (0..3 * GRAIN + 10).map(|n| u8::try_from(n % 251).unwrap()).collect();
    assert_eq!(session.send("bytes */*", &[]).await, (308, String::new()));
    let range = format!("bytes 0-{}/*", 2 * GRAIN - 1);
    let kept = format!("bytes=0-{}", 2 * GRAIN - 1);
    assert_eq!(session.send(&range, &content[..2 * GRAIN]).await, (308, kept.clone()));

    // The server goes away and comes back; the client asks how far it came, and goes on a little
    // before that.
    let path = session.path.clone();
    bench.sandbox.stop().await;
    let bench = Bench::with(options()).await;
    let session = Session { bench: &bench, path };
    let total = content.len();
    assert_eq!(session.send(&format!("bytes */{total}"), &[]).await, (308, kept));
    let range = format!("bytes {GRAIN}-{}/{total}", total - 1);
    assert_eq!(session.send(&range, &content[GRAIN..]).await.0, 200);
    assert_eq!(session.send(&format!("bytes */{total}"), &[]).await.0, 200);

    let media = bench.http(Method::GET, &format!("{BIG}?alt=media")).send().await.unwrap();
    assert_eq!(media.headers()["content-type"], "text/plain");
    assert_eq!(media.bytes().await.unwrap(), content);
}

#[tokio::test]
async fn chunks_that_do_not_follow_are_refused() {
    let bench = with_bucket(json!({})).await;
    let session = Session::begin(&bench, BEGIN, json!({})).await;
    let chunk = vec![0; GRAIN];
    let ahead = format!("bytes {GRAIN}-{}/*", 2 * GRAIN - 1);
    assert_eq!(session.send(&ahead, &chunk).await.0, 503);
    assert_eq!(session.send("bytes 0-9/*", &chunk[..10]).await.0, 400);
    assert_eq!(session.send("bytes 0-9/*", &chunk[..5]).await.0, 400);
    assert_eq!(session.send("bytes nonsense", &[]).await.0, 400);
    // Of a chunk with odd ends only whole grains are kept.
    let odd = format!("bytes 0-{}/*", GRAIN + 9);
    let kept = format!("bytes=0-{}", GRAIN - 1);
    assert_eq!(session.send(&odd, &[0; GRAIN + 10]).await, (308, kept));
}

#[tokio::test]
async fn a_cancelled_upload_is_gone() {
    let bench = with_bucket(json!({})).await;
    let session = Session::begin(&bench, BEGIN, json!({})).await;
    let cancelled = bench.http(Method::DELETE, &session.path).send().await.unwrap();
    assert_eq!(cancelled.status().as_u16(), 499);
    assert_eq!(session.send("bytes */*", &[]).await.0, 404);
    assert_eq!(bench.json(Method::GET, BIG, Value::Null).await.0, 404);
}

#[tokio::test]
async fn of_two_uploads_that_race_for_a_name_one_wins() {
    let bench = with_bucket(json!({})).await;
    let path = format!("{BEGIN}&ifGenerationMatch=0");
    let one = Session::begin(&bench, &path, json!({})).await;
    let two = Session::begin(&bench, &path, json!({})).await;
    assert_eq!(one.send("bytes 0-2/3", b"one").await.0, 200);
    assert_eq!(two.send("bytes 0-2/3", b"two").await.0, 412);
    // Later ones are told before they send a byte.
    assert_eq!(bench.json(Method::POST, &path, json!({})).await.0, 412);
    let media = bench.http(Method::GET, &format!("{BIG}?alt=media")).send().await.unwrap();
    assert_eq!(media.text().await.unwrap(), "one");
}

#[tokio::test]
async fn checksums_that_do_not_fit_are_refused() {
    let bench = with_bucket(json!({})).await;
    let path = "/upload/storage/v1/b/scratch/o?uploadType=media&name=a";
    let put = |hash: &'static str| {
        let request = bench.http(Method::POST, path).body("hello");
        async move { request.header("x-goog-hash", hash).send().await.unwrap().status().as_u16() }
    };
    assert_eq!(put("md5=XUFAKrxLKna5cZ2REBfFkg==").await, 200);
    assert_eq!(put("crc32c=mnG7TA==,md5=XUFAKrxLKna5cZ2REBfFkg==").await, 200);
    assert_eq!(put("md5=AAAAAAAAAAAAAAAAAAAAAA==").await, 400);
    let session = Session::begin(&bench, BEGIN, json!({ "crc32c": "AAAAAA==" })).await;
    assert_eq!(session.send("bytes 0-2/3", b"one").await.0, 400);
}

#[tokio::test]
async fn ranges_and_what_the_reader_has_already_are_understood() {
    let bench = with_bucket(json!({})).await;
    let (_, object) = bench.put("a", "0123456789").await;
    let read = |header: &'static str, value: String| {
        let request = bench.http(Method::GET, "/storage/v1/b/scratch/o/a?alt=media");
        async move {
            let response = request.header(header, value).send().await.unwrap();
            (response.status().as_u16(), response.text().await.unwrap())
        }
    };
    assert_eq!(read("range", "bytes=2-4".into()).await, (206, "234".into()));
    assert_eq!(read("range", "bytes=-3".into()).await, (206, "789".into()));
    assert_eq!(read("range", "bytes=10-".into()).await.0, 416);
    let etag = object["etag"].as_str().unwrap().to_owned();
    assert_eq!(read("if-none-match", etag.clone()).await, (304, String::new()));
    assert_eq!(read("if-match", etag).await.0, 200);
    assert_eq!(read("if-match", "other".into()).await.0, 412);
}

#[tokio::test]
async fn a_large_object_lies_beside_the_journal_and_its_file_goes_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options { folder: Some(folder.path().to_owned()), ..Options::default() };
    let bench = Bench::with(options()).await;
    bench.create("scratch", Bucket::new()).await.unwrap();
    let path = "/upload/storage/v1/b/scratch/o?uploadType=media&name=big";
    let body = vec![7; 1 << 20];
    bench.http(Method::POST, path).body(body).send().await.unwrap();
    let journal = std::fs::metadata(folder.path().join("journal.jsonl")).unwrap().len();
    assert!(journal < 100_000, "{journal}");
    let files = || std::fs::read_dir(folder.path().join("files")).unwrap().count();
    assert_eq!(files(), 1);
    assert_eq!(bench.json(Method::DELETE, BIG, Value::Null).await.0, 204);
    bench.sandbox.stop().await;
    let _again = Bench::with(options()).await;
    assert_eq!(files(), 0);
}
