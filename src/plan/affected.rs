//! Whom the changes of a plan concern: how many people may start the profile that changes, log in to
//! the hub, or use what a team gives them.
//!
//! Knows of hubs only where their profiles stand among the values of a release, as `people.rs` knows
//! of memberships what is in their settings.

use crate::model::{Audience, Crowd, ResourceId};
use crate::plan::{Action, Plan, Step};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How many people a change concerns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Affected {
    /// The environment.
    pub environment: String,
    /// What changes for them, as in `hubs/prod/profiles/gpu`.
    pub what: String,
    /// How many are declared to have it.
    pub people: usize,
    /// Teams whose members are not declared, or not all, and have it as well.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub teams: BTreeSet<String>,
}

impl fmt::Display for Affected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { environment, what, people, teams } = self;
        let plural = if *people == 1 { "person" } else { "people" };
        write!(f, "{what} ({environment}): its change affects {people} {plural}")?;
        let teams: Vec<&str> = teams.iter().map(String::as_str).collect();
        match teams.as_slice() {
            [] => Ok(()),
            teams => write!(f, ", and whoever is in {}", teams.join(", ")),
        }
    }
}

/// Whom the changes of a plan concern. `audiences` says for whom resources are there, by address.
pub fn affected(plan: &Plan, audiences: &BTreeMap<ResourceId, Audience>) -> Vec<Affected> {
    let mut all = BTreeSet::new();
    for step in plan.steps.iter().filter(|step| step.action == Action::Update) {
        let Some(audience) = audiences.get(&step.id) else { continue };
        let of = |what: String, crowd: &Crowd| Affected {
            environment: step.id.env.clone(),
            what,
            people: crowd.people.len(),
            teams: crowd.teams.clone(),
        };
        let Changed { whole, parts } = changed(step);
        all.extend(whole.then(|| of(audience.what.clone(), &audience.everybody)));
        let parts = parts.iter().filter_map(|part| Some((part, audience.parts.get(part)?)));
        all.extend(parts.map(|(part, crowd)| of(format!("{}/{part}", audience.what), crowd)));
    }
    all.into_iter().filter(|it| it.people > 0 || !it.teams.is_empty()).collect()
}

/// What a step changes of a thing that has parts.
struct Changed {
    /// Whether something changes that is no part.
    whole: bool,
    parts: BTreeSet<String>,
}

fn changed(step: &Step) -> Changed {
    let (mut before, mut after) = (step.before.clone(), step.after.clone());
    let (was, is) = (take_profiles(&mut before), take_profiles(&mut after));
    let slugs: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let differ = slugs.into_iter().filter(|slug| was.get(*slug) != is.get(*slug));
    Changed {
        whole: before != after,
        parts: differ.map(|slug| format!("profiles/{slug}")).collect(),
    }
}

/// Takes the profiles of a hub out of the settings of its release, by their slugs. A chart that wraps
/// JupyterHub's has its values below a key of its own.
fn take_profiles(spec: &mut Option<Value>) -> BTreeMap<String, Value> {
    let Some(values) = spec.as_mut().and_then(|spec| spec.get_mut("values")) else {
        return BTreeMap::new();
    };
    let wrapped = |values: &Value| {
        let mut inner = values.as_object()?.iter();
        inner.find(|(_, it)| it.pointer(LIST).is_some()).map(|(key, _)| key.clone())
    };
    let values = match wrapped(values) {
        Some(key) => &mut values[key],
        None => values,
    };
    let Some(list) = values.pointer_mut(LIST) else { return BTreeMap::new() };
    let Value::Array(profiles) = list.take() else { return BTreeMap::new() };
    let slug = |profile: &Value| profile["slug"].as_str().unwrap_or_default().to_owned();
    profiles.into_iter().map(|profile| (slug(&profile), profile)).collect()
}

/// Where the profiles stand among the values of JupyterHub's chart.
const LIST: &str = "/singleuser/profileList";
