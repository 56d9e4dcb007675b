//! What the parser says about a file that is not YAML, in words that help.

use super::lines::Lines;
use super::read::LEVELS_MAX;
use crate::project::problem::Problem;
use serde_saphyr::Error;

/// What is wrong with a file that does not parse.
pub(crate) fn explain(error: &Error, lines: &Lines<'_>) -> Problem {
    let text = error.to_string();
    let said = text.split(" at line ").next().unwrap_or(&text);
    let location = error.location();
    let at = location.map_or(0, |place| lines.offset(place.line(), place.column()));
    too_much(said, at, lines)
        .or_else(|| tab(at, lines))
        .or_else(|| unquoted(at, lines))
        .unwrap_or_else(|| other(said, at, lines))
}

/// Aliases that multiply, or more nesting than anyone writes.
fn too_much(said: &str, at: usize, lines: &Lines<'_>) -> Option<Problem> {
    // What the parser itself stops at, before anybody counts levels.
    let recursion = "recursion limit exceeded";
    let limits = ["budget breached", "alias replay", "alias expansion", recursion];
    if !limits.iter().any(|limit| said.contains(limit)) {
        return None;
    }
    let range = lines.range(at, at);
    let deep = said.contains(recursion) || said.contains("Depth") && !said.contains("alias");
    let problem = if deep {
        let message = format!("settings are nested more than {LEVELS_MAX} levels deep");
        Problem::error("too-deep", &range, message)
            .suggest("a bracket or a brace above may not be closed".to_owned())
    } else if lines.text().contains('*') {
        let message = "the aliases (`*name`) of this file multiply into too much to read";
        Problem::error("alias-bomb", &range, message)
            .suggest("write the values out instead of repeating them by alias".to_owned())
    } else {
        Problem::error("too-many-values", &range, "the file holds more values than are read")
            .expected("at most 250,000 values in a file")
    };
    Some(problem)
}

/// A tab in the indentation of the line, or of the one before it.
fn tab(at: usize, lines: &Lines<'_>) -> Option<Problem> {
    let (start, _) = lines.line_at(at);
    let (before, _) = lines.line_at(start.saturating_sub(1));
    [start, before].into_iter().find_map(|start| {
        let (_, line) = lines.line_at(start);
        let blank = &line[..line.len() - line.trim_start().len()];
        let tab = start + blank.find('\t')?;
        let range = lines.range(tab, start + blank.len());
        let problem = Problem::error("tab", &range, "this line is indented with a tab");
        let problem = problem.expected("spaces: YAML does not allow tabs there");
        Some(problem.suggest("write two spaces instead of each tab".to_owned()))
    })
}

/// `${…}` without quotes between braces or brackets, where `{` begins a map.
fn unquoted(at: usize, lines: &Lines<'_>) -> Option<Problem> {
    let (start, line) = lines.line_at(at);
    let near = line.get(..(at - start + 1).min(line.len())).unwrap_or(line);
    let dollar = near.rfind("${").or_else(|| near.ends_with('$').then(|| near.len() - 1))?;
    let begin = line[..dollar].rfind([' ', ',', '[', '{']).map_or(0, |before| before + 1);
    if line[begin..].starts_with(['"', '\'']) || line[..dollar].matches('"').count() % 2 == 1 {
        return None;
    }
    let mut depth = 0;
    let end = line[begin..].find(|c: char| {
        let inside = depth > 0;
        depth += i32::from(c == '{') - i32::from(c == '}');
        !inside && [',', ']', ' ', '}'].contains(&c)
    });
    let end = end.map_or(line.len(), |end| begin + end);
    let word = &line[begin..end];
    let fixed = format!("{}\"{word}\"{}", &line[..begin], &line[end..]);
    let range = lines.range(start + begin, start + end);
    let message = format!("`{word}` needs quotes here: between braces, `{{` begins a map");
    let problem = Problem::error("unquoted-reference", &range, message);
    Some(problem.suggest(format!("put it in quotes: `{}`", fixed.trim())))
}

fn other(said: &str, at: usize, lines: &Lines<'_>) -> Problem {
    let (message, expected, help) = words(said);
    let end = lines.text()[at..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
    let mut problem = Problem::error("syntax", &lines.range(at, at + end), message);
    problem.expected = expected.map(str::to_owned);
    problem.suggest(help.map(str::to_owned))
}

/// What the parser says (a part of it), and our message, expectation and help.
type Words = (&'static str, &'static str, Option<&'static str>, Option<&'static str>);

const WORDS: &[Words] = &[
    ("unclosed quote", "this quote is never closed", Some("the same quote at the end"), None),
    (
        "trailing content after",
        "there is more text after the closing quote",
        None,
        Some("put the text in double quotes, or write a quote inside single quotes twice"),
    ),
    ("unclosed bracket", "this bracket is never closed", None, None),
    (
        "flow mapping",
        "these braces are not closed properly",
        Some("`,` or `}` here"),
        Some("put text with special characters in quotes"),
    ),
    (
        "flow sequence",
        "these brackets are not closed properly",
        Some("`,` or `]` here"),
        Some("put text with special characters in quotes"),
    ),
    (
        "mapping values are not allowed",
        "a `:` cannot stand here",
        None,
        Some("put the text in quotes if the `:` belongs to it, else check the indentation"),
    ),
    (
        "illegal placement of ':'",
        "a key cannot stand here",
        None,
        Some("a bracket or a brace above it may not be closed"),
    ),
    ("unknown anchor", "this alias refers to an anchor that is not there", None, None),
    (
        "multiple YAML documents",
        "the file holds a second document",
        Some("one document in a file"),
        Some("remove the line `---`, or use two files"),
    ),
    ("expected string scalar", "a key must be text", None, None),
    (
        "unexpected character",
        "a value cannot begin with this character",
        None,
        Some("put the value in quotes"),
    ),
];

/// Message, expectation and help for what the parser said.
fn words(said: &str) -> (String, Option<&'static str>, Option<&'static str>) {
    let found = WORDS.iter().find(|(pattern, ..)| said.contains(pattern));
    found.map_or_else(
        || (format!("this is not YAML: {said}"), None, None),
        |(_, message, expected, help)| ((*message).to_owned(), *expected, *help),
    )
}
