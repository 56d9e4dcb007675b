//! What the API refuses, in its words, and the forms of names and data.
//!
//! <https://cloud.google.com/dns/docs/troubleshooting>,
//! <https://cloud.google.com/dns/docs/records-overview>

use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use crate::sandbox::refusal::Refusal;

/// The types that are taken here.
pub(super) const TYPES: [&str; 8] = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SOA", "TXT"];

pub(super) fn missing(what: &str, name: &str) -> Refusal {
    Refusal::not_found(format!("The '{what}' resource named '{name}' does not exist."))
}

pub(super) fn exists(what: &str, name: &str) -> Refusal {
    let message = format!("The resource '{what}' named '{name}' already exists");
    Refusal { reason: "alreadyExists", ..Refusal::exists(message) }
}

pub(super) fn invalid(field: &str, value: &str) -> Refusal {
    Refusal::invalid(format!("Invalid value for '{field}': '{value}'"))
}

pub(super) fn required(field: &str) -> Refusal {
    let message = format!("The '{field}' parameter is required but was missing.");
    Refusal { reason: "required", ..Refusal::invalid(message) }
}

pub(super) fn not_as_it_is(deletion: usize) -> Refusal {
    let message = format!("Precondition not met for 'entity.change.deletions[{deletion}]'");
    Refusal { message, ..Refusal::precondition() }
}

pub(super) fn holds_records(zone: &str) -> Refusal {
    let message = format!(
        "The resource named '{zone}' cannot be deleted because it contains one or more 'resource \
         records'."
    );
    Refusal { reason: "containerNotEmpty", ..Refusal::invalid(message) }
}

pub(super) fn beside_an_alias(name: &str, kind: &str) -> Refusal {
    let message = format!(
        "The 'entity.change.additions[{name}][{kind}]' resource record set is invalid because the \
         DNS name '{name}' may have either one CNAME resource record set or resource record sets \
         of other types, but not both."
    );
    Refusal { reason: "cnameResourceRecordSetConflict", ..Refusal::invalid(message) }
}

/// Whether a text is a whole name, its last dot included.
pub(super) fn is_name(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let label =
        |label: &str| label == "*" || (1..=63).contains(&label.len()) && label.chars().all(letter);
    text.len() <= 254
        && text.strip_suffix('.').is_some_and(|name| !name.is_empty() && name.split('.').all(label))
        && text.rfind('*').is_none_or(|at| at == 0)
}

/// Checks a record set that is added to the zone of `domain`.
pub(super) fn added(set: &Value, domain: &str) -> Result<(), Refusal> {
    let text = |field: &str| set[field].as_str().unwrap_or_default();
    let (name, kind) = (text("name"), text("type"));
    let field = |below: &str| format!("entity.change.additions[{name}][{kind}].{below}");
    let inside = name == domain || name.ends_with(&format!(".{domain}"));
    if !is_name(name) || !inside {
        return Err(invalid(&field("name"), name));
    }
    if !TYPES.contains(&kind) {
        return Err(invalid(&field("type"), kind));
    }
    if set["ttl"].as_i64().is_none_or(|ttl| !(0..=i64::from(i32::MAX)).contains(&ttl)) {
        return Err(invalid(&field("ttl"), &set["ttl"].to_string()));
    }
    let data: Vec<&str> =
        set["rrdatas"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if data.is_empty() || kind == "CNAME" && data.len() > 1 {
        return Err(required(&field("rrdata")));
    }
    for (number, data) in data.into_iter().enumerate() {
        if !is_data(kind, data) {
            return Err(invalid(&field(&format!("rrdata[{number}]")), data));
        }
    }
    Ok(())
}

fn is_data(kind: &str, data: &str) -> bool {
    let words: Vec<&str> = data.split_whitespace().collect();
    match (kind, words.as_slice()) {
        ("A", [number]) => number.parse::<Ipv4Addr>().is_ok(),
        ("AAAA", [number]) => number.parse::<Ipv6Addr>().is_ok(),
        ("CNAME" | "NS", [name]) => is_name(name),
        ("MX", [order, name]) => order.parse::<u16>().is_ok() && is_name(name),
        ("CAA", [flags, tag, value, ..]) => {
            flags.parse::<u8>().is_ok()
                && ["issue", "issuewild", "iodef"].contains(tag)
                && value.starts_with('"')
        }
        ("TXT", _) => strings(data).is_some_and(|all| all.iter().all(|one| one.len() <= 255)),
        ("SOA", words) => words.len() == 7,
        _ => false,
    }
}

/// The strings of a text record: each in quotes, or one word without.
fn strings(data: &str) -> Option<Vec<String>> {
    if !data.starts_with('"') {
        let bare = !data.is_empty() && !data.contains([' ', '"']);
        return bare.then(|| vec![data.to_owned()]);
    }
    let (mut all, mut rest) = (Vec::new(), data.trim());
    while !rest.is_empty() {
        let (mut one, mut escaped) = (String::new(), false);
        let mut letters = rest.strip_prefix('"')?.char_indices();
        let end = loop {
            match letters.next()? {
                (_, letter) if escaped => {
                    one.push(letter);
                    escaped = false;
                }
                (_, '\\') => escaped = true,
                (at, '"') => break at + 2,
                (_, letter) => one.push(letter),
            }
        };
        all.push(one);
        rest = rest[end..].trim_start();
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_has_the_form_of_its_type() {
        let good = [
            ("A", "192.0.2.1"),
            ("AAAA", "2001:db8::1"),
            ("CNAME", "hub.example.org."),
            ("MX", "10 mail.example.org."),
            ("CAA", "0 issue \"letsencrypt.org\""),
            ("TXT", "\"v=spf1 -all\" \"and \\\"more\\\"\""),
        ];
        assert!(good.iter().all(|(kind, data)| is_data(kind, data)));
        let bad = [("A", "192.0.2"), ("CNAME", "hub"), ("MX", "mail."), ("TXT", "two words")];
        assert!(!bad.iter().any(|(kind, data)| is_data(kind, data)));
    }

    #[test]
    fn a_star_stands_only_in_front() {
        assert!(is_name("*.example.org.") && is_name("_x.example.org."));
        assert!(!is_name("a.*.example.org.") && !is_name("example.org") && !is_name("."));
    }
}
