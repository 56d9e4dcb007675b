//! Checking a tree against the JSON Schema of its type: all problems at once, each in words.
//!
//! Knows the part of JSON Schema that our types produce. `format` is checked by the functions
//! in [`crate::project::sections::FORMATS`].

mod choose;
mod nesting;
mod object;
mod wrong;

use crate::project::problem::{Findings, Problem};
use crate::project::sections::FORMATS;
use crate::project::tree::{Node, Value};
use crate::project::words::{first_sentence, quoted};
use serde_json::Value as Json;

/// Checks `node` against `schema`. Gives back the paths of what cannot be used, so that the rest
/// can be looked at without it.
pub(crate) fn check(schema: &Json, node: &Node, findings: &mut Findings) -> Vec<Vec<String>> {
    let mut checker = Checker { root: schema, of: Of::Ours, findings, unusable: Vec::new() };
    checker.value(schema, node, &Path::default());
    checker.unusable
}

/// Checks values of a chart, written at `path`, against what its schema `root` says at `at`.
pub(crate) fn check_values<'a>(
    root: &'a Json,
    at: &'a Json,
    node: &Node,
    path: Vec<String>,
    findings: &'a mut Findings,
) {
    let begins = path.len();
    let of = Of::Chart { at, begins };
    let mut checker = Checker { root, of, findings, unusable: Vec::new() };
    checker.value(at, node, &Path(path));
}

/// Whose settings are checked.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Of<'a> {
    /// Those of a file of ours.
    Ours,
    /// The values of a chart, which are laid over those that it has itself: what it requires is
    /// there, and `null` takes away. What is written is held against this part of its schema, and its
    /// paths begin after so many steps.
    Chart { at: &'a Json, begins: usize },
}

/// The path to a value: keys, and positions in lists.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path(Vec<String>);

impl Path {
    fn below(&self, step: &str) -> Self {
        Self(self.0.iter().map(String::as_str).chain([step]).map(str::to_owned).collect())
    }

    /// The path without its last step.
    fn place(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join("."))
    }

    /// What a person calls the value: its key, or the list that it is in.
    fn title(&self) -> String {
        match self.0.as_slice() {
            [] => "this file".to_owned(),
            [.., list, last] if last.parse::<usize>().is_ok() => format!("an entry of `{list}`"),
            [.., last] => format!("`{last}`"),
        }
    }
}

struct Checker<'a> {
    root: &'a Json,
    of: Of<'a>,
    findings: &'a mut Findings,
    unusable: Vec<Vec<String>>,
}

impl<'a> Checker<'a> {
    fn value(&mut self, schema: &'a Json, node: &Node, path: &Path) {
        let schema = self.resolve(schema);
        if node.value == Value::Null {
            if self.of != Of::Ours {
                return;
            }
            return self.null(schema, node, path);
        }
        if let Some(alternatives) = choose::alternatives(schema) {
            return self.choose(schema, alternatives, node, path);
        }
        if let Some(texts) = choose::texts(schema) {
            return self.one_of(&texts, node, path);
        }
        if !wrong::fits(schema, node) {
            return self.refuse(wrong::wrong_type(schema, node, path), path);
        }
        match &node.value {
            Value::Map(entries) => self.object(schema, node, entries, path),
            Value::List(items) => self.list(schema, node, items, path),
            Value::Number(_) => self.findings.extend(wrong::out_of_range(schema, node, path)),
            Value::String(text) => self.findings.extend(malformed(schema, text, node, path)),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// Follows a reference to a named type.
    fn resolve(&self, schema: &'a Json) -> &'a Json {
        follow(self.root, schema)
    }

    /// `null` means not said; an empty value is a slip.
    fn null(&mut self, schema: &'a Json, node: &Node, path: &Path) {
        if node.is_blank() {
            let message = format!("nothing is written for {}", path.title());
            let problem = Problem::error("blank", &node.range, message);
            let object = wrong::types(schema).contains(&"object");
            let help = object.then(|| "write `{}` if nothing needs to be said".to_owned());
            return self.refuse(problem.expected(wrong::expected(schema)).suggest(help), path);
        }
        let optional = wrong::types(schema).contains(&"null")
            || choose::alternatives(schema).is_some_and(|all| all.iter().any(wrong::is_null));
        if !optional {
            self.refuse(wrong::wrong_type(schema, node, path), path);
        }
    }

    /// Tells of a problem that makes the value at a path unusable.
    fn refuse(&mut self, problem: Problem, path: &Path) {
        self.findings.push(problem);
        self.unusable.push(path.0.clone());
    }

    fn list(&mut self, schema: &'a Json, node: &Node, items: &[Node], path: &Path) {
        let size = |name: &str| schema.get(name).and_then(Json::as_u64);
        let count = items.len() as u64;
        let (least, most) = (size("minItems").unwrap_or(0), size("maxItems").unwrap_or(u64::MAX));
        if count < least || count > most {
            let words = match (least, most) {
                (least, most) if least == most => format!("exactly {least} entries"),
                (least, u64::MAX) => format!("at least {least}"),
                (least, most) => format!("{least} to {most} entries"),
            };
            let message = format!("{} has {count} entries", path.title());
            let problem = Problem::error("list-size", &node.range, message);
            self.refuse(problem.expected(words), path);
        }
        for (position, item) in items.iter().enumerate() {
            let twin = items[..position].iter().find(|other| other.value_equals(item));
            if let Some(first) = twin {
                let message = format!("`{}` is in the list twice", item.short());
                let problem = Problem::warning("duplicate-entry", &item.range, message);
                self.findings.push(problem.related(&first.range, "first written here"));
            }
        }
        if let Some(schema) = schema.get("items") {
            for (position, item) in items.iter().enumerate() {
                self.value(schema, item, &path.below(&position.to_string()));
            }
        }
    }

    /// Checks a text that must be one of a few.
    fn one_of(&mut self, texts: &[&str], node: &Node, path: &Path) {
        if node.text().is_some_and(|text| texts.contains(&text)) {
            return;
        }
        let text = node.short();
        let message = format!("{} cannot be `{text}`", path.title());
        let near = crate::project::words::nearest(&text.to_lowercase(), texts.iter().copied());
        let same = texts.iter().find(|known| **known == text.to_lowercase()).copied();
        let near = same.or(near).map(|near| format!("did you mean `{near}`?"));
        let problem = Problem::error("unknown-value", &node.range, message);
        let expected = match texts {
            [only] => format!("`{only}`"),
            several => format!("one of {}", quoted(several)),
        };
        self.refuse(problem.expected(expected).suggest(near), path);
    }
}

/// The named type that a schema refers to, or else the schema itself.
fn follow<'a>(root: &'a Json, schema: &'a Json) -> &'a Json {
    let target = schema.get("$ref").and_then(Json::as_str);
    let pointer = target.and_then(|target| target.strip_prefix('#'));
    pointer.and_then(|pointer| root.pointer(pointer)).unwrap_or(schema)
}

/// What a text that does not have its form should have been.
fn malformed(schema: &Json, text: &str, node: &Node, path: &Path) -> Option<Problem> {
    let format = schema.get("format").and_then(Json::as_str)?;
    let (_, check) = FORMATS.iter().find(|(name, _)| *name == format)?;
    let wrong = check(text).err()?;
    let message = format!("{} cannot be `{text}`", path.title());
    // Names made with a bad prefix are bad as well: that is not worth saying again.
    let code = if ["prefix", "suffix"].contains(&format) { "bad-prefix" } else { "format" };
    let problem = Problem::error(code, &node.range, message).expected(wrong.expected);
    Some(problem.suggest(wrong.suggestion))
}

/// The first sentence of what a field's documentation says.
pub(crate) fn about(schema: &Json) -> Option<String> {
    schema.get("description").and_then(Json::as_str).map(first_sentence)
}
