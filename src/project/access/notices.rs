//! Who must be told that their time will be over, and in which words. Pure: whoever asks says what
//! was told already, and sees to it that the rest is.

use super::ask::AskError;
use super::expand::home;
use super::roll::{Member, Placed, Roll, Standing};
use super::settings::NoticesTo;
use crate::project::Project;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use time::{Date, Duration};

/// So many days before the end somebody is told.
const AHEAD: [i64; 2] = [7, 30];

/// Something that somebody must be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Their login on GitHub.
    pub login: String,
    /// What they are called.
    pub name: Option<String>,
    /// The last day.
    pub until: String,
    /// How many days are left.
    pub days_left: i64,
    /// So many days before the end this is told: 30, and once more 7.
    pub ahead: i64,
    /// The categories that end for them on that day, with what each is for.
    pub categories: BTreeMap<String, Option<String>>,
    #[serde(skip)]
    institution: String,
    #[serde(skip)]
    contact: Option<String>,
}

impl Notice {
    /// What tells it from all others: who, when it ends, and how long before. A later last day makes
    /// another.
    pub fn key(&self) -> String {
        let Self { login, until, ahead, .. } = self;
        format!("{}-{until}-{ahead}", login.to_lowercase())
    }

    /// What it is about, in a line.
    pub fn title(&self) -> String {
        let Self { login, until, .. } = self;
        format!("Access of @{login} ends on {until}")
    }

    /// What it says, in Markdown that reads well as a letter too.
    pub fn text(&self) -> String {
        let Self { login, name, until, days_left, categories, institution, contact, .. } = self;
        let name = name.as_deref().unwrap_or(login);
        let left = match days_left {
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            days => format!("in {days} days"),
        };
        let mut text = format!(
            "Hello {name} (@{login}),\n\nyour access to what {institution} provides ends {left}: the \
             last day is {until}. This concerns:\n\n"
        );
        for (category, what) in categories {
            let what = what.as_ref().map(|what| format!(": {what}")).unwrap_or_default();
            _ = writeln!(text, "- {category}{what}");
        }
        let whom = contact.as_deref().unwrap_or("us");
        _ = writeln!(
            text,
            "\nIf you still need it, write to {whom} before that day. If not, copy what you want to \
             keep; you need do nothing else."
        );
        text
    }

    /// The mark by which an issue is known to tell this.
    pub fn mark(&self) -> String {
        format!("<!-- leap-infra notice {} -->", self.key())
    }
}

impl Project {
    /// The environment that teams and their people belong to; none where nothing is said of access.
    pub fn access_home(&self) -> Option<&str> {
        let laid = home(&self.layout)?;
        laid.declaration.access.is_some().then(|| laid.env())
    }

    /// Where notices go.
    pub fn notices_to(&self) -> NoticesTo {
        let access = home(&self.layout).and_then(Roll::of).map(|roll| roll.access);
        access.map(NoticesTo::of).unwrap_or_default()
    }

    /// What people must be told on the day of this look, whether or not it was told before.
    ///
    /// # Errors
    /// When the stack says nothing of access.
    pub fn notices(&self) -> Result<Vec<Notice>, AskError> {
        let roll = home(&self.layout).and_then(Roll::of).ok_or(AskError::Nothing)?;
        let mut notices: BTreeMap<String, Notice> = BTreeMap::new();
        let Some(on) = roll.laid.day else { return Ok(Vec::new()) };
        for placed in &roll.list {
            for notice in leaving(&roll, placed, on).iter().filter_map(|it| told_of(&roll, it, on))
            {
                let known = notices.entry(notice.key()).or_insert(notice);
                let what = placed.category.description.clone();
                known.categories.insert(placed.key.name.clone(), what);
            }
        }
        Ok(notices.into_values().collect())
    }
}

/// Who is in a category now and will not be for long: each once, by the last of their entries.
fn leaving<'a>(roll: &Roll<'a>, placed: &Placed<'a>, on: Date) -> Vec<Member<'a>> {
    let mut holding = roll.members(placed);
    holding.retain(|member| member.standing(Some(on)) == Standing::Holds);
    // Whoever stays by one entry comes first, and then hides the others.
    holding.sort_by_key(|member| (member.until.is_some(), Reverse(member.until)));
    let mut seen = BTreeSet::new();
    holding.retain(|member| seen.insert(member.login.to_lowercase()));
    holding
}

fn told_of(roll: &Roll<'_>, member: &Member<'_>, on: Date) -> Option<Notice> {
    let until = member.until?;
    let left = until - on;
    let ahead = AHEAD.into_iter().find(|days| left <= Duration::days(*days))?;
    let declaration = &roll.laid.declaration;
    Some(Notice {
        login: member.login.to_owned(),
        name: member.name.map(str::to_owned),
        until: until.to_string(),
        days_left: left.whole_days(),
        ahead,
        categories: BTreeMap::new(),
        institution: declaration.institution.clone().unwrap_or_else(|| declaration.stack.clone()),
        contact: declaration.contact.clone(),
    })
}
