//! What the schema cannot say about hubs.

use super::placed::{Placed, placed};
use super::settings::{Account, Per};
use crate::project::environments::members;
use crate::project::identities::{self, Identities};
use crate::project::layout::Laid;
use crate::project::problem::{Findings, Problem};
use crate::project::tree::Node;
use crate::project::words::nearest;

/// Checks the hubs of all environments.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    members(layout, "hubs", "hub", findings);
    let identities = identities::placed(layout);
    for placed in &placed(layout) {
        let (Some(account), Some(node)) = (&placed.hub.identity, placed.node.child("identity"))
        else {
            continue;
        };
        findings.extend(one_of(account, node));
        accounts(&identities, placed, node, findings);
    }
}

/// An account for all, or one for each category, and not both.
fn one_of(account: &Account, node: &Node) -> Option<Problem> {
    let (per, wanted, other) = match account.per {
        Per::Hub => ("hub", "account", "accounts"),
        Per::Category => ("category", "accounts", "account"),
    };
    let example = match account.per {
        Per::Hub => "`account: KEY`",
        Per::Category => "`accounts: { CATEGORY: KEY }`",
    };
    let message = match (node.child(wanted), node.child(other)) {
        (Some(_), None) => return None,
        (_, Some(_)) => format!("`{other}` does not go together with `per: {per}`"),
        (None, None) => format!("`per: {per}` does not say which account"),
    };
    let range = node.entry(other).map_or(&node.range, |(key, _)| &key.range);
    Some(Problem::error("hub-identity", range, message).expected(example))
}

/// Accounts are declared identities, and belong to categories that there are.
fn accounts(
    identities: &Identities<'_>,
    placed: &Placed<'_>,
    node: &Node,
    findings: &mut Findings,
) {
    let all = node.child("accounts").map(Node::entries).unwrap_or_default();
    let named = node.child("account").into_iter().chain(all.iter().map(|(_, node)| node));
    findings.extend(named.filter_map(|node| identity(identities, placed, node)));
    let known = placed.laid.declaration.access.iter().flat_map(|access| access.categories.keys());
    let known: Vec<&str> = known.map(String::as_str).collect();
    for (key, _) in all.iter().filter(|(key, _)| !known.contains(&key.name.as_str())) {
        let message = format!("there is no category `{}`", key.name);
        let near = nearest(&key.name, known.iter().copied());
        let near = near.map(|near| format!("did you mean `{near}`?"));
        let problem = Problem::error("reference", &key.range, message);
        findings.push(problem.expected("the key of a category of `access`").suggest(near));
    }
}

fn identity(identities: &Identities<'_>, placed: &Placed<'_>, node: &Node) -> Option<Problem> {
    let (key, env) = (node.text()?, placed.laid.env());
    if identities.find(key, env).is_some() {
        return None;
    }
    let keys = placed.laid.declaration.identities.keys().map(String::as_str);
    let near = nearest(key, keys).map(|near| format!("did you mean `{near}`?"));
    let message = format!("there is no identity `{key}` in {env}");
    let problem = Problem::error("reference", &node.range, message);
    Some(problem.expected("the key of a declared identity").suggest(near))
}
