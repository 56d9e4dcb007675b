//! Whose team a team is, as far as a plan speaks of it.

use std::collections::BTreeMap;

/// The category of people that a team is made for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// What the category is called.
    pub category: String,
    /// Who was in it until when, by their logins in small letters.
    pub ended: BTreeMap<String, String>,
}
