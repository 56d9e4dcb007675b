//! Names: the cloud's rules for them, and that no two things have the same one.

use super::placed::{Buckets, Placed};
use crate::project::format::Wrong;
use crate::project::layout::Laid;
use crate::project::problem::{Findings, Problem};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// Checks every bucket's name in the cloud.
pub(super) fn check(layout: &[Laid], buckets: &Buckets<'_>, findings: &mut Findings) {
    for placed in &buckets.list {
        findings.extend(rules(placed));
        findings.extend(key_rules(placed));
    }
    collisions(layout, buckets, findings);
}

fn rules(placed: &Placed<'_>) -> Option<Problem> {
    let Placed { name, .. } = placed;
    if let Some((fault, expected)) = fault(name) {
        let message = format!("the bucket's name `{name}` {fault}");
        let problem = Problem::error("bucket-name", placed.range("name"), message);
        return Some(problem.expected(expected));
    }
    name.contains('.').then(|| {
        let message = format!("the bucket's name `{name}` is a domain's");
        Problem::warning("bucket-name-domain", placed.range("name"), message)
            .suggest("prove to Google that the domain is yours, or leave out the dots".to_owned())
    })
}

/// Whether a text can be the name of a bucket.
pub(crate) fn bucket_name(name: &str) -> Result<(), Wrong> {
    fault(name).map_or(Ok(()), |(_, expected)| Err(Wrong::expected(expected)))
}

/// What is wrong with a name, and what was expected, by the rules of Cloud Storage.
/// <https://cloud.google.com/storage/docs/buckets#naming>
pub(super) fn fault(name: &str) -> Option<(String, &'static str)> {
    let end = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let allowed = |c: char| end(c) || "-_.".contains(c);
    let length = name.chars().count();
    let most = if name.contains('.') { 222 } else { 63 };
    if let Some(bad) = name.chars().find(|c| !allowed(*c)) {
        let words = "lower case letters, digits, `-`, `_` and `.`";
        Some((format!("has `{bad}` in it"), words))
    } else if length > most || name.split('.').any(|part| part.len() > 63) {
        let words = "at most 63 characters, prefix and suffix included";
        Some((format!("is too long: {length} characters"), words))
    } else if length < 3 {
        Some(("is too short".to_owned(), "at least 3 characters"))
    } else if !name.starts_with(end) || !name.ends_with(end) {
        Some(("begins or ends with a sign".to_owned(), "a letter or a digit at both ends"))
    } else if name.starts_with("goog") || name.contains("google") || name.contains("g00gle") {
        let words = "a name that does not begin with `goog` or have `google` in it";
        Some(("is Google's".to_owned(), words))
    } else if name.parse::<Ipv4Addr>().is_ok() {
        Some(("looks like an address".to_owned(), "a name that is no IP address"))
    } else {
        None
    }
}

/// A key stands in paths and references, so it has no signs that mean something there.
fn key_rules(placed: &Placed<'_>) -> Option<Problem> {
    let key = &placed.key.name;
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let good = key.chars().all(allowed) && key.starts_with(|c: char| c.is_ascii_lowercase());
    (!good).then(|| {
        let problem =
            Problem::error("bucket-key", &placed.key.range, format!("`{key}` cannot be a key"));
        problem.expected("lower case letters, digits, `-` and `_`, beginning with a letter")
    })
}

fn collisions(layout: &[Laid], buckets: &Buckets<'_>, findings: &mut Findings) {
    let ledger = layout.first().map(Laid::ledger_bucket);
    let mut taken: BTreeMap<&str, &Placed<'_>> = BTreeMap::new();
    for placed in &buckets.list {
        let Placed { laid, key, name, .. } = placed;
        if Some(name) == ledger.as_ref() {
            let message = format!("`{name}` is the bucket of the ledger");
            let problem = Problem::error("name-collision", placed.range("name"), message);
            findings.push(problem.suggest("give one of the two another name".to_owned()));
        }
        let Some(first) = taken.insert(name, placed) else { continue };
        let message = if first.key.name == key.name {
            let (one, other) = (first.laid.env(), laid.env());
            format!("this bucket would have the same name, `{name}`, in {one} and in {other}")
        } else {
            format!("`{name}` is the name of two buckets: {} and {}", words(first), words(placed))
        };
        let problem = Problem::error("name-collision", placed.range("name"), message);
        let problem = if first.range("name") == placed.range("name") {
            let written = placed.bucket.name.is_some();
            let help = format!("write `name: {name}${{suffix}}`, or say `in: [ENVIRONMENT]`");
            let other = "give each environment a `suffix:` of its own".to_owned();
            problem.suggest(if written { help } else { other })
        } else {
            problem.related(first.range("name"), "the other one")
        };
        findings.push(problem);
    }
}

fn words(placed: &Placed<'_>) -> String {
    format!("`{}` of {}", placed.key.name, placed.laid.env())
}
