//! Does running again repair it? Kills an apply at every single call, or lets the cloud misbehave
//! by chance, and looks whether an undisturbed run afterwards ends in the same world.
//!
//! [`Rehearsal`] does it to any [`Subject`]; [`Platform`] is the subject that a person's own
//! declaration makes, in a sandbox in memory. Nothing here touches a live cloud.

mod platform;

pub use platform::{Platform, PlatformError};

use crate::model::first_difference;
use crate::sandbox::{Action, Chaos, Fault, Match, Sandbox, Snapshot};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// What a person could see in the clouds, without what counts writes or time.
pub type World = BTreeMap<String, Value>;

/// How long after a run the next one begins: the lease of the dead has expired.
const LATER: Duration = Duration::from_secs(61);

/// How a run ended that was not killed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Everything was done.
    Complete,
    /// Something was not, and the run says what.
    Partly(String),
}

/// What can be run, killed and run again against a sandbox.
pub trait Subject {
    /// What a run carries out.
    type Plan;

    /// The cloud.
    fn sandbox(&self) -> &Sandbox;

    /// Comes back when a crash point has killed the caller.
    fn died(&self) -> impl Future<Output = ()>;

    /// What there is to do.
    ///
    /// # Errors
    /// Why there is no plan, in words.
    fn plan(&self) -> impl Future<Output = Result<Self::Plan, String>>;

    /// Carries out a plan.
    ///
    /// # Errors
    /// Why nothing was begun, in words.
    fn apply(&self, plan: &Self::Plan) -> impl Future<Output = Result<Ending, String>>;

    /// Plans and applies as another process, which also tidies up after those that died.
    ///
    /// # Errors
    /// Why nothing was begun, in words.
    fn run_again(&self) -> impl Future<Output = Result<Ending, String>>;

    /// What is still to do or to tidy up; nothing when all is well.
    fn left_to_do(&self) -> impl Future<Output = Option<String>>;

    /// What a person can see now.
    fn world(&self) -> World;
}

/// How a caller dies at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Before the call has any effect.
    BeforeEffect,
    /// After the effect, before the answer.
    BeforeAnswer,
    /// After the answer.
    AfterAnswer,
}

impl Way {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::BeforeEffect, Self::BeforeAnswer, Self::AfterAnswer];

    fn action(self) -> Action {
        match self {
            Self::BeforeEffect => Action::CrashBefore,
            Self::BeforeAnswer => Action::CrashAfterEffect,
            Self::AfterAnswer => Action::CrashAfter,
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BeforeEffect => "before-effect",
            Self::BeforeAnswer => "before-answer",
            Self::AfterAnswer => "after-answer",
        })
    }
}

impl FromStr for Way {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let way = Self::ALL.into_iter().find(|way| way.to_string() == text);
        way.ok_or_else(|| {
            format!("`{text}` is none of {}", Self::ALL.map(|w| w.to_string()).join(", "))
        })
    }
}

/// A call, and how the caller dies there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// The number of the call, from 1.
    pub call: u64,
    /// How.
    pub way: Way,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "call {}, {}", self.call, self.way)
    }
}

/// What a run among faults met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endured {
    /// How the run among faults ended; an error is why nothing was begun.
    pub ending: Result<Ending, String>,
    /// How many calls it made.
    pub calls: usize,
}

/// A journey that was made once undisturbed, to be made again in worse weather.
pub struct Rehearsal<'a, S> {
    subject: &'a S,
    start: Snapshot,
    arrival: World,
    calls: u64,
}

impl<'a, S: Subject> Rehearsal<'a, S> {
    /// Makes the journey from what is there now, undisturbed.
    ///
    /// # Errors
    /// When it does not succeed even so, in words.
    pub async fn of(subject: &'a S) -> Result<Self, String> {
        let start = snapshot(subject)?;
        let plan = subject.plan().await?;
        restore(subject, &start)?;
        match subject.apply(&plan).await? {
            Ending::Complete => {}
            Ending::Partly(why) => return Err(why),
        }
        let calls = subject.sandbox().calls().len() as u64;
        Ok(Self { subject, start, arrival: subject.world(), calls })
    }

    /// How many calls an undisturbed run makes, its planning not counted.
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// The world that an undisturbed run ends in.
    pub fn arrival(&self) -> &World {
        &self.arrival
    }

    /// Every call, every way to die there.
    pub fn points(&self) -> Vec<Point> {
        let at = |call| Way::ALL.map(|way| Point { call, way });
        (1..=self.calls).flat_map(at).collect()
    }

    /// Kills a run at a point, runs again a good minute later, and looks at what came of it.
    ///
    /// # Errors
    /// What is not as after an undisturbed run, in words.
    pub async fn recovers(&self, point: Point) -> Result<(), String> {
        let sandbox = self.subject.sandbox();
        sandbox.set_faults(Vec::new());
        restore(self.subject, &self.start)?;
        let plan = self.subject.plan().await?;
        restore(self.subject, &self.start)?;
        let on = Match { call: Some(point.call), ..Match::default() };
        sandbox.set_faults(vec![Fault { on, then: point.way.action() }]);
        tokio::select! {
            // A crash after the very last call is no crash.
            ended = self.subject.apply(&plan) => { ended?; }
            () = self.subject.died() => {}
        }
        self.calm().await
    }

    /// Runs among faults, then again without any, and looks at what came of it.
    ///
    /// # Errors
    /// What is not as after an undisturbed run, in words; or that a run claimed more than it did.
    pub async fn endures(&self, chaos: Chaos) -> Result<Endured, String> {
        let sandbox = self.subject.sandbox();
        sandbox.set_faults(Vec::new());
        restore(self.subject, &self.start)?;
        sandbox.set_faults(vec![chaos.on_every_call()]);
        let ending = match self.subject.plan().await {
            Ok(plan) => self.subject.apply(&plan).await,
            Err(why) => Err(why),
        };
        let calls = sandbox.calls().len();
        let difference = difference(&self.arrival, &self.subject.world());
        if let (Ok(Ending::Complete), Some(difference)) = (&ending, difference) {
            let claim = "the run among faults said that all was done, and it was not";
            return Err(format!("{claim}: {difference}"));
        }
        self.calm().await?;
        Ok(Endured { ending, calls })
    }

    /// Another run, later, of which nothing goes wrong.
    async fn calm(&self) -> Result<(), String> {
        let sandbox = self.subject.sandbox();
        sandbox.set_faults(Vec::new());
        sandbox.clear_calls();
        sandbox.clock().advance(LATER);
        match self.subject.run_again().await? {
            Ending::Complete => {}
            Ending::Partly(why) => return Err(format!("running again did not do it all: {why}")),
        }
        if let Some(difference) = difference(&self.arrival, &self.subject.world()) {
            return Err(format!("running again ended in another world: {difference}"));
        }
        match self.subject.left_to_do().await {
            Some(rest) => Err(format!("running again left something: {rest}")),
            None => Ok(()),
        }
    }
}

/// The first thing that is not the same in two worlds.
fn difference(expected: &World, found: &World) -> Option<String> {
    let keys = expected.keys().chain(found.keys());
    let key = keys.min_by_key(|key| (expected.get(*key) == found.get(*key), *key))?;
    match (expected.get(key), found.get(key)) {
        (Some(one), Some(other)) if one == other => None,
        (Some(_), None) => Some(format!("{key} is missing")),
        (None, _) => Some(format!("{key} should not be there")),
        (Some(one), Some(other)) => {
            let (path, ..) = first_difference(one, other);
            let place = if path.is_empty() { "" } else { ", in " };
            Some(format!("{key} is not as it should be{place}{}", path.join(".")))
        }
    }
}

fn snapshot(subject: &impl Subject) -> Result<Snapshot, String> {
    subject.sandbox().snapshot().map_err(|error| error.to_string())
}

fn restore(subject: &impl Subject, to: &Snapshot) -> Result<(), String> {
    subject.sandbox().restore(to).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn world(pairs: &[(&str, u8)]) -> World {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect()
    }

    #[test]
    fn the_first_difference_is_named() {
        let told =
            |one: &[(&str, u8)], other: &[(&str, u8)]| difference(&world(one), &world(other));
        assert_eq!(told(&[("a", 1), ("b", 2)], &[("a", 1), ("b", 2)]), None);
        assert_eq!(told(&[("a", 1), ("b", 2)], &[("a", 1)]).unwrap(), "b is missing");
        assert_eq!(told(&[("a", 1)], &[("a", 1), ("b", 2)]).unwrap(), "b should not be there");
        assert_eq!(told(&[("a", 1)], &[("a", 3)]).unwrap(), "a is not as it should be");
        let inside = |d: u8| World::from([("a".to_owned(), json!({ "b": { "c": 1, "d": d } }))]);
        let said = difference(&inside(1), &inside(2)).unwrap();
        assert_eq!(said, "a is not as it should be, in b.d");
        assert_eq!(told(&[], &[]), None);
    }

    #[test]
    fn a_way_to_die_is_read_as_it_is_written() {
        assert!(Way::ALL.iter().all(|way| way.to_string().parse() == Ok(*way)));
        assert!("in-bed".parse::<Way>().unwrap_err().contains("before-answer"));
    }
}
