//! Settings below each other: what they have in common stands once, what they are is lined up.

use crate::cli::view::look::Look;
use crate::model::path::split;

/// The longest name that others are still lined up with.
const NAME_MAX: usize = 36;

/// What several settings stand in is said once if it is longer; what a longer name is may go to
/// the next line.
const ABOVE_MAX: usize = 28;

/// How far what is inside of something stands to the right.
const INSIDE: usize = 2;

/// One setting.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    /// What stands before it: nothing, or that it left or came.
    pub(crate) sign: Option<String>,
    /// Where it is.
    pub(crate) path: String,
    /// What it is.
    pub(crate) cell: String,
    /// What is said of it on the next lines.
    pub(crate) below: Vec<String>,
}

impl Row {
    pub(crate) fn new(path: &str, cell: String) -> Self {
        Self { path: path.to_owned(), cell, ..Self::default() }
    }
}

/// The rows as lines, so far to the right.
pub(crate) fn draw(rows: &[Row], indent: usize, look: Look) -> Vec<String> {
    let mut lines = Vec::new();
    let alone = groups(rows).into_iter().filter(|group| group.len() == 1).flatten();
    let outer = width(alone.map(|row| row.path.as_str()));
    for group in groups(rows) {
        if let [row] = group {
            one(&mut lines, row, &row.path, (indent, outer), look);
            continue;
        }
        let names = || group.iter().map(|row| split(&row.path));
        names().take(1).for_each(|(above, _)| lines.push(format!("{:indent$}{above}", "")));
        let inner = width(names().map(|(_, name)| name));
        for (row, (_, name)) in group.iter().zip(names()) {
            one(&mut lines, row, name, (indent + INSIDE, inner), look);
        }
    }
    lines
}

/// Rows that stand in the same, where that is long enough to be said once; every other by itself.
fn groups(rows: &[Row]) -> Vec<&[Row]> {
    let above = |row: &Row| split(&row.path).0.to_owned();
    let together =
        |one: &Row, other: &Row| above(one) == above(other) && above(one).len() > ABOVE_MAX;
    rows.chunk_by(together).collect()
}

fn width<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    let widths = names.map(|name| name.chars().count());
    widths.filter(|width| *width <= NAME_MAX).max().unwrap_or_default()
}

fn one(
    lines: &mut Vec<String>,
    row: &Row,
    name: &str,
    (indent, width): (usize, usize),
    look: Look,
) {
    let sign = row.sign.as_ref().map(|sign| format!("{sign} ")).unwrap_or_default();
    let head = format!("{:indent$}{sign}", "");
    let (name_width, cell_width) = (name.chars().count(), row.cell.chars().count());
    let wide = indent + name_width.max(width) + INSIDE + cell_width > look.columns();
    let own_line = name_width > ABOVE_MAX;
    if row.cell.is_empty() || name.is_empty() {
        lines.push(format!("{head}{name}{}", row.cell));
    } else if wide && own_line {
        lines.push(format!("{head}{name}"));
        lines.push(format!("{:1$}{2}", "", indent + 2 * INSIDE, row.cell));
    } else {
        lines.push(format!("{head}{name:width$}  {}", row.cell));
    }
    let below = indent + INSIDE;
    lines.extend(row.below.iter().map(|line| format!("{:below$}{line}", "")));
}

/// `(+1 line)`, `(+2 lines)`.
pub(crate) fn counted_more(count: usize, noun: &str) -> String {
    format!("(+{})", crate::cli::view::plan::counted(count, noun))
}
