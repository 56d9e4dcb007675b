//! What the planner must know of kinds: pure questions, answered by the registry of kinds.

use crate::model::{Need, Usage};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// How a thing gets from one spec to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transition {
    /// It can be changed where it stands.
    InPlace,
    /// It must be deleted and made again; why, in words.
    Replace(String),
    /// It cannot be done, not even by replacing; why, in words.
    Refuse(String),
}

/// Whether a plan is all that the declaration asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// Everything.
    #[default]
    Whole,
    /// What a person chose of it, or what was not stale.
    Part,
}

impl Extent {
    /// Whether it is everything.
    pub fn is_whole(&self) -> bool {
        *self == Self::Whole
    }
}

/// What the planner asks of kinds. Every answer is a pure function of its arguments.
pub trait Rules {
    /// How a `kind` gets from `before` to `after`.
    fn transition(&self, kind: &str, before: &Value, after: &Value) -> Transition;

    /// What the `kind` of this name and spec stands on: read from both, so that it holds for
    /// things that nobody declares any more as well.
    fn needs(&self, kind: &str, name: &str, spec: &Value) -> BTreeSet<Need>;

    /// Why a `kind` with this spec must not be removed without being told so, if it must not.
    fn protection(&self, kind: &str, spec: &Value) -> Option<String>;

    /// Whether a `kind` is protected: it holds data or people, so that a second one made beside
    /// the one that runs does harm.
    fn is_protected(&self, kind: &str) -> bool;

    /// The digest that the mark of a `kind` with this spec carries.
    fn digest(&self, kind: &str, spec: &Value) -> String;

    /// What only one change at a time may be made to, if there is such a thing: the lane of the
    /// `kind` of this name and spec.
    fn lane(&self, kind: &str, name: &str, spec: &Value) -> Option<String>;

    /// What a `kind` of this name and spec is there for, where a new one stands beside the old one
    /// under a name of its own before that goes.
    fn lineage(&self, kind: &str, name: &str, spec: &Value) -> Option<String>;

    /// What a thing of this name takes up that no other can have at the same time.
    fn takes_up(&self, kind: &str, name: &str) -> BTreeSet<String>;

    /// What a change of a `kind` disturbs, in words. Nothing before is a creation, nothing after
    /// a removal.
    fn disruption(&self, kind: &str, before: Option<&Value>, after: Option<&Value>) -> Vec<String>;

    /// What a `kind` with this spec claims inside an object that others write to as well
    /// (a grant in a policy), each claim as one text.
    fn claims(&self, kind: &str, spec: &Value) -> BTreeSet<String>;

    /// What a `kind` of this name and spec uses in a month of what is paid for.
    fn usage(&self, kind: &str, name: &str, spec: &Value) -> Vec<Usage>;

    /// A spec of a `kind` that was written down earlier, complete again: what the kind has
    /// learnt since is at its default. None when it is no spec of that kind.
    fn complete(&self, kind: &str, spec: &Value) -> Option<Value>;

    /// The default of each optional field of a `kind`, to tell what a person wrote from what
    /// merely is. `spec` is any spec of that kind.
    fn defaults(&self, kind: &str, spec: &Value) -> serde_json::Map<String, Value>;
}
