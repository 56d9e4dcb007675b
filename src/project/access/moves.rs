//! What plans need to know to speak of people: which team is whose, who left it and when, and
//! which changes follow from a date alone.

use super::expand::home;
use super::roll::{Member, Placed, Roll, Standing};
use crate::model::{People, ResourceId};
use crate::project::Project;
use crate::providers::github::{github_team, github_team_member};
use std::collections::{BTreeMap, BTreeSet};
use time::{Date, Duration};

/// How long after it was decided a removal needs no more attention.
const SETTLED: Duration = Duration::days(7);

impl Project {
    /// The category of each team, by the team's name, with who left it.
    pub fn teams(&self) -> BTreeMap<String, People> {
        let Some(roll) = home(&self.layout).and_then(Roll::of) else { return BTreeMap::new() };
        let own = roll.list.iter().filter(|placed| roll.is_own(placed));
        own.map(|placed| (team(placed), people(&roll, placed))).collect()
    }

    /// Memberships that begin or end by a date.
    pub fn due(&self) -> BTreeSet<ResourceId> {
        self.memberships(|member, on| match member.standing(Some(on)) {
            Standing::Holds => member.since.is_some(),
            Standing::Ended(_) => true,
            Standing::NotYet(_) => false,
        })
    }

    /// Memberships whose end was decided, or came, a week ago or longer.
    pub fn settled(&self) -> BTreeSet<ResourceId> {
        self.memberships(|member, on| match member.standing(Some(on)) {
            Standing::Ended(until) => member.decided.unwrap_or(until) <= on.saturating_sub(SETTLED),
            _ => false,
        })
    }

    fn memberships(&self, chosen: impl Fn(&Member<'_>, Date) -> bool) -> BTreeSet<ResourceId> {
        let mut ids = BTreeSet::new();
        let Some(roll) = home(&self.layout).and_then(Roll::of) else { return ids };
        let Some(on) = roll.laid.day else { return ids };
        for placed in roll.list.iter().filter(|placed| roll.is_own(placed)) {
            let members = roll.members(placed).into_iter().filter(|it| chosen(it, on));
            ids.extend(members.map(|member| id(&roll, placed, member.login)));
        }
        ids
    }
}

fn team(placed: &Placed<'_>) -> String {
    github_team::team_name(&placed.team.organization, &placed.team.slug)
}

fn id(roll: &Roll<'_>, placed: &Placed<'_>, login: &str) -> ResourceId {
    let (organization, slug) = (&placed.team.organization, &placed.team.slug);
    let name = github_team_member::member_name(organization, slug, login);
    ResourceId::new(roll.laid.env(), "github-team-member", name)
}

fn people(roll: &Roll<'_>, placed: &Placed<'_>) -> People {
    let ended = roll.members(placed).into_iter().filter_map(|member| {
        match member.standing(roll.laid.day) {
            Standing::Ended(until) => Some((member.login.to_lowercase(), until.to_string())),
            _ => None,
        }
    });
    People { category: placed.key.name.clone(), ended: ended.collect() }
}
