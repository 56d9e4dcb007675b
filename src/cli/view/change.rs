//! The fields of one step, a line each.

use crate::cli::view::look::Look;
use crate::cli::view::value::inline;
use crate::plan::FieldChange;
use serde_json::Value;
use std::fmt::Write;

/// The longest field name that others are still lined up with.
const NAME_MAX: usize = 28;

/// Every field that differs; values alone when the object is new.
pub(crate) fn lines(changes: &[FieldChange], new: bool, look: Look) -> String {
    let name_width = changes.iter().map(|change| change.path.len()).max().unwrap_or_default();
    let name_width = name_width.min(NAME_MAX);
    let mut out = String::new();
    for change in changes {
        match (&change.before, &change.after) {
            (Value::Array(old), Value::Array(items)) => list(&mut out, change, old, items, look),
            (Value::Null, Value::Array(items)) => list(&mut out, change, &[], items, look),
            (Value::Array(old), Value::Null) => list(&mut out, change, old, &[], look),
            (before, after) => {
                let value = if new {
                    inline(after)
                } else {
                    format!("{} {} {}", inline(before), look.arrow(), inline(after))
                };
                _ = writeln!(out, "      {:name_width$}  {value}", change.path);
            }
        }
    }
    out
}

/// What left a list and what came into it.
fn list(out: &mut String, change: &FieldChange, old: &[Value], items: &[Value], look: Look) {
    _ = writeln!(out, "      {}", change.path);
    let gone = old.iter().filter(|item| !items.contains(item));
    let come = items.iter().filter(|item| !old.contains(item));
    let (mut some, [left, came]) = (false, look.left_and_came());
    for (sign, item) in gone.map(|item| (&left, item)).chain(come.map(|item| (&came, item))) {
        some = true;
        _ = writeln!(out, "        {sign} {}", inline(item));
    }
    if !some {
        let (before, after) = (inline(&change.before), inline(&change.after));
        _ = writeln!(out, "        {before} {} {after}", look.arrow());
    }
}
