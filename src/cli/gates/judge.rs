//! Whether the gates of an environment are open. Pure: what it must know is in [`Facts`].

use crate::ledger::{Entry, Outcome};
use crate::project::environments::{Environment, Gate, Promoted, Target};
use crate::project::format::seconds;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use time::OffsetDateTime;

/// Whether gates bind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    /// They do.
    Binding,
    /// They are only told of.
    Printed,
}

impl Force {
    /// They bind on the live clouds, and where a person wants to rehearse them.
    pub fn of(target: Target, enforced: bool) -> Self {
        match target {
            Target::Live => Self::Binding,
            Target::Sandbox if enforced => Self::Binding,
            Target::Sandbox => Self::Printed,
        }
    }
}

/// What gates are judged by.
#[derive(Clone, Debug)]
pub struct Facts {
    /// What the run is for. Destroying, or going back to what was there before, promotes nothing.
    pub purpose: &'static str,
    /// What time it is by the server's clock.
    pub now: OffsetDateTime,
    /// What was done in the environments that others are promoted from, newest first.
    pub history: BTreeMap<String, Vec<Entry>>,
    /// Environments that somebody is changing, or where an apply died.
    pub busy: BTreeSet<String>,
    /// The digest of what is declared of each environment without overlays.
    pub base: BTreeMap<String, String>,
    /// Environments that this run brings up to date as a whole, in promotion order.
    pub in_this_run: BTreeSet<String>,
    /// Environments whose changes somebody has approved.
    pub approved: BTreeSet<String>,
    /// Environments that have hubs.
    pub with_hubs: BTreeSet<String>,
}

/// What sort of gate it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// It was there before, and was well.
    Promotion,
    /// A person says yes.
    Approval,
    /// Things are well.
    Health,
}

/// A gate that is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The environment.
    pub env: String,
    /// What sort of gate it is.
    pub sort: Sort,
    /// The gate in words.
    pub gate: String,
    /// What is missing.
    pub missing: String,
    /// What to say or do to open it.
    pub words: String,
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { env, sort: _, gate, missing, words: _ } = self;
        write!(f, "{env}: {gate}: {missing}")
    }
}

/// The gates of an environment that are closed.
pub fn closed(environment: &Environment, facts: &Facts) -> Vec<Closed> {
    let env = &environment.name;
    let judged = environment.gates.iter().filter_map(|gate| {
        let (sort, missing, words) = match gate {
            Gate::Promoted(promoted) if facts.purpose == "apply" => {
                let missing = promotion(promoted, env, facts)?;
                let from = &promoted.promoted_from;
                let words = format!("apply {from} first, and let it be well there: -e {from}");
                (Sort::Promotion, missing, words)
            }
            Gate::Approval(_) if !facts.approved.contains(env) => {
                let words = format!("approve it: --approve-gate {env} --reason \"…\"");
                (Sort::Approval, "nobody has approved it".to_owned(), words)
            }
            // A probe of hubs belongs here; until there is one, what cannot be told is not well.
            Gate::Health(_) if facts.with_hubs.contains(env) && facts.purpose == "apply" => {
                let missing = "this release cannot tell whether hubs are well".to_owned();
                (Sort::Health, missing, "look at the hubs yourself".to_owned())
            }
            Gate::Promoted(_) | Gate::Approval(_) | Gate::Health(_) => return None,
        };
        Some(Closed { env: env.clone(), sort, gate: gate.to_string(), missing, words })
    });
    judged.collect()
}

/// The environments that an environment is promoted from.
pub(super) fn sources(environment: &Environment) -> impl Iterator<Item = &str> {
    environment.gates.iter().filter_map(|gate| match gate {
        Gate::Promoted(promoted) => Some(promoted.promoted_from.as_str()),
        Gate::Approval(_) | Gate::Health(_) => None,
    })
}

/// What is missing for something to be promoted.
fn promotion(gate: &Promoted, env: &str, facts: &Facts) -> Option<String> {
    let Promoted { promoted_from: from, healthy_for } = gate;
    let time = healthy_for.as_deref().and_then(|time| seconds(time).ok());
    if time.is_none() && facts.in_this_run.contains(from) {
        return None;
    }
    if facts.busy.contains(from) {
        return Some(format!("{from} is being changed, or an apply died there"));
    }
    let runs = facts.history.get(from).map(Vec::as_slice).unwrap_or_default();
    let runs: Vec<&Entry> = runs.iter().filter(|entry| entry.is_a_run()).collect();
    let Some(since) = well_since(&runs, env, facts.base.get(env)) else {
        return Some(not_there(from, env, runs.first().copied(), facts.base.get(env)));
    };
    let so_far = (facts.now - since).whole_seconds().max(0).unsigned_abs();
    let left = time.unwrap_or_default().checked_sub(so_far).filter(|left| *left > 0)?;
    Some(format!("it is there since {}; {} more to go", day(since), span(left)))
}

/// Since when a declaration is all there, and nothing failed.
fn well_since(runs: &[&Entry], env: &str, base: Option<&String>) -> Option<OffsetDateTime> {
    let same = |entry: &&&Entry| {
        entry.outcome == Outcome::Done
            && entry.holder.purpose != "destroy"
            && base.is_some()
            && entry.base.get(env) == base
    };
    let unbroken = runs.iter().take_while(same);
    unbroken.filter(|entry| entry.is_complete()).filter_map(|entry| entry.written).last()
}

/// Why a declaration is not all there.
fn not_there(from: &str, env: &str, last: Option<&Entry>, base: Option<&String>) -> String {
    let Some(last) = last else { return format!("nothing was applied to {from} yet") };
    let began = &last.began;
    if last.outcome != Outcome::Done {
        format!("the last run in {from} ({began}) did not end well")
    } else if last.holder.purpose == "destroy" {
        format!("{from} was destroyed ({began})")
    } else if last.base.get(env) == base {
        format!("only a part of this declaration was applied to {from} ({began})")
    } else {
        format!("what was applied to {from} last ({began}) is another declaration")
    }
}

fn day(time: OffsetDateTime) -> String {
    format!("{} {:02}:{:02} UTC", time.date(), time.hour(), time.minute())
}

/// A stretch of time in its largest unit, rounded up.
fn span(seconds: u64) -> String {
    let (length, unit) = match seconds {
        86_400.. => (86_400, "day"),
        3600.. => (3600, "hour"),
        60.. => (60, "minute"),
        _ => (1, "second"),
    };
    let count = seconds.div_ceil(length);
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
