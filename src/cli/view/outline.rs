//! Nested values as an indented outline, for people.

use crate::cli::view::value::inline;
use serde_json::Value;
use std::fmt::Write;

/// Maps as `name: value` lines, deeper maps and lists indented.
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, 0);
    out
}

fn write(out: &mut String, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                entry(out, &format!("{indent}{name}:"), value, depth);
            }
        }
        Value::Array(items) => {
            items.iter().for_each(|item| _ = writeln!(out, "{indent}- {}", inline(item)));
        }
        other => _ = writeln!(out, "{indent}{}", inline(other)),
    }
}

fn entry(out: &mut String, head: &str, value: &Value, depth: usize) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            _ = writeln!(out, "{head}");
            write(out, value, depth + 1);
        }
        Value::Array(items) if !items.is_empty() => {
            _ = writeln!(out, "{head}");
            write(out, value, depth + 1);
        }
        Value::String(text) => _ = writeln!(out, "{head} {text}"),
        Value::Object(_) => _ = writeln!(out, "{head} none"),
        other => _ = writeln!(out, "{head} {}", inline(other)),
    }
}
