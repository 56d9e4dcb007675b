//! Keeps web pages out: a server on loopback is reachable from any page that a
//! browser on this machine shows, directly or through a name that points here.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, Uri};

/// Refuses calls that were not meant for loopback, or that a page of another site makes.
pub(super) async fn only_local(request: Request, next: Next) -> Response {
    let (uri, headers) = (request.uri(), request.headers());
    if is_local(uri, headers) && (is_same_site(headers) || arrives(request.method(), uri, headers))
    {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "the sandbox answers this machine only\n").into_response()
    }
}

fn is_local(uri: &Uri, headers: &HeaderMap) -> bool {
    let all = |name| said(headers, name);
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
}

/// To a browser all ports of this machine are one site, and each is another program.
fn is_same_site(headers: &HeaderMap) -> bool {
    let sites = said(headers, "sec-fetch-site");
    sites.into_iter().all(|site| matches!(site, "same-origin" | "none"))
}

/// Whether a browser leaves the page of another site for one where people log in: that is how a hub sends
/// them here. Such a page does nothing by itself, and is not shown within another.
fn arrives(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    method == Method::GET
        && uri.path().starts_with("/github/login/")
        && said(headers, "sec-fetch-mode") == ["navigate"]
        && said(headers, "sec-fetch-dest") == ["document"]
}

fn said<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let values = headers.get_all(name).into_iter();
    values.map(|value| value.to_str().unwrap_or("?")).collect()
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

    fn read(headers: &[(&'static str, &'static str)]) -> HeaderMap {
        let read =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        read.collect()
    }

    fn allowed(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = read(headers);
        is_local(&Uri::from_static("/storage/v1/b"), &headers) && is_same_site(&headers)
    }

    #[test]
    fn a_hub_may_send_a_browser_to_the_page_where_people_log_in() {
        let arrival = |method: Method, path: &'static str, dest: &'static str| {
            let headers = read(&[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", dest)]);
            arrives(&method, &Uri::from_static(path), &headers)
        };
        let page = "/github/login/oauth/authorize";
        assert!(arrival(Method::GET, page, "document"));
        assert!(!arrival(Method::POST, page, "document"));
        assert!(!arrival(Method::GET, page, "iframe"));
        assert!(!arrival(Method::GET, "/github/user", "document"));
        assert!(!arrives(&Method::GET, &Uri::from_static(page), &HeaderMap::new()));
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
