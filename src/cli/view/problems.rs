//! Problems of a declaration, as text with the lines that they are in, and as JSON.

use crate::project::{Problem, Range, Severity, Sources};
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};

/// How wide text is laid out.
const WIDTH: usize = 80;

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
    let mut group = Group::with_title(level.primary_title(problem.message.as_str()));
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
        group = group.element(Level::NOTE.message(expected));
    }
    if let Some(suggestion) = &problem.suggestion {
        group = group.element(Level::HELP.message(suggestion.as_str()));
    }
    vec![group]
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
