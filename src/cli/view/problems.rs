//! Problems of a declaration, as text with the lines that they are in, and as JSON.

use crate::project::{Problem, Range, Severity, Sources};
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};

/// How wide text is laid out.
const WIDTH: usize = 80;

/// What stands before a note: the numbers of lines and the word.
const MARGIN: usize = 13;

/// Whether text carries escape codes for colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// It does.
    On,
    /// It does not.
    Off,
}

/// Problems in the manner of `rustc`: what, where, the line, what was expected, what was meant.
pub fn text(problems: &[Problem], sources: &Sources, colour: Colour) -> String {
    let renderer = match colour {
        Colour::On => Renderer::styled(),
        Colour::Off => Renderer::plain(),
    };
    let renderer = renderer.term_width(WIDTH);
    let one = |problem: &Problem| renderer.render(&report(problem, sources)) + "\n";
    problems.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// Problems for programs: an array of objects with ranges.
pub fn json(problems: &[Problem]) -> Value {
    json!(problems)
}

fn report<'a>(problem: &'a Problem, sources: &'a Sources) -> Vec<Group<'a>> {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let expected = problem.expected.as_ref().map(|expected| format!("expected {expected}"));
    let mut group =
        Group::with_title(level.primary_title(wrapped(&problem.message, "warning: ".len())));
    // What is long goes below: beside the caret it would leave the screen.
    let room = WIDTH.saturating_sub(column(&problem.range, sources) + 8);
    let (label, below) = match expected {
        Some(expected) if expected.chars().count() <= room => (Some(expected), None),
        other => (None, other),
    };
    group = place(group, &problem.range, label, AnnotationKind::Primary, sources);
    for (range, what) in &problem.related {
        group = place(group, range, Some(what.clone()), AnnotationKind::Context, sources);
    }
    if let Some(expected) = below {
        group = group.element(Level::NOTE.message(wrapped(&expected, MARGIN)));
    }
    if let Some(suggestion) = &problem.suggestion {
        group = group.element(Level::HELP.message(wrapped(suggestion, MARGIN)));
    }
    vec![group]
}

/// Text in lines that leave room for what stands before them. A word that is longer than a line
/// stays whole, and so does what is quoted: it is there to be copied.
fn wrapped(text: &str, before: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut inside = false;
    let words = text.split(|c: char| {
        inside ^= c == '`';
        c == ' ' && !inside
    });
    for word in words {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() + before < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// The last column that is marked.
fn column(range: &Range, sources: &Sources) -> usize {
    let start = range.start.column as usize;
    sources.get(&range.file).map_or(start, |text| start + clipped(range, text).len())
}

/// A place in a file: with its line where there is one to show.
fn place<'a>(
    group: Group<'a>,
    range: &'a Range,
    label: Option<String>,
    kind: AnnotationKind,
    sources: &'a Sources,
) -> Group<'a> {
    let text = sources.get(&range.file).filter(|text| !text.is_empty());
    let Some(text) = text else {
        return group.element(Origin::path(&*range.file));
    };
    let annotation = kind.span(clipped(range, text)).label(label);
    group.element(Snippet::source(&**text).path(&*range.file).annotation(annotation))
}

/// The part of a range that is on its first line: what is wrong with a whole section is shown
/// where it begins.
fn clipped(range: &Range, text: &str) -> std::ops::Range<usize> {
    let start = range.start.offset.min(text.len());
    let line = text[start..].find('\n').map_or(text.len(), |end| start + end);
    let end = range.end.offset.clamp(start, line);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Position;

    fn problem() -> (Problem, Sources) {
        let text = "buckets:\n  scratch: { delete_after_day: 7 }\n";
        let place = |offset: usize| {
            let column = u32::try_from(offset - 8).unwrap();
            Position { line: 2, column, offset }
        };
        let range = Range { file: "demo/buckets.yaml".into(), start: place(22), end: place(38) };
        let problem = Problem::error("unknown-key", &range, "unknown key `delete_after_day`")
            .expected("a known key")
            .suggest("did you mean `delete_after_days`?".to_owned());
        (problem, [("demo/buckets.yaml".into(), text.into())].into())
    }

    #[test]
    fn a_problem_shows_the_line_that_it_is_in() {
        let (problem, sources) = problem();
        insta::assert_snapshot!(text(&[problem], &sources, Colour::Off), @r"
        error: unknown key `delete_after_day`
         --> demo/buckets.yaml:2:14
          |
        2 |   scratch: { delete_after_day: 7 }
          |              ^^^^^^^^^^^^^^^^ expected a known key
          |
          = help: did you mean `delete_after_days`?
        ");
    }

    #[test]
    fn colour_is_only_there_when_asked_for() {
        let (problem, sources) = problem();
        assert!(text(std::slice::from_ref(&problem), &sources, Colour::On).contains('\u{1b}'));
        assert!(!text(&[problem], &sources, Colour::Off).contains('\u{1b}'));
    }

    #[test]
    fn programs_get_ranges() {
        let (problem, _) = problem();
        let found = json(&[problem]);
        assert_eq!(found[0]["code"], "unknown-key");
        assert_eq!(found[0]["range"]["start"]["line"], 2);
        assert_eq!(found[0]["range"]["file"], "demo/buckets.yaml");
    }

    #[test]
    fn what_is_quoted_is_not_broken_over_lines() {
        let fix = format!("write `{}`", "a: [b, c] ".repeat(9));
        assert_eq!(wrapped(&fix, 0).lines().count(), 2);
    }
}
