//! Keeps web pages out: a server on loopback is reachable from any page that a
//! browser on this machine shows, directly or through a name that points here.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, Uri};

/// Refuses calls that were not meant for loopback, or that a page of another site makes.
pub(super) async fn only_local(request: Request, next: Next) -> Response {
    if is_local(request.uri(), request.headers()) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "the sandbox answers this machine only\n").into_response()
    }
}

fn is_local(uri: &Uri, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    // HTTP/2 names the host in the address, HTTP/1 in a header.
    let host = uri.authority().map(http::uri::Authority::as_str).or_else(|| text("host"));
    let origin =
        text("origin").map(|origin| origin.split_once("://").map_or("?", |(_, host)| host));
    host.is_some_and(is_loopback)
        && origin.is_none_or(is_loopback)
        && text("sec-fetch-site").is_none_or(|site| site != "cross-site")
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    matches!(host, "127.0.0.1" | "localhost" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        is_local(&Uri::from_static("/storage/v1/b"), &headers)
    }

    #[test]
    fn loopback_hosts_pass_with_or_without_a_port() {
        for host in ["127.0.0.1", "127.0.0.1:8080", "localhost:1", "[::1]", "[::1]:9"] {
            assert!(allowed(&[("host", host)]), "{host}");
        }
    }

    #[test]
    fn other_hosts_and_other_sites_do_not() {
        assert!(!allowed(&[]));
        assert!(!allowed(&[("host", "evil.example:8080")]));
        assert!(!allowed(&[("host", "localhost.evil.example")]));
        assert!(!allowed(&[("host", "localhost"), ("origin", "https://evil.example")]));
        assert!(!allowed(&[("host", "localhost"), ("origin", "null")]));
        assert!(!allowed(&[("host", "localhost"), ("sec-fetch-site", "cross-site")]));
        assert!(allowed(&[("host", "localhost"), ("origin", "http://localhost:3000")]));
    }
}
