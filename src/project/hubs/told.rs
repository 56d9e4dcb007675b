//! What can be told of a hub beside what was written.

use super::made::Made;
use super::offer;
use super::placed::placed;
use super::quota;
use super::releases::releases;
use crate::project::layout::Laid;
use serde_json::Value;

/// What follows from the setting at a path below `hubs`, in sentences.
pub(crate) fn told(layout: &[Laid], laid: &Laid, path: &[&str]) -> Vec<String> {
    let [key, section @ ("profiles" | "home"), rest @ ..] = path else { return Vec::new() };
    let all = placed(layout);
    let here = all.iter().find(|it| it.key.name == *key && it.laid.env() == laid.env());
    let made = here.and_then(|placed| Made::of(placed, layout));
    match (made, *section, rest) {
        (Some(made), "home", _) => quota::told(&made),
        (Some(made), _, [profile, ..]) => offer::told(made.placed, &made.cluster, profile),
        _ => Vec::new(),
    }
}

/// The values of every chart that a hub is made of, by the name of the release; none of a hub that
/// is not made here.
pub(crate) fn values_of(layout: &[Laid], key: &str, env: &str) -> Option<Value> {
    let all = placed(layout);
    let placed = all.iter().find(|it| it.key.name == key && it.laid.env() == env)?;
    let made = Made::of(placed, layout)?;
    let all = releases(&made).into_iter().map(|release| (release.name, release.values));
    Some(Value::Object(all.collect()))
}
