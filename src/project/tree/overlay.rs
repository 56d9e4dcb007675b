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
