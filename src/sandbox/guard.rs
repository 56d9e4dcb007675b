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
    let all = |name: &str| {
        let values = headers.get_all(name).into_iter();
        values.map(|value| value.to_str().unwrap_or("?")).collect::<Vec<_>>()
    };
    // HTTP/2 names the host in the address, HTTP/1 in a header; whoever says both means both.
    let hosts = all("host").into_iter().chain(uri.authority().map(|host| host.as_str()));
    let hosts: Vec<&str> = hosts.collect();
    let origin_is_local = |origin: &str| match origin.split_once("://") {
        Some((_, host)) => is_loopback(host),
        None => false,
    };
    !hosts.is_empty()
        && hosts.into_iter().all(is_loopback)
        && all("origin").into_iter().all(origin_is_local)
        // To a browser all ports of this machine are one site, and each is another program.
        && all("sec-fetch-site").into_iter().all(|site| matches!(site, "same-origin" | "none"))
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
        assert!(!allowed(&[("host", "localhost"), ("sec-fetch-site", "same-site")]));
        assert!(allowed(&[("host", "localhost"), ("sec-fetch-site", "same-origin")]));
        assert!(allowed(&[("host", "localhost"), ("sec-fetch-site", "none")]));
        assert!(allowed(&[("host", "localhost"), ("origin", "http://localhost:3000")]));
    }
}
