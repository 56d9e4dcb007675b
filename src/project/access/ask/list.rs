//! Who is in what, and until when.

use super::{AskError, Asked, day};
use crate::project::access::Seen;
use crate::project::access::roll::{Member, Placed, Roll, Standing};
use crate::project::access::roster::Role;
use crate::project::access::sight::{Declared, OnGitHub, Sight, compare};
use crate::project::people;
use crate::project::words::nearest;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;
use time::{Date, Duration};

/// Somebody in a category.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Listed {
    /// The category.
    pub category: String,
    /// Their login on GitHub.
    pub login: String,
    /// What they are called.
    pub name: Option<String>,
    /// What they may do in the team.
    pub role: Role,
    /// The first day.
    pub since: Option<String>,
    /// The last day.
    pub until: Option<String>,
    /// How that stands.
    pub stands: Stands,
    /// Why they are in it.
    pub note: Option<String>,
    /// Where it stands.
    pub declared: String,
    /// How that is on GitHub, if somebody looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_github: Option<OnGitHub>,
}

/// How a membership stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    /// It holds.
    Holds,
    /// It begins later.
    NotYet,
    /// It has ended.
    Ended,
    /// Nothing is declared of it.
    NotDeclared,
}

impl fmt::Display for Stands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Holds => "holds",
            Self::NotYet => "not yet",
            Self::Ended => "ended",
            Self::NotDeclared => "not declared",
        })
    }
}

impl Asked<'_> {
    /// Who is declared to be in a category, or in any; with `days`, only those whose last day is
    /// no more than that away.
    ///
    /// # Errors
    /// When there is no such category.
    pub fn list(
        &self,
        category: Option<&str>,
        days: Option<i64>,
    ) -> Result<BTreeSet<Listed>, AskError> {
        let mut all = BTreeSet::new();
        let rolls = self.rolls();
        let known: BTreeSet<&str> =
            rolls.iter().flat_map(|roll| &roll.list).map(|it| it.key.name.as_str()).collect();
        if let Some(category) = category.filter(|category| !known.contains(category)) {
            let nearest = nearest(category, known).map(str::to_owned);
            return Err(AskError::NoSuchThing { what: format!("category {category}"), nearest });
        }
        for roll in &rolls {
            let on = roll.laid.day;
            let chosen = |it: &&Placed<'_>| category.is_none_or(|key| key == it.key.name);
            for placed in roll.list.iter().filter(chosen) {
                let members = roll.members(placed).into_iter();
                let members = members.filter(|it| days.is_none_or(|days| expires(it, on, days)));
                all.extend(members.map(|member| Listed {
                    on_github: self.sight.map(|sight| here(sight, placed, &member, on)),
                    ..listed(placed, &member, on)
                }));
                let sight = self.sight.filter(|_| days.is_none());
                all.extend(sight.into_iter().flat_map(|sight| others(sight, roll, placed)));
            }
        }
        Ok(all)
    }

    /// The categories whose people are not declared, or not all of them, with their teams.
    pub fn open(&self, category: Option<&str>) -> BTreeSet<(String, String)> {
        let rolls = self.rolls();
        let all = rolls.iter().flat_map(|roll| roll.list.iter());
        let open = all.filter(|it| it.category.members.is_open());
        let open = open.filter(|it| category.is_none_or(|key| key == it.key.name));
        open.map(|it| (it.key.name.clone(), it.team.to_string())).collect()
    }
}

fn expires(member: &Member<'_>, on: Option<Date>, days: i64) -> bool {
    let horizon = on.and_then(|on| on.checked_add(Duration::days(days)));
    let holds = member.standing(on) == Standing::Holds;
    holds && member.until.zip(horizon).is_some_and(|(until, horizon)| until <= horizon)
}

/// How a declared membership is on GitHub.
fn here(sight: &Sight, placed: &Placed<'_>, member: &Member<'_>, on: Option<Date>) -> OnGitHub {
    let declared = match member.standing(on) {
        Standing::Holds => Declared::In,
        Standing::NotYet(_) => Declared::Out,
        Standing::Ended(_) => Declared::Ended,
    };
    let seen = compare(declared, sight.state(&placed.team, member.login));
    sight.told(&placed.team, member.login, seen)
}

/// Who is in a team and is not declared to be.
fn others(sight: &Sight, roll: &Roll<'_>, placed: &Placed<'_>) -> Vec<Listed> {
    let members = roll.members(placed);
    let seen = sight.people(&placed.team);
    let others = seen.filter(|seen| !members.iter().any(|member| member.is(&seen.login)));
    let declared = match (roll.is_over(placed), placed.category.members.is_open()) {
        (true, _) => Declared::Ended,
        (false, true) => Declared::Perhaps,
        (false, false) => Declared::Out,
    };
    let one = |seen: &Seen| Listed {
        category: placed.key.name.clone(),
        login: seen.login.clone(),
        name: people::called(roll.laid, &seen.login).map(|(_, person)| person.name.clone()),
        role: seen.role.unwrap_or_default(),
        since: None,
        until: None,
        stands: Stands::NotDeclared,
        note: None,
        declared: placed.range("members").to_string(),
        on_github: Some(compare(declared, sight.state(&placed.team, &seen.login))),
    };
    others.map(one).collect()
}

fn listed(placed: &Placed<'_>, member: &Member<'_>, on: Option<Date>) -> Listed {
    Listed {
        category: placed.key.name.clone(),
        login: member.login.to_owned(),
        name: member.name.map(str::to_owned),
        role: member.role,
        since: day(member.since),
        until: day(member.until),
        stands: match member.standing(on) {
            Standing::Holds => Stands::Holds,
            Standing::NotYet(_) => Stands::NotYet,
            Standing::Ended(_) => Stands::Ended,
        },
        note: member.note.map(str::to_owned),
        declared: member.at.to_string(),
        on_github: None,
    }
}
