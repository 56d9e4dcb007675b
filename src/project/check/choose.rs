//! Values that may take several shapes: the one that was meant is found first, so that what is
//! said about it is said about that shape alone.

use super::wrong;
use super::{Checker, Path};
use crate::project::problem::Problem;
use crate::project::tree::{Node, Value};
use crate::project::words::{nearest, quoted};
use serde_json::Value as Json;

/// The shapes that a value may take. A choice of which keys must be there is none: charts add what
/// they have themselves.
pub(super) fn alternatives(schema: &Json) -> Option<&Vec<Json>> {
    let shapes = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Json::as_array);
    shapes.filter(|shapes| !shapes.iter().all(says_only_what_is_required))
}

fn says_only_what_is_required(shape: &Json) -> bool {
    shape.as_object().is_some_and(|shape| shape.len() == 1 && shape.contains_key("required"))
}

/// The texts that a schema allows, if it allows only these.
pub(super) fn texts(schema: &Json) -> Option<Vec<&str>> {
    if let Some(only) = schema.get("const") {
        return only.as_str().map(|text| vec![text]);
    }
    schema.get("enum").and_then(Json::as_array)?.iter().map(Json::as_str).collect()
}

/// The one key of a shape that is told by its key, as `delete: …`.
fn tag(shape: &Json) -> Option<&str> {
    let properties = shape.get("properties").and_then(Json::as_object)?;
    let closed = shape.get("additionalProperties") == Some(&Json::Bool(false));
    let (only, rest) = (properties.keys().next()?, properties.len() - 1);
    let required = shape.get("required").and_then(Json::as_array).is_some_and(|all| all.len() == 1);
    (closed && required && rest == 0).then_some(only)
}

impl<'a> Checker<'a> {
    pub(super) fn choose(
        &mut self,
        schema: &'a Json,
        alternatives: &'a [Json],
        node: &Node,
        path: &Path,
    ) {
        let shapes = self.flat(alternatives);
        let texts: Option<Vec<&str>> = shapes
            .iter()
            .map(|shape| texts(shape))
            .collect::<Option<Vec<_>>>()
            .map(|all| all.concat());
        if let Some(texts) = texts {
            return self.one_of(&texts, node, path);
        }
        let fitting: Vec<&'a Json> =
            shapes.iter().copied().filter(|shape| wrong::fits(shape, node)).collect();
        match (fitting.as_slice(), &node.value) {
            ([], _) => {
                let words: Vec<String> =
                    shapes.iter().map(|shape| wrong::expected(shape)).collect();
                let problem = match shapes.as_slice() {
                    [only] => wrong::wrong_type(only, node, path),
                    _ => wrong::wrong_type(schema, node, path).expected(words.join(", or ")),
                };
                self.refuse(problem, path);
            }
            ([only], _) if tag(only).is_none() => self.value(only, node, path),
            (tagged, Value::Map(entries)) if tagged.iter().all(|shape| tag(shape).is_some()) => {
                let keys: Vec<&str> = entries.iter().map(|(key, _)| key.name.as_str()).collect();
                self.by_tag(tagged, &keys, node, path);
            }
            (several, _) => {
                let known = |shape: &&&'a Json| {
                    let properties = shape.get("properties").and_then(Json::as_object);
                    let known = |name: &str| properties.is_some_and(|all| all.contains_key(name));
                    node.entries().iter().filter(|(key, _)| known(&key.name)).count()
                };
                // The first of the best: `max_by_key` would take the last.
                if let Some(best) = several.iter().rev().max_by_key(known) {
                    self.value(best, node, path);
                }
            }
        }
    }

    /// The shapes, with references followed, shapes of shapes taken apart, and `null` left out.
    fn flat(&self, alternatives: &'a [Json]) -> Vec<&'a Json> {
        let mut shapes = Vec::new();
        for shape in alternatives.iter().map(|shape| self.resolve(shape)) {
            match self::alternatives(shape) {
                Some(inner) => shapes.extend(self.flat(inner)),
                None if wrong::is_null(shape) => {}
                None => shapes.push(shape),
            }
        }
        shapes
    }

    /// Exactly one key says which shape is meant.
    fn by_tag(&mut self, shapes: &[&'a Json], keys: &[&str], node: &Node, path: &Path) {
        let tags: Vec<&str> = shapes.iter().filter_map(|shape| tag(shape)).collect();
        let meant = |key: &str| shapes.iter().find(|shape| tag(shape) == Some(key));
        if let [key] = keys
            && let Some(shape) = meant(key)
        {
            return self.value(shape, node, path);
        }
        let expected = format!("exactly one of {}", quoted(&tags));
        let unknown = node.entries().iter().find(|(key, _)| meant(&key.name).is_none());
        let problem = match unknown {
            Some((key, _)) => {
                let near = nearest(&key.name, tags.iter().copied());
                let near = near.map(|near| format!("did you mean `{near}`?"));
                let message = format!("unknown key `{}` in {}", key.name, path.title());
                Problem::error("unknown-key", &key.range, message).suggest(near)
            }
            None => {
                let message = match keys.len() {
                    0 => format!("{} says nothing", path.title()),
                    _ => format!("{} says {} at once", path.title(), quoted(keys)),
                };
                Problem::error("one-of", &node.range, message)
            }
        };
        self.refuse(problem.expected(expected), path);
    }
}
