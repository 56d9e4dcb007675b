//! What is given on hubs and buckets: that they are there, and that it can be given.

use crate::project::access::rights::accounts;
use crate::project::access::roll::{Placed, Roll};
use crate::project::access::settings::OnHub;
use crate::project::hubs::{self, Hub, Per};
use crate::project::layout::Laid;
use crate::project::problem::{Findings, Problem};
use crate::project::tree::Node;

/// Checks what one category gives.
pub(super) fn check(
    layout: &[Laid],
    roll: &Roll<'_>,
    placed: &Placed<'_>,
    findings: &mut Findings,
) {
    let written = placed.node.child("hubs").map(Node::entries).unwrap_or_default();
    for (key, node) in written {
        let hubs = &roll.laid.declaration.hubs;
        let Some(on_hub) = placed.category.hubs.get(&key.name) else { continue };
        let Some(hub) = hubs.get(&key.name) else {
            let known = hubs.keys().map(String::as_str);
            findings.push(Problem::unknown("hub", &key.name, &key.range, known));
            continue;
        };
        profiles(hub, on_hub, node, findings);
        findings.extend(let_in(roll, placed, &key.name, on_hub, node));
        findings.extend(nothing_to_start(placed, hub, (&key.name, on_hub), node));
    }
    buckets(layout, roll, placed, findings);
}

/// Profiles and choices are those of the hub, and each is said once.
fn profiles(hub: &Hub, on_hub: &OnHub, node: &Node, findings: &mut Findings) {
    let known = || hub.profiles.keys().map(String::as_str);
    for item in node.child("profiles").map(Node::items).unwrap_or_default() {
        let name = item.text().unwrap_or_default();
        if !hub.profiles.contains_key(name) {
            findings.push(Problem::unknown("profile", name, &item.range, known()));
        }
    }
    for (key, some) in node.child("choices").map(Node::entries).unwrap_or_default() {
        let Some(profile) = hub.profiles.get(&key.name) else {
            findings.push(Problem::unknown("profile", &key.name, &key.range, known()));
            continue;
        };
        if on_hub.profiles.contains(&key.name) {
            let message = format!("`profiles` gives the whole of `{}` already", key.name);
            let problem = Problem::error("choices", &key.range, message);
            findings.push(problem.suggest("leave it out of one of the two".to_owned()));
        }
        for item in some.items() {
            let name = item.text().unwrap_or_default();
            let choices = profile.choice_names();
            if !choices.contains(&name) {
                findings.push(Problem::unknown("choice", name, &item.range, choices));
            }
        }
    }
}

/// What is given on a hub is of no use to who may not log in.
fn let_in(
    roll: &Roll<'_>,
    placed: &Placed<'_>,
    hub: &str,
    on_hub: &OnHub,
    node: &Node,
) -> Option<Problem> {
    let OnHub { login, profiles, choices, admin } = on_hub;
    let gives = !profiles.is_empty() || !choices.is_empty() || *admin;
    if *login || !gives || lets_in(roll, placed, hub) {
        return None;
    }
    let key = &placed.key.name;
    let message = match placed.category.requires.as_deref() {
        None => format!("`{key}` gives something on `{hub}` and lets nobody in there"),
        Some(required) => {
            format!("`{key}` adds something on `{hub}`, where `{required}` lets nobody in")
        }
    };
    let problem = Problem::error("no-login", &node.range, message);
    Some(problem.suggest(match placed.category.requires {
        None => "write `login: true`, or `requires:` a category that lets in".to_owned(),
        Some(_) => "require a category that lets in there".to_owned(),
    }))
}

/// Who is let in with nothing to start is turned away all the same.
fn nothing_to_start(
    placed: &Placed<'_>,
    hub: &Hub,
    (key, on_hub): (&str, &OnHub),
    node: &Node,
) -> Option<Problem> {
    let OnHub { login, profiles, choices, .. } = on_hub;
    let nothing = *login && profiles.is_empty() && choices.is_empty() && !hub.profiles.is_empty();
    nothing.then(|| {
        let category = &placed.key.name;
        let message = format!("`{category}` lets in to `{key}` and gives nothing to start there");
        let problem = Problem::warning("no-profile", &node.range, message);
        problem.suggest("give a profile: who has none is turned away with 403".to_owned())
    })
}

/// Whether what a category requires lets in to a hub.
fn lets_in(roll: &Roll<'_>, placed: &Placed<'_>, hub: &str) -> bool {
    let mut at = placed.category.requires.as_deref();
    for _ in &roll.list {
        let Some(required) = at.and_then(|key| roll.find(key)) else { return false };
        if required.category.hubs.get(hub).is_some_and(|on_hub| on_hub.login) {
            return true;
        }
        at = required.category.requires.as_deref();
    }
    false
}

/// Buckets are declared, and a category can be told from others there.
fn buckets(layout: &[Laid], roll: &Roll<'_>, placed: &Placed<'_>, findings: &mut Findings) {
    let declared = &roll.laid.declaration.buckets;
    for (key, _) in placed.node.child("buckets").map(Node::entries).unwrap_or_default() {
        if !declared.contains_key(&key.name) {
            let known = declared.keys().map(String::as_str);
            findings.push(Problem::unknown("bucket", &key.name, &key.range, known));
        }
    }
    let env_has_account = |laid: &Laid| !accounts(layout, &placed.key.name, laid.env()).is_empty();
    if placed.category.buckets.is_empty() || layout.iter().any(env_has_account) {
        return;
    }
    let shared = hubs::placed(layout)
        .into_iter()
        .find(|hub| hub.hub.identity.as_ref().is_some_and(|identity| identity.per == Per::Hub));
    let key = &placed.key.name;
    let (message, help) = match &shared {
        Some(hub) => (
            format!(
                "`{key}` cannot have a right on a bucket: on `{}` everybody acts as one account, \
                 so what one category may do there all may",
                hub.key.name
            ),
            format!(
                "say it at the bucket, for everybody; or give `{key}` an account on a hub: \
                 `identity: {{ per: category, accounts: {{ {key}: IDENTITY }} }}`"
            ),
        ),
        None => (
            format!("`{key}` cannot have a right on a bucket: it has an account on no hub"),
            format!("write `identity: {{ per: category, accounts: {{ {key}: IDENTITY }} }}`"),
        ),
    };
    let range = placed.node.entry("buckets").map_or(&placed.key.range, |(key, _)| &key.range);
    let problem = Problem::error("bucket-right", range, message);
    let problem = match &shared {
        Some(hub) => problem.related(hub.range("identity"), "one account for all"),
        None => problem,
    };
    findings.push(problem.suggest(help));
}
