//! What every declarable thing understands, whatever it is: how far it is managed, and which key
//! it had before.

use crate::model;
use crate::project::problem::{Findings, Problem};
use crate::project::tree::{Key, Node};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far a thing is managed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Manage {
    /// Looked at, never touched, made or marked; differences are listed.
    Observe,
    /// May be marked as ours, never made or changed; differences are listed.
    Mark,
    /// Made what the declaration says.
    #[default]
    Full,
}

impl From<Manage> for model::Manage {
    fn from(manage: Manage) -> Self {
        match manage {
            Manage::Observe => Self::Observe,
            Manage::Mark => Self::Mark,
            Manage::Full => Self::Full,
        }
    }
}

/// The key that a derived name is made of.
pub(crate) fn naming_key<'a>(key: &'a str, previously: Option<&'a str>) -> &'a str {
    previously.unwrap_or(key)
}

/// Checks `previously:` of one entry. `still` is the entry that has the earlier key in the same
/// environment, if there is one.
pub(crate) fn check_previously(
    node: &Node,
    previously: Option<&str>,
    still: Option<&Key>,
    findings: &mut Findings,
) {
    let (Some(previously), Some(written)) = (previously, node.child("previously")) else { return };
    if let Some(still) = still {
        let message = format!("`{previously}` is still declared, so nothing was renamed");
        let problem = Problem::error("previously", &written.range, message);
        let problem = problem.related(&still.range, "here");
        findings.push(problem.suggest("leave out `previously`, or this other entry".to_owned()));
    }
    if let Some(name) = node.child("name") {
        let message = "`previously` says what the name is made of, and `name` says the name";
        let problem = Problem::error("previously", &written.range, message);
        let problem = problem.related(&name.range, "the name");
        findings.push(problem.suggest("leave out one of the two".to_owned()));
    }
}
