//! What can be told of a monitoring beside what was written.

use super::alerts::{self, Unit, known, wanted};
use super::charts::releases;
use super::made::{Made, written};
use super::placed::placed;
use super::room::Room;
use crate::project::layout::Laid;
use serde_json::Value;

/// What follows from the setting at a path below `monitoring`, in sentences.
pub(crate) fn told(layout: &[Laid], laid: &Laid, path: &[&str]) -> Vec<String> {
    let [key, rest @ ..] = path else { return Vec::new() };
    let all = placed(layout);
    let here = all.iter().find(|it| it.key.name == *key && it.laid.env() == laid.env());
    let Some(made) = here.and_then(|placed| Made::of(placed, layout)) else { return Vec::new() };
    match rest {
        ["prometheus", ..] => {
            let settings = made.placed.monitoring.prometheus.as_ref();
            settings.map(|it| Room::of(&made, it).told(it)).into_iter().collect()
        }
        ["alerts"] => wanted(&made).iter().map(alert).collect(),
        ["alerts", name, ..] => of_alert(&made, name),
        _ => Vec::new(),
    }
}

/// From when on an alert is told, and to whom.
fn alert(wanted: &alerts::Wanted<'_>) -> String {
    let known = wanted.known;
    let from = match known.unit {
        Unit::None => String::new(),
        unit => format!(" at {}{}", wanted.limit, unit.words()),
    };
    let whom = match wanted.tell.as_slice() {
        [] => "nobody".to_owned(),
        all => all.join(", "),
    };
    let lasting = written(wanted.lasting);
    format!("{}{from}, after {lasting}: tells {whom} ({})", known.name, known.severity)
}

/// The same, with what Prometheus looks for.
fn of_alert(made: &Made<'_>, name: &str) -> Vec<String> {
    let all = wanted(made);
    let Some(found) = all.iter().find(|it| it.known.name == name) else { return Vec::new() };
    let Some(title) = known(name).map(|known| known.title) else { return Vec::new() };
    let rules = alerts::rules(made);
    let rules = rules["groups"][0]["rules"].as_array().cloned().unwrap_or_default();
    let here = rules.into_iter().filter(|rule| rule["alert"] == title);
    let expressions = here.filter_map(|rule| rule["expr"].as_str().map(str::to_owned));
    std::iter::once(alert(found)).chain(expressions).collect()
}

/// The values of every chart that a monitoring is made of, by the name of the release, with the
/// namespace before it where that is another one.
pub(crate) fn values_of(layout: &[Laid], key: &str, env: &str) -> Option<Value> {
    let all = placed(layout);
    let placed = all.iter().find(|it| it.key.name == key && it.laid.env() == env)?;
    let made = Made::of(placed, layout)?;
    let all = releases(&made).into_iter().map(|release| {
        let other = release.hub.as_ref().filter(|hub| hub.namespace != made.namespace());
        let within = other.map(|hub| format!("{}/", hub.namespace)).unwrap_or_default();
        (format!("{within}{}", release.name), release.values)
    });
    Some(Value::Object(all.collect()))
}
