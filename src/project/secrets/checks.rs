//! What the schema cannot say about secrets.

use super::expand::{Made, made};
use super::{SHORTEST_PERIOD, Secret};
use crate::project::format::seconds;
use crate::project::layout::Laid;
use crate::project::managed::check_previously;
use crate::project::problem::{Findings, Problem};
use crate::project::tree::Node;
use crate::project::words::{nearest, quoted};
use std::collections::BTreeMap;

/// Checks the secrets of all environments.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    environments(layout, findings);
    let mut taken: BTreeMap<(&str, String), Made<'_>> = BTreeMap::new();
    for made in made(layout) {
        findings.extend(name(&made));
        findings.extend(period(&made));
        previously(&made, findings);
        let place = (made.laid.declaration.cloud.project.as_str(), made.name.clone());
        if let Some(first) = taken.get(&place) {
            findings.push(collision(first, &made));
        } else {
            taken.insert(place, made);
        }
    }
}

/// `in:` names environments that exist.
fn environments(layout: &[Laid], findings: &mut Findings) {
    let all: Vec<&str> = layout.iter().map(Laid::env).collect();
    for laid in layout {
        let written = laid.tree.child("secrets").map(Node::entries).unwrap_or_default();
        for (key, node) in written {
            if !matches!(laid.declaration.secrets.get(&key.name), Some(Secret::Make(_))) {
                continue;
            }
            let list = node.at(["make", "in"]).map(Node::items).unwrap_or_default();
            for item in list {
                let Some(name) = item.text().filter(|name| !all.contains(name)) else { continue };
                let near = nearest(name, all.iter().copied());
                let message = format!("there is no environment `{name}`");
                let problem = Problem::error("unknown-environment", &item.range, message)
                    .expected(format!("one of {}", quoted(&all)))
                    .suggest(near.map(|near| format!("did you mean `{near}`?")));
                findings.push(problem);
            }
        }
    }
}

/// <https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/create>
fn name(made: &Made<'_>) -> Option<Problem> {
    let Made { name, key, node, .. } = made;
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let fits = (1..=255).contains(&name.len()) && name.chars().all(allowed);
    (!fits).then(|| {
        let range = node.child("name").map_or(&key.range, |node| &node.range);
        let message = format!("`{name}` cannot be the name of a secret");
        Problem::error("secret-name", range, message)
            .expected("at most 255 letters, digits, `-` and `_`, prefix and suffix included")
    })
}

fn previously(made: &Made<'_>, findings: &mut Findings) {
    let previously = made.make.previously.as_deref();
    let all = made.laid.tree.child("secrets").map(Node::entries).unwrap_or_default();
    let still = all.iter().map(|(key, _)| key).find(|it| Some(it.name.as_str()) == previously);
    check_previously(made.node, previously, still, findings);
}

fn period(made: &Made<'_>) -> Option<Problem> {
    let every = &made.make.rotate.as_ref()?.every;
    let node = made.node.at(["rotate", "every"])?;
    let short = seconds(every).is_ok_and(|seconds| seconds < SHORTEST_PERIOD);
    short.then(|| {
        let message = format!("`{every}` is too short a time between two reminders");
        Problem::error("rotation", &node.range, message).expected("an hour or more")
    })
}

fn collision(first: &Made<'_>, second: &Made<'_>) -> Problem {
    let words = |made: &Made<'_>| format!("`{}` of {}", made.key.name, made.laid.env());
    let message = format!(
        "`{}` is the name of two secrets: {} and {}",
        second.name,
        words(first),
        words(second)
    );
    Problem::error("name-collision", &second.key.range, message)
        .related(&first.key.range, "the other one")
        .suggest("write `name: NAME${suffix}`, or say `in: [ENVIRONMENT]`".to_owned())
}
