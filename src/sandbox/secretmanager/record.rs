//! How secrets, versions and policies lie in the store, and what they are called.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Moment, Transaction, project};

pub(super) const ENABLED: &str = "ENABLED";
pub(super) const DISABLED: &str = "DISABLED";
pub(super) const DESTROYED: &str = "DESTROYED";

/// A secret by its project's number and its own name.
#[derive(Clone, Debug)]
pub(super) struct Name {
    project: String,
    secret: String,
}

impl Name {
    /// The secret of a project, by its id or its number.
    pub(super) fn new(project: &str, secret: &str) -> Result<Self, Refusal> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !(1..=255).contains(&secret.len()) || !secret.chars().all(allowed) {
            return Err(Refusal::invalid(format!(
                "Secret ID [{secret}] must match the pattern [a-zA-Z0-9_-]{{1,255}}."
            )));
        }
        Ok(Self { project: project::number(project), secret: secret.to_owned() })
    }

    /// As answers name it.
    pub(super) fn path(&self) -> String {
        format!("projects/{}/secrets/{}", self.project, self.secret)
    }

    pub(super) fn key(&self) -> String {
        format!("{}{}", secrets(&self.project), self.secret)
    }

    pub(super) fn policy_key(&self) -> String {
        format!("secretmanager/policy/{}/{}", self.project, self.secret)
    }

    /// The prefix of the keys of its versions.
    pub(super) fn versions(&self) -> String {
        format!("secretmanager/version/{}/{}/", self.project, self.secret)
    }

    /// Numbers are padded, so that they lie in order.
    pub(super) fn version_key(&self, number: u64) -> String {
        format!("{}{number:012}", self.versions())
    }
}

/// The prefix of the keys of a project's secrets.
pub(super) fn secrets(number: &str) -> String {
    format!("secretmanager/secret/{number}/")
}

/// The secret, if it is there and its time is not over.
pub(super) fn secret(view: &Transaction<'_>, name: &Name, now: Moment) -> Result<Value, Refusal> {
    let found = view.value(&name.key()).filter(|value| !is_over(value, now));
    let absent = || Refusal::not_found(format!("Secret [{}] not found.", name.path()));
    found.map(|value| (*value).clone()).ok_or_else(absent)
}

/// Whether a secret's `expireTime` has come.
pub(super) fn is_over(secret: &Value, now: Moment) -> bool {
    secret["expireTime"].as_str().and_then(moment).is_some_and(|end| end <= now)
}

/// A moment as answers write it.
pub(super) fn written(moment: Moment) -> String {
    let nanos = i128::from(moment.0) * 1_000;
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok();
    time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_default()
}

/// The moment that a text names.
pub(super) fn moment(text: &str) -> Option<Moment> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(time.unix_timestamp_nanos() / 1_000).ok().map(Moment)
}

/// Whether a caller's etag, if it gave one, is that of what is there.
pub(super) fn check_etag(given: &str, resource: &Value) -> Result<(), Refusal> {
    if given.is_empty() || resource["etag"] == *given {
        return Ok(());
    }
    let message = format!("The etag provided ({given}) does not match the etag of the resource.");
    Err(Refusal::state(message))
}
