//! The settings of a secret that the workflows of a repository read.

use crate::model::secret::Reference;
use serde::{Deserialize, Serialize};

/// The complete settings of a secret: where its value is kept, and never what it is. GitHub gives
/// neither a value back nor a digest of it, and keeps nothing of ours beside it. So what is there is
/// told by what was declared when the value was last sent, which the ledger remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Where the value is kept, at most 48 KB of it. Always said in a declaration; none, where only
    /// GitHub knows.
    #[serde(default)]
    pub secret: Option<Reference>,
    /// Raised to have the value sent again, as after a rotation.
    #[serde(default)]
    pub round: u32,
    /// Whether GitHub was last sent what is declared. Always `sent` in a declaration.
    #[serde(default)]
    pub value: Sent,
}

/// Whether GitHub was last sent what is declared, as far as the ledger remembers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sent {
    /// It was. Whether somebody else sent another value since cannot be told.
    #[default]
    Sent,
    /// Something else was, or it cannot be told.
    NotSent,
}
