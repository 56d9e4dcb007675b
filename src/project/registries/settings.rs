//! The types of what is written about a registry.

use crate::project::cloud::region;
use crate::project::format::Wrong;
use crate::project::managed::Manage;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The places of several regions.
/// <https://cloud.google.com/artifact-registry/docs/repositories/repo-locations>
const MULTI_REGIONS: [&str; 3] = ["asia", "europe", "us"];

/// A registry of container images or of packages. `images: {}` is one for images in the region of
/// the stack.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Registry {
    /// The environments that have this registry, as in `[prod]`; `shared` (else the first) when not
    /// said.
    #[serde(default, rename = "in")]
    pub environments: Option<Vec<String>>,
    /// The name in the cloud; `${prefix}-KEY${suffix}` when not said. It cannot be changed.
    #[serde(default)]
    pub name: Option<String>,
    /// The key that this registry had before it was renamed here: its name in the cloud stays.
    #[serde(default)]
    pub previously: Option<String>,
    /// How far it is managed: `observe` looks and never touches, `mark` may mark it as ours and
    /// changes nothing else, `full` makes it what is declared.
    #[serde(default)]
    pub manage: Manage,
    /// The region, or `us`, `europe` or `asia`; `cloud.region` when not said. It cannot be changed.
    #[serde(default)]
    #[schemars(extend("format" = "registry-location", "examples" = ["us-central1"]))]
    pub location: Option<String>,
    /// What lies in it. It cannot be changed.
    #[serde(default)]
    pub format: Format,
    /// What it is for, in words.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether a tag stays with the image that it was given to, for registries of images.
    #[serde(default)]
    pub immutable_tags: bool,
    /// What is deleted by itself, as in `{ keep: 10, delete_untagged_after: 30 days }`; nothing when
    /// not said.
    #[serde(default)]
    pub cleanup: Option<Cleanup>,
    /// Labels on the registry.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = { "type": "string", "format": "label-value" }))]
    pub labels: BTreeMap<String, String>,
    /// Whether deleting it needs to be said twice. One that holds anything is never deleted.
    #[serde(default = "yes")]
    pub protect: bool,
}

/// What lies in a registry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Images of containers, and whatever else is kept like them (charts of Helm).
    #[default]
    Docker,
    /// Packages of Python.
    Python,
    /// Packages of Node.js.
    Npm,
    /// Packages of Java.
    Maven,
    /// Packages of Debian.
    Apt,
    /// Packages of Red Hat.
    Yum,
    /// Modules of Go.
    Go,
    /// Files.
    Generic,
}

impl Format {
    /// The format as the API names it.
    pub fn api_name(self) -> &'static str {
        match self {
            Self::Docker => "DOCKER",
            Self::Python => "PYTHON",
            Self::Npm => "NPM",
            Self::Maven => "MAVEN",
            Self::Apt => "APT",
            Self::Yum => "YUM",
            Self::Go => "GO",
            Self::Generic => "GENERIC",
        }
    }

    /// The format that the API names so.
    pub fn of_api(name: &str) -> Option<Self> {
        let all = [
            Self::Docker,
            Self::Python,
            Self::Npm,
            Self::Maven,
            Self::Apt,
            Self::Yum,
            Self::Go,
            Self::Generic,
        ];
        all.into_iter().find(|format| format.api_name() == name)
    }
}

/// What is deleted from a registry by itself, version by version, and what never is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cleanup {
    /// So many of the newest versions of each image or package are kept, whatever else is said.
    #[serde(default)]
    #[schemars(range(min = 1, max = 100_000))]
    pub keep: Option<i32>,
    /// Versions that are older than this are deleted, with a tag or without, as in `365 days`.
    #[serde(default)]
    #[schemars(extend("format" = "time-span"))]
    pub delete_after: Option<String>,
    /// Versions with a tag that are older than this are deleted, as in `180 days`.
    #[serde(default)]
    #[schemars(extend("format" = "time-span"))]
    pub delete_tagged_after: Option<String>,
    /// Versions without a tag that are older than this are deleted, as in `30 days`.
    #[serde(default)]
    #[schemars(extend("format" = "time-span"))]
    pub delete_untagged_after: Option<String>,
    /// Whether nothing is deleted yet: what would be is only written to the audit log.
    #[serde(default)]
    pub dry_run: bool,
}

fn yes() -> bool {
    true
}

/// Whether a text names a place that registries can be in.
///
/// # Errors
/// When it does not; what is wrong with it.
pub(crate) fn registry_location(text: &str) -> Result<(), Wrong> {
    if MULTI_REGIONS.contains(&text) {
        return Ok(());
    }
    let words = "a region in lower case, or `us`, `europe` or `asia`";
    let meant = match text.to_lowercase().as_str() {
        "eu" => Some("write `europe`".to_owned()),
        lower => MULTI_REGIONS.contains(&lower).then(|| format!("write `{lower}`")),
    };
    region(text).map_err(|wrong| Wrong::expected(words).suggest(meant.or(wrong.suggestion)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_is_in_a_region_or_in_one_of_three_larger_places() {
        assert!(registry_location("us-central1").is_ok());
        assert!(registry_location("europe").is_ok());
        let wrong = registry_location("EU").unwrap_err();
        assert_eq!(wrong.suggestion.as_deref(), Some("write `europe`"));
    }

    #[test]
    fn every_format_is_read_back_as_what_it_was() {
        for name in ["DOCKER", "PYTHON", "NPM", "MAVEN", "APT", "YUM", "GO", "GENERIC"] {
            assert_eq!(Format::of_api(name).map(Format::api_name), Some(name));
        }
        assert_eq!(Format::of_api("KFP"), None);
    }
}
