//! What `helm` says when it fails, and what can be done about it.

use crate::kind::ProviderError;
use crate::providers::helm::may_be_shown;
use std::process::Output;

/// Signs of what may work when it is tried again.
const FOR_NOW: [&str; 11] = [
    "connection refused",
    "connection reset",
    "context deadline exceeded",
    "etcdserver",
    "i/o timeout",
    "no such host",
    "tls handshake timeout",
    "too many requests",
    "unable to handle the request",
    "unexpected eof",
    "the object has been modified",
];

/// The longest of it that is shown.
const LONGEST: usize = 600;

/// The failure that a program told of on its way out.
pub(super) fn failure(what: &str, output: &Output) -> ProviderError {
    let said = String::from_utf8_lossy(&output.stderr);
    let (what, why) = (what.to_owned(), told(&said, output.status.code()));
    let small = why.to_lowercase();
    if FOR_NOW.iter().any(|sign| small.contains(sign)) {
        return ProviderError::Transient { what, why, retry_after: None };
    }
    if small.contains("is forbidden:") || small.contains("unauthorized") {
        return ProviderError::Denied { what, why };
    }
    ProviderError::Refused { what, why }
}

/// The last thing that it said, which is the error; warnings stand before it.
fn told(said: &str, code: Option<i32>) -> String {
    let from = said.rfind("Error: ").map_or(said, |at| &said[at + "Error: ".len()..]);
    let line = from.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.as_str() {
        "" => match code {
            Some(code) => format!("helm ended with code {code} and said nothing"),
            None => "helm was ended by a signal".to_owned(),
        },
        line if !may_be_shown(line) => {
            "what helm said is not shown, since it looks like a secret".to_owned()
        }
        line => line.chars().take(LONGEST).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_told_without_the_warnings_before_it() {
        let said = "WARNING: x is old\nError: UPGRADE FAILED: another operation\n is in progress\n";
        assert_eq!(told(said, Some(1)), "UPGRADE FAILED: another operation is in progress");
        assert_eq!(told("", Some(3)), "helm ended with code 3 and said nothing");
        let why = told("Error: bad value -----BEGIN PRIVATE KEY----- x", Some(1));
        assert!(!why.contains("BEGIN"), "{why}");
    }
}
