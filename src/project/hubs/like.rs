//! `like: HUB`: the settings of another hub, wherever a hub says nothing itself.

use crate::project::problem::Findings;
use crate::project::tree::{Key, Node, Value, lay};

/// What is every hub's own.
const OWN: [&str; 2] = ["in", "like"];

/// Lays every hub that is like another over it.
pub(crate) fn resemble(tree: &mut Node) {
    let Value::Map(sections) = &mut tree.value else { return };
    let Some((_, hubs)) = sections.iter_mut().find(|(key, _)| key.name == "hubs") else { return };
    let all = hubs.entries().to_vec();
    let Value::Map(entries) = &mut hubs.value else { return };
    for (key, node) in entries {
        *node = resembling(&all, key, node, all.len());
    }
}

/// A hub with what it takes from another. No more steps than there are hubs, should they stand in
/// a circle.
fn resembling(all: &[(Key, Node)], key: &Key, node: &Node, steps: usize) -> Node {
    let model = node.child("like").and_then(Node::text);
    let model = all.iter().find(|(other, _)| Some(other.name.as_str()) == model);
    let Some((other, below)) = model.filter(|(other, _)| other.name != key.name && steps > 0)
    else {
        return node.clone();
    };
    let mut below = resembling(all, other, below, steps - 1);
    if let Value::Map(settings) = &mut below.value {
        settings.retain(|(key, _)| !OWN.contains(&key.name.as_str()));
    }
    // Taking another list is what hubs differ in, and no loss.
    let mut laid = lay(Some(&below), node, &mut Findings::default());
    if let Some(laid) = &mut laid {
        laid.range = node.range.clone();
    }
    laid.unwrap_or_else(|| node.clone())
}
