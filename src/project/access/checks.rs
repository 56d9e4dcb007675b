//! What the schema cannot say about access: that what is named is there, and that what is said
//! can be so. `checks/` has what concerns teams, people and hubs.

mod hub;
mod notices;
mod people;
mod team;

use super::roll::{Placed, Roll};
use crate::project::layout::Laid;
use crate::project::problem::{Findings, Problem};
use std::collections::BTreeMap;

/// Checks the access of all environments.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    for roll in layout.iter().filter_map(Roll::of) {
        team::check(&roll, findings);
        people::check(&roll, findings);
        notices::check(&roll, findings);
        alike(&roll, findings);
        for placed in &roll.list {
            findings.extend(requires(&roll, placed));
            hub::check(layout, &roll, placed, findings);
        }
    }
}

/// Hubs do not tell capitals from small letters in the names of groups.
fn alike(roll: &Roll<'_>, findings: &mut Findings) {
    let mut taken: BTreeMap<String, &Placed<'_>> = BTreeMap::new();
    for placed in &roll.list {
        let Some(first) = taken.insert(placed.key.name.to_lowercase(), placed) else { continue };
        let (one, other) = (&first.key.name, &placed.key.name);
        let message = format!("`{other}` and `{one}` are one group to a hub");
        let problem = Problem::error("group-twice", &placed.key.range, message);
        let problem = problem.related(&first.key.range, "the other one");
        findings.push(problem.expected("names that differ in more than capitals"));
    }
}

/// What a category requires is there, does not come back to it, and lets in where this one adds.
fn requires(roll: &Roll<'_>, placed: &Placed<'_>) -> Option<Problem> {
    let key = placed.category.requires.as_deref()?;
    let range = placed.range("requires");
    if roll.find(key).is_none() {
        return Some(Problem::unknown("category", key, range, roll.list.iter().map(name)));
    }
    let mut way = vec![placed.key.name.as_str()];
    let mut at = Some(key);
    while let Some(key) = at {
        way.push(key);
        if way[0] == key {
            // Each circle once, told where its first category is.
            if way.iter().any(|other| *other < way[0]) {
                return None;
            }
            let message = format!("categories require each other: {}", way.join(" → "));
            let problem = Problem::error("requires-circle", range, message);
            return Some(problem.expected("one of them that requires no other"));
        }
        if way.iter().filter(|known| **known == key).count() > 1 {
            return None; // a circle further on, told of there
        }
        at = roll.find(key).and_then(|placed| placed.category.requires.as_deref());
    }
    let (hub, _) = placed.category.hubs.iter().find(|(_, on_hub)| on_hub.login)?;
    let message = format!(
        "`{}` requires `{key}`, so it adds to that and cannot let in to `{hub}` by itself",
        placed.key.name
    );
    let range = placed.node.at(["hubs", hub, "login"]).map_or(range, |node| &node.range);
    let problem = Problem::error("login-required", range, message);
    Some(problem.suggest(format!("leave out `login`, or `requires`; let `{key}` let them in")))
}

fn name<'a>(placed: &Placed<'a>) -> &'a str {
    &placed.key.name
}

/// Categories that are over on the day of the layout: they give nobody anything.
pub(crate) fn over(layout: &[Laid]) -> Vec<Problem> {
    let mut findings = Findings::default();
    for roll in layout.iter().filter_map(Roll::of) {
        for placed in roll.list.iter().filter(|placed| roll.is_over(placed)) {
            let (key, range) = (&placed.key.name, placed.range("until"));
            let until = placed.category.until.as_deref().unwrap_or_default();
            let message = format!("`{key}` ended on {until}, so nobody is in it any more");
            let problem = Problem::warning("category-over", range, message);
            findings.push(problem.suggest("set a later day, or remove the category".to_owned()));
        }
    }
    findings.sorted()
}
