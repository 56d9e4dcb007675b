//! The settings of a secret that the workflows of a repository read.

use crate::model::secret::Reference;
use serde::{Deserialize, Serialize};

/// The complete settings of a secret: where its value is kept, and never what it is. GitHub gives
/// no value back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Where the value is kept, at most 48 KB of it.
    pub secret: Reference,
    /// Whether GitHub holds what is kept there. Always `as-kept` in a declaration.
    #[serde(default)]
    pub value: Held,
}

/// Whether GitHub holds the value that is kept elsewhere, as far as can be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Held {
    /// It does, or it cannot be told.
    #[default]
    AsKept,
    /// It was last set from somewhere else, or by somebody else.
    Other,
}
