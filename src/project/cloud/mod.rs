//! `cloud`: the project and the places that everything is in.

use crate::project::buckets::location::{REGIONS, misspelt, unknown_location};
use crate::project::format::Wrong;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The cloud that everything is in.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cloud {
    /// The Google Cloud project, as in `leap-pangeo`. An environment may have its own: then it
    /// says `project:` in its file.
    #[schemars(extend("format" = "google-project", "examples" = ["leap-pangeo"]))]
    pub project: String,
    /// The number of that project; needed where jobs of GitHub Actions act without keys.
    #[serde(default)]
    pub project_number: Option<u64>,
    /// The region where everything goes that names no other place, as in `us-central1`.
    #[schemars(extend("format" = "region", "examples" = ["us-central1"]))]
    pub region: String,
    /// The zone for what stands in a single zone, as in `us-central1-c`.
    #[serde(default)]
    #[schemars(extend("format" = "zone"))]
    pub zone: Option<String>,
    /// Labels on everything that can carry labels.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = { "type": "string", "format": "label-value" }))]
    pub labels: BTreeMap<String, String>,
}

/// Whether a text can be a project's id.
/// <https://cloud.google.com/resource-manager/docs/creating-managing-projects#before_you_begin>
///
/// # Errors
/// When it cannot; what is wrong with it.
pub fn google_project(text: &str) -> Result<(), Wrong> {
    // Projects of a domain are `example.com:name`.
    let id = text.rsplit(':').next().unwrap_or(text);
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let good = (6..=30).contains(&id.len())
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && !id.ends_with('-')
        && id.chars().all(allowed);
    let words = "a project's id (not its name): 6 to 30 lower case letters, digits and hyphens";
    if good { Ok(()) } else { Err(Wrong::expected(words)) }
}

/// Whether a text can be a region; names that are merely new are let through.
///
/// # Errors
/// When it cannot; what is wrong with it.
pub fn region(text: &str) -> Result<(), Wrong> {
    if REGIONS.contains(&text) {
        return Ok(());
    }
    let lower = text.to_lowercase();
    let same = REGIONS.iter().copied().find(|region| *region == lower);
    let near = same.or_else(|| misspelt(&lower, REGIONS.iter().copied()));
    let wrong = Wrong::expected("a region in lower case, as in `us-central1`");
    match near {
        Some(near) => Err(wrong.suggest(format!("did you mean `{near}`?"))),
        None if unknown_location(text) => Ok(()),
        None => Err(wrong),
    }
}

/// Whether a text can be a zone: a region and a letter.
///
/// # Errors
/// When it cannot; what is wrong with it.
pub fn zone(text: &str) -> Result<(), Wrong> {
    let letter = |part: &str| part.len() == 1 && part.chars().all(|c| c.is_ascii_lowercase());
    let parts = text.rsplit_once('-').filter(|(_, last)| letter(last));
    match parts.map(|(place, last)| (region(place), last)) {
        Some((Ok(()), _)) => Ok(()),
        _ => Err(Wrong::expected("a region and a letter, as in `us-central1-c`")),
    }
}
