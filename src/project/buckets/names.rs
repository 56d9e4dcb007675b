//! Names: the cloud's rules for them, and that no two things have the same one.

use super::placed::{Buckets, Placed};
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

/// The rules that Cloud Storage has for names.
/// <https://cloud.google.com/storage/docs/buckets#naming>
fn rules(placed: &Placed<'_>) -> Option<Problem> {
    let Placed { name, .. } = placed;
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    let end = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let length = name.chars().count();
    let most = if name.contains('.') { 222 } else { 63 };
    let problem = |message: String, expected: &str| {
        let problem = Problem::error("bucket-name", placed.range("name"), message);
        Some(problem.expected(expected))
    };
    if let Some(bad) = name.chars().find(|c| !allowed(*c)) {
        let words = "lower case letters, digits, `-`, `_` and `.`";
        return problem(format!("the bucket's name `{name}` has `{bad}` in it"), words);
    }
    if length > most || name.split('.').any(|part| part.len() > 63) {
        let message = format!("the bucket's name `{name}` is too long: {length} characters");
        return problem(message, "at most 63 characters, prefix and suffix included");
    }
    if length < 3 {
        return problem(
            format!("the bucket's name `{name}` is too short"),
            "at least 3 characters",
        );
    }
    if !name.starts_with(end) || !name.ends_with(end) {
        let message = format!("the bucket's name `{name}` begins or ends with a sign");
        return problem(message, "a letter or a digit at both ends");
    }
    if name.starts_with("goog") || name.contains("google") || name.contains("g00gle") {
        let message = format!("the bucket's name `{name}` is Google's");
        return problem(message, "a name that does not begin with `goog` or have `google` in it");
    }
    if name.parse::<Ipv4Addr>().is_ok() {
        let message = format!("the bucket's name `{name}` looks like an address");
        return problem(message, "a name that is no IP address");
    }
    name.contains('.').then(|| {
        let message = format!("the bucket's name `{name}` is a domain's");
        Problem::warning("bucket-name-domain", placed.range("name"), message)
            .suggest("prove to Google that the domain is yours, or leave out the dots".to_owned())
    })
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
