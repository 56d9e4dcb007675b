use axum::routing::get;
use google_cloud_gax::error::rpc::Code;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::sandbox::{Api, World};

/// Sends a request as it stands, and returns the answer as it comes.
pub(super) async fn raw(sandbox: &Sandbox, request: &str) -> String {
    raw_bytes(sandbox, request.replace('\n', "\r\n").as_bytes()).await
}

/// The same for what need not be text. Whatever was answered before the connection broke counts.
pub(super) async fn raw_bytes(sandbox: &Sandbox, request: &[u8]) -> String {
    let stream = tokio::net::TcpStream::connect(sandbox.address()).await.unwrap();
    let (mut from, mut to) = stream.into_split();
    // A server that has heard enough need not read to the end.
    let send = async { _ = to.write_all(request).await };
    let mut answer = Vec::new();
    let hear = async { _ = from.read_to_end(&mut answer).await };
    soon(async { tokio::join!(send, hear) }).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_folder_outlives_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options { folder: Some(folder.path().to_owned()), ..Options::default() };
    let bench = Bench::with(options()).await;
    bench.create("scratch", Bucket::new()).await.unwrap();
    bench.sandbox.stop().await;
    let bench = Bench::with(options()).await;
    bench.get("scratch").await.unwrap();
}

#[tokio::test]
async fn two_servers_on_one_folder_are_one_world() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options { folder: Some(folder.path().to_owned()), ..Options::default() };
    let (one, two) = (Bench::with(options()).await, Bench::with(options()).await);
    one.create("scratch", Bucket::new()).await.unwrap();
    two.get("scratch").await.unwrap();
    let taken = two.create("scratch", Bucket::new()).await;
    assert_eq!(refusal(taken).0, Code::AlreadyExists);
    two.sandbox.store().reset().unwrap();
    assert_eq!(refusal(one.get("scratch").await).0, Code::NotFound);
}

#[tokio::test]
async fn every_call_is_recorded() {
    let bench = Bench::new().await;
    bench.create("scratch", Bucket::new()).await.unwrap();
    assert!(bench.get("other").await.is_err());
    let calls = bench.sandbox.calls();
    let seen: Vec<_> = calls
        .iter()
        .map(|call| (call.number, &*call.method, &*call.resource, call.mutating, &*call.status))
        .collect();
    let expected = [
        (1, "google.storage.v2.Storage/CreateBucket", "scratch", true, "OK"),
        (2, "google.storage.v2.Storage/GetBucket", "other", false, "NOT_FOUND"),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn pages_of_other_sites_are_kept_out() {
    let bench = Bench::new().await;
    let request = "GET /storage/v1/b/x/o HTTP/1.1\nHost: evil.example\nConnection: close\n\n";
    assert!(raw(&bench.sandbox, request).await.starts_with("HTTP/1.1 403"));
    let request = "GET /storage/v1/b/x/o HTTP/1.1\nHost: 127.0.0.1\nConnection: close\n\n";
    let answer = raw(&bench.sandbox, request).await;
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert!(answer.contains(r#""reason":"notFound""#), "{answer}");
}

#[tokio::test]
async fn a_made_up_cloud_can_be_mounted() {
    struct Weather;
    impl Api for Weather {
        fn name(&self) -> &'static str {
            "weather"
        }
        fn router(&self, world: World) -> axum::Router {
            let now = move || async move { world.clock.now().seconds().to_string() };
            axum::Router::new().route("/weather/now", get(now))
        }
    }
    let apis: Vec<Arc<dyn Api>> = vec![Arc::new(Weather)];
    let bench = Bench::with(Options { apis, ..Options::default() }).await;
    let request = "GET /weather/now HTTP/1.1\nHost: localhost\nConnection: close\n\n";
    assert!(raw(&bench.sandbox, request).await.ends_with(&START.to_string()));
    let call = bench.sandbox.calls().pop().unwrap();
    assert_eq!((call.api, &*call.method, &*call.status), ("weather", "GET /weather/now", "200"));
}

#[tokio::test]
async fn calls_that_no_api_knows_are_refused_and_recorded() {
    let bench = Bench::new().await;
    let request = "POST /compute/v1/disks HTTP/1.1\nHost: localhost\nConnection: close\n\n";
    assert!(raw(&bench.sandbox, request).await.starts_with("HTTP/1.1 404"));
    let call = bench.sandbox.calls().pop().unwrap();
    assert_eq!((call.api, call.mutating, &*call.status), ("unknown", true, "404"));
}

#[tokio::test]
async fn worlds_reached_in_different_ways_are_compared_by_what_came_of_it() {
    let (one, two) = (Bench::new().await, Bench::new().await);
    one.create("scratch", Bucket::new().set_labels([("a", "1")])).await.unwrap();
    two.create("scratch", Bucket::new()).await.unwrap();
    let outcome = |bench: &Bench| bench.sandbox.snapshot().unwrap().outcome();
    assert_ne!(outcome(&one), outcome(&two));
    let patch = Bucket::new().set_name(path("scratch")).set_labels([("a", "1")]);
    let mask = google_cloud_wkt::FieldMask::default().set_paths(["labels"]);
    two.control.update_bucket().set_bucket(patch).set_update_mask(mask).send().await.unwrap();
    assert_eq!(outcome(&one), outcome(&two));
}
