//! The types of what is written about a secret that is made by us.

use crate::project::format::Wrong;
use crate::project::managed::Manage;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A secret in Secret Manager that is made by us. Everything may be left out.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Make {
    /// The environments that have this secret, as in `[prod]`; every environment but `shared`
    /// when not said.
    #[serde(default, rename = "in")]
    pub environments: Option<Vec<String>>,
    /// The name in the cloud; `${prefix}-KEY${suffix}` when not said.
    #[serde(default)]
    pub name: Option<String>,
    /// The key that this secret had before it was renamed here: its name in the cloud stays.
    #[serde(default)]
    pub previously: Option<String>,
    /// Who may read the value, as in `serviceAccount:hub@leap-pangeo.iam.gserviceaccount.com`.
    #[serde(default)]
    #[schemars(extend("items" = { "type": "string", "format": "member" }))]
    pub readers: Vec<String>,
    /// The regions that hold it; Google chooses when not said. It cannot be changed.
    #[serde(default)]
    #[schemars(extend("items" = { "type": "string", "format": "region" }))]
    pub locations: Vec<String>,
    /// How far the secret and who may read it are managed: `observe` looks and never touches,
    /// `mark` also marks it as ours, `full` makes it what is declared.
    #[serde(default)]
    pub manage: Manage,
    /// Labels on the secret.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = { "type": "string", "format": "label-value" }))]
    pub labels: BTreeMap<String, String>,
    /// The day on which Google deletes it with its value, as in `2027-08-31`.
    #[serde(default)]
    #[schemars(extend("format" = "day"))]
    pub expires: Option<String>,
    /// When Google reminds somebody to rotate it.
    #[serde(default)]
    pub rotate: Option<Rotate>,
}

/// Reminders to rotate a secret. Google sends a message; `leap-infra secret rotate` rotates.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rotate {
    /// The time between two reminders, as in `90 days`; an hour at least.
    #[schemars(extend("format" = "time-span"))]
    pub every: String,
    /// The day of the first one, as in `2027-01-31`.
    #[schemars(extend("format" = "day"))]
    pub first: String,
    /// The topic that is told, as in `projects/leap-pangeo/topics/rotate`.
    #[schemars(extend("format" = "topic"))]
    pub tell: String,
}

/// Whether a text names a topic of Pub/Sub.
///
/// # Errors
/// When it does not; what is wrong with it.
pub(crate) fn topic(text: &str) -> Result<(), Wrong> {
    match text.split('/').collect::<Vec<_>>()[..] {
        ["projects", project, "topics", name] if !project.is_empty() && !name.is_empty() => Ok(()),
        _ => Err(Wrong::expected("`projects/PROJECT/topics/TOPIC`")),
    }
}
