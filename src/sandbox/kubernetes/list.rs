//! Reading: one object, or a list of them in pages.
//!
//! <https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks>

use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use super::answer;
use super::call::Call;
use super::change;
use super::cluster::Found;
use super::failure::Failure;
use super::selector::Selector;

pub(super) fn one(call: &Call<'_>, below: Option<&str>) -> Result<Response, Failure> {
    let (key, name) = (call.key()?, call.name()?);
    let found = call.cluster.world.store.read(|view| call.cluster.find(view, &key))?;
    let found = found.ok_or_else(|| Failure::not_found(&call.kind, name))?;
    let object = match below {
        Some("scale") => change::scale(&found.object),
        _ => in_version(call, found.object),
    };
    Ok(answer::ok(answer::as_asked(call, object)))
}

/// An object in the version that is asked for: custom types differ in nothing else.
pub(super) fn in_version(call: &Call<'_>, mut object: Value) -> Value {
    // A scale is of a type of its own.
    if object["kind"] != "Scale" {
        object["apiVersion"] = json!(call.kind.api_version());
    }
    object
}

/// What is selected of a list: by selectors, or by a name in the path.
pub(super) fn selector(call: &Call<'_>) -> Result<Selector, Failure> {
    Selector::read(&call.kind, call.parameter("labelSelector"), call.parameter("fieldSelector"))
}

/// Everything of a type that a call is about, by name.
pub(super) fn selected(
    call: &Call<'_>,
    view: &crate::sandbox::Transaction<'_>,
    after: &str,
) -> Result<Vec<Found>, Failure> {
    let selector = selector(call)?;
    let prefix = call.cluster.within(&call.kind, call.namespace());
    let mut all = call.cluster.all(view, &prefix, after)?;
    all.retain(|found| selector.fits(&found.object));
    Ok(all)
}

pub(super) fn list(call: &Call<'_>) -> Result<Response, Failure> {
    let (after, since) = begin(call.parameter("continue"))?;
    let asked = call.parameter("limit").parse().unwrap_or_default();
    let limit = call.cluster.world.behaviour.page(asked);
    let limit = if asked > 0 { limit } else { usize::MAX };
    let (mut all, version) = call.cluster.world.store.read(|view| {
        if let Some(since) = since
            && call.cluster.since(view, since)?.is_none()
        {
            let message = "The provided continue parameter is too old to display a consistent list \
                           result. You can start a new list without the continue parameter.";
            return Err(Failure::expired(message));
        }
        Ok((selected(call, view, &after)?, call.cluster.version(view)))
    })?;
    let version = since.unwrap_or(version);
    // What was made since the first page is no part of the list.
    all.retain(|found| found.made <= version);
    let mut metadata = json!({ "resourceVersion": version.to_string() });
    let more = all.len().saturating_sub(limit);
    if let Some(last) = all.get(..limit).and_then(<[Found]>::last).filter(|_| more > 0) {
        let token = json!({ "v": "meta.k8s.io/v1", "rv": version, "start": last.key });
        metadata["continue"] = json!(BASE64URL_NOPAD.encode(token.to_string().as_bytes()));
        // How many more are chosen is not counted.
        if call.parameter("labelSelector").is_empty() && call.parameter("fieldSelector").is_empty()
        {
            metadata["remainingItemCount"] = json!(more);
        }
    }
    let shown = |found: Found| {
        let mut object = in_version(call, found.object);
        // The list says what its items are.
        if let Some(fields) = object.as_object_mut() {
            fields.remove("kind");
            fields.remove("apiVersion");
        }
        object
    };
    let items: Vec<Value> = all.into_iter().take(limit).map(shown).collect();
    let list = json!({
        "kind": format!("{}List", call.kind.kind), "apiVersion": call.kind.api_version(),
        "metadata": metadata, "items": items,
    });
    Ok(answer::ok(answer::as_asked(call, list)))
}

/// Where a page begins, and the version of the first page.
fn begin(token: &str) -> Result<(String, Option<u64>), Failure> {
    if token.is_empty() {
        return Ok((String::new(), None));
    }
    let read = || {
        let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        let token: Value = serde_json::from_slice(&bytes).ok()?;
        Some((token["start"].as_str()?.to_owned(), token["rv"].as_u64()))
    };
    read()
        .ok_or_else(|| Failure::bad_request("continue key is not valid: it is not of this server"))
}
