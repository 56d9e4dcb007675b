//! Putting values into `${…}`, and refusing texts that were left to be filled in by a person.

use super::node::{Key, Node, Value};
use crate::project::problem::{Findings, Problem, Range, Sources};
use crate::project::words::nearest;
use std::collections::BTreeMap;

/// Puts values into every `${…}` of the tree: `fixed` ones by name, all others by the path of a
/// declared scalar, with `short` names for some paths. `$${` stands for a literal `${`.
pub fn fill(
    tree: &Node,
    fixed: &BTreeMap<&str, String>,
    short: &BTreeMap<&str, &str>,
    sources: &Sources,
    findings: &mut Findings,
) -> Node {
    Filling { tree, fixed, short, sources }.node(tree, findings)
}

struct Filling<'a> {
    tree: &'a Node,
    fixed: &'a BTreeMap<&'a str, String>,
    short: &'a BTreeMap<&'a str, &'a str>,
    sources: &'a Sources,
}

/// Why a `${…}` has no value.
enum Empty {
    Unknown,
    NoScalar,
    Cycle(Vec<String>),
}

impl Filling<'_> {
    fn node(&self, node: &Node, findings: &mut Findings) -> Node {
        let Node { value, range, tag, written, overrode } = node;
        let (mut written, overrode) = (written.clone(), overrode.clone());
        let value = match value {
            Value::String(text) if text.contains("${") => {
                written = Some(text.clone());
                Value::String(self.text(text, &mut Vec::new()).unwrap_or_else(|(name, why)| {
                    findings.push(self.problem(node, &name, &why));
                    text.clone()
                }))
            }
            // Not cloned and then filled: that would copy what is deep once for every level.
            Value::List(items) => {
                Value::List(items.iter().map(|item| self.node(item, findings)).collect())
            }
            Value::Map(entries) => {
                let entry = |(key, child): &(Key, Node)| (key.clone(), self.node(child, findings));
                Value::Map(entries.iter().map(entry).collect())
            }
            plain => plain.clone(),
        };
        Node { value, range: range.clone(), tag: *tag, written, overrode }
    }

    fn text(&self, text: &str, on_the_way: &mut Vec<String>) -> Result<String, (String, Empty)> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let escaped = rest[..at].ends_with('$');
            filled.push_str(&rest[..at - usize::from(escaped)]);
            let after = &rest[at + 2..];
            if escaped {
                filled.push_str("${");
                rest = after;
                continue;
            }
            let Some(end) = after.find('}') else { return Err((after.to_owned(), Empty::Unknown)) };
            let name = &after[..end];
            filled.push_str(&self.value(name, on_the_way)?);
            rest = &after[end + 1..];
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn value(&self, name: &str, on_the_way: &mut Vec<String>) -> Result<String, (String, Empty)> {
        if let Some(value) = self.fixed.get(name) {
            return Ok(value.clone());
        }
        let path = self.short.get(name).copied().unwrap_or(name);
        if on_the_way.iter().any(|step| step == path) {
            on_the_way.push(path.to_owned());
            return Err((name.to_owned(), Empty::Cycle(on_the_way.clone())));
        }
        let found = self.tree.at(path.split('.'));
        let found = found.ok_or_else(|| (name.to_owned(), Empty::Unknown))?;
        match &found.value {
            Value::String(text) => {
                on_the_way.push(path.to_owned());
                let value = self.text(text, on_the_way)?;
                on_the_way.pop();
                Ok(value)
            }
            Value::Bool(_) | Value::Number(_) => Ok(found.short()),
            _ => Err((name.to_owned(), Empty::NoScalar)),
        }
    }

    fn problem(&self, node: &Node, name: &str, why: &Empty) -> Problem {
        let range = part(node, &format!("${{{name}}}"), self.sources);
        match why {
            Empty::Cycle(path) => {
                let message = format!("`${{{name}}}` refers to itself: {}", path.join(" -> "));
                Problem::error("reference-cycle", &range, message)
            }
            Empty::NoScalar => {
                let message = format!("`${{{name}}}` is a list or a group, not one value");
                Problem::error("not-a-scalar", &range, message)
            }
            Empty::Unknown => {
                let near = nearest(name, self.names().iter().map(String::as_str))
                    .map(|near| format!("did you mean `${{{near}}}`?"));
                let literal = "write `$${` for a literal `${`".to_owned();
                let message = format!("nothing is declared as `${{{name}}}`");
                Problem::error("unknown-variable", &range, message)
                    .expected("`${env}`, `${suffix}`, or the path of a value, as `${cloud.region}`")
                    .suggest(near.or(Some(literal)))
            }
        }
    }

    /// Every name that has a value.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.fixed.keys().map(|name| (*name).to_owned()).collect();
        names.extend(self.short.keys().map(|name| (*name).to_owned()));
        scalars("", self.tree, &mut names);
        names
    }
}

fn scalars(path: &str, node: &Node, names: &mut Vec<String>) {
    for (key, child) in node.entries() {
        let path = if path.is_empty() { key.name.clone() } else { format!("{path}.{}", key.name) };
        if matches!(child.value, Value::String(_) | Value::Number(_) | Value::Bool(_)) {
            names.push(path.clone());
        }
        scalars(&path, child, names);
    }
}

/// Where `part` stands inside a value, or the whole value if that cannot be told.
fn part(node: &Node, part: &str, sources: &Sources) -> Range {
    let range = &node.range;
    let found = sources.get(&range.file).and_then(|text| {
        let at = range.start.offset + text.get(range.start.offset..range.end.offset)?.find(part)?;
        Some(super::lines::Lines::new(range.file.clone(), text).range(at, at + part.len()))
    });
    found.unwrap_or_else(|| range.clone())
}

/// Refuses texts that were left for a person to fill in: `CHANGEME`, `<your bucket>`.
pub fn placeholders(tree: &Node, sources: &Sources, findings: &mut Findings) {
    tree.visit(&mut |node| {
        if let Some(found) = node.text().and_then(placeholder) {
            let message = format!("`{found}` is still to be filled in");
            let problem = Problem::error("placeholder", &part(node, found, sources), message);
            findings.push(problem.expected("a value of your own"));
        }
    });
}

/// Whether a text would be taken for one that is still to be filled in.
pub fn is_placeholder(text: &str) -> bool {
    placeholder(text).is_some()
}

fn placeholder(text: &str) -> Option<&str> {
    if let Some(at) = text.find("CHANGEME") {
        return Some(&text[at..at + "CHANGEME".len()]);
    }
    text.match_indices('<').find_map(|(open, _)| {
        let length = text[open + 1..].find(['<', '>'])?;
        let inside = &text[open + 1..open + 1 + length];
        let closed = text[open + 1 + length..].starts_with('>');
        // `a < b && c > d` is a comparison.
        let snug = !inside.is_empty() && inside.trim() == inside;
        (closed && snug).then(|| &text[open..open + length + 2])
    })
}
