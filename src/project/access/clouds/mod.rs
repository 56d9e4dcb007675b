//! What decides who may do what beside the teams: the policies of buckets and what a hub was last
//! deployed with, as somebody looked, held against what is declared. Pure.

mod bucket;
mod hub;

use serde::Serialize;
use serde_json::Value;
use std::fmt;

/// One thing that is otherwise in the clouds than declared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Otherwise {
    /// The environment.
    pub environment: String,
    /// The thing, `buckets/data` or `hubs/main`.
    pub what: String,
    /// How it is otherwise.
    pub how: InClouds,
    /// The same in words.
    pub says: String,
}

/// How something in the clouds is to what is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InClouds {
    /// It is declared, and not so yet.
    NotYet,
    /// It is no longer declared, and still so.
    Still,
    /// Nothing ever declared it.
    ByHand,
}

impl fmt::Display for Otherwise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { environment, what, says, .. } = self;
        write!(f, "{what} in {environment}: {says}")
    }
}

/// What is found, and what is declared, of one thing.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// The environment.
    pub environment: &'a str,
    /// The short key.
    pub key: &'a str,
    /// The settings as they were found; none if there is no such thing.
    pub found: Option<&'a Value>,
    /// The settings that are declared.
    pub declared: &'a Value,
}

impl Pair<'_> {
    /// Who may do what with a bucket otherwise than declared; `others` is what somebody granted
    /// by hand, in words.
    pub fn of_bucket(&self, others: &[String]) -> Vec<Otherwise> {
        bucket::otherwise(self, others)
    }

    /// Whom a hub lets in and what it offers otherwise than declared.
    pub fn of_hub(&self) -> Vec<Otherwise> {
        hub::otherwise(self)
    }

    fn otherwise(&self, section: &str, how: InClouds, says: String) -> Otherwise {
        let (environment, what) = (self.environment.to_owned(), format!("{section}/{}", self.key));
        Otherwise { environment, what, how, says }
    }
}
