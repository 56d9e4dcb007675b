//! Whoever comes to the sandbox's door with something else than a client would: told with raw
//! sockets.

use std::net::{SocketAddr, TcpStream, UdpSocket};

use super::server::raw;
use super::*;

/// A good request; it must be answered whatever was sent before.
const GOOD: &str = "GET /storage/v1/b/x/o HTTP/1.1\nHost: 127.0.0.1\nConnection: close\n\n";

async fn asks(sandbox: &Sandbox, first: &str, headers: &str) -> String {
    raw(sandbox, &format!("{first} HTTP/1.1\n{headers}Connection: close\n\n")).await
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("no answer")
}

#[tokio::test]
async fn only_this_machine_can_knock() {
    let bench = Bench::new().await;
    let port = bench.sandbox.address().port();
    assert!(bench.sandbox.address().ip().is_loopback());
    let reached = |ip: &str| {
        let address: SocketAddr = format!("{ip}:{port}").parse().unwrap();
        TcpStream::connect_timeout(&address, Duration::from_millis(500)).is_ok()
    };
    assert!(reached("127.0.0.1"));
    assert!(!reached("[::1]"));
    // The address that this machine has to others, if any; connecting a datagram sends nothing.
    let outside = UdpSocket::bind("0.0.0.0:0").unwrap();
    if outside.connect("192.0.2.1:9").is_ok() {
        let own = outside.local_addr().unwrap().ip();
        assert!(own.is_loopback() || !reached(&own.to_string()), "{own}");
    }
}

#[tokio::test]
async fn a_name_that_points_here_is_no_way_in() {
    let bench = Bench::new().await;
    for host in
        ["evil.example", "127.0.0.1.evil.example", "localhost.", "0.0.0.0", "[::]", "[::1].x", ""]
    {
        let answer =
            asks(&bench.sandbox, "GET /storage/v1/b/x/o", &format!("Host: {host}\n")).await;
        assert!(["403", "400"].contains(&status(&answer)), "{host}: {answer}");
    }
    for host in ["127.0.0.1", "localhost:1234", "[::1]:80", "[::1]"] {
        let answer =
            asks(&bench.sandbox, "GET /storage/v1/b/x/o", &format!("Host: {host}\n")).await;
        assert_eq!(status(&answer), "404", "{host}: {answer}");
    }
    let both = "Host: localhost\nHost: evil.example\n";
    let answer = asks(&bench.sandbox, "GET /storage/v1/b/x/o", both).await;
    assert!(["403", "400"].contains(&status(&answer)), "{answer}");
    let whole = "GET http://evil.example/storage/v1/b/x/o";
    assert_eq!(status(&asks(&bench.sandbox, whole, "Host: localhost\n").await), "403");
    assert!(bench.sandbox.calls().iter().all(|call| call.status == "404"), "one got through");
}

#[tokio::test]
async fn pages_of_other_sites_neither_ask_nor_ask_whether_they_may() {
    let bench = Bench::new().await;
    let local = "Host: localhost\n";
    for foreign in [
        "Origin: https://evil.example\n",
        "Origin: null\n",
        "Origin: http://localhost\nOrigin: https://evil.example\n",
        "Sec-Fetch-Site: cross-site\n",
        "Sec-Fetch-Site: same-site\n",
        "Sec-Fetch-Site: whatever-comes\n",
    ] {
        for first in
            ["GET /storage/v1/b/x/o", "OPTIONS /storage/v1/b/x/o", "POST /upload/storage/v1/b/x/o"]
        {
            let answer = asks(&bench.sandbox, first, &format!("{local}{foreign}")).await;
            assert_eq!(status(&answer), "403", "{first} {foreign}: {answer}");
        }
    }
    let preflight =
        format!("{local}Origin: http://localhost:1\nAccess-Control-Request-Method: DELETE\n");
    let answer = asks(&bench.sandbox, "OPTIONS /storage/v1/b/x/o", &preflight).await;
    assert!(!answer.to_lowercase().contains("access-control-allow"), "{answer}");
    assert!(!status(&answer).starts_with('2'), "{answer}");
}

#[tokio::test]
async fn what_no_client_sends_is_refused_and_the_next_is_served() {
    let bench = Bench::new().await;
    let many: String = (0..500).map(|n| format!("X-{n}: y\n")).collect();
    let long = format!("X-Long: {}\n", "y".repeat(1 << 20));
    let local = "Host: localhost\n";
    for (first, headers, expected) in [
        ("GET /storage/v1/b/../../etc/passwd", "", "404"),
        ("GET /storage/v1/b/%2e%2e%2f%2e%2e/o", "", "404"),
        ("GET /storage/v1/b/%ff%fe/o", "", "400"),
        ("GET /storage/v1/b/%00/o", "", "404"),
        ("GET /storage/v1/b/%zz/o", "", "404"),
        ("GET /storage/v1/b/x/o?maxResults=99999999999999999999", "", "400"),
        ("GET /storage/v1/b/x/o?maxResults=-1", "", "404"),
        ("PATCH /storage/v1/b/x/o", "", "405"),
        ("BREW /storage/v1/b/x/o", "", "405"),
        ("TRACE /", "", "404"),
        ("GET /storage/v1/b/x/o", many.as_str(), "431"),
        ("GET /storage/v1/b/x/o", long.as_str(), "431"),
        ("POST /upload/storage/v1/b/x/o?uploadType=media&name=a", "Content-Length: x\n", "400"),
        ("POST /upload/storage/v1/b/x/o?uploadType=media&name=a", "Content-Length: -5\n", "400"),
        ("POST /upload/storage/v1/b/x/o?uploadType=multipart", "Content-Length: 0\n", "400"),
    ] {
        let answer = asks(&bench.sandbox, first, &format!("{local}{headers}")).await;
        let answered = status(&answer);
        let start = &headers[..headers.len().min(40)];
        // Whoever hangs up on a flood may do so before the answer is read.
        let hung_up = headers.len() > 100_000 && answered == "no answer";
        let refused = [expected, "400"].contains(&answered);
        assert!(refused || hung_up, "{first} {start}: {answer}");
        assert_eq!(status(&raw(&bench.sandbox, GOOD).await), "404", "after {first}");
    }
}

#[tokio::test]
async fn a_body_larger_than_the_limit_is_not_held() {
    let bench = Bench::new().await;
    let most = super::super::gate::LARGEST_BODY;
    let headers = format!("Host: localhost\nContent-Length: {}\n", most + 1);
    let answer =
        asks(&bench.sandbox, "POST /upload/storage/v1/b/x/o?uploadType=media&name=a", &headers)
            .await;
    assert_eq!(status(&answer), "413", "{answer}");
    assert!(answer.contains("uploadTooLarge"), "{answer}");
}

#[tokio::test]
async fn frames_that_are_no_messages_are_refused() {
    let bench = Bench::new().await;
    let call = async |body: &[u8]| {
        let head = format!(
            "POST /google.storage.v2.Storage/GetBucket HTTP/1.1\r\nHost: localhost\r\n\
             Content-Type: application/grpc\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        let bytes = [head.as_bytes(), body].concat();
        let answer = super::server::raw_bytes(&bench.sandbox, &bytes).await;
        let status = answer.lines().find_map(|line| line.strip_prefix("grpc-status: "));
        status.unwrap_or("none").trim().to_owned()
    };
    let invalid = "3";
    assert_eq!(call(b"").await, invalid);
    assert_eq!(call(b"\0\0").await, invalid);
    assert_eq!(call(b"\0\xff\xff\xff\xff").await, invalid, "a huge length");
    assert_eq!(call(b"\0\0\0\0\x05abc").await, invalid, "less than was said");
    assert_eq!(call(b"\0\0\0\0\0\0\0\0\0\0").await, invalid, "two messages");
    assert_eq!(call(b"\0\0\0\0\x03\x0a\xff\x01").await, invalid, "a field longer than the message");
    assert_eq!(call(b"\0\0\0\0\x03\x0a\x01\xff").await, invalid, "text that is not UTF-8");
    assert_eq!(call(b"\x01\0\0\0\0").await, "12", "compressed");
    // Groups within groups, 10,000 deep: an unknown field that must not be followed for ever.
    let deep = [vec![0x1b_u8; 10_000]].concat();
    let frame = [&b"\0\0\0\x27\x10"[..], &deep].concat();
    assert_eq!(call(&frame).await, invalid, "a group that goes on and on");
    // Unknown fields are skipped, as protobuf has it: what is refused then is the empty name.
    assert_eq!(call(b"\0\0\0\0\x03\xf8\x07\x01").await, invalid);
    bench.create("scratch", Bucket::new()).await.unwrap();
    let name = b"projects/_/buckets/scratch";
    let message = [&[0x0a, name.len() as u8], &name[..], b"\xf8\x07\x01"].concat();
    let frame = [&[0, 0, 0, 0, message.len() as u8], &message[..]].concat();
    assert_eq!(call(&frame).await, "none", "an unknown field is no reason to refuse");
}
