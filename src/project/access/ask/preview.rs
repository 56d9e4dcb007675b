//! What somebody has, all of it together.

use super::{Asked, Verdict, day, told_seen};
use crate::project::access::roll::Holding;
use crate::project::access::sight::OnGitHub;
use serde::Serialize;
use std::collections::BTreeMap;

/// Something that somebody has, or may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Has {
    /// Whether they have it; no only for what is declared and not so on GitHub.
    pub verdict: Verdict,
    /// The environment; none for what is the same in all.
    pub environment: Option<String>,
    /// The thing.
    pub what: String,
    /// What they may do with it, in a word.
    pub level: String,
    /// The categories that give it, each with the last day if it has one.
    pub by: BTreeMap<String, Option<String>>,
    /// By way of what.
    pub through: Option<String>,
    /// How that is on GitHub, if somebody looked; of several categories the best.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_github: Option<OnGitHub>,
}

/// What makes two entries one.
type Same = (Verdict, Option<String>, String, String);

impl Asked<'_> {
    /// Everything that somebody has, and what they may have as far as GitHub alone knows.
    pub fn preview(&self, login: &str) -> Vec<Has> {
        let login = self.declared_as(login);
        let mut all: BTreeMap<Same, Has> = BTreeMap::new();
        self.each(|roll, placed, right| {
            let holding = roll.holding(login, placed);
            let on_github = self.on_github(roll, placed, login);
            let (verdict, _) = told_seen(&holding, placed, login, on_github, None);
            if verdict == Verdict::No && !on_github.is_some_and(OnGitHub::differs) {
                return;
            }
            let until = match holding {
                Holding::In(member) | Holding::Perhaps(member, _) => day(member.until),
                _ => day(placed.until()),
            };
            let environment = right.env.map(str::to_owned);
            let same = (verdict, environment.clone(), right.what.clone(), right.level.clone());
            let has = all.entry(same).or_insert_with(|| Has {
                verdict,
                environment,
                what: right.what,
                level: right.level,
                by: BTreeMap::new(),
                through: right.through,
                on_github,
            });
            has.on_github = has.on_github.min(on_github);
            has.by.insert(placed.key.name.clone(), until);
        });
        all.into_values().collect()
    }

    /// What is known of who somebody is, in words.
    pub fn who_is(&self, login: &str) -> String {
        let found =
            self.layout().iter().find_map(|laid| crate::project::people::called(laid, login));
        match found {
            None => format!("{login} is not in `people`"),
            Some((key, person)) => {
                let institution =
                    person.institution.as_ref().map(|it| format!(", {it}")).unwrap_or_default();
                format!("{login} is {}{institution} (`{key}` in `people`)", person.name)
            }
        }
    }
}
