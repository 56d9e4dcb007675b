//! What was applied, when and by whom; append-only.

use crate::kind::ProviderError;
use crate::ledger::{Condition, Holder, Ledger, Written, encode};
use crate::model::ResourceId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One apply of one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Who, where, and what for.
    pub holder: Holder,
    /// When it began, by the clock of the machine that applied: RFC 3339.
    pub began: String,
    /// The commit of the declaration, where it is under version control.
    pub commit: Option<String>,
    /// The digest of the declaration.
    pub declaration: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What became of each step.
    pub steps: BTreeMap<ResourceId, String>,
}

/// How an apply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything was done.
    Done,
    /// Something failed or was skipped.
    Partly,
    /// It was interrupted by a person.
    Interrupted,
    /// It died; written by the next apply.
    Died,
}

impl Ledger {
    /// Adds an entry.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn append(&self, env: &str, entry: &Entry) -> Result<(), ProviderError> {
        let path = format!("{env}/history/{}-{}.json", entry.began, entry.holder.apply);
        // An entry that is already there is our own: its answer was lost.
        let written = self.write(&path, &encode(entry), Condition::Absent).await?;
        match written {
            Written::Done { .. } | Written::Conflict => Ok(()),
        }
    }
}
