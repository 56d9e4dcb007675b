//! The fields of one step: a line for each setting that differs, and an outline of what is new.
//! Knows no kind.

mod row;
mod text;
mod tree;

pub(crate) use row::{Row, draw};
pub(crate) use tree::row as by_itself;

use crate::cli::view::look::{Detail, Look};
use crate::cli::view::piece::{Piece, What, pieces};
use crate::cli::view::value::inline;
use crate::plan::FieldChange;
use serde_json::Value;

/// How far the fields of a step stand to the right.
const INDENT: usize = 6;

/// A changed text that is longer is told on two lines.
const LONG_TEXT: usize = 120;

/// Every field that differs; values alone when the object is new.
pub(crate) fn lines(changes: &[FieldChange], new: bool, look: Look) -> String {
    let rows = |change| if new { vec![new_field(change, look)] } else { changed(change, look) };
    let rows: Vec<Row> = changes.iter().flat_map(rows).collect();
    draw(&rows, INDENT, look).iter().map(|line| format!("{line}\n")).collect()
}

/// Fields as they stay, faintly.
pub(crate) fn unchanged(fields: &[(&String, &Value)], look: Look) -> String {
    let rows: Vec<Row> = fields.iter().map(|(path, value)| by_itself(path, value, look)).collect();
    let lines = draw(&rows, INDENT, look).into_iter();
    lines.map(|line| format!("{}\n", look.paint.faint(&line))).collect()
}

/// What differs inside of a field whose name stands above.
pub(crate) fn inside(before: &Value, after: &Value, look: Look) -> String {
    let lines = draw(&between("", Some(before), Some(after), look), INDENT + 2, look);
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// What differs between two values of a field, a row each.
pub(crate) fn between(
    path: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    look: Look,
) -> Vec<Row> {
    pieces(path, before, after).iter().flat_map(|piece| of_piece(piece, look)).collect()
}

fn new_field(change: &FieldChange, look: Look) -> Row {
    match &change.after {
        Value::Array(items) if is_list(items, look) => list(&change.path, &[], items, look),
        value => by_itself(&change.path, value, look),
    }
}

fn changed(change: &FieldChange, look: Look) -> Vec<Row> {
    let FieldChange { path, before, after } = change;
    let said = |value| Some(value).filter(|value: &&Value| !value.is_null());
    if before.is_null() && after.is_null() {
        return vec![Row::new(path, "null on one side, and not there on the other".to_owned())];
    }
    between(path, said(before), said(after), look)
}

fn of_piece(piece: &Piece<'_>, look: Look) -> Vec<Row> {
    let path = piece.path.as_str();
    match &piece.what {
        What::Came(value) => vec![came(path, value, look)],
        What::Left(value) => vec![left(path, value, look)],
        What::ItemCame(value) => vec![signed_came(path, value, look)],
        What::ItemLeft(value) => vec![signed_left(path, value, look)],
        What::Changed(Value::String(before), Value::String(after)) => {
            vec![texts(path, before, after, look)]
        }
        What::Changed(before, after) => {
            match lies_on_one_line(before, look) && lies_on_one_line(after, look) {
                true => vec![from_to(path, before, after, look)],
                false => vec![signed_left(path, before, look), signed_came(path, after, look)],
            }
        }
        What::Items { left, came } => {
            vec![list(path, left.iter().copied(), came.iter().copied(), look)]
        }
        What::Order { before, after } => vec![order(path, before, after, look)],
    }
}

fn came(path: &str, value: &Value, look: Look) -> Row {
    match value {
        Value::Array(items) if is_list(items, look) => list(path, &[], items, look),
        _ if lies_on_one_line(value, look) => from_to(path, &Value::Null, value, look),
        _ => signed_came(path, value, look),
    }
}

fn left(path: &str, value: &Value, look: Look) -> Row {
    match value {
        Value::Array(items) if is_list(items, look) => list(path, items, &[], look),
        _ if lies_on_one_line(value, look) => from_to(path, value, &Value::Null, look),
        _ => signed_left(path, value, look),
    }
}

fn signed_came(path: &str, value: &Value, look: Look) -> Row {
    let [_, sign] = look.left_and_came();
    Row { sign: Some(sign), ..item_or_more(path, value, look) }
}

/// What left is not told in full, unless somebody wants everything, or it has no name.
fn signed_left(path: &str, value: &Value, look: Look) -> Row {
    let [sign, _] = look.left_and_came();
    let mut row = item_or_more(path, value, look);
    if look.detail != Detail::Full && !path.is_empty() && !row.below.is_empty() {
        row = Row::new(path, tree::settings(value));
    }
    Row { sign: Some(sign), ..row }
}

fn item_or_more(path: &str, value: &Value, look: Look) -> Row {
    match value {
        Value::Object(_) if tree::is_flat(value) => Row::new(path, inline(value)),
        _ => by_itself(path, value, look),
    }
}

/// Whether a value is told on the same line as another.
pub(crate) fn lies_on_one_line(value: &Value, look: Look) -> bool {
    match value {
        Value::String(text) => !text.contains('\n') && text.len() <= LONG_TEXT,
        other => tree::fits(other, look.columns() / 2),
    }
}

/// Whether a list is told item by item.
fn is_list(items: &[Value], look: Look) -> bool {
    items.iter().all(|item| tree::is_flat(item) || tree::fits(item, look.columns()))
}

fn from_to(path: &str, before: &Value, after: &Value, look: Look) -> Row {
    Row::new(path, format!("{} {} {}", inline(before), look.arrow(), inline(after)))
}

fn texts(path: &str, before: &str, after: &str, look: Look) -> Row {
    let (old, new) = (Value::from(before), Value::from(after));
    if lies_on_one_line(&old, look) && lies_on_one_line(&new, look) {
        return from_to(path, &old, &new, look);
    }
    let below = match before.contains('\n') || after.contains('\n') {
        true => text::lines(before, after, look),
        false => {
            let [left, came] = look.left_and_came();
            let old = text::from_difference(before, after, look);
            let new = text::from_difference(after, before, look);
            vec![format!("{left} {old}"), format!("{came} {new}")]
        }
    };
    Row { below, ..Row::new(path, String::new()) }
}

/// What left a list and what came into it.
fn list<'a>(
    path: &str,
    left: impl IntoIterator<Item = &'a Value>,
    came: impl IntoIterator<Item = &'a Value>,
    look: Look,
) -> Row {
    let items = left.into_iter().map(|item| signed_left("", item, look));
    let items = items.chain(came.into_iter().map(|item| signed_came("", item, look)));
    let below = items.flat_map(|row| draw(&[row], 0, look)).collect();
    Row { below, ..Row::new(path, String::new()) }
}

/// The same in another order.
fn order(path: &str, before: &[&Value], after: &[&Value], look: Look) -> Row {
    let listed = |items: &[&Value]| inline(&items.iter().copied().cloned().collect());
    let (before, after) = (listed(before), listed(after));
    let one = format!("{before} {} {after}", look.arrow());
    let [left, came] = look.left_and_came();
    let below = match one.chars().count() + INDENT <= look.columns() {
        true => vec![one],
        false => vec![format!("{left} {before}"), format!("{came} {after}")],
    };
    Row { below, ..Row::new(path, String::new()) }
}
