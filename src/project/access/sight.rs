//! Who is in teams on GitHub, as somebody looked, held against what is declared. Pure.

use super::ask::Asked;
use super::import::Seen;
use super::roll::{Holding, Placed, Roll};
use super::team::TeamName;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How somebody's place in a team on GitHub is to what is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OnGitHub {
    /// They are in it, and may be.
    There,
    /// They are invited and have not accepted yet.
    Invited,
    /// They are in it, or invited, and their time is over.
    StillThere,
    /// They are in it, or invited, and nothing declares them.
    ByHand,
    /// They are declared, and neither in it nor invited.
    Missing,
    /// The same, and they did not accept in time.
    Expired,
    /// The same, and they declined.
    Declined,
    /// The same, and GitHub could not invite them.
    Failed,
    /// They are not in it, nor declared to be.
    Away,
}

impl OnGitHub {
    /// Whether it is otherwise than declared.
    pub fn differs(self) -> bool {
        !matches!(self, Self::There | Self::Away)
    }

    /// Whether they are declared, and neither there nor invited, whatever the reason.
    pub fn is_missing(self) -> bool {
        matches!(self, Self::Missing | Self::Expired | Self::Declined | Self::Failed)
    }

    /// Whether GitHub has them in the team now.
    pub fn is_in(self) -> bool {
        matches!(self, Self::There | Self::StillThere | Self::ByHand)
    }
}

impl fmt::Display for OnGitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::There => "there",
            Self::Invited => "invited, not accepted yet",
            Self::StillThere => "still there",
            Self::ByHand => "added by hand",
            Self::Missing => "not there",
            Self::Expired => "invitation expired",
            Self::Declined => "invitation declined",
            Self::Failed => "invitation failed",
            Self::Away => "-",
        })
    }
}

/// What is declared of somebody and a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declared {
    /// They are in it.
    In,
    /// They may be.
    Perhaps,
    /// They were.
    Ended,
    /// They are not.
    Out,
}

/// The last invitation of somebody who did not come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Expired, declined or failed.
    pub how: OnGitHub,
    /// The same in words, with the day: `declined on 2026-01-31`.
    pub words: String,
}

/// Who was seen in teams, by the logins under which they are declared.
#[derive(Clone, Debug, Default)]
pub struct Sight {
    teams: BTreeMap<TeamName, BTreeMap<String, Seen>>,
    /// Invitations that ended, by organization and by login in small letters.
    past: BTreeMap<String, BTreeMap<String, Past>>,
    /// The declared login of who has another one now.
    renamed: BTreeMap<String, String>,
}

impl Asked<'_> {
    /// The teams whose people are asked about, by organization and slug.
    pub fn teams(&self) -> BTreeSet<(String, String)> {
        let rolls = self.rolls();
        let teams = rolls.iter().flat_map(|roll| &roll.list).map(|placed| &placed.team);
        teams.map(|team| (team.organization.clone(), team.slug.clone())).collect()
    }

    /// Whether an organization is the one whose teams are made here.
    pub fn is_own(&self, organization: &str) -> bool {
        self.rolls().iter().any(|roll| roll.access.organization == organization)
    }

    /// The organizations whose teams are made here.
    pub fn own_organizations(&self) -> BTreeSet<String> {
        self.rolls().iter().map(|roll| roll.access.organization.clone()).collect()
    }

    /// What was seen of teams, told by the people who are declared.
    pub fn sight(&self, seen: impl IntoIterator<Item = ((String, String), Vec<Seen>)>) -> Sight {
        let numbers = self.numbers();
        let mut sight = Sight::default();
        for ((organization, slug), people) in seen {
            let named = people.into_iter().map(|person| {
                let login = declared_login(&numbers, &person);
                if !login.eq_ignore_ascii_case(&person.login) {
                    sight.renamed.insert(person.login.to_lowercase(), login.clone());
                }
                (login.to_lowercase(), Seen { login, ..person })
            });
            let people = named.collect();
            sight.teams.insert(TeamName { organization, slug }, people);
        }
        sight
    }

    /// The numbers of accounts that are declared, with their logins.
    fn numbers(&self) -> BTreeMap<u64, String> {
        let rolls = self.rolls();
        let everybody = rolls.iter().flat_map(|roll| {
            roll.list.iter().flat_map(|placed| roll.members(placed)).collect::<Vec<_>>()
        });
        everybody.filter_map(|member| Some((member.id?, member.login.to_owned()))).collect()
    }

    /// The login under which somebody is declared, if they have another one now.
    pub(super) fn declared_as<'b>(&'b self, login: &'b str) -> &'b str {
        let renamed = self.sight.and_then(|sight| sight.renamed.get(&login.to_lowercase()));
        renamed.map_or(login, String::as_str)
    }

    /// How somebody's place in a category is, if somebody looked.
    pub(super) fn on_github(
        &self,
        roll: &Roll<'_>,
        placed: &Placed<'_>,
        login: &str,
    ) -> Option<OnGitHub> {
        let seen = roll.seen(self.sight?, login, placed);
        let declared = match roll.holding(login, placed) {
            Holding::In(_) => Declared::In,
            Holding::Perhaps(..) | Holding::Open => Declared::Perhaps,
            Holding::Ended(..) => Declared::Ended,
            Holding::Out if roll.is_over(placed) => Declared::Ended,
            Holding::NotYet(..) | Holding::Lacks(..) | Holding::Out => Declared::Out,
        };
        Some(self.sight?.told(&placed.team, login, compare(declared, seen)))
    }

    /// What became of somebody's last invitation, in words, where that is why they are not there.
    pub(super) fn past(&self, placed: &Placed<'_>, login: &str) -> Option<&str> {
        self.sight?.past(&placed.team, login).map(|past| past.words.as_str())
    }
}

/// Numbers say who is meant; a login that somebody else has taken over is theirs.
fn declared_login(numbers: &BTreeMap<u64, String>, person: &Seen) -> String {
    let Seen { login, id, .. } = person;
    let Some(id) = id else { return login.clone() };
    match numbers.get(id) {
        Some(declared) => declared.clone(),
        None if numbers.values().any(|known| known.eq_ignore_ascii_case(login)) => {
            format!("{login} (account {id})")
        }
        None => login.clone(),
    }
}

/// Whether somebody was seen in a team, or among those who are invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Active,
    Invited,
}

impl Sight {
    /// Everybody who was seen in a team.
    pub(super) fn people(&self, team: &TeamName) -> impl Iterator<Item = &Seen> {
        self.teams.get(team).into_iter().flat_map(BTreeMap::values)
    }

    /// The same sight, with the invitations of an organization that ended, by login.
    #[must_use]
    pub fn with_past(mut self, organization: &str, past: BTreeMap<String, Past>) -> Self {
        self.past.insert(organization.to_owned(), past);
        self
    }

    fn past(&self, team: &TeamName, login: &str) -> Option<&Past> {
        self.past.get(&team.organization)?.get(&login.to_lowercase())
    }

    /// Why somebody is not there, if their last invitation tells.
    pub(super) fn told(&self, team: &TeamName, login: &str, seen: OnGitHub) -> OnGitHub {
        let past = self.past(team, login).filter(|_| seen == OnGitHub::Missing);
        past.map_or(seen, |past| past.how)
    }

    pub(super) fn state(&self, team: &TeamName, login: &str) -> Option<State> {
        let seen = self.teams.get(team)?.get(&login.to_lowercase())?;
        Some(if seen.role.is_some() { State::Active } else { State::Invited })
    }
}

impl<'a> Roll<'a> {
    /// How somebody was seen in a category: in its team or one below that counts, and in what it
    /// requires as well.
    fn seen(&self, sight: &Sight, login: &str, placed: &Placed<'a>) -> Option<State> {
        let below = self.below(placed);
        let teams = std::iter::once(placed).chain(below);
        let own = teams.filter_map(|it| sight.state(&it.team, login)).min()?;
        match placed.category.requires.as_deref().and_then(|key| self.find(key)) {
            Some(required) => self.seen(sight, login, required).map(|there| there.max(own)),
            None => Some(own),
        }
    }
}

pub(super) fn compare(declared: Declared, seen: Option<State>) -> OnGitHub {
    match (declared, seen) {
        (Declared::In | Declared::Perhaps, Some(State::Active)) => OnGitHub::There,
        (Declared::In | Declared::Perhaps, Some(State::Invited)) => OnGitHub::Invited,
        (Declared::In, None) => OnGitHub::Missing,
        (Declared::Ended, Some(_)) => OnGitHub::StillThere,
        (Declared::Out, Some(_)) => OnGitHub::ByHand,
        (Declared::Perhaps | Declared::Ended | Declared::Out, None) => OnGitHub::Away,
    }
}
