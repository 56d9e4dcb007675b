//! What becomes of a live object when somebody applies a declaration to it.

use serde_json::Value;

use super::fields::Fields;
use super::shape::{Fold, List, Shape, item_step};

/// The live object with everything that the declaration says.
pub(super) fn merged(live: &Value, declared: &Value, shape: &Shape<'_>, top: bool) -> Value {
    match (live, declared) {
        (Value::Object(old), Value::Object(new)) if shape.fold() != Fold::Atomic => {
            let mut all = old.clone();
            for (name, value) in new {
                let value = match old.get(name) {
                    Some(old) => merged(old, value, &shape.field(name, top), false),
                    None => value.clone(),
                };
                all.insert(name.clone(), value);
            }
            Value::Object(all)
        }
        (Value::Array(old), Value::Array(new)) => match shape.list() {
            List::Atomic => declared.clone(),
            list => Value::Array(items(old, new, &list, shape)),
        },
        _ => declared.clone(),
    }
}

/// Items that only live ones have stay where they are; those of the declaration keep its order.
fn items(old: &[Value], new: &[Value], list: &List, shape: &Shape<'_>) -> Vec<Value> {
    let step = |item: &Value| item_step(list, item);
    let live = |item: &Value| old.iter().find(|it| step(it) == step(item));
    let is_new = |item: &Value| new.iter().any(|it| step(it) == step(item));
    let both = |item: &Value| {
        live(item).map_or_else(|| item.clone(), |old| merged(old, item, &shape.item(), false))
    };
    let mut all = Vec::new();
    let mut declared = new.iter();
    for item in old {
        if !is_new(item) {
            all.push(item.clone());
            continue;
        }
        // In the place of a live item of the declaration comes its next one that is live too,
        // with those before it that are not.
        for next in declared.by_ref() {
            all.push(both(next));
            if live(next).is_some() {
                break;
            }
        }
    }
    all.extend(declared.map(both));
    all
}

/// Takes out what a manager declared last time and does not now, unless others own it.
pub(super) fn prune(object: &mut Value, dropped: &Fields, owned: &Fields, shape: &Shape<'_>) {
    let mut paths = dropped.paths();
    // The innermost first, so that what still has something owned in it can stay.
    paths.sort_by_key(|path| std::cmp::Reverse(path.len()));
    for path in paths {
        if !owned.touches(&path) {
            remove(object, &path, shape, true);
        }
    }
}

fn remove(object: &mut Value, path: &[String], shape: &Shape<'_>, top: bool) {
    let Some((step, rest)) = path.split_first() else { return };
    match object {
        Value::Object(fields) => {
            let name = step.trim_start_matches("f:");
            if rest.is_empty() {
                fields.remove(name);
            } else if let Some(inner) = fields.get_mut(name) {
                remove(inner, rest, &shape.field(name, top), false);
                // An empty list or map of entries that nobody owns any more says nothing.
                let free = shape.field(name, top).fold() == Fold::Free;
                let emptied = inner.as_array().is_some_and(Vec::is_empty)
                    || (free && inner.as_object().is_some_and(serde_json::Map::is_empty));
                if emptied {
                    fields.remove(name);
                }
            }
        }
        Value::Array(items) => {
            let list = shape.list();
            let at = items.iter().position(|item| item_step(&list, item).as_ref() == Some(step));
            let Some(at) = at else { return };
            if rest.is_empty() {
                items.remove(at);
            } else {
                remove(&mut items[at], rest, &shape.item(), false);
            }
        }
        _ => {}
    }
}

/// A list of the declaration that has two items with the same keys, and their step.
pub(super) fn twice(value: &Value, shape: &Shape<'_>, path: &str) -> Option<String> {
    match value {
        Value::Object(fields) if shape.fold() != Fold::Atomic => {
            fields.iter().find_map(|(name, value)| {
                twice(value, &shape.field(name, path.is_empty()), &format!("{path}.{name}"))
            })
        }
        Value::Array(items) => {
            let list = shape.list();
            if list == List::Atomic {
                return None;
            }
            let mut seen = std::collections::BTreeSet::new();
            for item in items {
                let Some(step) = item_step(&list, item) else {
                    return Some(format!(
                        "{path}: element 0: associative list with keys has an element that omits key field \
                         {}",
                        missing(&list, item)
                    ));
                };
                if !seen.insert(step.clone()) {
                    let written = super::fields::written(&[step]);
                    return Some(format!("{path}: duplicate entries for key {written}"));
                }
            }
            items.iter().find_map(|item| twice(item, &shape.item(), &format!("{path}[]")))
        }
        _ => None,
    }
}

fn missing(list: &List, item: &Value) -> String {
    let List::Keyed(keys) = list else { return String::new() };
    let key = keys.iter().find(|key| item.get(key.as_str()).is_none());
    key.map(|key| format!("{key:?}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn containers(names: &[&str]) -> Value {
        let items: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
        json!({ "spec": { "containers": items } })
    }

    #[test]
    fn what_others_added_to_a_list_stays() {
        let shape = Shape::root(None, false);
        let after =
            merged(&containers(&["a", "x", "b"]), &containers(&["b", "n", "a"]), &shape, true);
        assert_eq!(after, containers(&["b", "x", "n", "a"]));
    }

    #[test]
    fn what_nobody_else_owns_goes_with_the_declaration() {
        let shape = Shape::root(None, false);
        let mut object = json!({ "metadata": { "labels": { "a": "1", "b": "2" } } });
        let dropped = json!({ "f:metadata": { "f:labels": { "f:a": {}, "f:b": {} } } });
        let others = json!({ "f:metadata": { "f:labels": { "f:b": {} } } });
        let fields = Fields::of_root;
        prune(&mut object, &fields(&dropped), &fields(&others), &shape);
        assert_eq!(object, json!({ "metadata": { "labels": { "b": "2" } } }));
    }
}
