//! The types of what is written about a person.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A person. Only the name must be said.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// What they are called, as in `Ada Lovelace`.
    pub name: String,
    /// Their account on GitHub, by which they log in.
    #[serde(default)]
    pub github: Option<Account>,
    /// Their ORCID, as in `0000-0002-1825-0097`.
    #[serde(default)]
    #[schemars(extend("format" = "orcid"))]
    pub orcid: Option<String>,
    /// Where they work or study.
    #[serde(default)]
    pub institution: Option<String>,
    /// What they do here, and from when to when: for people to read, it gives nothing.
    #[serde(default)]
    pub roles: Vec<Post>,
}

/// An account on GitHub.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The login, as in `ada-lovelace`. It can be changed by its owner, and then be taken by
    /// somebody else.
    #[schemars(extend("format" = "github-login"))]
    pub login: String,
    /// The number, which stays when the login is changed: `gh api users/LOGIN --jq .id`.
    #[serde(default)]
    pub id: Option<u64>,
}

/// What somebody does, and when.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// What they do, as in `platform lead`.
    pub role: String,
    /// The first day.
    #[serde(default)]
    #[schemars(extend("format" = "day"))]
    pub since: Option<String>,
    /// The last day.
    #[serde(default)]
    #[schemars(extend("format" = "day"))]
    pub until: Option<String>,
}
