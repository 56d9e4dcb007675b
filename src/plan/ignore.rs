//! Fields that others manage, and things that are only observed or marked: before anything is
//! compared, the declaration takes over what is there, so that it is neither planned nor called
//! drift. What differs is listed all the same.

use crate::model::{Found, Manage, Owner, Resource, ResourceId, Stack, path};
use crate::plan::{FieldChange, Origin, Request, Step, compare, diff};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// A field that differs and is let be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ignored {
    /// The resource.
    pub id: ResourceId,
    /// The field.
    pub field: String,
    /// What is declared.
    pub declared: Value,
    /// What is there.
    pub live: Value,
    /// Why it is let be, as the declaration says.
    pub reason: String,
    /// How far the whole resource is managed, if that is why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manage: Option<Manage>,
}

/// A stack over which the live values of such fields were laid.
pub(crate) struct Laid<'a> {
    pub(crate) stack: Cow<'a, Stack>,
    pub(crate) ignored: Vec<Ignored>,
    /// The specs as they were declared, where that makes a difference.
    declared: BTreeMap<ResourceId, Value>,
}

/// Lays what is there over what is declared, where a rule says so.
pub(crate) fn lay<'a>(request: &Request<'a>) -> Laid<'a> {
    let mut laid =
        Laid { stack: Cow::Borrowed(request.stack), ignored: vec![], declared: BTreeMap::new() };
    let mut specs = BTreeMap::new();
    let declared = request.stack.resources().iter().filter(|(id, _)| request.selects(&id.env));
    for (id, resource) in declared {
        if resource.manage != Manage::Full {
            let spec = let_be(request, resource, &mut laid.ignored);
            specs.extend(spec.map(|spec| (id.clone(), spec)));
            continue;
        }
        let rules = !request.stack.ignores().is_empty();
        let Some(found) = ours(request, id).filter(|_| rules) else { continue };
        let (spec, ignored) = taken_over(request, resource, &found.spec);
        if !ignored.is_empty() {
            laid.ignored.extend(ignored);
            laid.declared.insert(id.clone(), resource.spec.clone());
            specs.insert(id.clone(), spec);
        }
    }
    if !specs.is_empty() {
        laid.stack = Cow::Owned(request.stack.clone().wanting(specs));
    }
    laid
}

fn ours<'a>(request: &Request<'a>, id: &ResourceId) -> Option<&'a Found> {
    let found = request.world.kinds.get(&id.kind)?.find(&id.name)?;
    matches!(&found.owner, Owner::Ours(mark) if mark.env == id.env).then_some(found)
}

/// What is there of a resource that is not managed in full, and how that differs. A thing that is
/// to be marked and is not ours yet is left to the comparison, which says how to take it in.
fn let_be(request: &Request<'_>, resource: &Resource, ignored: &mut Vec<Ignored>) -> Option<Value> {
    let id = &resource.id;
    let found = request.found_or_stranger(&id.kind, &id.name);
    let marks = resource.manage == Manage::Mark;
    if marks && (request.taken(id).is_some() || found.is_some() && ours(request, id).is_none()) {
        return None;
    }
    let live = match request.taken(id) {
        Some(_) => "not to be read",
        None => "not there",
    };
    let changes = match found {
        Some(found) => diff::diff(&resource.spec, &found.spec),
        None => vec![FieldChange {
            path: "existence".to_owned(),
            before: json!("there"),
            after: json!(live),
        }],
    };
    ignored.extend(changes.into_iter().map(|change| Ignored {
        id: id.clone(),
        field: change.path,
        declared: change.before,
        live: change.after,
        reason: format!("manage: {}", resource.manage.word()),
        manage: Some(resource.manage),
    }));
    found.map(|found| found.spec.clone())
}

/// The declared spec with the live values of what is ignored, and what that is.
pub(crate) fn taken_over(
    request: &Request<'_>,
    resource: &Resource,
    live: &Value,
) -> (Value, Vec<Ignored>) {
    let (mut spec, mut ignored) = (resource.spec.clone(), Vec::new());
    let rules = request.stack.ignores().iter().filter(|rule| rule.concerns(&resource.id));
    for rule in rules {
        let mut trial = spec.clone();
        let mut changes = take(&mut trial, live, &rule.field);
        if request.rules.complete(&resource.id.kind, &trial).is_none() {
            // A part of one value and a part of another need not make a value: then all of it.
            let whole = path::steps(&rule.field).into_iter().next().unwrap_or_default();
            trial = spec;
            changes = take(&mut trial, live, &whole);
        }
        spec = trial;
        ignored.extend(changes.into_iter().map(|change| Ignored {
            id: resource.id.clone(),
            field: change.path,
            declared: change.before,
            live: change.after,
            reason: rule.reason.clone(),
            manage: None,
        }));
    }
    (spec, ignored)
}

/// Gives `to` what `from` has at a field, and says what that changed.
fn take(to: &mut Value, from: &Value, field: &str) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    let steps = path::steps(field);
    if let (Value::Object(to), Value::Object(from)) = (to, from) {
        take_below(to, from, &steps, "", &mut changes);
    }
    changes
}

fn take_below(
    to: &mut Map<String, Value>,
    from: &Map<String, Value>,
    steps: &[String],
    above: &str,
    changes: &mut Vec<FieldChange>,
) {
    let Some((step, rest)) = steps.split_first() else { return };
    let keys: BTreeSet<String> = to.keys().chain(from.keys()).cloned().collect();
    for key in keys.into_iter().filter(|key| step == "*" || step == key) {
        let path = path::join(above, &key);
        if !rest.is_empty() {
            if let (Some(Value::Object(to)), Some(Value::Object(from))) =
                (to.get_mut(&key), from.get(&key))
            {
                take_below(to, from, rest, &path, changes);
            }
            continue;
        }
        let before = match from.get(&key) {
            value if value == to.get(&key) => continue,
            Some(value) => to.insert(key.clone(), value.clone()),
            None => to.remove(&key),
        };
        let (before, after) = (before.unwrap_or_default(), from.get(&key).cloned());
        changes.push(FieldChange { path, before, after: after.unwrap_or_default() });
    }
}

impl Laid<'_> {
    /// What others do to their fields is no reason to call the rest of a resource drifted, nor
    /// pending. So marks remember what is declared, and who moved is looked at without them.
    pub(crate) fn settle(&self, request: &Request<'_>, steps: &mut [Step]) {
        for step in steps.iter_mut().filter(|step| step.digest.is_some()) {
            let Some(declared) = self.declared.get(&step.id) else { continue };
            step.digest = Some(request.rules.digest(&step.id.kind, declared));
            let both = step.origin == Origin::DriftAndPending;
            if let Some(found) = ours(request, &step.id).filter(|_| both) {
                step.origin = self.origin(request, &step.id, found).unwrap_or(step.origin);
            }
        }
    }

    /// Who moved, where something of the resource is ignored.
    pub(crate) fn origin(
        &self,
        request: &Request<'_>,
        id: &ResourceId,
        found: &Found,
    ) -> Option<Origin> {
        let (declared, resource) = (self.declared.get(id)?, self.stack.resources().get(id)?);
        let Owner::Ours(mark) = &found.owner else { return None };
        let mut live = found.spec.clone();
        let ignored = self.ignored.iter().filter(|ignored| ignored.id == *id);
        ignored.for_each(|ignored| _ = take(&mut live, declared, &ignored.field));
        let declared = [declared, &resource.spec];
        Some(compare::who_moved(request, &id.kind, mark, &declared, &[&live, &found.spec]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_field_takes_over_what_is_there() {
        let live = json!({ "age": 7, "labels": { "a": "x", "b": "y" } });
        let declared = json!({ "age": 14, "labels": { "a": "z", "c": "z" } });
        let taken = |field: &str| {
            let mut spec = declared.clone();
            let paths = take(&mut spec, &live, field).into_iter().map(|change| change.path);
            (paths.collect::<Vec<_>>().join(" "), spec)
        };
        let all = json!({ "age": 14, "labels": { "a": "x", "b": "y" } });
        assert_eq!(taken("labels.*"), ("labels.a labels.b labels.c".to_owned(), all.clone()));
        assert_eq!(taken("labels"), ("labels".to_owned(), all));
        let one = json!({ "age": 14, "labels": { "a": "z" } });
        assert_eq!(taken("labels.c"), ("labels.c".to_owned(), one));
        assert_eq!(taken("colour").0, "");
    }
}
