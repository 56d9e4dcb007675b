//! Maps: keys that are not known, keys that are missing.

use super::nesting::belongs;
use super::{Checker, Of, Path, about};
use crate::project::problem::Problem;
use crate::project::tree::{Key, Node};
use crate::project::words::{nearest, quoted};
use serde_json::{Map, Value as Json};

/// The most keys that are listed beside the one that was probably meant.
const LISTED: usize = 20;

impl<'a> Checker<'a> {
    pub(super) fn object(
        &mut self,
        schema: &'a Json,
        node: &Node,
        entries: &[(Key, Node)],
        path: &Path,
    ) {
        let properties = schema.get("properties").and_then(Json::as_object);
        let other = schema.get("additionalProperties");
        let closed = (other == Some(&Json::Bool(false))
            || schema.get("unevaluatedProperties") == Some(&Json::Bool(false)))
            // Ours have none; to a chart, anything may be such a key.
            && schema.get("patternProperties").is_none();
        for (key, child) in entries {
            let path = path.below(&key.name);
            match (properties.and_then(|all| all.get(&key.name)), other) {
                (Some(schema), _) => self.value(schema, child, &path),
                (None, Some(schema)) if schema.is_object() => self.value(schema, child, &path),
                (None, _) if closed => self.unknown_key(properties, entries, key, &path),
                (None, _) => {}
            }
        }
        if self.of != Of::Ours {
            return;
        }
        let required = schema.get("required").and_then(Json::as_array).into_iter().flatten();
        for name in required.filter_map(Json::as_str) {
            if node.child(name).is_none() {
                let schema = properties.and_then(|all| all.get(name));
                self.findings.push(missing(name, schema, node, path));
            }
        }
    }

    fn unknown_key(
        &mut self,
        properties: Option<&Map<String, Json>>,
        entries: &[(Key, Node)],
        key: &Key,
        path: &Path,
    ) {
        let known: Vec<&str> =
            properties.into_iter().flat_map(|all| all.keys()).map(String::as_str).collect();
        let open = known.iter().filter(|name| !entries.iter().any(|(key, _)| key.name == **name));
        let place = Path(path.0[..path.0.len() - 1].to_vec()).place();
        let place = place.map(|place| format!(" in `{place}`")).unwrap_or_default();
        let message = format!("unknown key `{}`{place}", key.name);
        let problem = Problem::error("unknown-key", &key.range, message);
        let near = nearest(&key.name, open.copied()).map(|near| format!("did you mean `{near}`?"));
        let near = near.or_else(|| {
            let near = nearest(&key.name, known.iter().copied())?;
            Some(format!("did you mean `{near}`, which is written elsewhere already?"))
        });
        let nested = key.name.contains('.').then(|| {
            let steps = key.name.replace('.', ": { ");
            let close = " }".repeat(key.name.matches('.').count());
            format!("a path is written as nested keys: `{steps}: …{close}`")
        });
        let elsewhere = match self.of {
            Of::Ours => None,
            Of::Chart { at, begins } => belongs((self.root, at), &key.name, &path.0[begins..]),
        };
        let meant = nested.or(elsewhere).or(near);
        let listed = meant.is_none() || known.len() <= LISTED;
        let expected = listed.then(|| format!("one of {}", quoted(&known)));
        self.refuse(Problem { expected, ..problem }.suggest(meant), path);
    }
}

fn missing(name: &str, schema: Option<&Json>, node: &Node, path: &Path) -> Problem {
    let place = path.place().map(|place| format!(" in `{place}`")).unwrap_or_default();
    let problem = Problem::error("missing-key", &node.range, format!("`{name}` is missing{place}"));
    Problem { expected: schema.and_then(about), ..problem }
}
