//! Whose team a team is, and for whom things are there, as far as a plan speaks of it.

use std::collections::{BTreeMap, BTreeSet};

/// The category of people that a team is made for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// What the category is called.
    pub category: String,
    /// Who was in it until when, by their logins in small letters.
    pub ended: BTreeMap<String, String>,
}

/// People who have something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crowd {
    /// Those who are declared, by their logins in small letters.
    pub people: BTreeSet<String>,
    /// Teams whose people are not declared, or not all.
    pub teams: BTreeSet<String>,
}

/// For whom a resource is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    /// What it is to them, as in `hubs/prod`.
    pub what: String,
    /// Whoever has it.
    pub everybody: Crowd,
    /// Who has a part of it, as in `profiles/gpu`.
    pub parts: BTreeMap<String, Crowd>,
}
