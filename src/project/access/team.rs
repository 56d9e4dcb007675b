//! Teams by name: `slug` in the organization of the stack, `organization:slug` anywhere else.

use crate::project::format::Wrong;
use crate::providers::github::github_team;
use std::fmt;

/// A team of an organization.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TeamName {
    /// The organization.
    pub(crate) organization: String,
    /// The slug.
    pub(crate) slug: String,
}

impl TeamName {
    /// The team that a text means, in this organization unless it says another.
    pub(super) fn parse(text: &str, organization: &str) -> Self {
        let (organization, slug) = text.split_once(':').unwrap_or((organization, text));
        Self { organization: organization.to_owned(), slug: slug.to_owned() }
    }
}

/// As hubs write it.
impl fmt::Display for TeamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.organization, self.slug)
    }
}

/// Whether a text names a team by its slug, perhaps with its organization.
pub(crate) fn github_team(text: &str) -> Result<(), Wrong> {
    let slug = text.split_once(':').map_or(text, |(_, slug)| slug);
    let organization = text.split_once(':').map(|(organization, _)| organization);
    if !slug.is_empty() && github_team::slug_of(slug) == slug && organization != Some("") {
        return Ok(());
    }
    let words = "the slug of a team, as in `leap-pangeo-users`, or `ORGANIZATION:SLUG`";
    let at = text.trim_start_matches('@').replacen('/', ":", 1);
    let meant = if at != text && github_team(&at).is_ok() {
        Some(format!("write `{at}`"))
    } else {
        let made = github_team::slug_of(slug);
        let sure = organization.is_none() && !made.is_empty();
        sure.then(|| format!("write `{made}`, or `{{ name: {slug} }}`"))
    };
    Err(Wrong::expected(words).suggest(meant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_team_is_told_by_its_slug() {
        assert!(github_team("leap-pangeo-users").is_ok());
        assert!(github_team("2i2c-org:hub-access").is_ok());
        let name = github_team("LEAP Users").unwrap_err();
        assert_eq!(
            name.suggestion.as_deref(),
            Some("write `leap-users`, or `{ name: LEAP Users }`")
        );
        let mention = github_team("@leap-stc/users").unwrap_err();
        assert_eq!(mention.suggestion.as_deref(), Some("write `leap-stc:users`"));
    }
}
