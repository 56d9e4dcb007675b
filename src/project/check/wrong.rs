//! Values of the wrong type, and how they were probably meant.

use super::{Path, about};
use crate::project::problem::Problem;
use crate::project::tree::{Node, Value};
use crate::project::words::uncapitalised;
use serde_json::Value as Json;

/// The types that a schema allows.
pub(super) fn types(schema: &Json) -> Vec<&str> {
    match schema.get("type") {
        Some(Json::String(only)) => vec![only],
        Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
        _ if schema.get("const").is_some_and(Json::is_string) => vec!["string"],
        _ => Vec::new(),
    }
}

/// Whether a schema allows nothing but `null`.
pub(super) fn is_null(schema: &Json) -> bool {
    types(schema) == ["null"]
}

/// Whether the type of a value is allowed; everything is where none is named.
pub(super) fn fits(schema: &Json, node: &Node) -> bool {
    let types = types(schema);
    let is = |name: &str| types.contains(&name);
    types.is_empty()
        || match &node.value {
            Value::Null => is("null"),
            Value::Bool(_) => is("boolean"),
            Value::Number(number) => is("number") || is("integer") && !number.is_f64(),
            Value::String(_) => is("string"),
            Value::List(_) => is("array"),
            Value::Map(_) => is("object"),
        }
}

/// What is expected, in words, and what it is for.
pub(super) fn expected(schema: &Json) -> String {
    let what = match (plain(schema), bounds(schema)) {
        ("a whole number", Some(bounds)) => format!("a whole number {bounds}"),
        (plain, _) => plain.to_owned(),
    };
    match about(schema) {
        Some(about) if !about.is_empty() => format!("{what} ({})", uncapitalised(&about)),
        _ => what,
    }
}

fn plain(schema: &Json) -> &'static str {
    match types(schema).iter().find(|name| **name != "null") {
        Some(&"boolean") => "`true` or `false`",
        Some(&"integer") => "a whole number",
        Some(&"number") => "a number",
        Some(&"string") => "text",
        Some(&"array") => "a list",
        Some(&"object") => "a group of settings",
        _ => "another value",
    }
}

fn kind(node: &Node) -> &'static str {
    match &node.value {
        Value::Null => "`null`",
        Value::Bool(_) => "`true` or `false`",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::List(_) => "a list",
        Value::Map(_) => "a group of settings",
    }
}

/// The problem of a value whose type is not allowed.
pub(super) fn wrong_type(schema: &Json, node: &Node, path: &Path) -> Problem {
    let types = types(schema);
    let one = types.iter().find(|name| **name != "null").copied().unwrap_or_default();
    let message = match one {
        "" => format!("{} cannot be {}", path.title(), kind(node)),
        _ => format!("{} should be {}, not {}", path.title(), plain(schema), kind(node)),
    };
    let mut problem = Problem::error("wrong-type", &node.range, message);
    problem.expected = (!one.is_empty()).then(|| expected(schema));
    problem.suggest(meant(one, node))
}

/// How a value of the wrong type was probably meant.
fn meant(expected: &str, node: &Node) -> Option<String> {
    let short = node.short();
    match (expected, &node.value) {
        ("array", Value::String(_) | Value::Number(_) | Value::Bool(_)) => {
            Some(format!("write a list: `[{short}]`"))
        }
        ("array", Value::Map(_)) => Some("put `- ` before it: a list of one".to_owned()),
        ("string", Value::Number(_) | Value::Bool(_)) => {
            Some(format!("put it in quotes: `\"{short}\"`"))
        }
        ("integer" | "number", Value::String(text)) if text.parse::<f64>().is_ok() => {
            Some(format!("leave out the quotes: `{text}`"))
        }
        ("boolean", Value::String(text)) => match text.to_lowercase().as_str() {
            "yes" | "on" | "true" | "y" => Some("write `true`".to_owned()),
            "no" | "off" | "false" | "n" => Some("write `false`".to_owned()),
            _ => None,
        },
        ("string" | "integer" | "number" | "boolean", Value::List(items)) => match items.as_slice()
        {
            [only] => Some(format!("write it without brackets: `{}`", only.short())),
            _ => None,
        },
        (_, Value::Null) => Some("leave it out".to_owned()),
        _ => None,
    }
}

fn limits(schema: &Json) -> (Option<f64>, Option<f64>) {
    let number = |name: &str| schema.get(name).and_then(Json::as_f64);
    let width = match schema.get("format").and_then(Json::as_str) {
        Some("uint32") => Some(f64::from(u32::MAX)),
        _ => None,
    };
    (number("minimum"), number("maximum").or(width))
}

fn bounds(schema: &Json) -> Option<String> {
    let upper = schema.get("maximum").and_then(Json::as_f64);
    match (limits(schema).0, upper) {
        (Some(least), Some(most)) => Some(format!("from {least} to {most}")),
        (Some(least), None) if least > 0.0 => Some(format!("from {least}")),
        (None, Some(most)) => Some(format!("up to {most}")),
        _ => None,
    }
}

/// The problem of a number that is too small or too large.
pub(super) fn out_of_range(schema: &Json, node: &Node, path: &Path) -> Option<Problem> {
    let Value::Number(number) = &node.value else { return None };
    let value = number.as_f64()?;
    let (least, most) = limits(schema);
    let outside = least.is_some_and(|least| value < least) || most.is_some_and(|most| value > most);
    outside.then(|| {
        let message = format!("{} cannot be {number}", path.title());
        Problem::error("out-of-range", &node.range, message).expected(expected(schema))
    })
}
