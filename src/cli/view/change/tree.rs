//! A value by itself: on one line where it fits, else a setting on each line, the outer ones
//! before the inner ones, and how many more there are.

use super::row::{Row, draw};
use super::text;
use crate::cli::view::look::{Detail, Look};
use crate::cli::view::piece::{name, naming};
use crate::cli::view::plan::counted;
use crate::cli::view::value::inline;
use crate::model::path::{item, join};
use serde_json::Value;

/// So many settings of one value are shown, each on a line.
const MOST: usize = 12;

/// So many settings may stand on one line together.
const MOST_INLINE: usize = 6;

/// What is shown of one value below its path.
pub(crate) fn row(path: &str, value: &Value, look: Look) -> Row {
    if let Some(cell) = cell(value, look.columns().saturating_sub(path.len()), look) {
        let below = match value {
            Value::String(long) if look.detail == Detail::Full && long.contains('\n') => {
                text::whole(long)
            }
            _ => Vec::new(),
        };
        return Row { below, ..Row::new(path, cell) };
    }
    let (below, more) = inside(value, look);
    let cell = if more > 0 { settings(value) } else { String::new() };
    Row { below, ..Row::new(path, cell) }
}

/// A value on one line, if that tells enough of it.
pub(crate) fn cell(value: &Value, room: usize, look: Look) -> Option<String> {
    match (value, look.detail) {
        (Value::String(text), Detail::Full) if text.contains('\n') => {
            Some(format!("({})", counted(text.lines().count(), "line")))
        }
        (Value::String(_), Detail::Full) => Some(inline(value)),
        (Value::String(text), _) => Some(text::beginning(text)),
        _ => fits(value, room).then(|| inline(value)),
    }
}

/// `(1 setting)`, `(41 settings)`.
pub(crate) fn settings(value: &Value) -> String {
    format!("({})", counted(leaves(value), "setting"))
}

/// Whether a value can be read on a line of this width.
pub(crate) fn fits(value: &Value, room: usize) -> bool {
    match value {
        Value::Array(_) | Value::Object(_) => {
            leaves(value) <= MOST_INLINE && !has_lines(value) && {
                let margin = 10;
                inline(value).chars().count() + margin <= room
            }
        }
        _ => true,
    }
}

/// Whether an item of a list is told on one line, whatever its width: nothing is inside of what is
/// in it.
pub(crate) fn is_flat(item: &Value) -> bool {
    let inside = |value: &Value| value.is_object() || value.is_array();
    let flat = match item {
        Value::Object(fields) => !fields.values().any(inside),
        Value::Array(items) => !items.iter().any(inside),
        _ => true,
    };
    flat && leaves(item) <= MOST_INLINE && !has_lines(item)
}

fn has_lines(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\n'),
        Value::Array(items) => items.iter().any(has_lines),
        Value::Object(fields) => fields.values().any(has_lines),
        _ => false,
    }
}

/// How many settings are in a value.
pub(crate) fn leaves(value: &Value) -> usize {
    match value {
        Value::Array(items) if !items.is_empty() => items.iter().map(leaves).sum(),
        Value::Object(fields) if !fields.is_empty() => fields.values().map(leaves).sum(),
        _ => 1,
    }
}

/// Something inside a value.
struct Node<'a> {
    path: String,
    depth: usize,
    value: &'a Value,
}

impl Node<'_> {
    fn is_whole(&self, look: Look) -> bool {
        cell(self.value, look.columns().saturating_sub(self.path.len()), look).is_some()
    }

    fn children(&self) -> Vec<Self> {
        let depth = self.depth + 1;
        match self.value {
            Value::Object(fields) => {
                let below =
                    |(key, value): (&String, _)| Self { path: join(&self.path, key), depth, value };
                fields.iter().map(below).collect()
            }
            Value::Array(items) => {
                let field = naming(&[items]);
                let below = |(at, value): (usize, _)| {
                    let name = field.and_then(|field| name(value, field));
                    let path = item(&self.path, &name.unwrap_or_else(|| at.to_string()));
                    Self { path, depth, value }
                };
                items.iter().enumerate().map(below).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// What is inside of a value, as lines, and how many settings are not shown there.
fn inside(value: &Value, look: Look) -> (Vec<String>, usize) {
    let look = Look { width: look.columns().saturating_sub(MARGIN), ..look };
    let most = if look.detail == Detail::Full { usize::MAX } else { MOST };
    let mut nodes = Node { path: String::new(), depth: 0, value }.children();
    while let Some((at, children)) = next(&nodes, most, look) {
        nodes.splice(at..=at, children);
    }
    let (mut rows, mut more) = (Vec::new(), 0);
    for (at, node) in nodes.iter().enumerate() {
        match (at < most, node.is_whole(look)) {
            (true, true) => rows.push(row(&node.path, node.value, look)),
            (shown, _) => {
                more += leaves(node.value);
                let row = Row::new(&node.path, settings(node.value));
                rows.extend(shown.then_some(row));
            }
        }
    }
    let mut lines = draw(&rows, 0, look);
    if more > 0 {
        lines.push(look.paint.faint(&format!("(+{more} more; --full shows all)")));
    }
    (lines, more)
}

/// How far what is inside of a value stands to the right.
const MARGIN: usize = 8;

/// What is opened next: the outermost, first one for whose inside there is room. What is alone is
/// opened in any case.
fn next<'a>(nodes: &[Node<'a>], most: usize, look: Look) -> Option<(usize, Vec<Node<'a>>)> {
    let mut closed: Vec<(usize, &Node<'a>)> =
        nodes.iter().enumerate().filter(|(_, node)| !node.is_whole(look)).collect();
    closed.sort_by_key(|(_, node)| node.depth);
    let mut opened = closed.into_iter().map(|(at, node)| (at, node.children()));
    let others = nodes.len() - 1;
    opened.find(|(_, children)| others == 0 || others + children.len() <= most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const LOOK: Look = Look::plain(80);

    fn drawn(value: &Value, look: Look) -> Vec<String> {
        draw(&[row("values", value, look)], 0, look)
    }

    #[test]
    fn a_small_value_stands_on_one_line() {
        assert_eq!(drawn(&json!({ "a": 1, "b": { "c": 2 } }), LOOK), ["values  a 1, b {c 2}"]);
    }

    #[test]
    fn of_a_large_one_the_outer_settings_are_shown_and_the_others_counted() {
        let many: Value = (0..12).map(|n| (format!("k{n}"), json!(n))).collect();
        let value =
            json!({ "hub": many, "proxy": { "a": 1 }, "singleuser": { "x": many, "y": many } });
        assert_eq!(
            drawn(&value, LOOK),
            [
                "values  (37 settings)",
                "  hub           (12 settings)",
                "  proxy         a 1",
                "  singleuser.x  (12 settings)",
                "  singleuser.y  (12 settings)",
                "  (+36 more; --full shows all)",
            ]
        );
    }

    #[test]
    fn in_full_every_setting_is_shown() {
        let many: Value = (0..40).map(|n| (format!("k{n:02}"), json!(n))).collect();
        let full = Look { detail: Detail::Full, ..LOOK };
        let lines = drawn(&json!({ "hub": many }), full);
        assert_eq!(lines.len(), 41);
        assert_eq!(lines[40], "  hub.k39  39");
        let usual = drawn(&json!({ "hub": many }), LOOK);
        assert_eq!(usual[..2], ["values  (40 settings)", "  hub.k00  0"]);
        assert_eq!(usual[13..], ["  (+28 more; --full shows all)"]);
    }
}
