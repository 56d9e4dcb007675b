//! Laying one tree over another.
//!
//! Maps merge key by key. A list takes the place of the list below, or says `!append` or
//! `!remove`. `null`, written out, removes what is below. Everything keeps the place where it
//! was written and remembers what it was laid over.

use super::node::{Key, Node, Overridden, Tag, Value};
use crate::project::problem::{Findings, Problem};
use crate::project::words::{nearest, quoted};

/// `base` with `over` laid over it; nothing, if `over` removes it.
pub fn lay(base: Option<&Node>, over: &Node, findings: &mut Findings) -> Option<Node> {
    if over.value == Value::Null {
        findings.extend(removal(base, over));
        return None;
    }
    let Some(base) = base else { return Some(fresh(over, findings)) };
    match (&base.value, &over.value, over.tag) {
        (Value::Map(below), Value::Map(above), None) => {
            let mut node = base.clone();
            node.value = Value::Map(merge(below, above, findings));
            Some(node)
        }
        (Value::List(below), Value::List(above), Some(Tag::Append)) => {
            let mut items = below.clone();
            items.extend(above.iter().map(|item| fresh(item, findings)));
            Some(over_list(base, over, items))
        }
        (Value::List(below), Value::List(above), Some(Tag::Remove)) => {
            Some(over_list(base, over, without(below, above, findings)))
        }
        (Value::List(below), Value::List(above), None) => {
            findings.extend(losses(below, above, base, over));
            Some(over_list(base, over, above.clone()))
        }
        (_, _, Some(_)) => {
            findings.push(misplaced(over).related(&base.range, "this is no list"));
            None
        }
        _ => Some(Node { overrode: overrode(base), ..fresh(over, findings) }),
    }
}

/// Reports tags and removals in a tree that is laid over nothing.
pub fn only_plain(node: &Node, findings: &mut Findings) {
    node.visit(&mut |node| {
        if node.tag.is_some() {
            findings.push(misplaced(node));
        }
    });
}

fn misplaced(node: &Node) -> Problem {
    let message = "`!append` and `!remove` change a list, and there is none below this one";
    Problem::error("misplaced-tag", &node.range, message)
        .expected("these tags under `over:`, before a list that takes the same place in the stack")
}

/// What is written where nothing was before: any removal in it is of something not there.
fn fresh(over: &Node, findings: &mut Findings) -> Node {
    let mut node = over.clone();
    match &mut node.value {
        Value::Map(entries) => {
            entries.retain(|(_, child)| {
                let keep = child.value != Value::Null;
                if !keep {
                    findings.extend(removal(None, child));
                }
                keep
            });
            entries.iter_mut().for_each(|(_, child)| *child = fresh(child, findings));
        }
        Value::List(_) if node.tag == Some(Tag::Remove) => {
            findings.push(misplaced(&node));
        }
        _ => {}
    }
    // Appending to nothing is writing.
    node.tag = None;
    node
}

/// What is wrong with removing `base`, if anything is.
fn removal(base: Option<&Node>, over: &Node) -> Option<Problem> {
    if over.is_blank() {
        let problem = Problem::error("blank", &over.range, "nothing is written after this key");
        return Some(
            problem.expected("a value, `null` to remove it here, or `{}` for no settings"),
        );
    }
    let message = "`null` removes a setting, and there is none to remove";
    base.is_none().then(|| Problem::error("nothing-to-remove", &over.range, message))
}

fn merge(
    below: &[(Key, Node)],
    above: &[(Key, Node)],
    findings: &mut Findings,
) -> Vec<(Key, Node)> {
    let over = |name: &str| above.iter().find(|(key, _)| key.name == name);
    let mut merged = Vec::with_capacity(below.len() + above.len());
    for (key, node) in below {
        match over(&key.name) {
            None => merged.push((key.clone(), node.clone())),
            Some((_, child)) => {
                merged.extend(lay(Some(node), child, findings).map(|node| (key.clone(), node)));
            }
        }
    }
    for (key, child) in above {
        if !below.iter().any(|(known, _)| known.name == key.name) {
            merged.extend(lay(None, child, findings).map(|node| (key.clone(), node)));
        }
    }
    merged
}

fn over_list(base: &Node, over: &Node, items: Vec<Node>) -> Node {
    let node = Node::new(Value::List(items), over.range.clone());
    Node { overrode: overrode(base), ..node }
}

fn overrode(base: &Node) -> Vec<Overridden> {
    let this = Overridden { range: base.range.clone(), value: base.short() };
    base.overrode.iter().cloned().chain([this]).collect()
}

/// The entries of `below` that are not taken out; taking out what is not there is a problem.
fn without(below: &[Node], above: &[Node], findings: &mut Findings) -> Vec<Node> {
    let gone: Vec<_> = above.iter().map(Node::json).collect();
    for (item, json) in above.iter().zip(&gone) {
        if !below.iter().any(|known| known.json() == *json) {
            let there: Vec<String> = below.iter().map(Node::short).collect();
            let message = format!("`{}` is not in the list that it is taken out of", item.short());
            let problem = Problem::error("nothing-to-remove", &item.range, message);
            let near = nearest(&item.short(), there.iter().map(String::as_str));
            let near = near.map(|near| format!("did you mean `{near}`?"));
            let expected = (!there.is_empty()).then(|| format!("one of {}", quoted(&there)));
            findings.push(Problem { expected, ..problem }.suggest(near));
        }
    }
    below.iter().filter(|item| !gone.contains(&item.json())).cloned().collect()
}

/// A list that takes the place of another and lacks some of its entries.
fn losses(below: &[Node], above: &[Node], base: &Node, over: &Node) -> Option<Problem> {
    let kept: Vec<_> = above.iter().map(Node::json).collect();
    let lost = below.iter().filter(|item| !kept.contains(&item.json()));
    let lost: Vec<String> = lost.map(Node::short).collect();
    let message = format!("this list takes the place of another and drops {}", quoted(&lost));
    (!lost.is_empty()).then(|| {
        Problem::warning("list-replaced", &over.range, message)
            .related(&base.range, "the list that it replaces")
            .suggest("write `!append` before the list to keep them".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::problem::Sources;
    use crate::project::tree::read;
    use proptest::prelude::*;
    use serde_json::json;

    fn tree(text: &str) -> Node {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.yaml");
        std::fs::write(&path, text).unwrap();
        let (mut sources, mut findings) = (Sources::new(), Findings::default());
        read(&path, "x.yaml", &mut sources, &mut findings).unwrap()
    }

    fn laid(base: &str, over: &str) -> serde_json::Value {
        let mut findings = Findings::default();
        let node = lay(Some(&tree(base)), &tree(over), &mut findings).unwrap();
        assert!(!findings.stop(), "{findings:?}");
        node.json()
    }

    #[test]
    fn maps_merge_and_lists_do_as_they_are_told() {
        let base = "a: { b: 1, c: [x, y] }\nd: 2\n";
        assert_eq!(laid(base, "a: { b: 3 }"), json!({ "a": { "b": 3, "c": ["x", "y"] }, "d": 2 }));
        assert_eq!(laid(base, "a: { c: !append [z] }")["a"]["c"], json!(["x", "y", "z"]));
        assert_eq!(laid(base, "a: { c: !remove [x] }")["a"]["c"], json!(["y"]));
        assert_eq!(laid(base, "a: { c: [y] }")["a"]["c"], json!(["y"]));
        assert_eq!(laid(base, "a: null"), json!({ "d": 2 }));
        assert_eq!(laid(base, "e: !append [z]")["e"], json!(["z"]));
    }

    #[test]
    fn a_value_remembers_everything_that_it_was_laid_over() {
        let mut findings = Findings::default();
        let once = lay(Some(&tree("a: 1\n")), &tree("a: 2\n"), &mut findings).unwrap();
        let twice = lay(Some(&once), &tree("a: 3\n"), &mut findings).unwrap();
        let overrode = &twice.child("a").unwrap().overrode;
        assert_eq!(overrode.iter().map(|one| one.value.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    }

    /// Trees of a few small keys, so that they often meet.
    fn yaml() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(|value| json!(value)),
            (0..9u32).prop_map(|value| json!(value)),
            "[a-c]".prop_map(|value| json!(value)),
            prop::collection::vec("[a-c]", 0..3).prop_map(|value| json!(value)),
        ];
        let map = |inner| prop::collection::btree_map("[k-n]", inner, 0..4);
        let inner =
            leaf.prop_recursive(3, 12, 4, move |inner| map(inner).prop_map(|map| json!(map)));
        prop::collection::btree_map("[k-n]", inner, 1..4).prop_map(|map| json!(map))
    }

    proptest! {
        #[test]
        fn laying_something_over_itself_changes_nothing(value in yaml()) {
            let text = value.to_string();
            prop_assert_eq!(laid(&text, &text), value);
        }

        #[test]
        fn what_is_laid_over_can_be_read_back(base in yaml(), over in yaml()) {
            let once = laid(&base.to_string(), &over.to_string());
            prop_assert_eq!(laid(&once.to_string(), &over.to_string()), once);
        }
    }
}
