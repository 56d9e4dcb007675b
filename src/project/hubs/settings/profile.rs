//! The types of what is written about profiles and images.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Something that a server can be. `cpu: { on: n2-16, sizes: [8 GB, 16 GB] }` is enough: what is set
/// aside for a server and what it may use follow from the machines of the pool.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What people see; the key when not said.
    #[serde(default)]
    pub title: Option<String>,
    /// What they read below that.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether it is chosen unless somebody chooses another.
    #[serde(default)]
    pub default: bool,
    /// The pool of the cluster that its servers run on, by its key.
    #[serde(default)]
    pub on: Option<String>,
    /// The memory that can be chosen, as in `[8 GB, 16 GB]`: so many of a size share a machine as
    /// the machine has memory for.
    #[serde(default)]
    #[schemars(extend("items" = { "type": "string", "format": "volume" }))]
    pub sizes: Vec<String>,
    /// What can be chosen instead of sizes, as in `{ t4: { on: t4, gpus: 1 } }`; by their names
    /// alone, `[t4]`, for a hub that is not made here.
    #[serde(default)]
    pub choices: Choices,
    /// How much memory a server may use.
    #[serde(default)]
    pub limit: Limit,
    /// The images that can be chosen, by their keys; every image of the hub when not said.
    #[serde(default)]
    pub images: Option<Vec<String>>,
    /// What opens first with images that do not say it themselves, as in `rstudio`, an app that
    /// they have; JupyterLab when not said.
    #[serde(default)]
    pub opens: Option<String>,
    /// Whether people may have an image built for it, where the hub `builds` images.
    #[serde(default)]
    pub builds_images: bool,
}

/// What can be chosen in a profile beside sizes.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Choices {
    /// By name alone.
    Named(Vec<String>),
    /// With what they are, by a short key.
    Described(BTreeMap<String, Choice>),
}

/// Something that can be chosen in a profile.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What people see; the key when not said.
    #[serde(default)]
    pub title: Option<String>,
    /// The pool, by its key; that of the profile when not said.
    #[serde(default)]
    pub on: Option<String>,
    /// The memory; a whole machine's when not said.
    #[serde(default)]
    #[schemars(extend("format" = "volume"))]
    pub size: Option<String>,
    /// How many accelerators.
    #[serde(default)]
    #[schemars(range(min = 1, max = 16))]
    pub gpus: Option<u32>,
    /// Whether it is chosen unless somebody chooses another.
    #[serde(default)]
    pub default: bool,
    /// Variables that servers of this choice have beside the others.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
}

/// How much memory a server may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// As much as the size says. What is set aside for it is a little less, so that as many fit on
    /// a machine as its memory divides into.
    #[default]
    Size,
    /// What is set aside for it, and no more.
    Guarantee,
}

/// An image that servers start from: one that is named, or any that fits a pattern.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// What people see; the key when not said.
    #[serde(default)]
    pub title: Option<String>,
    /// The image with its tag or digest, as in `pangeo/pangeo-notebook:2026.06.04`.
    #[serde(default)]
    pub image: Option<String>,
    /// In its place, which images people may name themselves: a regular expression, as in `^.+:.+$`.
    #[serde(default)]
    pub pattern: Option<String>,
    /// Whether it is chosen unless somebody chooses another.
    #[serde(default)]
    pub default: bool,
    /// What opens first, as in `lab`, `rstudio` or `/tree`; JupyterLab when not said.
    #[serde(default)]
    pub opens: Option<String>,
    /// What can be opened beside JupyterLab, each by the path below a server that it is served at:
    /// `rstudio`, `vscode`, `desktop`.
    #[serde(default)]
    #[schemars(extend("items" = { "type": "string", "format": "namespace" }))]
    pub apps: Vec<String>,
    /// The kernels that it has, as `jupyter kernelspec list` says them: `ir`, `julia-1.10`.
    #[serde(default)]
    pub kernels: Vec<String>,
}

impl Default for Choices {
    fn default() -> Self {
        Self::Named(Vec::new())
    }
}

impl Choices {
    /// What they are called.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Named(names) => names.iter().map(String::as_str).collect(),
            Self::Described(all) => all.keys().map(String::as_str).collect(),
        }
    }

    /// The one with a key, where it is described.
    pub fn find(&self, key: &str) -> Option<&Choice> {
        match self {
            Self::Named(_) => None,
            Self::Described(all) => all.get(key),
        }
    }
}

impl Profile {
    /// Everything that can be chosen, by the words that `access` says it with.
    pub fn choice_names(&self) -> Vec<&str> {
        self.sizes.iter().map(String::as_str).chain(self.choices.names()).collect()
    }
}
