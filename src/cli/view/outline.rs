//! One resource for people: whose it is, and every setting that is not at its default.

use crate::cli::view::change::{Row, between, by_itself, draw, lies_on_one_line};
use crate::cli::view::look::{Detail, Look};
use crate::cli::view::value::inline;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt::Write;

/// What is shown first, in this order.
const HEAD: [&str; 4] = ["address", "declared_at", "owner", "version"];

/// How far settings stand to the right.
const INDENT: usize = 2;

/// A resource as `show` describes it, whole: `declared` and `live` are specs or null.
pub fn text(shown: &Value, defaults: &Map<String, Value>, look: Look) -> String {
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
    out.push_str(&settings(declared, live, defaults, look));
    out
}

fn settings(declared: &Value, live: &Value, defaults: &Map<String, Value>, look: Look) -> String {
    let look = Look { detail: Detail::Full, ..look };
    let fields = |spec: &Value| spec.as_object().cloned().unwrap_or_default();
    let (wanted, found) = (fields(declared), fields(live));
    let names: BTreeSet<&String> = wanted.keys().chain(found.keys()).collect();
    let (mut rows, mut at_default) = (Vec::new(), 0);
    for name in names {
        match (wanted.get(name), found.get(name)) {
            (Some(one), Some(other)) if one != other => rows.push(differs(name, one, other, look)),
            (Some(value), _) | (None, Some(value)) if defaults.get(name) != Some(value) => {
                rows.push(setting(name, value, look));
            }
            _ => at_default += 1,
        }
    }
    let mut out = String::new();
    draw(&rows, INDENT, look).iter().for_each(|line| _ = writeln!(out, "{line}"));
    if at_default > 0 {
        _ = writeln!(out, "  ({at_default} at their default)");
    }
    out
}

fn setting(name: &str, value: &Value, look: Look) -> Row {
    match value {
        Value::Array(items) if items.len() > 1 => {
            let below = items.iter().flat_map(|item| draw(&[by_itself("", item, look)], 0, look));
            Row { below: below.collect(), ..Row::new(name, String::new()) }
        }
        other => by_itself(name, other, look),
    }
}

fn differs(name: &str, declared: &Value, live: &Value, look: Look) -> Row {
    if lies_on_one_line(declared, look) && lies_on_one_line(live, look) {
        return Row::new(name, format!("declared {}, live {}", inline(declared), inline(live)));
    }
    let rows = between("", Some(declared), Some(live), look);
    let below = draw(&rows, 0, look);
    Row { below, ..Row::new(name, format!("(declared {} live)", look.arrow())) }
}
