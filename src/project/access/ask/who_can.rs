//! Who may do something.

use super::{AskError, Asked, day};
use crate::project::access::rights::Right;
use crate::project::access::roll::{Holding, Member, Placed, Roll};
use crate::project::buckets;
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
                all.extend(holders(roll, placed, &right));
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
        };
        let writes =
            |holder: &Holder| !holder.level.contains("read") && !holder.level.ends_with("Viewer");
        here.map(holder).filter(|holder| !write || writes(holder)).collect()
    }
}

/// Everybody in a category.
fn holders(roll: &Roll<'_>, placed: &Placed<'_>, right: &Right<'_>) -> Vec<Holder> {
    let holder = |who: Who| Holder {
        environment: right.env.map(str::to_owned),
        who,
        level: right.level.clone(),
        category: Some(placed.key.name.clone()),
        through: right.through.clone(),
        only_if: None,
        until: None,
        declared: right.at.to_string(),
    };
    let person = |member: &Member<'_>| {
        let (login, name) = (member.login.to_owned(), member.name.map(str::to_owned));
        let until = day(member.until);
        Holder { until, ..holder(Who::Person { login, name }) }
    };
    let members = roll.counted(placed);
    let people = members.iter().filter_map(|member| match roll.holding(member.login, placed) {
        Holding::In(member) => Some(person(&member)),
        Holding::Perhaps(member, key) => {
            Some(Holder { only_if: Some(format!("in `{key}` as well")), ..person(&member) })
        }
        _ => None,
    });
    let mut holders: Vec<Holder> = people.collect();
    if placed.category.members.is_open() && !roll.is_over(placed) {
        let only_if = placed.category.requires.as_ref().map(|key| format!("in `{key}` as well"));
        let until = day(placed.until());
        holders.push(Holder { only_if, until, ..holder(Who::Team(placed.team.to_string())) });
    }
    holders
}
