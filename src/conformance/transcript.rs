//! What was asked and answered, in a form in which two runs can be compared: names, times, entity
//! tags and generations are replaced by what they have in common.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A call of a scenario and its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The scenario, by id.
    pub scenario: String,
    /// What was asked, in words.
    pub call: String,
    /// `OK`, `NOT_FOUND`, `412`.
    pub code: String,
    /// What came back, without what differs between any two runs.
    pub answer: Value,
}

/// Replaces what differs; one for each scenario.
#[derive(Debug, Default)]
pub(super) struct Normal {
    /// The placeholder of each value that must only be told apart from others: `etag-1`.
    seen: BTreeMap<String, String>,
}

/// Fields whose values only have to be the same or different.
const TOLD_APART: &[&str] = &["etag", "generation"];
/// Fields that say when, where from, or how to go on.
const LEFT_OUT: &[&str] =
    &["id", "selfLink", "mediaLink", "nextPageToken", "project", "projectNumber", "message"];

impl Normal {
    /// The answer without what differs.
    pub(super) fn answer(&mut self, value: &Value, prefix: &str, project: &str) -> Value {
        match value {
            Value::Object(fields) => fields
                .iter()
                .filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()) && !is_time(name))
                .map(|(name, field)| (name.clone(), self.field(name, field, prefix, project)))
                .collect(),
            Value::Array(items) => {
                items.iter().map(|item| self.answer(item, prefix, project)).collect()
            }
            Value::String(text) => {
                text.replace(prefix, "PREFIX").replace(project, "PROJECT").into()
            }
            other => other.clone(),
        }
    }

    fn field(&mut self, name: &str, field: &Value, prefix: &str, project: &str) -> Value {
        if !TOLD_APART.contains(&name) {
            return self.answer(field, prefix, project);
        }
        let kind = format!("{name}-");
        let count = self.seen.values().filter(|said| said.starts_with(&kind)).count();
        let said = self.seen.entry(format!("{name} {field}"));
        said.or_insert_with(|| format!("{kind}{}", count + 1)).clone().into()
    }
}

fn is_time(name: &str) -> bool {
    name.ends_with("Time") || name.starts_with("time") || name == "updated"
}

/// What differs between a recorded run and one of now, a line for each.
///
/// Scenarios that only one of the two has are not compared.
pub fn differences(recorded: &[Exchange], now: &[Exchange]) -> Vec<String> {
    let of = |exchanges: &[Exchange]| {
        let mut all: BTreeMap<String, Vec<Exchange>> = BTreeMap::new();
        for exchange in exchanges {
            all.entry(exchange.scenario.clone()).or_default().push(exchange.clone());
        }
        all
    };
    let now = of(now);
    let mut found = Vec::new();
    for (scenario, then) in of(recorded) {
        let Some(now) = now.get(&scenario) else { continue };
        for (then, now) in then.iter().zip(now) {
            let at = format!("{scenario}: {}", then.call);
            if then.call != now.call {
                found.push(format!("{at}: the scenario has changed, so record it again"));
                break;
            }
            if then.code != now.code {
                found.push(format!("{at}: {} then, {} now", then.code, now.code));
            }
            compare(&at, &then.answer, &now.answer, "", &mut found);
        }
        if then.len() != now.len() {
            found.push(format!("{scenario}: {} calls then, {} now", then.len(), now.len()));
        }
    }
    found
}

fn compare(at: &str, then: &Value, now: &Value, path: &str, found: &mut Vec<String>) {
    match (then, now) {
        (Value::Object(one), Value::Object(other)) => {
            let names: std::collections::BTreeSet<_> = one.keys().chain(other.keys()).collect();
            for name in names {
                let field = format!("{path}.{name}");
                compare(at, &then[name.as_str()], &now[name.as_str()], &field, found);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (then, now)) in one.iter().zip(other).enumerate() {
                compare(at, then, now, &format!("{path}[{index}]"), found);
            }
        }
        _ if then == now => {}
        _ => found.push(format!("{at}: {path} was {then}, now {now}")),
    }
}
