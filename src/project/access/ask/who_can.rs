//! Who may do something.

use super::{AskError, Asked, day};
use crate::project::access::rights::Right;
use crate::project::access::roll::{Holding, Member, Placed, Roll};
use crate::project::access::sight::{OnGitHub, Sight};
use crate::project::{buckets, people};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// Somebody who may do something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Holder {
    /// The environment; none for what is the same in all.
    pub environment: Option<String>,
    /// Who they are.
    pub who: Who,
    /// What they may do, in a word.
    pub level: String,
    /// The category that gives it; none for what is granted by name.
    pub category: Option<String>,
    /// By way of what.
    pub through: Option<String>,
    /// What must hold beside that.
    pub only_if: Option<String>,
    /// The last day.
    pub until: Option<String>,
    /// Where it stands.
    pub declared: String,
    /// How that is on GitHub, if somebody looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_github: Option<OnGitHub>,
}

/// Somebody, or several.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// A person.
    Person {
        /// Their login on GitHub.
        login: String,
        /// What they are called.
        name: Option<String>,
    },
    /// Whoever is in a team on GitHub; who that is, is not declared.
    Team(String),
    /// Somebody whom a bucket names, as Google does.
    Member(String),
    /// Anybody at all.
    Everybody,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person { login, name: Some(name) } => write!(f, "{login} ({name})"),
            Self::Person { login, name: None } => f.write_str(login),
            Self::Team(team) => write!(f, "whoever is in {team}"),
            Self::Member(member) => f.write_str(member),
            Self::Everybody => f.write_str("everybody"),
        }
    }
}

impl Asked<'_> {
    /// Who may do something with a thing, as in `hubs/prod`; with `write`, only who may change it.
    ///
    /// # Errors
    /// When there is no such thing.
    pub fn who_can(&self, what: &str, write: bool) -> Result<BTreeSet<Holder>, AskError> {
        let what = self.thing(what)?;
        let mut all = BTreeSet::new();
        self.each(|roll, placed, right| {
            if right.what == what && (!write || right.writes()) {
                all.extend(self.holders(roll, placed, &right));
            }
        });
        if let Some(bucket) = what.strip_prefix("buckets/") {
            all.extend(self.named(bucket, write));
        }
        Ok(all)
    }

    /// Whom the bucket itself names.
    fn named(&self, bucket: &str, write: bool) -> Vec<Holder> {
        let granted = buckets::grantees(self.layout(), bucket).into_iter();
        let here = granted.filter(|it| self.environments.iter().any(|env| env == it.env));
        let holder = |it: buckets::Grantee<'_>| Holder {
            environment: Some(it.env.to_owned()),
            who: match it.member {
                Some(member) => Who::Member(member),
                None => Who::Everybody,
            },
            level: it.level,
            category: None,
            through: None,
            only_if: it.only_if,
            until: None,
            declared: it.at.to_string(),
            on_github: None,
        };
        let writes =
            |holder: &Holder| !holder.level.contains("read") && !holder.level.ends_with("Viewer");
        here.map(holder).filter(|holder| !write || writes(holder)).collect()
    }

    /// Everybody in a category: who is declared, and who is there if somebody looked.
    fn holders(&self, roll: &Roll<'_>, placed: &Placed<'_>, right: &Right<'_>) -> Vec<Holder> {
        let mut holders: Vec<Holder> = Vec::new();
        for member in roll.counted(placed) {
            let on_github = self.on_github(roll, placed, member.login);
            let (member, only_if) = match roll.holding(member.login, placed) {
                Holding::In(member) => (member, None),
                Holding::Perhaps(member, key) => (member, Some(format!("in `{key}` as well"))),
                _ => continue,
            };
            let only_if = only_if.filter(|_| on_github != Some(OnGitHub::There));
            let until = day(member.until);
            holders.push(Holder {
                only_if,
                until,
                on_github,
                ..holder(placed, right, person(&member))
            });
        }
        match self.sight {
            Some(sight) => holders.extend(self.seen(sight, roll, placed, right)),
            None => holders.extend(whoever(roll, placed, right)),
        }
        holders
    }

    /// Who is in the team of a category, or below it, and is not declared to be.
    fn seen(
        &self,
        sight: &Sight,
        roll: &Roll<'_>,
        placed: &Placed<'_>,
        right: &Right<'_>,
    ) -> Vec<Holder> {
        let below = roll.below(placed);
        let teams = std::iter::once(placed).chain(below).map(|it| &it.team);
        let everybody = teams.flat_map(|team| sight.people(team));
        let holder = |login: &str| {
            if matches!(roll.holding(login, placed), Holding::In(_) | Holding::Perhaps(..)) {
                return None;
            }
            let on_github =
                self.on_github(roll, placed, login).filter(|it| *it != OnGitHub::Away)?;
            let known = people::called(roll.laid, login);
            let name = known.map(|(_, person)| person.name.clone());
            let who = Who::Person { login: login.to_owned(), name };
            Some(Holder { on_github: Some(on_github), ..holder(placed, right, who) })
        };
        everybody.filter_map(|seen| holder(&seen.login)).collect()
    }
}

fn holder(placed: &Placed<'_>, right: &Right<'_>, who: Who) -> Holder {
    Holder {
        environment: right.env.map(str::to_owned),
        who,
        level: right.level.clone(),
        category: Some(placed.key.name.clone()),
        through: right.through.clone(),
        only_if: None,
        until: None,
        declared: right.at.to_string(),
        on_github: None,
    }
}

fn person(member: &Member<'_>) -> Who {
    Who::Person { login: member.login.to_owned(), name: member.name.map(str::to_owned) }
}

/// Whoever is in the team of a category, where not all of them are declared.
fn whoever(roll: &Roll<'_>, placed: &Placed<'_>, right: &Right<'_>) -> Option<Holder> {
    if !placed.category.members.is_open() || roll.is_over(placed) {
        return None;
    }
    let only_if = placed.category.requires.as_ref().map(|key| format!("in `{key}` as well"));
    let until = day(placed.until());
    let who = Who::Team(placed.team.to_string());
    Some(Holder { only_if, until, ..holder(placed, right, who) })
}
