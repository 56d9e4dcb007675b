//! The guards that a person overrode, and why: written into the history.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What was overridden, in the words that were said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overrides {
    /// The words, `--dangerous-delete prod:gcs-bucket/leap-scratch`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub words: BTreeSet<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Words that are not said on the live clouds without a reason.
const NEED_A_REASON: [&str; 3] = ["--dangerous-", "--skip-gates", "--approve-gate"];

impl Overrides {
    /// Whether nothing was overridden.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.reason.is_none()
    }

    /// The same and those as well; the first reason holds.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.words.extend(other.words);
        self.reason = self.reason.or(other.reason);
        self
    }

    /// What was said that needs a reason and has none.
    pub fn without_reason(&self) -> Option<&str> {
        let blank = self.reason.as_ref().is_none_or(|reason| reason.trim().is_empty());
        let needs = |word: &&String| NEED_A_REASON.iter().any(|start| word.starts_with(start));
        self.words.iter().find(needs).filter(|_| blank).map(String::as_str)
    }

    /// What concerns an environment: all but the words that name a resource of another one.
    #[must_use]
    pub fn of(&self, env: &str) -> Self {
        let concerns = |word: &&String| match word.split_once(' ') {
            Some((flag, address)) if flag.starts_with("--dangerous-") => {
                address.split_once(':').is_none_or(|(of, _)| of == env)
            }
            Some(("--approve-gate", gate)) => gate == env,
            _ => true,
        };
        let words: BTreeSet<String> = self.words.iter().filter(concerns).cloned().collect();
        let reason = self.reason.clone().filter(|_| !words.is_empty());
        Self { words, reason }
    }
}
