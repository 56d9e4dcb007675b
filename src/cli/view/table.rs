//! A table: on a terminal as wide as it is, as Markdown, and as CSV.

use crate::cli::view::look::Look;
use crate::cli::view::value::printable;
use std::fmt::Write;

/// What stands between two columns.
const GAP: &str = "  ";

/// How narrow the column that gives way may become.
const NARROWEST: usize = 12;

/// A table. What is in it may be anything: nothing of it moves a cursor or ends a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
    total: Option<Vec<String>>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Column {
    title: &'static str,
    align: Align,
}

/// On which side the values of a column stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Figures.
    Right,
    /// Words that give way where there is little room; one column at most.
    Yielding,
}

impl Table {
    /// A table with these columns.
    pub fn new(columns: &[(&'static str, Align)]) -> Self {
        let columns = columns.iter().map(|&(title, align)| Column { title, align }).collect();
        Self { columns, ..Self::default() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Adds the last row, set apart from the others.
    #[must_use]
    pub fn with_total(mut self, cells: Vec<String>) -> Self {
        self.total = Some(cells);
        self
    }

    /// For a terminal.
    pub fn text(&self, look: Look) -> String {
        let widths = self.widths(look.width);
        let mut out = String::new();
        let titles: Vec<String> = self.columns.iter().map(|it| it.title.to_owned()).collect();
        let title = look.paint.strong(&self.line(&titles, &widths));
        _ = writeln!(out, "{title}");
        self.rows.iter().for_each(|row| _ = writeln!(out, "{}", self.line(row, &widths)));
        if let Some(total) = &self.total {
            let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            _ = writeln!(out, "{}", look.paint.faint(&rule.join(GAP)));
            _ = writeln!(out, "{}", look.paint.strong(&self.line(total, &widths)));
        }
        out
    }

    /// For a post.
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        out += &line(self.columns.iter().map(|it| it.title.to_owned()).collect());
        let rule = |column: &Column| if column.align == Align::Right { "---:" } else { "---" };
        out += &format!("|{}|\n", self.columns.iter().map(rule).collect::<Vec<_>>().join("|"));
        for row in &self.rows {
            out += &line(row.iter().map(|cell| inline_markdown(cell)).collect());
        }
        if let Some(total) = &self.total {
            let bold = |cell: &String| match cell.as_str() {
                "" => String::new(),
                cell => format!("**{}**", inline_markdown(cell)),
            };
            out += &line(total.iter().map(bold).collect());
        }
        out
    }

    /// For a spreadsheet: RFC 4180, the total left out.
    pub fn csv(&self) -> String {
        let titles = self.columns.iter().map(|column| quoted(column.title));
        let mut out = titles.collect::<Vec<_>>().join(",") + "\n";
        for row in &self.rows {
            out += &row.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",");
            out.push('\n');
        }
        out
    }

    /// How wide each column is: as wide as what is in it, unless that is too much for the line.
    fn widths(&self, room: usize) -> Vec<usize> {
        let rows = self.rows.iter().chain(&self.total);
        let mut widths: Vec<usize> =
            self.columns.iter().map(|column| column.title.chars().count()).collect();
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(printable(cell).chars().count());
            }
        }
        let wide = widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1);
        let yielding = self.columns.iter().position(|column| column.align == Align::Yielding);
        if let Some(width) = yielding.and_then(|at| widths.get_mut(at)) {
            *width = width.saturating_sub(wide.saturating_sub(room)).max(NARROWEST.min(*width));
        }
        widths
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let cell = |((cell, column), width): ((&String, &Column), &usize)| {
            let cell = shortened(&printable(cell), *width);
            match column.align {
                Align::Right => format!("{cell:>width$}"),
                Align::Left | Align::Yielding => format!("{cell:width$}"),
            }
        };
        let cells = cells.iter().zip(&self.columns).zip(widths).map(cell);
        cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
    }
}

/// A text with its middle left out, if it is too long: both ends tell names apart.
fn shortened(text: &str, width: usize) -> String {
    let count = text.chars().count();
    if count <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(1);
    let (head, tail) = (kept.div_ceil(2), kept / 2);
    let head: String = text.chars().take(head).collect();
    let tail: String = text.chars().skip(count - tail).collect();
    format!("{head}…{tail}")
}

/// A text that neither ends a cell nor means anything in Markdown.
fn inline_markdown(text: &str) -> String {
    let one = |c: char| match c {
        '|' | '`' | '*' | '_' | '<' | '[' | '\\' => format!("\\{c}"),
        // So that nobody is called by a report.
        '@' => "@\u{200b}".to_owned(),
        c => c.to_string(),
    };
    printable(text).chars().map(one).collect()
}

/// A cell of CSV.
fn quoted(text: &str) -> String {
    let needs = text.contains([',', '"', '\n', '\r']) || text.trim() != text;
    if needs { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&[("who", Align::Yielding), ("cost", Align::Right)]);
        table.row(vec!["ada".into(), "$1.00".into()]);
        table.row(vec!["somebody-with-a-long-name@leap.example.org".into(), "$1,000.00".into()]);
        table.with_total(vec!["total".into(), "$1,001.00".into()])
    }

    #[test]
    fn a_table_fits_a_narrow_terminal_and_keeps_both_ends_of_a_name() {
        let text = table().text(Look::plain(38));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[2], "somebody-with…p.example.org  $1,000.00", "{text}");
        assert!(lines.iter().all(|line| line.chars().count() <= 38), "{text}");
        assert_eq!(lines.last(), Some(&"total                        $1,001.00"), "{text}");
    }

    #[test]
    fn a_table_is_markdown_that_calls_nobody() {
        let expected = "| who | cost |\n|---|---:|\n| ada | $1.00 |\n\
                        | somebody-with-a-long-name@\u{200b}leap.example.org | $1,000.00 |\n\
                        | **total** | **$1,001.00** |\n";
        assert_eq!(table().markdown(), expected);
    }

    #[test]
    fn what_is_in_a_cell_stays_in_it() {
        let mut table = Table::new(&[("a", Align::Left), ("b", Align::Left)]);
        table.row(vec!["x|y,\"z\"".into(), "\u{1b}[2Jgone\nnext".into()]);
        assert_eq!(table.csv(), "a,b\n\"x|y,\"\"z\"\"\",\"\u{1b}[2Jgone\nnext\"\n");
        let text = table.text(Look::plain(80));
        assert!(text.contains(r"\u{1b}[2Jgone\nnext") && !text.contains('\u{1b}'), "{text}");
        assert!(table.markdown().contains(r"x\|y"));
    }
}
