//! One resource for people: whose it is, and every setting that is not at its default.

use crate::cli::view::value::inline;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt::Write;

/// What is shown first, in this order.
const HEAD: [&str; 4] = ["address", "declared_at", "owner", "version"];

/// A resource as `show` describes it: `declared` and `live` are specs or null.
pub fn text(shown: &Value, defaults: &Map<String, Value>) -> String {
    let mut out = String::new();
    for name in HEAD {
        let value = match &shown[name] {
            Value::String(text) => text.clone(),
            Value::Null => "-".to_owned(),
            other => inline(other),
        };
        _ = writeln!(out, "{:<14}{value}", name.replace('_', " "));
    }
    let (declared, live) = (&shown["declared"], &shown["live"]);
    match (declared.is_null(), live.is_null()) {
        (true, _) => out.push_str("not declared (any more)\n"),
        (_, true) => out.push_str("not there (yet)\n"),
        _ if declared == live => out.push_str("as declared\n"),
        _ => out.push_str("not as declared\n"),
    }
    out.push('\n');
    out.push_str(&settings(declared, live, defaults));
    out
}

fn settings(declared: &Value, live: &Value, defaults: &Map<String, Value>) -> String {
    let fields = |spec: &Value| spec.as_object().cloned().unwrap_or_default();
    let (wanted, found) = (fields(declared), fields(live));
    let names: BTreeSet<&String> = wanted.keys().chain(found.keys()).collect();
    let width = names.iter().map(|name| name.len()).max().unwrap_or_default();
    let (mut out, mut at_default) = (String::new(), 0);
    for name in names {
        match (wanted.get(name), found.get(name)) {
            (Some(one), Some(other)) if one != other => {
                let (one, other) = (inline(one), inline(other));
                _ = writeln!(out, "  {name:width$}  declared {one}, live {other}");
            }
            (Some(value), _) | (None, Some(value)) if defaults.get(name) != Some(value) => {
                value_lines(&mut out, name, width, value);
            }
            _ => at_default += 1,
        }
    }
    if at_default > 0 {
        _ = writeln!(out, "  ({at_default} at their default)");
    }
    out
}

fn value_lines(out: &mut String, name: &str, width: usize, value: &Value) {
    match value {
        Value::Array(items) if items.len() > 1 => {
            _ = writeln!(out, "  {name}");
            items.iter().for_each(|item| _ = writeln!(out, "    {}", inline(item)));
        }
        other => _ = writeln!(out, "  {name:width$}  {}", inline(other)),
    }
}
