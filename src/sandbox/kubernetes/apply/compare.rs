//! Which fields something declares, and which differ between two states.

use serde_json::Value;

use super::fields::Fields;
use super::shape::{Fold, List, Shape, field_step, item_step};

/// The fields that differ between an earlier and a later state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    pub(super) added: Fields,
    pub(super) modified: Fields,
    pub(super) removed: Fields,
}

impl Changes {
    /// Those that are there now, and otherwise than before.
    pub(super) fn written(&self) -> Fields {
        self.added.union(&self.modified)
    }

    /// What changed between two states of an object.
    pub(super) fn between(before: &Value, after: &Value, shape: &Shape<'_>) -> Self {
        let mut changes = Self::default();
        changes.walk(Some(before), Some(after), shape, &mut Vec::new());
        changes
    }

    fn walk(
        &mut self,
        before: Option<&Value>,
        after: Option<&Value>,
        shape: &Shape<'_>,
        path: &mut Vec<String>,
    ) {
        if before == after {
            return;
        }
        let steps = steps(before, shape, path.is_empty()).zip(steps(after, shape, path.is_empty()));
        match steps {
            Some((old, new)) => {
                let mut names: Vec<&String> =
                    old.iter().chain(&new).map(|(step, ..)| step).collect();
                names.sort();
                names.dedup();
                for name in names {
                    let find = |steps: &'_ [Step<'_>]| steps.iter().position(|it| it.0 == *name);
                    let (was, is) = (find(&old).map(|at| &old[at]), find(&new).map(|at| &new[at]));
                    let Some((_, _, shape)) = is.or(was) else { continue };
                    path.push(name.clone());
                    self.walk(was.map(|it| it.1), is.map(|it| it.1), shape, path);
                    path.pop();
                }
                self.appeared(before, after, path);
            }
            None => self.differs(before, after, path),
        }
    }

    /// A thing with parts is there now, or no more.
    fn appeared(&mut self, before: Option<&Value>, after: Option<&Value>, path: &[String]) {
        match (before, after) {
            (None, Some(_)) => self.added.insert(path),
            (Some(_), None) => self.removed.insert(path),
            _ => {}
        }
    }

    fn differs(&mut self, before: Option<&Value>, after: Option<&Value>, path: &[String]) {
        match (before, after) {
            (Some(_), Some(_)) => self.modified.insert(path),
            other => self.appeared(other.0, other.1, path),
        }
    }
}

/// A part of something: its step, itself, and what is known of it.
type Step<'v> = (String, &'v Value, Shape<'v>);

/// The parts of something that has parts; nothing has none of them. None for what is one as a whole.
fn steps<'v>(value: Option<&'v Value>, shape: &Shape<'v>, top: bool) -> Option<Vec<Step<'v>>> {
    match value {
        None => Some(Vec::new()),
        Some(Value::Object(fields)) if shape.fold() != Fold::Atomic => Some(
            fields
                .iter()
                .map(|(name, value)| (field_step(name), value, shape.field(name, top)))
                .collect(),
        ),
        Some(Value::Array(items)) => {
            let list = shape.list();
            let step = |item| Some((item_step(&list, item)?, item, shape.item()));
            if list == List::Atomic { None } else { items.iter().map(step).collect() }
        }
        Some(_) => None,
    }
}

/// The fields that a declaration sets.
pub(super) fn declared(value: &Value, shape: &Shape<'_>) -> Fields {
    let mut fields = Fields::default();
    collect(value, shape, &mut Vec::new(), &mut fields);
    fields
}

fn collect(value: &Value, shape: &Shape<'_>, path: &mut Vec<String>, fields: &mut Fields) {
    let Some(parts) = steps(Some(value), shape, path.is_empty()) else {
        return fields.insert(path);
    };
    let is_list = value.is_array();
    let is_free = shape.fold() == Fold::Free;
    for (step, part, shape) in parts {
        path.push(step);
        collect(part, &shape, path, fields);
        let is_nothing = part.is_null() || part.as_object().is_some_and(serde_json::Map::is_empty);
        // Items and entries are owned as such, fields of a type only with what is in them.
        if is_list || is_free || is_nothing {
            fields.insert(path);
        }
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pod(image: &str, port: u16) -> Value {
        json!({ "spec": { "containers": [
            { "name": "hub", "image": image, "ports": [{ "containerPort": port }] },
        ] } })
    }

    #[test]
    fn items_are_owned_by_their_keys() {
        let shape = Shape::root(None, false);
        let port = "k:{\"containerPort\":80,\"protocol\":\"TCP\"}";
        let ports = json!({ port: { ".": {}, "f:containerPort": {} } });
        let hub = json!({ ".": {}, "f:name": {}, "f:image": {}, "f:ports": ports });
        let expected = json!({ "f:spec": { "f:containers": { "k:{\"name\":\"hub\"}": hub } } });
        assert_eq!(declared(&pod("a", 80), &shape).shown(), expected);
    }

    #[test]
    fn only_what_differs_is_a_change() {
        let shape = Shape::root(None, false);
        let changes = Changes::between(&pod("a", 80), &pod("b", 81), &shape);
        assert_eq!(changes.modified.paths().len(), 1);
        assert_eq!(changes.removed.paths().len(), 2);
        assert_eq!(changes.added.paths().len(), 2);
    }
}
