//! `secrets`: where secrets are kept, and those in Secret Manager that are made by us. Never a
//! value.

mod checks;
mod discover;
mod expand;
mod settings;

pub use settings::{Make, Rotate};

pub(crate) use checks::check;
pub(crate) use discover::discover;
pub(crate) use expand::{expand, keys, made_id, reference};
pub(crate) use settings::topic;

use crate::project::format::Wrong;
use schemars::JsonSchema;
use serde::Deserialize;

/// The shortest time between two reminders, an hour.
/// <https://cloud.google.com/secret-manager/docs/secret-rotation>
const SHORTEST_PERIOD: u64 = 3_600;

/// Where one secret is kept; say exactly one.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Secret {
    /// In Secret Manager, as in `projects/leap-pangeo/secrets/hub-oauth`.
    Google(#[schemars(extend("format" = "google-secret"))] String),
    /// In an environment variable of the process that applies, as in `OSN_INBOX_KEY`.
    Env(#[schemars(extend("format" = "variable-name"))] String),
    /// In a file beside the stack that is not under version control, as in `private/key.txt`.
    File(String),
    /// In a file that SOPS encrypted, as in `secrets/osn.enc.yaml#inbox.key`.
    Sops(#[schemars(extend("format" = "sops-reference"))] String),
    /// In Secret Manager, made by us, as in `{ readers: ["serviceAccount:…"] }` or `{}`. The
    /// value is put there with `leap-infra secret set`.
    Make(Box<Make>),
}

/// Whether a text names a secret in Secret Manager.
///
/// # Errors
/// When it does not; what is wrong with it.
pub fn google_secret(text: &str) -> Result<(), Wrong> {
    let parts: Vec<&str> = text.split('/').collect();
    match parts[..] {
        ["projects", project, "secrets", name] if !project.is_empty() && !name.is_empty() => Ok(()),
        _ => Err(Wrong::expected("`projects/PROJECT/secrets/NAME`, the version left out")),
    }
}

/// Whether a text can be the name of an environment variable.
///
/// # Errors
/// When it cannot; what is wrong with it.
pub fn variable_name(text: &str) -> Result<(), Wrong> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let good = !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(allowed);
    let words = "the name of an environment variable, as in `OSN_INBOX_KEY` (never the value)";
    if good { Ok(()) } else { Err(Wrong::expected(words)) }
}

/// Whether a text names a value in a file of SOPS.
///
/// # Errors
/// When it does not; what is wrong with it.
pub fn sops_reference(text: &str) -> Result<(), Wrong> {
    match text.split_once('#') {
        Some((file, key)) if !file.is_empty() && !key.is_empty() => Ok(()),
        _ => Err(Wrong::expected("`FILE#KEY`, as in `secrets/osn.enc.yaml#inbox.key`")),
    }
}
