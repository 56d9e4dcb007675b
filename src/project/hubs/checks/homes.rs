//! What the schema cannot say about homes: that their disk can be served and has room for them, and
//! whose they are.

use crate::project::clusters::Role;
use crate::project::disks::Served;
use crate::project::hubs::made::Made;
use crate::project::hubs::settings::{Home, Login};
use crate::project::hubs::share::plain;
use crate::project::hubs::values::home;
use crate::project::problem::{Findings, Problem, Range};
use std::collections::BTreeSet;

/// Checks the homes of a hub that is made here.
pub(super) fn check(made: &Made<'_>, findings: &mut Findings) {
    let Some(written) = &made.placed.hub.home else { return };
    let range = made.placed.range_at(&["home", "disk"]);
    let Some(disk) = home::disk(made, written) else {
        let known = made.placed.laid.declaration.disks.keys().map(String::as_str);
        findings.push(Problem::unknown("disk", &written.disk, range, known));
        return;
    };
    findings.extend(zone(made, &disk, range));
    findings.extend(room(made, written, &disk));
    quotas(made, findings);
}

/// A machine that serves disks can have this one.
fn zone(made: &Made<'_>, disk: &Served<'_>, range: &Range) -> Option<Problem> {
    let rooms = made.cluster.rooms();
    let core = rooms.iter().filter(|(_, room)| room.role == Role::Core);
    let zones: BTreeSet<&str> =
        core.flat_map(|(_, room)| room.spec.zones.iter()).map(String::as_str).collect();
    if !zones.is_empty() && !disk.zones.iter().any(|zone| zones.contains(zone.as_str())) {
        let message = format!(
            "the disk is in {}, where no machine of the role `core` is that could serve it",
            disk.zones.join(" and ")
        );
        let problem = Problem::error("home-zone", range, message);
        return Some(problem.expected("a disk in a zone of such a pool"));
    }
    None
}

/// The disk has room for so many people.
fn room(made: &Made<'_>, written: &Home, disk: &Served<'_>) -> Option<Problem> {
    let (quota, people) = (made.quota()?, written.people?);
    let needed = quota * f64::from(people);
    (needed > f64::from(disk.size_gb)).then(|| {
        let message = format!(
            "{people} people with {} GB each are {} GB, and the disk has {}",
            plain(quota),
            plain(needed),
            disk.size_gb
        );
        let problem = Problem::warning("home-room", made.placed.range("home"), message);
        let help = format!("watch it, or make the disk {} GB", needed.ceil());
        problem.related(disk.range, "the disk").suggest(help)
    })
}

/// Who has a quota of their own logs in with GitHub, as everybody does here whose name is known.
fn quotas(made: &Made<'_>, findings: &mut Findings) {
    let Some(node) = made.placed.node.at(["home", "quota_of"]) else { return };
    if !matches!(made.login(), Some(Login::Github(_))) {
        let message = "whose home this is is not known, since people do not log in with GitHub";
        let problem = Problem::error("home-quota", &node.range, message);
        findings.push(problem.expected("`login_with: { github: … }`"));
        return;
    }
    if made.quota().is_none() {
        let message = "what everybody else's home may hold is not said";
        let problem = Problem::error("home-quota", &node.range, message);
        findings.push(problem.expected("`quota: 100 GB` beside it, or `home_quota` in a category"));
    }
    let people = &made.placed.laid.declaration.people;
    for (key, _) in node.entries() {
        match people.get(&key.name) {
            None => {
                let known = people.keys().map(String::as_str);
                findings.push(Problem::unknown("person", &key.name, &key.range, known));
            }
            Some(person) if person.github.is_none() => {
                let message = format!("`{}` has no account on GitHub to log in with", key.name);
                let problem = Problem::error("reference", &key.range, message);
                findings.push(problem.expected("a person with `github:`"));
            }
            Some(_) => {}
        }
    }
}
