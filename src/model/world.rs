//! What is found: every object that carries our mark, and whatever bears a declared name.

use crate::model::{Owner, Place, Resource, ResourceId, Stack};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The version of an object in its cloud: an opaque text to compare and to send back
/// (a metageneration, an etag).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Version(pub String);

/// Something that must exist first, whichever environment it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Need {
    /// Its kind.
    pub kind: String,
    /// Its name in the cloud.
    pub name: String,
    /// How closely the one hangs on the other.
    pub bond: Bond,
}

/// How closely a thing hangs on what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bond {
    /// It refers to it (a bucket to the bucket that takes its logs).
    Refers,
    /// It is a part of it and goes when that goes (access goes with its bucket).
    Inside,
}

impl Need {
    /// Refers to `name`, a `kind`.
    pub fn refers(kind: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind: kind.into(), name: name.into(), bond: Bond::Refers }
    }

    /// Is a part of `name`, a `kind`.
    pub fn inside(kind: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind: kind.into(), name: name.into(), bond: Bond::Inside }
    }
}

/// What a found object is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is there and can be changed.
    Ready,
    /// The cloud is still at work on it.
    InProgress {
        /// The operation to wait for.
        operation: String,
    },
    /// It was deleted, and its name stays taken; if it is wanted again it is brought back.
    Deleted {
        /// When the cloud forgets it, as it says; empty where it does not.
        until: String,
    },
    /// It is not (quite) there, and it is for people to do something about it: nothing is planned.
    Waiting {
        /// What people must do.
        what: String,
    },
    /// The cloud says that it does not work, and that it will not by itself.
    Broken {
        /// What the cloud says.
        why: String,
    },
}

/// One object found in a cloud.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found<S = Value> {
    /// Its name in the cloud, as in [`crate::model::ResourceId::name`].
    pub name: String,
    /// Where it lives.
    pub place: Place,
    /// Whose it is.
    pub owner: Owner,
    /// Its complete settings, server defaults made explicit.
    pub spec: S,
    /// Its version, for preconditions.
    pub version: Version,
    /// What it is doing.
    pub status: Status,
    /// What would be lost with it ("holds objects"), when it was looked at with removal in mind.
    pub holds: Option<String>,
}

impl<S> Found<S> {
    /// Whether it is there, and not merely remembered by the cloud.
    pub fn is_there(&self) -> bool {
        !matches!(self.status, Status::Deleted { .. })
    }
}

/// A declared name that is in use by something which we may not even read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The name.
    pub name: String,
    /// What the cloud said.
    pub why: String,
}

/// Something inside an object of ours that nobody can account for; kept and reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownOwner {
    /// The object that it is in, by name.
    pub name: String,
    /// The environment of that object; empty where it is nobody's.
    pub env: String,
    /// What it is, in words.
    pub what: String,
    /// Whether anyone on the internet gets something by it.
    pub public: bool,
}

/// An object of which something could not be compared: that is no difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotCompared {
    /// Its name in the cloud.
    pub name: String,
    /// What, and why, in words: `key: secret: not compared (…)`.
    pub what: String,
}

/// What is to be said with a thing that is not there: why it is made (again).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// Its name in the cloud.
    pub name: String,
    /// What is said, in words.
    pub what: String,
}

/// What one kind found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation<S = Value> {
    /// The objects that carry the stack's mark, and those that bear a declared name; sorted by
    /// name when they enter a [`World`].
    pub found: Vec<Found<S>>,
    /// Declared names that something unreadable holds.
    pub taken: Vec<Taken>,
    /// What nobody can account for.
    pub unknown: Vec<UnknownOwner>,
    /// What lies beside them in the same places, carries nobody's mark and stands in nobody's
    /// way: what the same lists show. Sorted by name when they enter a [`World`].
    pub strangers: Vec<Found<S>>,
    /// What could not be compared from here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_compared: Vec<NotCompared>,
    /// What is to be said with what is made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
}

impl<S> Default for Observation<S> {
    fn default() -> Self {
        let (found, taken, unknown, strangers) = (vec![], vec![], vec![], vec![]);
        let (not_compared, remarks) = (vec![], vec![]);
        Self { found, taken, unknown, strangers, not_compared, remarks }
    }
}

impl<S> Observation<S> {
    /// The object of that name, if it was found. What was found is sorted by name.
    pub fn find(&self, name: &str) -> Option<&Found<S>> {
        by_name(&self.found, name)
    }

    /// The stranger of that name, if there is one.
    pub fn stranger(&self, name: &str) -> Option<&Found<S>> {
        by_name(&self.strangers, name)
    }
}

fn by_name<'a, S>(sorted: &'a [Found<S>], name: &str) -> Option<&'a Found<S>> {
    let position = sorted.binary_search_by(|found| found.name.as_str().cmp(name)).ok()?;
    sorted.get(position)
}

/// How closely strangers are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// As far as lists show them, without a call of their own: enough for a plan.
    #[default]
    Listed,
    /// Whatever can be declared of them: what `discover` writes down.
    Whole,
}

/// What a kind is asked to look at.
#[derive(Clone, Debug)]
pub struct Scope<'a> {
    /// The stack whose marks count.
    pub stack: &'a str,
    /// Every place to list: those declared and those that we ever wrote to.
    pub places: BTreeSet<Place>,
    /// What is wanted of this kind, by name in the cloud.
    pub wanted: BTreeMap<&'a str, &'a Resource>,
    /// Names that the declaration knows and this run does not want: looked up like the wanted
    /// ones, so that what is to go is found even where lists lag.
    pub leaving: BTreeMap<&'a str, &'a Place>,
    /// The claims that we recorded before making them, by name in the cloud.
    pub claims: BTreeMap<&'a str, &'a BTreeSet<String>>,
    /// The environments that they were recorded for.
    pub claimants: BTreeMap<&'a str, &'a str>,
    /// The whole stack, for what hangs on resources of other kinds.
    pub whole: &'a Stack,
    /// How closely strangers are looked at.
    pub depth: Depth,
}

impl Scope<'_> {
    /// Whether the stack declares `name`, a resource of any kind, in whichever environment.
    pub fn declares(&self, kind: &str, name: &str) -> bool {
        self.whole.environments().iter().any(|env| {
            let id = ResourceId::new(env, kind, name);
            self.whole.resources().contains_key(&id) || self.whole.leaving().contains_key(&id)
        })
    }
}

/// What we claimed inside objects that others write to as well, by address; from the ledger.
pub type Claims = BTreeMap<ResourceId, BTreeSet<String>>;

/// What the ledger remembers of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Had {
    /// It was there.
    Made,
    /// It was to be made, and it was not told whether it was.
    Perhaps,
}

/// Everywhere that we ever wrote to, as kinds and places; from the ledger.
pub type Footprint = BTreeSet<(String, Place)>;

/// What every kind found, by kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct World {
    /// What each kind found.
    pub kinds: BTreeMap<String, Observation>,
}

impl World {
    /// What is to be said where something that is not there is made.
    pub fn remarks(&self, id: &ResourceId) -> Vec<String> {
        let all = self.kinds.get(&id.kind).into_iter().flat_map(|seen| &seen.remarks);
        all.filter(|remark| remark.name == id.name).map(|remark| remark.what.clone()).collect()
    }
}
