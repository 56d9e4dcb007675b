//! What a plan does to people, in their own terms, and what it may not do to them.
//!
//! Knows of memberships only what is in their ids and settings: the kinds are told apart by name,
//! and nothing here knows what a team is for.

use crate::model::{People, ResourceId, World};
use crate::plan::{Action, Plan, Refusal, Refused, Step, target};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The kind of somebody's place in a team, `ORGANIZATION/TEAM/LOGIN`.
const MEMBER: &str = "github-team-member";

/// The kind of a team, `ORGANIZATION/TEAM`.
const TEAM: &str = "github-team";

/// Who comes and goes in a category.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moves {
    /// The category, or the team where it belongs to none.
    pub category: String,
    /// Who comes.
    pub join: BTreeSet<String>,
    /// Who goes, with the last day if that is why.
    pub leave: BTreeMap<String, Option<String>>,
    /// Whose role changes.
    pub change: BTreeSet<String>,
}

impl fmt::Display for Moves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = |count: usize, one: &str, more: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{count} {more}")),
        };
        let leave = verb(self.leave.len(), "leaves", "leave").map(|words| words + &self.why());
        let change = verb(self.change.len(), "changes role", "change role");
        let parts = [verb(self.join.len(), "joins", "join"), leave, change];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        write!(f, "{}: {}", self.category, parts.join(", "))
    }
}

impl Moves {
    /// Which of those who go do so by a date.
    fn why(&self) -> String {
        let days: BTreeSet<&String> = self.leave.values().flatten().collect();
        let by_date = self.leave.values().flatten().count();
        let days: Vec<&str> = days.into_iter().map(String::as_str).collect();
        match (by_date, by_date == self.leave.len()) {
            (0, _) => String::new(),
            (_, true) => format!(" (expired {})", days.join(", ")),
            (count, false) => format!(" ({count} expired {})", days.join(", ")),
        }
    }
}

/// Who comes and goes, by category. `teams` says whose team each one is, by its name.
pub fn moves(plan: &Plan, teams: &BTreeMap<String, People>) -> Vec<Moves> {
    let mut moves: BTreeMap<&str, Moves> = BTreeMap::new();
    for step in plan.steps.iter().filter(|step| step.id.kind == MEMBER) {
        let Some((team, login)) = step.id.name.rsplit_once('/') else { continue };
        let people = teams.get(team);
        let category = people.map_or(team, |people| &people.category).to_owned();
        let moves = moves.entry(team).or_insert_with(|| Moves { category, ..Moves::default() });
        match step.action {
            Action::Create => _ = moves.join.insert(login.to_owned()),
            Action::Delete => {
                let ended = people.and_then(|it| it.ended.get(&login.to_lowercase())).cloned();
                moves.leave.insert(login.to_owned(), ended);
            }
            Action::Update => _ = moves.change.insert(login.to_owned()),
            Action::Wait | Action::Adopt | Action::Disown => {}
        }
    }
    let moves = moves.into_values();
    moves
        .filter(|it| !(it.join.is_empty() && it.leave.is_empty() && it.change.is_empty()))
        .collect()
}

/// Takes everything out of a plan but memberships that begin or end by a date. What it refuses of
/// the rest goes as well; what such a membership needs must be there.
pub fn only_due(plan: &mut Plan, due: &BTreeSet<ResourceId>) {
    let comes_or_goes = |id: &ResourceId, plan: &Plan| {
        let step = plan.steps.iter().find(|step| step.id == *id);
        step.is_none_or(|step| matches!(step.action, Action::Create | Action::Delete))
    };
    let kept: BTreeSet<ResourceId> =
        due.iter().filter(|id| comes_or_goes(id, plan)).cloned().collect();
    let absent = |step: &Step| step.action == Action::Create && !kept.contains(&step.id);
    let missing = |step: &Step| step.waits_for.iter().any(|at| absent(&plan.steps[*at]));
    let blocked = plan.steps.iter().filter(|step| kept.contains(&step.id) && missing(step));
    let blocked: BTreeSet<ResourceId> = blocked.map(|step| step.id.clone()).collect();
    target::keep_steps(plan, |id| kept.contains(id) && !blocked.contains(id));
    plan.refusals.retain(|refusal| kept.contains(&refusal.id));
}

/// Refuses what would leave a team without anybody who maintains it, what would take ourselves out
/// of one, and what would begin to remove people who were nobody's business so far.
///
/// `ourselves` is the login that the apply has; `exact` names teams for which the last was allowed.
pub fn shelter(
    mut plan: Plan,
    world: &World,
    ourselves: Option<&str>,
    exact: &BTreeSet<ResourceId>,
) -> Plan {
    let mut refusals: Vec<Refusal> = Vec::new();
    let members = plan.steps.iter().filter(|step| step.id.kind == MEMBER);
    for step in members.filter(|step| !goes_with_team(&plan, step)) {
        let goes = step.action == Action::Delete;
        let login = step.id.name.rsplit('/').next().unwrap_or_default();
        if goes && ourselves.is_some_and(|us| us.eq_ignore_ascii_case(login)) {
            refusals.push(refusal(step, Refused::Ourselves));
        } else if loses_maintainer(step) && !is_maintained(&plan, world, step) {
            refusals.push(refusal(step, Refused::LastMaintainer));
        }
    }
    for step in plan.steps.iter().filter(|step| step.id.kind == TEAM) {
        let leaving = leaving(&plan, &step.id);
        if becomes_exact(step) && !exact.contains(&step.id) && !leaving.is_empty() {
            refusals.push(refusal(step, Refused::Exact(leaving)));
        }
    }
    let refused: BTreeSet<ResourceId> = refusals.iter().map(|it| it.id.clone()).collect();
    if !refused.is_empty() {
        target::keep_steps(&mut plan, |id| !refused.contains(id));
        plan.refusals.extend(refusals);
    }
    plan
}

fn refusal(step: &Step, why: Refused) -> Refusal {
    Refusal { id: step.id.clone(), source: step.source.clone(), why }
}

fn is_maintainer(spec: Option<&Value>) -> bool {
    spec.is_some_and(|spec| spec["role"] == "maintainer")
}

/// Whether somebody who maintains a team does so no longer.
fn loses_maintainer(step: &Step) -> bool {
    let before = is_maintainer(step.before.as_ref());
    match step.action {
        Action::Delete => before,
        Action::Update => before && !is_maintainer(step.after.as_ref()),
        _ => false,
    }
}

/// Whether the whole team is deleted.
fn goes_with_team(plan: &Plan, step: &Step) -> bool {
    let is_team = |other: &&Step| other.id.kind == TEAM && other.action == Action::Delete;
    let mut teams = plan.steps.iter().filter(is_team);
    teams.any(|team| team_of(&step.id) == Some(team.id.name.as_str()))
}

/// Whether somebody else maintains the team afterwards.
fn is_maintained(plan: &Plan, world: &World, gone: &Step) -> bool {
    let team = team_of(&gone.id);
    let of_team = |name: &str| name.rsplit_once('/').map(|(team, _)| team) == team;
    let steps: BTreeMap<&str, &Step> =
        plan.steps.iter().filter(|it| it.id.kind == MEMBER).map(|it| (&*it.id.name, it)).collect();
    let stays = |name: &str, spec: Option<&Value>| match steps.get(name) {
        Some(step) if step.action == Action::Delete => false,
        Some(step) if step.action == Action::Update => is_maintainer(step.after.as_ref()),
        _ => is_maintainer(spec),
    };
    let found = world.kinds.get(MEMBER).into_iter().flat_map(|seen| seen.found.iter());
    let mut found = found.filter(|found| of_team(&found.name));
    let mut comes = steps.values().filter(|step| step.action == Action::Create);
    found.any(|found| stays(&found.name, Some(&found.spec)))
        || comes.any(|step| of_team(&step.id.name) && is_maintainer(step.after.as_ref()))
}

fn team_of(id: &ResourceId) -> Option<&str> {
    id.name.rsplit_once('/').map(|(team, _)| team)
}

/// Whether all members of a team are ours from now on, and were not before.
fn becomes_exact(step: &Step) -> bool {
    let exact = |spec: &Option<Value>| spec.as_ref().is_some_and(|it| it["members"] == "exact");
    matches!(step.action, Action::Update | Action::Adopt)
        && exact(&step.after)
        && !exact(&step.before)
}

/// Who is removed from a team.
fn leaving(plan: &Plan, team: &ResourceId) -> BTreeSet<String> {
    let of_team = |step: &&Step| {
        step.id.kind == MEMBER
            && step.action == Action::Delete
            && team_of(&step.id) == Some(team.name.as_str())
    };
    let login = |step: &Step| Some(step.id.name.rsplit_once('/')?.1.to_owned());
    plan.steps.iter().filter(of_team).filter_map(login).collect()
}
