//! Texts in a plan: a long one by its beginning, a changed one by the lines that changed.

use super::row::counted_more;
use crate::cli::view::look::{Detail, Look};
use crate::cli::view::value::printable;

/// How many characters of a text are shown on one line.
const LONGEST: usize = 160;

/// So few more are not worth leaving out.
const FEW: usize = 40;

/// How many changed lines of one text are shown.
const MOST_LINES: usize = 20;

/// How many characters before a difference are shown.
const BEFORE: usize = 30;

/// Above so many pairs of lines, two texts are not compared line by line but told as a whole.
const MOST_PAIRS: usize = 4_000_000;

/// A text in quotes: its first line, as far as that is not too long, and how much more there is.
pub(crate) fn beginning(text: &str) -> String {
    let lines = text.lines().count();
    let first = text.lines().next().unwrap_or_default();
    if lines > 1 {
        let (start, _) = cut(first, 0);
        return format!("{} {}", quoted(&start), counted_more(lines - 1, "line"));
    }
    match cut(text, 0) {
        (_, 0) => quoted(text),
        (start, more) => format!("{} {}", quoted(&start), counted_more(more, "character")),
    }
}

/// A text in quotes from shortly before where it differs from another.
pub(crate) fn from_difference(text: &str, other: &str, look: Look) -> String {
    if look.detail == Detail::Full {
        return quoted(text);
    }
    let same = text.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    let long = text.chars().count().max(other.chars().count()) > LONGEST;
    let start = if long { same.saturating_sub(BEFORE) } else { 0 };
    let (shown, more) = cut(text, start);
    let head = if start > 0 { "…" } else { "" };
    match more {
        0 => quoted(&format!("{head}{shown}")),
        _ => format!("{} {}", quoted(&format!("{head}{shown}")), counted_more(more, "character")),
    }
}

/// As much of a text as is shown on a line, and how many characters stand behind that.
fn cut(text: &str, start: usize) -> (String, usize) {
    let rest = text.chars().count().saturating_sub(start);
    let most = if rest <= LONGEST + FEW { rest } else { LONGEST };
    let shown: String = text.chars().skip(start).take(most).collect();
    if rest > most { (format!("{shown}…"), rest - most) } else { (shown, 0) }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// One line of two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    Same(&'a str),
    Left(&'a str),
    Came(&'a str),
}

/// All lines of two texts, each once: as few as possible left and came.
pub(crate) fn compared<'a>(before: &'a str, after: &'a str) -> Vec<Line<'a>> {
    let (old, new): (Vec<_>, Vec<_>) = (before.split('\n').collect(), after.split('\n').collect());
    let same = |(one, other): &(&&str, &&str)| one == other;
    let head = old.iter().zip(&new).take_while(same).count();
    let (old, new) = (&old[head..], &new[head..]);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let (old, end) = old.split_at(old.len() - tail);
    let new = &new[..new.len() - tail];
    let mut lines: Vec<Line<'a>> = after.split('\n').take(head).map(Line::Same).collect();
    middle(old, new, &mut lines);
    lines.extend(end.iter().copied().map(Line::Same));
    lines
}

fn middle<'a>(old: &[&'a str], new: &[&'a str], lines: &mut Vec<Line<'a>>) {
    if old.len().saturating_mul(new.len()) > MOST_PAIRS {
        lines.extend(old.iter().copied().map(Line::Left));
        lines.extend(new.iter().copied().map(Line::Came));
        return;
    }
    let common = common(old, new);
    let (mut left, mut came) = (0, 0);
    while left < old.len() || came < new.len() {
        if left < old.len() && came < new.len() && old[left] == new[came] {
            lines.push(Line::Same(old[left]));
            (left, came) = (left + 1, came + 1);
        } else if came == new.len()
            || left < old.len() && common[left + 1][came] >= common[left][came + 1]
        {
            lines.push(Line::Left(old[left]));
            left += 1;
        } else {
            lines.push(Line::Came(new[came]));
            came += 1;
        }
    }
}

/// How many lines the two have in common, in their order, from each line of both on.
fn common(old: &[&str], new: &[&str]) -> Vec<Vec<usize>> {
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for left in (0..old.len()).rev() {
        for came in (0..new.len()).rev() {
            common[left][came] = match old[left] == new[came] {
                true => common[left + 1][came + 1] + 1,
                false => common[left + 1][came].max(common[left][came + 1]),
            };
        }
    }
    common
}

/// The lines that changed, below the numbers that they have in the new text.
pub(crate) fn lines(before: &str, after: &str, look: Look) -> Vec<String> {
    let most = if look.detail == Detail::Full { usize::MAX } else { MOST_LINES };
    let (mut out, mut number, mut shown, mut more, mut apart) = (Vec::new(), 1, 0, 0, true);
    let [left, came] = look.left_and_came();
    for line in compared(before, after) {
        let (sign, text) = match line {
            Line::Same(_) => {
                (number, apart) = (number + 1, true);
                continue;
            }
            Line::Left(text) => (&left, text),
            Line::Came(text) => (&came, text),
        };
        if shown < most {
            if apart {
                out.push(look.paint.faint(&format!("line {number}")));
            }
            out.push(format!("  {sign} {}", printable(text)).trim_end().to_owned());
            shown += 1;
        } else {
            more += 1;
        }
        apart = false;
        number += usize::from(matches!(line, Line::Came(_)));
    }
    if more > 0 {
        let more = format!("({more} more lines changed; --full shows all)");
        out.push(look.paint.faint(&more));
    }
    out
}

/// A text as it is, line by line.
pub(crate) fn whole(text: &str) -> Vec<String> {
    text.lines().map(|line| format!("| {}", printable(line)).trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_is_one_that_left_and_one_that_came() {
        let (before, after) = ("a\nb\nc\nd", "a\nB\nc\nd\ne");
        let changed = lines(before, after, Look::plain(80));
        assert_eq!(changed, ["line 2", "  - b", "  + B", "line 5", "  + e"]);
    }

    #[test]
    fn every_line_of_both_texts_is_told_once_and_in_its_order() {
        for (before, after) in
            [("", ""), ("a\nb\nc", "c\nb\na"), ("a\na", "a"), ("", "x\n"), ("a\nb", "x\na\nb\ny")]
        {
            let lines = compared(before, after);
            let old = lines.iter().filter_map(|line| match line {
                Line::Same(text) | Line::Left(text) => Some(*text),
                Line::Came(_) => None,
            });
            let new = lines.iter().filter_map(|line| match line {
                Line::Same(text) | Line::Came(text) => Some(*text),
                Line::Left(_) => None,
            });
            assert_eq!(old.collect::<Vec<_>>().join("\n"), before);
            assert_eq!(new.collect::<Vec<_>>().join("\n"), after);
        }
    }

    #[test]
    fn nothing_in_a_text_moves_a_cursor() {
        assert_eq!(whole("a\u{1b}[2J\r"), ["| a\\u{1b}[2J\\r"]);
    }

    #[test]
    fn a_line_break_at_the_end_is_a_difference() {
        assert_eq!(lines("a", "a\n", Look::plain(80)), ["line 2", "  +"]);
    }

    #[test]
    fn a_text_of_many_lines_is_told_by_its_first() {
        assert_eq!(beginning("c = 1\nd = 2\n"), "\"c = 1\" (+1 line)");
        assert_eq!(beginning("short"), "\"short\"");
        assert!(beginning(&"x".repeat(500)).ends_with("x…\" (+340 characters)"));
    }

    #[test]
    fn a_long_text_is_told_from_where_it_differs() {
        let text = |end: &str| format!("{}{end}", "x".repeat(500));
        let told = from_difference(&text("old"), &text("new"), Look::plain(80));
        assert_eq!(told, format!("\"…{}old\"", "x".repeat(BEFORE)));
    }
}
