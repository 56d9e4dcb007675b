//! Questions about access, answered from the declaration, and from GitHub where somebody looked: who may do something, why somebody
//! may or may not, who is in what, what somebody has, and why a hub turns somebody away. What only
//! GitHub knows is said to be so, and never guessed.

mod against;
mod list;
mod preview;
mod who_can;
mod why;
mod why_403;

pub use against::{Change, Changed, against};
pub use list::{Listed, Stands};
pub use preview::Has;
pub use who_can::{Holder, Who};
pub use why::{Reason, Verdict, Why};
pub use why_403::{Cause, Found, Letter, Turned};

use super::rights::{Right, rights, things};
use super::roll::{Holding, Placed, Roll};
use super::sight::{OnGitHub, Sight};
use crate::project::Project;
use crate::project::layout::Laid;
use crate::project::words::nearest;
use std::fmt;

/// Why a question cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// Nothing is said of access.
    #[error("this stack says nothing of access: there is no section `access`")]
    Nothing,
    /// There is no such thing.
    #[error("there is no `{what}`")]
    NoSuchThing {
        /// What was asked for.
        what: String,
        /// What was probably meant.
        nearest: Option<String>,
    },
}

/// What is asked about: a stack in some of its environments.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    project: &'a Project,
    environments: &'a [String],
    pub(super) sight: Option<&'a Sight>,
}

impl Project {
    /// The stack as something to ask about, in these environments.
    ///
    /// # Errors
    /// When it says nothing of access.
    pub fn asked<'a>(&'a self, environments: &'a [String]) -> Result<Asked<'a>, AskError> {
        let asked = Asked { project: self, environments, sight: None };
        let said = asked.layout().iter().any(|laid| laid.declaration.access.is_some());
        if said { Ok(asked) } else { Err(AskError::Nothing) }
    }
}

impl<'a> Asked<'a> {
    /// The same, held against what was seen on GitHub.
    pub fn against(self, sight: &'a Sight) -> Self {
        Self { sight: Some(sight), ..self }
    }

    pub(super) fn layout(&self) -> &'a [Laid] {
        &self.project.layout
    }

    /// The categories of each of the environments.
    pub(super) fn rolls(&self) -> Vec<Roll<'a>> {
        let chosen = self
            .layout()
            .iter()
            .filter(|laid| self.environments.iter().any(|name| name == laid.env()));
        chosen.filter_map(Roll::of).collect()
    }

    /// The thing of this name.
    fn thing(&self, what: &str) -> Result<String, AskError> {
        let things = things(self.layout());
        let what = what.trim_end_matches('/');
        if let Some(known) = things.get(what) {
            return Ok(known.clone());
        }
        let key = |thing: &&str| thing.rsplit('/').next() == Some(what);
        let same = things.iter().map(String::as_str).find(key);
        let near = same.or_else(|| nearest(what, things.iter().map(String::as_str)));
        let nearest = near.map(str::to_owned);
        Err(AskError::NoSuchThing { what: what.to_owned(), nearest })
    }

    /// Sees everything that every category gives, in every environment.
    fn each(&self, mut see: impl FnMut(&Roll<'a>, &Placed<'a>, Right<'a>)) {
        for roll in self.rolls() {
            for placed in &roll.list {
                let rights = rights(self.layout(), &roll, placed).into_iter();
                rights.for_each(|right| see(&roll, placed, right));
            }
        }
    }
}

/// What is said of a category that nobody is in any more, or that somebody is in no longer.
fn day(day: Option<time::Date>) -> Option<String> {
    day.map(|day| day.to_string())
}

/// Where the team of a category can be looked at.
fn look(placed: &Placed<'_>, login: &str) -> String {
    let (organization, slug) = (&placed.team.organization, &placed.team.slug);
    format!("gh api orgs/{organization}/teams/{slug}/memberships/{login}")
}

/// In words, what can be told of somebody and a category.
fn told(holding: &Holding<'_>, placed: &Placed<'_>, login: &str) -> (Verdict, String) {
    let key = &placed.key.name;
    match holding {
        Holding::In(member) => {
            let below = member.through.map(|it| format!(", by way of `{it}` below it"));
            let until = member.until.map(|until| format!(", until {until}"));
            let (below, until) = (below.unwrap_or_default(), until.unwrap_or_default());
            (Verdict::Yes, format!("is in `{key}`{below} ({}){until}", member.at))
        }
        Holding::NotYet(member, since) => {
            (Verdict::No, format!("is not in `{key}` before {since} ({})", member.at))
        }
        Holding::Ended(member, until) => {
            (Verdict::No, format!("was in `{key}` until {until} ({})", member.at))
        }
        Holding::Lacks(member, required) => {
            let words = format!("is in `{key}` ({}), which adds to `{required}`", member.at);
            (Verdict::No, format!("{words}, and is not in that"))
        }
        Holding::Perhaps(member, required) => {
            let words = format!("is in `{key}` ({}), which adds to `{required}`", member.at);
            (Verdict::Unknown, format!("{words}; who is in that, GitHub alone knows"))
        }
        Holding::Out => (Verdict::No, out(placed)),
        Holding::Open => {
            let words = format!("is in `{key}` if in the team {}", placed.team);
            let required = placed.category.requires.as_ref();
            let and = required.map(|it| format!(" and also in `{it}`")).unwrap_or_default();
            let look = look(placed, login);
            (Verdict::Unknown, format!("{words}{and}, which GitHub alone knows: {look}"))
        }
    }
}

/// What can be told of somebody and a category, from GitHub where somebody looked.
fn told_seen(
    holding: &Holding<'_>,
    placed: &Placed<'_>,
    login: &str,
    on_github: Option<OnGitHub>,
    past: Option<&str>,
) -> (Verdict, String) {
    let (verdict, because) = told(holding, placed, login);
    let Some(on_github) = on_github else { return (verdict, because) };
    let seen = if on_github.is_in() { Verdict::Yes } else { Verdict::No };
    let because = match (holding, on_github) {
        (Holding::Open, OnGitHub::Away) => format!("is not in the team {}", placed.team),
        (Holding::Open, _) => format!("may be in the team {}: {on_github}", placed.team),
        (_, OnGitHub::Away) => because,
        (_, OnGitHub::Expired | OnGitHub::Declined | OnGitHub::Failed) => {
            format!("{because}; on GitHub: the invitation was {}", past.unwrap_or("void"))
        }
        _ => format!("{because}; on GitHub: {on_github}"),
    };
    (seen, because)
}

fn out(placed: &Placed<'_>) -> String {
    let key = &placed.key.name;
    match (placed.until(), placed.category.members.file()) {
        (Some(until), None) => format!("is not in `{key}`, which ended on {until}"),
        (_, Some(file)) => format!("is not in `{key}` ({file})"),
        (None, None) => format!("is not in `{key}`"),
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "perhaps",
        })
    }
}
