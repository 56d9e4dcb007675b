//! Two lists: which item of the one is which of the other.

use super::{Piece, What, collect as inside};
use crate::model::path::item;
use serde_json::Value;
use std::collections::BTreeSet;

/// What items of lists are called by, the best first.
const NAMES: [&str; 9] =
    ["name", "slug", "key", "mountPath", "path", "id", "display_name", "host", "port"];

/// The field by which all of these items can be told apart, as far as each list has them once.
pub fn naming(lists: &[&[Value]]) -> Option<&'static str> {
    let apart = |list: &[Value], field: &str| {
        let mut names = BTreeSet::new();
        list.iter().all(|item| name(item, field).is_some_and(|name| names.insert(name)))
    };
    let tells = |field: &&str| lists.iter().all(|list| apart(list, field));
    let some = lists.iter().any(|list| !list.is_empty());
    NAMES.into_iter().find(tells).filter(|_| some)
}

/// What an item is called by a field.
pub fn name(item: &Value, field: &str) -> Option<String> {
    match item.get(field)? {
        Value::String(name) => Some(name.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The pieces of two lists that differ.
pub(crate) fn collect<'a>(
    path: &str,
    old: &'a [Value],
    new: &'a [Value],
    found: &mut Vec<Piece<'a>>,
) {
    if let Some(field) = naming(&[old, new]) {
        return named(path, old, new, field, found);
    }
    if old.len() == new.len() && old.iter().chain(new).all(is_deep) {
        for (at, (old, new)) in old.iter().zip(new).enumerate() {
            inside(&item(path, &at.to_string()), Some(old), Some(new), found);
        }
        return;
    }
    let (left, came) = (without(old, new), without(new, old));
    let what = match left.is_empty() && came.is_empty() {
        true => What::Order { before: old.iter().collect(), after: new.iter().collect() },
        false => What::Items { left, came },
    };
    found.push(Piece { path: path.to_owned(), what });
}

/// Whether an item is a map with maps or lists in it: more than one reads at a glance.
fn is_deep(item: &Value) -> bool {
    let inside = |value: &Value| value.is_object() || value.is_array();
    item.as_object().is_some_and(|fields| fields.values().any(inside))
}

fn named<'a>(
    path: &str,
    old: &'a [Value],
    new: &'a [Value],
    field: &str,
    found: &mut Vec<Piece<'a>>,
) {
    let called = |it: &Value| name(it, field).unwrap_or_default();
    let find = |list: &'a [Value], name: &String| list.iter().find(|it| called(it) == *name);
    let names = |list: &[Value]| list.iter().map(called).collect::<Vec<_>>();
    let (before, after) = (names(old), names(new));
    let stays = |name: &&String| before.contains(name) && after.contains(name);
    if before.iter().filter(stays).ne(after.iter().filter(stays)) {
        let names = |list: &'a [Value]| list.iter().filter_map(|it| it.get(field)).collect();
        let what = What::Order { before: names(old), after: names(new) };
        found.push(Piece { path: path.to_owned(), what });
    }
    let gone = before.iter().filter(|name| !after.contains(name));
    for name in after.iter().chain(gone) {
        let path = item(path, name);
        match (find(old, name), find(new, name)) {
            (None, Some(new)) => found.push(Piece { path, what: What::ItemCame(new) }),
            (Some(old), None) => found.push(Piece { path, what: What::ItemLeft(old) }),
            (old, new) => inside(&path, old, new, found),
        }
    }
}

/// The items of a list that are not in another, as often as there are more of them.
fn without<'a>(list: &'a [Value], other: &[Value]) -> Vec<&'a Value> {
    let mut rest: Vec<&Value> = other.iter().collect();
    let mut more = Vec::new();
    for item in list {
        match rest.iter().position(|one| *one == item) {
            Some(at) => _ = rest.swap_remove(at),
            None => more.push(item),
        }
    }
    more
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(before: &Value, after: &Value) -> Vec<String> {
        let told = |piece: Piece<'_>| format!("{} {:?}", piece.path, piece.what);
        let pieces = super::super::pieces("l", Some(before), Some(after)).into_iter();
        pieces.map(told).map(|line| line.replace("String(", "(").replace("Number(", "(")).collect()
    }

    #[test]
    fn items_are_known_by_their_names_wherever_they_stand() {
        let before = json!([{ "slug": "cpu", "mem": 8 }, { "slug": "gpu", "mem": 16 }]);
        let after = json!([{ "slug": "big", "mem": 99 }, { "slug": "cpu", "mem": 9 }]);
        assert_eq!(
            told(&before, &after),
            [
                "l[big] ItemCame(Object {\"mem\": (99), \"slug\": (\"big\")})",
                "l[cpu].mem Changed((8), (9))",
                "l[gpu] ItemLeft(Object {\"mem\": (16), \"slug\": (\"gpu\")})",
            ]
        );
    }

    #[test]
    fn another_order_is_a_piece_of_its_own() {
        let before = json!([{ "name": "a", "x": 1 }, { "name": "b" }]);
        let after = json!([{ "name": "b" }, { "name": "a", "x": 2 }]);
        assert_eq!(
            told(&before, &after),
            [
                "l Order { before: [(\"a\"), (\"b\")], after: [(\"b\"), (\"a\")] }",
                "l[a].x Changed((1), (2))"
            ]
        );
    }

    #[test]
    fn what_has_no_names_came_or_left_as_often_as_there_are_more_of_it() {
        assert_eq!(
            told(&json!(["a", "a", "b"]), &json!(["a", "c"])),
            ["l Items { left: [(\"a\"), (\"b\")], came: [(\"c\")] }"]
        );
    }

    #[test]
    fn a_name_that_two_items_have_is_none() {
        let mounts = json!([
            { "name": "home", "mountPath": "/home" },
            { "name": "home", "mountPath": "/shared" },
        ]);
        assert_eq!(naming(&[mounts.as_array().unwrap()]), Some("mountPath"));
        assert_eq!(naming(&[&[], &[]]), None);
    }
}
