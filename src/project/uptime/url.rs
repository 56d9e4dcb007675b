//! The parts of a web address.

use crate::project::format::Wrong;

/// A web address, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    pub(super) tls: bool,
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) path: &'a str,
}

/// Takes a web address apart; none if it is none.
pub(super) fn parts(url: &str) -> Option<Parts<'_>> {
    let (scheme, rest) = url.split_once("://")?;
    let tls = match scheme {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    let (server, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let (host, port) = match server.split_once(':') {
        Some((host, port)) => (host, port.parse().ok().filter(|port| *port > 0)?),
        None => (server, if tls { 443 } else { 80 }),
    };
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
    let good = host.contains('.') && host.chars().all(letter) && !host.starts_with(['.', '-']);
    let clean = path.chars().all(|c| c.is_ascii_graphic() && c != '#');
    (good && clean).then_some(Parts { tls, host, port, path })
}

/// A web address of these parts.
pub(super) fn written(parts: &Parts<'_>) -> String {
    let Parts { tls, host, port, path } = parts;
    let (scheme, usual) = if *tls { ("https", 443) } else { ("http", 80) };
    let port = if *port == usual { String::new() } else { format!(":{port}") };
    format!("{scheme}://{host}{port}{path}")
}

/// Whether a text is a web address.
///
/// # Errors
/// When it is not; what is wrong with it.
pub(crate) fn web_address(text: &str) -> Result<(), Wrong> {
    if parts(text).is_some() {
        return Ok(());
    }
    let wrong = Wrong::expected("a web address, as in `https://hub.leap.example.org/hub/health`");
    let whole = format!("https://{text}");
    let meant = (!text.contains("://") && parts(&whole).is_some()).then_some(whole);
    Err(wrong.suggest(meant.map(|whole| format!("write `{whole}`"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_address_is_taken_apart_and_put_together_again() {
        let parts_of = |url| parts(url).unwrap();
        let hub = parts_of("https://hub.example.org/hub/health?full=1");
        assert_eq!((hub.host, hub.port, hub.path), ("hub.example.org", 443, "/hub/health?full=1"));
        for url in ["http://hub.example.org:8080/", "https://hub.example.org/x", "http://a.org/"] {
            assert_eq!(written(&parts_of(url)), url);
        }
        let wrong = web_address("hub.example.org/x").unwrap_err();
        assert_eq!(wrong.suggestion.as_deref(), Some("write `https://hub.example.org/x`"));
        for url in ["ftp://a.org", "https://hub", "https://Hub.org", "https://a.org:x/"] {
            assert!(web_address(url).is_err(), "{url}");
        }
    }
}
