//! `needs`: what must be there before an object or a release, by the keys of other sections. What a
//! manifest itself refers to need not be said.

use crate::model::{Keys, ResourceId};
use crate::project::layout::Laid;
use crate::project::problem::{Findings, Problem};
use crate::project::sections::NAMINGS;
use crate::project::tree::{Key, Node};
use crate::project::words::nearest;
use std::collections::BTreeSet;

/// The entries that may say `needs`: the path of their section, and the word for one of them.
const SAYING: [(&[&str], &str); 2] =
    [(&["kubernetes", "objects"], "object"), (&["releases"], "release")];

/// Every key of a stack, with what it becomes.
pub(crate) fn keys(layout: &[Laid]) -> Keys {
    let mut keys = Keys::new();
    NAMINGS.iter().for_each(|name| name(layout, &mut keys));
    keys
}

/// What these references mean in an environment: what is there, else what the only other one has.
pub(crate) fn meant(keys: &Keys, env: &str, needs: &[String]) -> BTreeSet<ResourceId> {
    needs.iter().flat_map(|text| one(keys, env, text)).collect()
}

fn one(keys: &Keys, env: &str, text: &str) -> BTreeSet<ResourceId> {
    let Some(all) = keys.get(text) else { return BTreeSet::new() };
    let here: BTreeSet<ResourceId> = all.iter().filter(|id| id.env == env).cloned().collect();
    let environments: BTreeSet<&str> = all.iter().map(|id| id.env.as_str()).collect();
    match (here.is_empty(), environments.len()) {
        (false, _) => here,
        (true, 1) => all.clone(),
        (true, _) => BTreeSet::new(),
    }
}

/// Checks that what is needed is declared. It comes last: what things are called can only be told of a
/// declaration that holds.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    let says = |laid: &Laid| entries(laid).any(|(_, _, node)| node.child("needs").is_some());
    if !findings.list().is_empty() || !layout.iter().any(says) {
        return;
    }
    let keys = keys(layout);
    for laid in layout {
        for (word, key, node) in entries(laid) {
            let itself = format!("{word}:{}", key.name);
            let needs = node.child("needs").map(Node::items).unwrap_or_default();
            findings
                .extend(needs.iter().filter_map(|node| fault(&keys, laid.env(), &itself, node)));
        }
    }
}

/// The entries of an environment that may say `needs`.
fn entries(laid: &Laid) -> impl Iterator<Item = (&'static str, &Key, &Node)> {
    SAYING.iter().flat_map(move |(path, word)| {
        let written = laid.tree.at(path.iter().copied()).map(Node::entries).unwrap_or_default();
        let here = written.iter().filter(|(_, node)| is_in(node, laid.env()));
        here.map(move |(key, node)| (*word, key, node))
    })
}

/// Whether an entry is not said to be elsewhere.
fn is_in(node: &Node, env: &str) -> bool {
    let said = node.child("in").map(Node::items);
    said.is_none_or(|all| all.iter().any(|it| it.text() == Some(env)))
}

fn fault(keys: &Keys, env: &str, itself: &str, node: &Node) -> Option<Problem> {
    let text = node.text()?;
    let problem = |message: String| Problem::error("reference", &node.range, message);
    if text == itself {
        return Some(problem("it cannot need itself".to_owned()));
    }
    if !keys.contains_key(text) {
        let near = nearest(text, keys.keys().map(String::as_str));
        let near = near.map(|near| format!("did you mean `{near}`?"));
        let problem = problem(format!("nothing is called `{text}`"));
        return Some(
            problem.expected("a reference with its type, as in `bucket:KEY`").suggest(near),
        );
    }
    let lacks = one(keys, env, text).is_empty();
    lacks
        .then(|| problem(format!("{env} has no `{text}`, and several other environments have one")))
}
