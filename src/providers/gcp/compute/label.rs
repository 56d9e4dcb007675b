//! The labels of a thing of the compute API: a person's, those of a mark, and those of Google's.

use super::Edit;
use crate::kind::StepContext;
use crate::model::{Mark, Owner, SpecMark, label};
use crate::providers::description::Marks;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The label that says `protect: true` when the declaration is gone.
const PROTECT: &str = "leap-infra-protect";

/// What Google's own labels begin with.
const GOOGLES: &str = "goog-";

/// Labels by their keys.
pub(crate) type Labels = BTreeMap<String, String>;

/// All labels of a live thing.
pub(crate) fn all(live: &Value) -> Labels {
    let labels = live["labels"].as_object().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    labels.map(|(key, value)| (key.clone(), text(value))).collect()
}

/// Those that a person wrote.
pub(crate) fn persons(live: &Value) -> Labels {
    let ours = |key: &str| key.starts_with(label::PREFIX) || key.starts_with(GOOGLES);
    all(live).into_iter().filter(|(key, _)| !ours(key)).collect()
}

/// Whether Google made it for something of its own.
pub(crate) fn is_googles(live: &Value) -> bool {
    all(live).keys().any(|key| key.starts_with(GOOGLES))
}

/// Whether removing it needs to be said twice.
pub(crate) fn is_protected(live: &Value) -> bool {
    live["labels"][PROTECT] == "true"
}

/// Whose a thing of this name is by its labels.
pub(crate) fn owner(live: &Value, stack: &str, kind: &str) -> Owner {
    let name = live["name"].as_str().unwrap_or_default();
    Mark::owner(stack, kind, name, |key| live["labels"][key].as_str())
}

/// What the labels shall be: a person's, the mark, and what Google put there.
pub(crate) fn wanted(persons: &Labels, protect: bool, mark: &Mark, live: Option<&Value>) -> Labels {
    let googles = live.map(all).unwrap_or_default().into_iter();
    let mut labels: Labels = googles.filter(|(key, _)| key.starts_with(GOOGLES)).collect();
    labels.extend(persons.clone());
    labels.extend(mark.labels());
    labels.extend(protect.then(|| (PROTECT.to_owned(), "true".to_owned())));
    labels
}

/// The call that writes these labels over those that were read.
pub(crate) fn set(doing: &'static str, live: &Value, labels: &Labels) -> Edit {
    let print = &live["labelFingerprint"];
    Edit::post(doing, "/setLabels", json!({ "labels": labels, "labelFingerprint": print }))
}

/// The call that says that a change has begun, unless that is said already.
pub(crate) fn unfinished(live: &Value) -> Option<Edit> {
    let word = SpecMark::Unfinished.as_label().to_owned();
    let mut labels = all(live);
    let said = labels.insert(label::SPEC.to_owned(), word.clone());
    (said.as_ref() != Some(&word)).then(|| set("marking", live, &labels))
}

/// The call that puts our labels there, or takes them off.
pub(crate) fn remark(live: &Value, step: &StepContext, marks: Marks) -> Edit {
    set("marking", live, &marks.labels(&all(live), step))
}
