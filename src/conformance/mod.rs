//! Scenarios that ask a cloud how it behaves, and hold the answer against `docs/sandbox.md`.
//!
//! The same stories run on the sandbox, on another server, and on Google Cloud itself with a
//! throw-away project. They speak in the words of the wire: what is sent, and which code and which
//! fields come back. They share no code with the sandbox, nor with our providers.
//!
//! What a run costs is counted while it runs ([`Limits`]); it stops creating things while there is
//! still enough left to take everything away again ([`clean`]).

mod behaviour;
mod budget;
mod client;
mod stage;
mod story;
#[cfg(test)]
mod tests;
mod transcript;

pub use behaviour::{Behaviour, behaviours};
pub use budget::{Limits, Spending};
pub use client::{ConformanceError, Target, Wire};
pub use stage::Check;
pub use transcript::{Exchange, differences};

use stage::{Stage, Stop};
use std::sync::{Arc, Mutex};

/// What all names begin with that a run makes, so that nothing else is ever taken away.
pub const PREFIX: &str = "leap-conformance-";

/// How one scenario went.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The behaviour that it is about, as `docs/sandbox.md` has it.
    pub behaviour: Behaviour,
    /// What was looked at, in order.
    pub checks: Vec<Check>,
    /// Why it was not played to its end.
    pub stopped: Option<String>,
}

impl Outcome {
    /// Whether all was as it is written.
    pub fn holds(&self) -> bool {
        self.stopped.is_none() && self.checks.iter().all(Check::holds)
    }
}

/// How a run went.
#[derive(Clone, Debug)]
pub struct Report {
    /// Each scenario, in the order of the document.
    pub outcomes: Vec<Outcome>,
    /// Every call and its answer.
    pub transcript: Vec<Exchange>,
}

/// The ids of all scenarios.
pub fn ids() -> Vec<&'static str> {
    story::all().into_iter().map(|scenario| scenario.id).collect()
}

/// Plays the scenarios of these ids (all, if none is given) with names that begin with `prefix`.
///
/// Leaves behind what was created: [`clean`] takes it away.
///
/// # Errors
/// When the target does not answer at all.
pub async fn run(
    wire: &Wire,
    prefix: &str,
    only: &[String],
    spending: &Arc<Mutex<Spending>>,
) -> Result<Report, ConformanceError> {
    let mut report = Report { outcomes: Vec::new(), transcript: Vec::new() };
    for scenario in story::all() {
        if !only.is_empty() && !only.iter().any(|id| id == scenario.id) {
            continue;
        }
        let behaviour = behaviours().into_iter().find(|line| line.id == scenario.id);
        let behaviour = behaviour.unwrap_or_else(|| Behaviour::unwritten(scenario.id));
        let mut stage = Stage::new(wire, prefix, scenario.id, Arc::clone(spending));
        let stopped = match (scenario.play)(&mut stage).await {
            Ok(()) => None,
            Err(Stop::Budget(why) | Stop::Unlike(why)) => Some(why),
            Err(Stop::Broken(error)) => return Err(error),
        };
        report.transcript.append(&mut stage.transcript);
        report.outcomes.push(Outcome { behaviour, checks: stage.checks, stopped });
    }
    Ok(report)
}

/// Takes away every bucket of the project whose name begins with `prefix`, with all that is in it;
/// returns their names. Looks again until nothing is left, since a create may still be under way.
///
/// # Errors
/// When the prefix is not one of a run, or something cannot be taken away.
pub async fn clean(wire: &Wire, prefix: &str) -> Result<Vec<String>, ConformanceError> {
    if !prefix.starts_with(PREFIX) {
        return Err(ConformanceError::Prefix(prefix.to_owned()));
    }
    let mut gone = Vec::new();
    loop {
        let buckets = wire.buckets(prefix).await?;
        if buckets.is_empty() {
            return Ok(gone);
        }
        for bucket in buckets {
            wire.remove(&bucket).await?;
            gone.push(bucket);
        }
    }
}
