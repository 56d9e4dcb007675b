//! Why somebody may do something, or may not.

use super::{AskError, Asked, told_seen};
use crate::project::access::sight::OnGitHub;
use serde::Serialize;
use std::collections::BTreeSet;

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is so.
    Yes,
    /// It cannot be told from the declaration.
    Unknown,
    /// It is not so.
    No,
}

/// Whether somebody may do something, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Why {
    /// Whether they may.
    pub verdict: Verdict,
    /// What each category that could give it has to do with that; what speaks for it first.
    pub reasons: BTreeSet<Reason>,
}

/// What one category has to do with it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reason {
    /// Whether it gives it to them.
    pub verdict: Verdict,
    /// The environment; none for what is the same in all.
    pub environment: Option<String>,
    /// The category.
    pub category: String,
    /// What it gives to who is in it.
    pub level: String,
    /// Why they have it, or not.
    pub because: String,
    /// Where it stands what the category gives.
    pub declared: String,
    /// How that is on GitHub, if somebody looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_github: Option<OnGitHub>,
}

impl Asked<'_> {
    /// Whether somebody may do something with a thing, and why.
    ///
    /// # Errors
    /// When there is no such thing.
    pub fn why(&self, login: &str, what: &str) -> Result<Why, AskError> {
        let (what, login) = (self.thing(what)?, self.declared_as(login));
        let mut reasons = BTreeSet::new();
        self.each(|roll, placed, right| {
            if right.what != what {
                return;
            }
            let (holding, on_github) =
                (roll.holding(login, placed), self.on_github(roll, placed, login));
            let past = self.past(placed, login);
            let (verdict, because) = told_seen(&holding, placed, login, on_github, past);
            let through = right.through.map(|it| format!("; through {it}")).unwrap_or_default();
            reasons.insert(Reason {
                verdict,
                environment: right.env.map(str::to_owned),
                category: placed.key.name.clone(),
                level: right.level,
                because: format!("{login} {because}{through}"),
                declared: right.at.to_string(),
                on_github,
            });
        });
        let verdict = reasons.iter().map(|reason| reason.verdict).min().unwrap_or(Verdict::No);
        Ok(Why { verdict, reasons })
    }
}
