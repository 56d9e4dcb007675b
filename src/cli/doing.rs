//! What a run is for, and what a person said for it.

use crate::model::Overrides;

/// What is carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doing {
    /// What for, in a word: `apply`, `destroy`, `rollback`.
    pub purpose: &'static str,
    /// The guards that a person overrode.
    pub overrides: Overrides,
    /// The apply whose declaration is gone back to.
    pub back_to: Option<String>,
}

impl Doing {
    /// A run for this purpose, with what was said for it.
    pub fn new(purpose: &'static str, overrides: Overrides) -> Self {
        Self { purpose, overrides, back_to: None }
    }
}

impl From<&'static str> for Doing {
    fn from(purpose: &'static str) -> Self {
        Self::new(purpose, Overrides::default())
    }
}
