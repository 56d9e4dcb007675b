//! Says what changed behind a plan's back.

use crate::kind::ProviderError;
use crate::model::first_difference;
use serde::Serialize;
use serde_json::Value;

/// The error that names the first field in which `now` differs from `before`.
pub(crate) fn of<S: Serialize>(what: String, before: &S, now: &S) -> ProviderError {
    let value = |spec: &S| serde_json::to_value(spec).unwrap_or_default();
    let (before, now) = (value(before), value(now));
    let (path, before, now) = first_difference(&before, &now);
    let field = if path.is_empty() { "it".to_owned() } else { path.join(".") };
    ProviderError::Stale { what, field, before: before.to_string(), now: now.to_string() }
}

/// Checks that a thing is still what the plan saw, or already what it shall become: an answer may
/// have been lost.
pub(crate) fn check<S: Serialize + PartialEq>(
    what: &str,
    before: &S,
    after: Option<&S>,
    now: &S,
) -> Result<(), ProviderError> {
    let known = now == before || after == Some(now);
    if known { Ok(()) } else { Err(of(what.to_owned(), before, now)) }
}

/// The error that somebody made what the plan had seen was not there, and made it otherwise.
pub(crate) fn made_by_another(what: String) -> ProviderError {
    ProviderError::Stale {
        what,
        field: "it".to_owned(),
        before: "not there".to_owned(),
        now: "made with other settings, by another run".to_owned(),
    }
}

/// The error that others were faster each time it was tried.
pub(crate) fn busy(doing: String) -> ProviderError {
    let why = "others keep changing it".to_owned();
    ProviderError::Transient { what: doing, why, retry_after: None }
}

/// Checks that every field is as the plan saw it or as it shall become: several calls bring a
/// thing from the one to the other, and an earlier run may have made some of them.
pub(crate) fn unless_between<S: Serialize>(
    what: &str,
    before: &S,
    after: &S,
    now: &S,
) -> Result<(), ProviderError> {
    let fields = |spec: &S| serde_json::to_value(spec).unwrap_or_default();
    let (old, new, live) = (fields(before), fields(after), fields(now));
    let known = |(name, value): (&String, &Value)| {
        old.get(name) == Some(value) || new.get(name) == Some(value)
    };
    match live.as_object().into_iter().flatten().all(known) {
        true => Ok(()),
        false => Err(of(what.to_owned(), before, now)),
    }
}
