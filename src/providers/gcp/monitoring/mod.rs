//! What the things of Cloud Monitoring have in common: uptime checks and notification channels.
//!
//! The server names them, so each is known by something that people see, and is found in the list.
//! Labels carry the mark. The API has no versions, so a thing is read just before it is changed, and
//! the lease has to last.

mod apply;
mod calls;
mod observe;

pub(crate) use calls::listed;

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Mark, Observation, Owner, Scope, Version, base32_digest, label};
use crate::providers::gcp::{Reader, Writer};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What has to be enabled.
pub(crate) const API: &str = "monitoring.googleapis.com";

/// One type of thing of Cloud Monitoring.
pub(crate) trait Monitored: Kind<Reader = Reader, Writer = Writer> {
    /// What the API calls a list of them, `uptimeCheckConfigs`.
    const COLLECTION: &'static str;

    /// What people call them, `uptime checks`.
    const THINGS: &'static str;

    /// Whether it is of the sort that can be declared.
    fn is_one(live: &Value) -> bool;

    /// The name that it is known by.
    fn name(project: &str, live: &Value) -> String;

    /// The settings of a live one.
    fn read(live: &Value) -> Self::Spec;

    /// A live one (or nothing) made what the settings say, but for its labels.
    fn write(name: &str, spec: &Self::Spec, live: &Value) -> Value;

    /// The labels that a person wrote.
    fn labels(spec: &Self::Spec) -> &BTreeMap<String, String>;

    /// The fields of the API in which two settings differ, but for the labels.
    fn changed(before: &Self::Spec, after: &Self::Spec) -> Vec<&'static str>;
}

/// Whose a thing is, by its labels.
pub(crate) fn owner<K: Monitored>(project: &str, live: &Value, stack: &str) -> Owner {
    let label = |key: &str| live["userLabels"][key].as_str();
    Mark::owner(stack, K::NAME, &K::name(project, live), label)
}

/// There is no version but the content.
fn version(live: &Value) -> Version {
    Version(base32_digest(live.to_string().as_bytes()))
}

/// All labels of a thing.
fn labels(live: &Value) -> BTreeMap<String, String> {
    let all = live["userLabels"].as_object().into_iter().flatten();
    all.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// The labels that a person wrote; those of the mark are not among them.
pub(crate) fn own_labels(live: &Value) -> BTreeMap<String, String> {
    labels(live).into_iter().filter(|(key, _)| !key.starts_with(label::PREFIX)).collect()
}

/// The labels of a thing of ours.
fn marked<K: Monitored>(spec: &K::Spec, mark: &Mark) -> Value {
    let all = K::labels(spec).clone().into_iter().chain(mark.labels());
    Value::Object(all.map(|(key, value)| (key, json!(value))).collect::<Map<_, _>>())
}

/// Everything of a kind that is ours, bears a declared name, or is nobody's.
pub(crate) async fn observe<K: Monitored>(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<Observation<K::Spec>, ProviderError> {
    observe::observe::<K>(reader, scope).await
}

/// Carries out one step.
pub(crate) async fn apply<K: Monitored>(
    writer: &Writer,
    step: &StepContext,
    change: Change<K::Spec>,
) -> Result<Applied, ProviderError> {
    match change {
        Change::Create { after } => apply::create::<K>(writer, step, &after).await,
        Change::Update { before, after, .. } => {
            apply::update::<K>(writer, step, &before, &after).await
        }
        Change::Delete { before, .. } => apply::delete::<K>(writer, step, &before).await,
        Change::Adopt { spec, .. } => apply::adopt::<K>(writer, step, &spec).await,
        Change::Disown { spec, .. } => apply::disown::<K>(writer, step, &spec).await,
        Change::Wait { .. } => Err(step.nothing_to_wait_for(K::THINGS)),
    }
}
