//! The address of a resource: `env:kind/name`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// The address of one resource, `prod:gcs-bucket/leap-scratch`.
///
/// The name is the one that the cloud uses, with the parent before it where names are only
/// unique below one (`leap-cluster/core-pool`): declared and found things meet by it, and
/// things that nobody declares any more have one as well.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId {
    /// The environment that the resource belongs to.
    pub env: String,
    /// The kind, `gcs-bucket`.
    pub kind: String,
    /// The name in the cloud.
    pub name: String,
}

impl ResourceId {
    /// The address of `name`, a `kind` in `env`.
    pub fn new(env: impl Into<String>, kind: impl Into<String>, name: impl Into<String>) -> Self {
        Self { env: env.into(), kind: kind.into(), name: name.into() }
    }

    /// The address without its environment, `gcs-bucket/leap-scratch`.
    pub fn local(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }

    /// The part of the name that a declaration says: without what it is in, and without the domain
    /// of an account's address.
    pub fn short_name(&self) -> &str {
        let inside = self.name.rsplit('/').next().unwrap_or(&self.name);
        inside.split('@').next().unwrap_or(inside)
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.env, self.kind, self.name)
    }
}

/// Why a text is not an address.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "`{0}` is not an address: expected ENVIRONMENT:KIND/NAME, as in prod:gcs-bucket/leap-scratch"
)]
pub struct IdError(pub String);

impl FromStr for ResourceId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let parts = text.split_once(':').and_then(|(env, rest)| {
            let (kind, name) = rest.split_once('/')?;
            (![env, kind, name].contains(&"")).then(|| Self::new(env, kind, name))
        });
        parts.ok_or_else(|| IdError(text.to_owned()))
    }
}

impl Serialize for ResourceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ResourceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_survives_being_written_and_read() {
        let id = ResourceId::new("prod", "gke-node-pool", "leap-cluster/core-pool");
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn an_address_without_a_kind_is_refused_with_an_example() {
        let error = "prod:scratch".parse::<ResourceId>().unwrap_err();
        assert!(error.to_string().contains("prod:gcs-bucket/leap-scratch"));
    }
}
