//! What buckets and objects may be called, and the paths that name them.
//!
//! Rules: <https://cloud.google.com/storage/docs/buckets#naming>,
//! <https://cloud.google.com/storage/docs/objects#naming>.

use std::net::Ipv4Addr;

use percent_encoding::percent_decode_str;

use crate::sandbox::project;
use crate::sandbox::refusal::Refusal;

/// Checks the name of a new bucket.
pub(super) fn check_bucket(name: &str) -> Result<(), Refusal> {
    if is_bucket(name) {
        Ok(())
    } else {
        Err(Refusal::invalid(format!("Invalid bucket name: '{name}'")))
    }
}

fn is_bucket(name: &str) -> bool {
    let ends = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let inside = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')
    };
    let bytes = name.as_bytes();
    let longest = if name.contains('.') { 222 } else { 63 };
    // Close misspellings of "google" are refused too; this is the documented one.
    let reserved = name.starts_with("goog") || name.contains("google") || name.contains("g00gle");
    (3..=longest).contains(&bytes.len())
        && name.split('.').all(|part| (1..=63).contains(&part.len()))
        && bytes.iter().copied().all(inside)
        && ends(bytes.first())
        && ends(bytes.last())
        && !reserved
        && name.parse::<Ipv4Addr>().is_err()
}

/// Checks the name of a new object.
pub(super) fn check_object(name: &str) -> Result<(), Refusal> {
    let reserved = matches!(name, "." | "..") || name.starts_with(".well-known/acme-challenge/");
    let length = (1..=1024).contains(&name.len());
    if !length || reserved || name.contains(['\r', '\n']) {
        return Err(Refusal::invalid(format!(
            "Disallowed unicode characters present in object name '{name}'"
        )));
    }
    Ok(())
}

/// Takes the bucket's name out of `projects/_/buckets/NAME`.
pub(super) fn bucket_in(path: &str) -> Result<&str, Refusal> {
    path.strip_prefix("projects/_/buckets/")
        .filter(|name| !name.is_empty() && !name.contains('/'))
        .ok_or_else(|| Refusal::invalid(format!("Invalid bucket resource name: '{path}'")))
}

/// Checks that this is `projects/PROJECT`.
pub(super) fn check_project(path: &str) -> Result<(), Refusal> {
    match path.strip_prefix("projects/") {
        Some(project) if !project.is_empty() && project != "_" && !project.contains('/') => Ok(()),
        _ => Err(Refusal::invalid(format!("Invalid project resource name: '{path}'"))),
    }
}

/// The number of a project, `projects/leap` or `leap`: its own if it is one, else made of its name.
pub(super) fn number_of(project: &str) -> String {
    let id = project.trim_start_matches("projects/");
    project::number(&percent_decode_str(id).decode_utf8_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_buckets_follow_the_rules() {
        for name in ["leap-scratch", "a_b", "0ab", "site.example.org", &"a".repeat(63)] {
            assert!(is_bucket(name), "{name}");
        }
        let long = "a".repeat(64);
        let bad =
            ["ab", "Leap", "-ab", "ab-", "a b", "goog-x", "my-google-x", "10.0.0.1", "a..b", &long];
        for name in bad {
            assert!(!is_bucket(name), "{name}");
        }
    }
}
