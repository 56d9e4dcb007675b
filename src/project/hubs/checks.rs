//! What the schema cannot say about hubs. `checks/` has what concerns profiles, and what a hub that
//! is made here refers to.

mod homes;
mod images;
mod parts;
mod profiles;

use super::made::Made;
use super::placed::{Placed, placed};
use super::releases::releases;
use super::settings::{Account, Hub, Per};
use crate::project::clusters::Role;
use crate::project::environments::members;
use crate::project::identities::{self, Identities};
use crate::project::layout::Laid;
use crate::project::problem::{Findings, Problem};
use crate::project::tree::Node;
use crate::project::words::nearest;
use std::collections::BTreeSet;

/// Checks the hubs of all environments.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    members(layout, "hubs", "hub", findings);
    let identities = identities::placed(layout);
    let hubs = placed(layout);
    twice(&hubs, findings);
    for placed in &hubs {
        findings.extend(like(placed));
        admins(placed, findings);
        made(placed, layout, findings);
        let (Some(account), Some(node)) = (&placed.hub.identity, placed.node.child("identity"))
        else {
            continue;
        };
        findings.extend(one_of(account, node));
        accounts(&identities, placed, node, findings);
    }
    unused(&hubs, layout, findings);
}

/// Checks a hub that is made here.
fn made(placed: &Placed<'_>, layout: &[Laid], findings: &mut Findings) {
    let Some(made) = Made::of(placed, layout) else {
        findings.extend(cluster(placed));
        return;
    };
    profiles::check(&made, findings);
    parts::check(&made, findings);
    texts(&made, findings);
}

/// The cluster is one of those that there are.
fn cluster(placed: &Placed<'_>) -> Option<Problem> {
    let key = placed.hub.cluster.as_deref()?;
    let known = placed.laid.declaration.clusters.keys().map(String::as_str);
    Some(Problem::unknown("cluster", key, placed.range("cluster"), known))
}

fn like(placed: &Placed<'_>) -> Option<Problem> {
    let (key, own) = (placed.hub.like.as_deref()?, &placed.key.name);
    let known = &placed.laid.declaration.hubs;
    if key == own {
        let message = format!("`{own}` cannot be like itself");
        return Some(Problem::error("reference", placed.range("like"), message));
    }
    let known = known.keys().map(String::as_str).filter(|other| other != own);
    let there = known.clone().any(|other| other == key);
    (!there).then(|| Problem::unknown("hub", key, placed.range("like"), known))
}

/// Admins are people with an account on GitHub.
fn admins(placed: &Placed<'_>, findings: &mut Findings) {
    let people = &placed.laid.declaration.people;
    for node in placed.node.child("admins").map(Node::items).unwrap_or_default() {
        let key = node.text().unwrap_or_default();
        match people.get(key) {
            None => {
                let known = people.keys().map(String::as_str);
                findings.push(Problem::unknown("person", key, &node.range, known));
            }
            Some(person) if person.github.is_none() => {
                let message = format!("`{key}` has no account on GitHub to log in with");
                let problem = Problem::error("reference", &node.range, message);
                findings.push(problem.expected("a person with `github:`"));
            }
            Some(_) => {}
        }
    }
}

/// No two hubs are in one place.
fn twice(hubs: &[Placed<'_>], findings: &mut Findings) {
    let namespace = |hub: &Hub, key: &str| hub.namespace.clone().unwrap_or_else(|| key.to_owned());
    for (at, placed) in hubs.iter().enumerate() {
        let (hub, key) = (placed.hub, &placed.key.name);
        // Whoever runs hubs of others answers for where they are.
        let mut earlier = hubs[..at].iter().filter(|it| it.hub.cluster.is_some());
        if hub.cluster.is_none() {
            continue;
        }
        let same = earlier.clone().find(|other| other.hub.domain == hub.domain);
        if let Some(other) = same {
            let message = format!("two hubs are found at `{}`", hub.domain);
            let problem = Problem::error("hub-twice", placed.range("domain"), message);
            findings.push(beside(problem, (placed, other), "domain", "${env}.hub.example.org"));
        }
        let own = namespace(hub, key);
        let same = earlier.find(|other| {
            other.hub.cluster == hub.cluster && namespace(other.hub, &other.key.name) == own
        });
        if let Some(other) = same {
            let message = format!("two hubs are in the namespace `{own}` of one cluster");
            let problem = Problem::error("hub-twice", placed.range("namespace"), message);
            findings.push(beside(problem, (placed, other), "namespace", "${env}"));
        }
    }
}

/// Names the other of two hubs, unless that is the same one in another environment.
fn beside(
    problem: Problem,
    (one, other): (&Placed<'_>, &Placed<'_>),
    setting: &str,
    example: &str,
) -> Problem {
    if one.range(setting) == other.range(setting) {
        return problem.suggest(format!("write `{setting}: {example}`"));
    }
    let problem = problem.related(other.range(setting), "the other one");
    problem.expected(format!("a {setting} of its own"))
}

/// Every text of the hub can be rendered.
fn texts(made: &Made<'_>, findings: &mut Findings) {
    releases(made);
    for (name, failed) in made.failed.take() {
        let range = made.placed.laid.templates.line(name, failed.line);
        let range = range.unwrap_or_else(|| made.placed.key.range.clone());
        let message = format!("the template `{name}` gives no text: {}", failed.reason);
        findings.push(Problem::error("template", &range, message));
    }
}

/// Machines for people's servers that no profile of any hub uses.
fn unused(hubs: &[Placed<'_>], layout: &[Laid], findings: &mut Findings) {
    let made: Vec<Made<'_>> = hubs.iter().filter_map(|it| Made::of(it, layout)).collect();
    let mut used = BTreeSet::new();
    for made in &made {
        let offers = made.profiles().into_iter().flat_map(|(_, offers)| offers);
        used.extend(offers.map(|offer| offer.room.id));
        let builds = made.placed.hub.builds.as_ref();
        used.extend(builds.and_then(|it| Some(made.cluster.room(&it.on)?.id)));
    }
    let mut seen = BTreeSet::new();
    for made in made.iter().filter(|made| seen.insert(made.cluster.id())) {
        for (key, room) in made.cluster.rooms() {
            if room.role != Role::User || room.retiring || used.contains(&room.id) {
                continue;
            }
            let message = format!("no profile of a hub runs on the pool `{key}`");
            let problem = Problem::warning("unused-pool", &room.range, message);
            findings.push(problem.suggest("use it in a profile, or remove it".to_owned()));
        }
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
        let known = known.iter().copied();
        findings.push(Problem::unknown("category", &key.name, &key.range, known));
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
