//! What is wrong with a declaration: where, what was expected, and what was probably meant.

use crate::project::words::nearest;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A place in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
    /// The offset in bytes, counted from 0.
    pub offset: usize,
}

/// A stretch of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Range {
    /// The file, as a person would name it from where the command was run.
    #[serde(serialize_with = "text")]
    pub file: Arc<str>,
    /// Where it begins.
    pub start: Position,
    /// Where it ends: the first place that no longer belongs to it.
    pub end: Position,
}

fn text<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

/// Places as objects, for programs.
fn places<S: Serializer>(places: &[(Range, String)], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Place<'a> {
        range: &'a Range,
        message: &'a str,
    }
    serializer.collect_seq(places.iter().map(|(range, message)| Place { range, message }))
}

impl Range {
    /// The very beginning of a file: for problems of the file as a whole.
    pub fn file(file: &str) -> Self {
        let start = Position { line: 1, column: 1, offset: 0 };
        Self { file: file.into(), start, end: start }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.start.line)
    }
}

impl From<&Range> for crate::model::Source {
    fn from(range: &Range) -> Self {
        let Position { line, column, .. } = range.start;
        Self { file: range.file.to_string(), line, column }
    }
}

/// Whether a problem stops everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The declaration cannot be used.
    Error,
    /// It can, but a person should look.
    Warning,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Whether it stops everything.
    pub severity: Severity,
    /// A short name of this sort of problem, for programs: `unknown-key`.
    pub code: &'static str,
    /// Where it is.
    pub range: Range,
    /// What is wrong.
    pub message: String,
    /// What was expected instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// Other places that have to do with it, and what is there.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "places")]
    pub related: Vec<(Range, String)>,
}

impl Problem {
    /// A problem that stops everything.
    pub fn error(code: &'static str, range: &Range, message: impl Into<String>) -> Self {
        let (range, message) = (range.clone(), message.into());
        let severity = Severity::Error;
        Self { severity, code, range, message, expected: None, suggestion: None, related: vec![] }
    }

    /// Something is named that is not declared.
    pub(crate) fn unknown<'a>(
        what: &str,
        key: &str,
        range: &Range,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let near = nearest(key, known).map(|near| format!("did you mean `{near}`?"));
        let problem = Self::error("reference", range, format!("there is no {what} `{key}`"));
        problem.expected(format!("the key of a declared {what}")).suggest(near)
    }

    /// Something that a person should look at.
    pub fn warning(code: &'static str, range: &Range, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, range, message) }
    }

    /// Adds what was expected.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Adds what to do about it, if that is known.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<Option<String>>) -> Self {
        self.suggestion = suggestion.into().or(self.suggestion);
        self
    }

    /// Adds another place that has to do with it.
    #[must_use]
    pub fn related(mut self, range: &Range, what: impl Into<String>) -> Self {
        self.related.push((range.clone(), what.into()));
        self
    }
}

/// The text of every file that was read, by its shown name: to quote lines from.
pub type Sources = BTreeMap<Arc<str>, Arc<str>>;

/// Everything that is wrong with a declaration.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", summary(.list))]
pub struct Problems {
    /// The problems, by file and line.
    pub list: Vec<Problem>,
    /// The files that they are in.
    pub sources: Sources,
}

/// `2 errors, 1 warning`.
fn summary(list: &[Problem]) -> String {
    let errors = list.iter().filter(|problem| problem.severity == Severity::Error).count();
    let counted = |count: usize, what: &str| match count {
        0 => None,
        1 => Some(format!("1 {what}")),
        _ => Some(format!("{count} {what}s")),
    };
    let parts = [counted(errors, "error"), counted(list.len() - errors, "warning")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Collects problems while a declaration is looked at, each once.
#[derive(Debug, Default)]
pub struct Findings {
    list: Vec<Problem>,
}

impl Findings {
    /// Adds a problem, unless the very same was found before (a line that is at fault in three
    /// environments is at fault once).
    pub fn push(&mut self, problem: Problem) {
        if !self.list.contains(&problem) {
            self.list.push(problem);
        }
    }

    /// Whether anything stops everything.
    pub fn stop(&self) -> bool {
        self.list.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Everything found so far.
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// Keeps only what `keep` says.
    pub fn retain(&mut self, keep: impl Fn(&Problem) -> bool) {
        self.list.retain(keep);
    }

    /// What was found, by file and line.
    pub fn sorted(mut self) -> Vec<Problem> {
        self.list.sort_by(|a, b| (&a.range, a.code).cmp(&(&b.range, b.code)));
        self.list
    }
}

impl Extend<Problem> for Findings {
    fn extend<I: IntoIterator<Item = Problem>>(&mut self, problems: I) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }
}
