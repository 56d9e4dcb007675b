//! A file of members for who is in a team already.

use super::ask::AskError;
use super::expand::home;
use super::roll::Roll;
use super::roster::Role;
use crate::project::words::nearest;
use crate::project::{Project, people};
use std::fmt::Write as _;

/// Somebody who was found in a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Their login.
    pub login: String,
    /// The number of their account, if that is known.
    pub id: Option<u64>,
    /// What they may do in the team; none if they are invited and have not accepted.
    pub role: Option<Role>,
}

impl Project {
    /// The organization and the slug of the team of a category, and where that is declared.
    ///
    /// # Errors
    /// When there is no such category.
    pub fn team_of(&self, category: &str) -> Result<(String, String, String), AskError> {
        let roll = home(&self.layout).and_then(Roll::of).ok_or(AskError::Nothing)?;
        let known = || roll.list.iter().map(|placed| placed.key.name.as_str());
        let placed = roll.find(category).ok_or_else(|| AskError::NoSuchThing {
            what: format!("category {category}"),
            nearest: nearest(category, known()).map(str::to_owned),
        })?;
        let (organization, slug) = (placed.team.organization.clone(), placed.team.slug.clone());
        Ok((organization, slug, placed.range("members").to_string()))
    }

    /// The file of members that declares just these people, by their logins.
    pub fn members_file(&self, seen: &[Seen], title: &str) -> String {
        let mut seen: Vec<&Seen> = seen.iter().collect();
        seen.sort_by_key(|one| one.login.to_lowercase());
        let mut text = format!("# {title}\n\n");
        text += if seen.is_empty() { "members: []\n" } else { "members:\n" };
        for one in seen {
            self.entry(&mut text, one);
        }
        text
    }

    fn entry(&self, text: &mut String, seen: &Seen) {
        let Seen { login, id, role } = seen;
        let known = self.layout.iter().find_map(|laid| people::called(laid, login));
        let invited = if role.is_none() { "   # invited, and has not accepted yet" } else { "" };
        match known {
            Some((key, _)) => _ = writeln!(text, "  - person: {key}{invited}"),
            // In quotes, since there are logins such as `1234` and `null`.
            None => _ = writeln!(text, "  - login: \"{login}\"{invited}"),
        }
        let told = known.is_some_and(|(_, person)| {
            person.github.as_ref().is_some_and(|account| account.id.is_some())
        });
        if let Some(id) = id.filter(|_| !told) {
            _ = writeln!(text, "    id: {id}");
        }
        if *role == Some(Role::Maintainer) {
            _ = writeln!(text, "    role: maintainer");
        }
    }
}
