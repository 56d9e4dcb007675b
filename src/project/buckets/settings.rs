//! The types of what is written about a bucket.

use super::lifecycle::{Rule, StorageClass};
use crate::project::managed::Manage;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A bucket. Everything may be left out: `scratch: {}` is a bucket in the stack's region that
/// only its project's owners can use.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// The environments that have this bucket, as in `[prod]`; every environment but `shared`
    /// when not said.
    #[serde(default, rename = "in")]
    pub environments: Option<Vec<String>>,
    /// The name in the cloud; `${prefix}-KEY${suffix}` when not said.
    #[serde(default)]
    pub name: Option<String>,
    /// The key that this bucket had before, as in `scratch`: its name in the cloud stays the one
    /// that was made of that key, since a bucket cannot be renamed.
    #[serde(default)]
    pub previously: Option<String>,
    /// How far the bucket and its access are managed: `observe` looks and never touches, `mark`
    /// may mark it as ours and changes nothing else, `full` makes it what is declared.
    #[serde(default)]
    pub manage: Manage,
    /// Where the data lives: a region (`us-central1`), a multi-region (`us`), a pair (`nam4`),
    /// or a list of two regions. The region of the stack when not said. It cannot be changed.
    #[serde(default)]
    pub location: Option<Location>,
    /// How objects are stored that say nothing themselves.
    #[serde(default)]
    pub storage_class: StorageClass,
    /// Deletes objects of this age, in days. For anything finer, use `lifecycle`.
    #[serde(default)]
    #[schemars(range(min = 1), extend("examples" = [7]))]
    pub delete_after_days: Option<u32>,
    /// What else happens to objects as they grow old.
    #[serde(default)]
    pub lifecycle: Vec<Rule>,
    /// Whether access is granted on the bucket alone, and not also object by object. It cannot
    /// be undone 90 days after it was turned on.
    #[serde(default)]
    pub uniform_access: bool,
    /// Whether making the bucket public is impossible (`enforced`), or as the organisation says.
    #[serde(default)]
    pub public_access_prevention: Prevention,
    /// Whether overwritten and deleted objects are kept as older versions.
    #[serde(default)]
    pub versioning: bool,
    /// For how many days deleted objects can be brought back: 0 (not at all) or 7 to 90.
    #[serde(default = "soft_delete_days")]
    #[schemars(range(max = 90))]
    pub soft_delete_days: u32,
    /// How long objects cannot be deleted or replaced, as in `30 days`.
    #[serde(default)]
    #[schemars(extend("format" = "time-span"))]
    pub retention: Option<String>,
    /// What web pages of other origins may read with a browser.
    #[serde(default)]
    pub cors: Vec<Cors>,
    /// Whether whoever reads pays for it: readers then need a Google account and a project.
    #[serde(default)]
    pub requester_pays: bool,
    /// How much will lie here, as in `20 TB`: for estimates of costs, and nothing else.
    /// A TB is 1024 GB.
    #[serde(default)]
    #[schemars(extend("format" = "volume", "examples" = ["20 TB"]))]
    pub expected: Option<String>,
    /// How much leaves for the internet in a month at our expense, as in `2 TB`: for estimates of
    /// costs, and nothing else. Nothing with `requester_pays`.
    #[serde(default)]
    #[schemars(extend("format" = "volume", "examples" = ["2 TB"]))]
    pub egress: Option<String>,
    /// The bucket that usage logs are written to, by its key. Its access is arranged.
    #[serde(default)]
    pub logs_to: Option<String>,
    /// What a web server in front of the bucket serves.
    #[serde(default)]
    pub website: Option<Website>,
    /// Labels, beside those of `cloud.labels`.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = { "type": "string", "format": "label-value" }))]
    pub labels: BTreeMap<String, String>,
    /// Whether removing the bucket must be said twice.
    #[serde(default)]
    pub protect: bool,
    /// What anyone on the internet may do; nothing when not said.
    #[serde(default)]
    pub public: Option<Public>,
    /// Who may do what: `admin`, `write` (read, add, change and delete objects), `create` (only
    /// add), `read`, or a role of Google's (`roles/…`), each with a list of members. A declared
    /// identity is `identity:KEY`.
    #[serde(default)]
    pub grants: BTreeMap<String, Vec<Member>>,
}

/// What Cloud Storage itself does with a new bucket.
fn soft_delete_days() -> u32 {
    7
}

/// Where the data lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Location {
    /// A region, a multi-region or a pair of regions that Google put together.
    One(#[schemars(extend("format" = "location"))] String),
    /// Two regions of one continent.
    Two(
        #[schemars(
            length(min = 2, max = 2),
            extend("items" = { "type": "string", "format": "region" })
        )]
        Vec<String>,
    ),
}

/// Whether a bucket can be made public.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Prevention {
    /// As the organisation says.
    #[default]
    Inherited,
    /// No.
    Enforced,
}

/// What anyone on the internet may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Public {
    /// List and read all objects.
    Read,
}

/// What web pages of other origins may read.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cors {
    /// The origins, as in `https://catalog.leap.example.org`, or `*` for all.
    #[schemars(length(min = 1))]
    pub origins: Vec<String>,
    /// What they may do.
    #[serde(default = "reading")]
    pub methods: Vec<String>,
    /// The response headers that a page may see, as in `Content-Type`.
    #[serde(default)]
    pub response_headers: Vec<String>,
    /// For how long a browser may remember this, as in `1 hour`.
    #[serde(default = "an_hour")]
    #[schemars(extend("format" = "time-span"))]
    pub max_age: String,
}

fn reading() -> Vec<String> {
    ["GET", "HEAD"].map(str::to_owned).into()
}

fn an_hour() -> String {
    "1 hour".to_owned()
}

/// What a web server in front of the bucket serves.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Website {
    /// The object for a folder, as in `index.html`.
    pub index: String,
    /// The object for what is not there, as in `404.html`.
    #[serde(default)]
    pub not_found: Option<String>,
}

/// Someone who is granted something.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Member {
    /// As in `group:writers@leap.example.org`.
    Always(#[schemars(extend("format" = "member"))] String),
    /// As in `{ member: …, when: { title: …, expression: … } }`.
    When(MemberWhen),
}

/// Someone who is granted something under a condition.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberWhen {
    /// Who, as in `group:writers@leap.example.org`.
    #[schemars(extend("format" = "member"))]
    pub member: String,
    /// When the grant holds. The bucket needs `uniform_access: true`.
    pub when: Condition,
}

/// When a grant holds.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// A short name.
    #[schemars(extend("format" = "expression"))]
    pub title: String,
    /// The condition in Google's expression language, as in
    /// `request.time < timestamp("2027-08-31T00:00:00Z")`.
    #[schemars(extend("format" = "expression"))]
    pub expression: String,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
}

impl Member {
    /// The member as IAM writes it.
    pub fn name(&self) -> &str {
        match self {
            Self::Always(member) => member,
            Self::When(MemberWhen { member, .. }) => member,
        }
    }

    /// When the grant holds; always, if none.
    pub fn condition(&self) -> Option<&Condition> {
        match self {
            Self::Always(_) => None,
            Self::When(MemberWhen { when, .. }) => Some(when),
        }
    }
}
