//! `github-team`: a team of an organization.
//!
//! The name is `ORGANIZATION/SLUG`, `leap-stc/leap-pangeo-users`. The mark is a suffix of the
//! description, with a word for whose the people in it are.

mod spec;

pub use spec::{Members, Notifications, Privacy, Spec};

use crate::model::Place;

/// The name of a team.
pub fn team_name(organization: &str, slug: &str) -> String {
    format!("{organization}/{slug}")
}

/// Where the teams of an organization are.
pub fn place(organization: &str) -> Place {
    Place::project(organization)
}

/// The slug that GitHub makes of a team's name: lower case, and a hyphen for whatever is neither a
/// letter, a digit, `_` nor `-`.
pub fn slug_of(name: &str) -> String {
    let kept = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let words = name.split(|c: char| !kept(c)).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_made_of_a_name_as_github_makes_it() {
        for (name, slug) in [
            ("LEAP Pangeo users", "leap-pangeo-users"),
            ("climatematch_shared_group", "climatematch_shared_group"),
            ("Data & Compute!", "data-compute"),
        ] {
            assert_eq!(slug_of(name), slug);
        }
    }
}
