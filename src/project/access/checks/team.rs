//! Teams: that each category has one of its own, that those of other organizations are only read,
//! and what stands below what.

use crate::project::access::roll::{Placed, Roll};
use crate::project::access::settings::{Members, Privacy, Team};
use crate::project::access::team::TeamName;
use crate::project::problem::{Findings, Problem};
use std::collections::BTreeMap;

/// Checks the teams of all categories.
pub(super) fn check(roll: &Roll<'_>, findings: &mut Findings) {
    let mut taken: BTreeMap<String, &Placed<'_>> = BTreeMap::new();
    for placed in &roll.list {
        if let Some(first) = taken.insert(placed.team.to_string().to_lowercase(), placed) {
            findings.push(twice(first, placed));
        }
        findings.extend(foreign(roll, placed));
        findings.extend(parent(roll, placed));
        findings.extend(maintained(placed));
    }
}

fn twice(first: &Placed<'_>, placed: &Placed<'_>) -> Problem {
    let (team, other) = (&placed.team, &first.key.name);
    let message = format!("`{team}` is the team of `{other}` as well");
    let problem = Problem::error("team-twice", placed.range("team"), message);
    problem.related(first.range("team"), "the other one").expected("a team of its own")
}

/// A team of another organization is only read.
fn foreign(roll: &Roll<'_>, placed: &Placed<'_>) -> Option<Problem> {
    let TeamName { organization, slug } = &placed.team;
    if roll.is_own(placed) {
        return None;
    }
    let ours = &roll.access.organization;
    if organization.eq_ignore_ascii_case(ours) {
        let message = format!("`{organization}` and `{ours}` are one organization to GitHub");
        let problem = Problem::error("team-case", placed.range("team"), message);
        return Some(problem.suggest(format!("write `{slug}`")));
    }
    let managed = placed.category.members != Members::Unmanaged;
    let setting =
        [("members", managed), ("repositories", !placed.category.repositories.is_empty())];
    let (setting, _) = setting.into_iter().find(|(_, said)| *said)?;
    let message =
        format!("the team of `{}` is one of `{organization}`, and is only read", placed.key.name);
    let problem = Problem::error("foreign-team", placed.range(setting), message);
    let help = match setting {
        "members" => "write `members: unmanaged`",
        _ => "leave out `repositories`",
    };
    Some(problem.related(placed.range("team"), "the team").suggest(help.to_owned()))
}

/// A team stands below one of its own organization, and neither of them is secret.
fn parent(roll: &Roll<'_>, placed: &Placed<'_>) -> Option<Problem> {
    let Team::Made(made) = &placed.category.team else { return None };
    let parent = made.parent.as_deref()?;
    let node = placed.node.at(["team", "parent"])?;
    let error = |message| Some(Problem::error("team-parent", &node.range, message));
    if let Some((organization, slug)) = parent.split_once(':') {
        let ours = &roll.access.organization;
        let message =
            format!("a team of `{ours}` cannot stand below `{slug}`, a team of `{organization}`");
        return error(message).map(|it| it.expected(format!("the slug of a team of `{ours}`")));
    }
    if parent == placed.team.slug {
        return error(format!("the team `{parent}` cannot stand below itself"));
    }
    let above = roll.list.iter().find(|one| roll.is_own(one) && one.team.slug == parent);
    let secret = |placed: &&Placed<'_>| is_secret(&placed.category.team);
    let secret = above.into_iter().chain([placed]).find(secret)?;
    let message =
        format!("the team of `{}` is secret, so nothing is below or above it", secret.key.name);
    error(message).map(|it| it.expected("`privacy: closed` for both"))
}

fn is_secret(team: &Team) -> bool {
    matches!(team, Team::Made(made) if made.privacy == Privacy::Secret)
}

/// Who maintains a team is one of those that are declared to be in it.
fn maintained(placed: &Placed<'_>) -> Option<Problem> {
    let named = !placed.category.maintainers.is_empty();
    (named && placed.category.members == Members::Unmanaged).then(|| {
        let message =
            "maintainers are members, and `members: unmanaged` leaves all of them to GitHub";
        let problem = Problem::error("maintainers", placed.range("maintainers"), message);
        problem.suggest("write `members: { at-least: FILE }`, or leave them out".to_owned())
    })
}
