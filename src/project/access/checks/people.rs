//! People: that whoever is named is there, and that dates and accounts are so that they can be.

use crate::project::access::roll::Roll;
use crate::project::access::roster::{Member, Roster};
use crate::project::people::{called, refers, span};
use crate::project::problem::{Findings, Problem};
use crate::project::tree::Node;

/// Checks owners, maintainers and members.
pub(super) fn check(roll: &Roll<'_>, findings: &mut Findings) {
    let owners = roll.laid.tree.at(["access", "owners"]).map(Node::items).unwrap_or_default();
    findings.extend(owners.iter().filter_map(|node| refers(roll.laid, node)));
    for placed in &roll.list {
        let named = placed.node.child("maintainers").map(Node::items).unwrap_or_default();
        findings.extend(named.iter().filter_map(|node| refers(roll.laid, node)));
        let roster = placed.category.members.file().and_then(|it| roll.laid.rosters.get(it));
        roster.into_iter().for_each(|roster| members(roll, roster, findings));
    }
}

fn members(roll: &Roll<'_>, roster: &Roster, findings: &mut Findings) {
    for (member, node) in roster.members.iter().zip(roster.entries()) {
        findings.extend(one_of(member, node));
        findings.extend(node.child("person").and_then(|node| refers(roll.laid, node)));
        // Who was to come and then was not has a last day before the first one.
        findings.extend(span(node).filter(|_| member.decided.is_none()));
        findings.extend(account(roll, member, node));
    }
}

fn one_of(member: &Member, node: &Node) -> Option<Problem> {
    let message = match (&member.person, &member.login) {
        (Some(_), None) | (None, Some(_)) => return None,
        (None, None) => "who this is, is not said".to_owned(),
        (Some(person), Some(login)) => {
            format!("this says both the person `{person}` and the login `{login}`")
        }
    };
    Some(
        Problem::error("one-of", &node.range, message).expected("exactly one of `person`, `login`"),
    )
}

/// A login whose number is another one in `people` is another person's now.
fn account(roll: &Roll<'_>, member: &Member, node: &Node) -> Option<Problem> {
    let written = member.id?;
    let people = &roll.laid.declaration.people;
    let person = match (&member.person, &member.login) {
        (Some(key), _) => people.get(key)?,
        (None, Some(login)) => called(roll.laid, login)?.1,
        (None, None) => return None,
    };
    let known = person.github.as_ref()?.id.filter(|known| *known != written)?;
    let message = format!("{} has the number {known} in `people`, and {written} here", person.name);
    let range = &node.child("id")?.range;
    Some(Problem::error("person-id", range, message).suggest("leave out `id` here".to_owned()))
}
