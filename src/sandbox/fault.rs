//! Faults by rule: which calls, and what happens to them. Written as JSON:
//!
//! ```json
//! [{ "on": { "method": "CreateBucket", "nth": 2 }, "then": { "status": { "code": 503 } } }]
//! ```

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::Label;
use super::chaos::{Chaos, Mishap};

/// A rule: the calls it is for, and what happens to them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which calls.
    #[serde(default)]
    pub on: Match,
    /// What happens to them.
    pub then: Action,
}

/// Which calls a rule is for: those that fit everything that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Match {
    /// The end of the method's name, or the whole of it with `*` for anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The same, for the name of the thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The number of the call among all calls, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<u64>,
    /// Only from the n-th call on that fits the rest, from 1; without `times`, only that one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nth: Option<u64>,
    /// At most so many calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
}

/// The status of a refusal.
fn refusing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    match u16::deserialize(deserializer)? {
        code @ 400..=599 => Ok(code),
        code => Err(D::Error::custom(format!("{code} refuses nothing: expected 400 to 599"))),
    }
}

impl Fault {
    /// Reads a list of rules, or `{"random": …}` alone, which is for every call.
    ///
    /// # Errors
    /// When the text is neither.
    pub fn list(text: &str) -> Result<Vec<Self>, serde_json::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Alone {
            random: Chaos,
        }
        if text.trim_start().starts_with('{') {
            let Alone { random } = serde_json::from_str(text)?;
            return Ok(vec![random.on_every_call()]);
        }
        serde_json::from_str(text)
    }
}

/// What happens to a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// It has no effect and gets this answer.
    Status {
        /// The HTTP status, 400 to 599; gRPC calls get the code that Google pairs with it.
        #[serde(deserialize_with = "refusing")]
        code: u16,
        /// The message, instead of a general one.
        #[serde(default)]
        message: String,
        /// A `Retry-After`, in seconds.
        #[serde(default)]
        retry_after_seconds: Option<u64>,
    },
    /// The same, with a `Retry-After` that is a date.
    StatusUntil {
        /// The HTTP status.
        #[serde(deserialize_with = "refusing")]
        code: u16,
        /// So far ahead of the answer's own `Date` is the date, in seconds.
        seconds: u64,
    },
    /// It has no effect, and is told that the name is taken: names are not free at once after
    /// what bore them was deleted.
    NameTaken,
    /// It takes longer by so many milliseconds.
    Delay {
        /// How many.
        ms: u64,
    },
    /// The connection breaks before it has any effect.
    CutBefore,
    /// It has its effect, and the connection breaks before the answer.
    CutAfter,
    /// It has its effect, and the answer comes in eight pieces.
    Trickle {
        /// So many milliseconds before each piece.
        ms: u64,
    },
    /// It has its effect, and only half of the answer arrives.
    Truncate(Ending),
    /// A call that only looks sees the world as it was before the last changes; with 0 it sees it
    /// as it is. Looking then moves nothing on, such as an operation that counts the looks.
    Lag {
        /// So many changes, of those made since the rule is in force.
        changes: usize,
    },
    /// The server that answers has another clock: its `Date`, and the times that it writes down.
    Skew {
        /// How far it is ahead; behind, if negative.
        seconds: i64,
    },
    /// Somebody else changes the world just before.
    Meanwhile {
        /// What they change, as `sandbox show` names it: `gcs/bucket/leap-scratch`.
        key: String,
        /// What it becomes; without it, it goes.
        #[serde(default)]
        value: Option<Value>,
    },
    /// Now and then one of several things, as a seed has it.
    Random(Chaos),
    /// The caller dies before it has any effect.
    CrashBefore,
    /// It has its effect, and the caller dies before the answer.
    CrashAfterEffect,
    /// It is answered, and the caller dies at its next call, before that has any effect.
    CrashAfter,
}

/// How half an answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// `Content-Length` promised the whole, and the connection (for gRPC the stream) breaks.
    Broken,
    /// The same without a `Content-Length`: the last chunk never comes.
    Chunked,
    /// As though that were all.
    Quiet,
}

/// The rules in force, and how often each has matched.
#[derive(Debug, Default)]
pub(super) struct Faults {
    rules: Vec<(Fault, u64)>,
}

impl Faults {
    pub(super) fn new(rules: Vec<Fault>) -> Self {
        Self { rules: rules.into_iter().map(|rule| (rule, 0)).collect() }
    }

    /// Returns what happens to this call, and counts it in every rule that it fits.
    pub(super) fn strike(&mut self, number: u64, label: &Label) -> Vec<Action> {
        let mut actions = Vec::new();
        for (rule, count) in &mut self.rules {
            if rule.on.fits(number, label) {
                *count += 1;
                if rule.on.includes(*count) {
                    actions.extend(rule.then.now(*count, label));
                }
            }
        }
        actions
    }

    /// Whether anybody may be shown what was before.
    pub(super) fn look_back(&self) -> bool {
        self.rules.iter().any(|(rule, _)| match &rule.then {
            Action::Lag { .. } => true,
            Action::Random(chaos) => chaos.of.contains(&Mishap::Lag),
            _ => false,
        })
    }

    /// Starts the counting anew.
    pub(super) fn recount(&mut self) {
        self.rules.iter_mut().for_each(|(_, count)| *count = 0);
    }
}

impl Action {
    /// What happens to the `count`th call that a rule fits.
    fn now(&self, count: u64, label: &Label) -> Option<Self> {
        match self {
            Self::Random(chaos) => chaos.draw(count, label),
            // A change that is answered and lost is nothing that clouds do.
            Self::Lag { .. } if label.mutating => None,
            other => Some(other.clone()),
        }
    }
}

impl Match {
    fn fits(&self, number: u64, label: &Label) -> bool {
        let fits = |pattern: &Option<String>, text: &str| {
            pattern.as_ref().is_none_or(|pattern| matches(pattern, text))
        };
        fits(&self.method, &label.method)
            && fits(&self.resource, &label.resource)
            && self.call.is_none_or(|call| call == number)
    }

    fn includes(&self, count: u64) -> bool {
        let first = self.nth.unwrap_or(1);
        let times = self.times.unwrap_or(if self.nth.is_some() { 1 } else { u64::MAX });
        count >= first && count - first < times
    }
}

/// Without a `*`, the end of the text; with one, the whole of it.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return text.ends_with(pattern);
    };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(method: &str, resource: &str) -> Label {
        Label { method: method.into(), resource: resource.into(), mutating: true }
    }

    fn struck(on: Match, calls: &[Label]) -> Vec<usize> {
        let mut faults = Faults::new(vec![Fault { on, then: Action::CutBefore }]);
        (1..=calls.len()).filter(|n| !faults.strike(*n as u64, &calls[n - 1]).is_empty()).collect()
    }

    #[test]
    fn a_rule_counts_only_the_calls_it_fits() {
        let calls = ["a/Get", "a/Create", "a/Get", "a/Create", "a/Create"];
        let calls = calls.map(|method| label(method, "x"));
        let on =
            |nth, times| Match { method: Some("Create".into()), nth, times, ..Match::default() };
        assert_eq!(struck(on(None, None), &calls), [2, 4, 5]);
        assert_eq!(struck(on(Some(2), None), &calls), [4]);
        assert_eq!(struck(on(Some(2), Some(9)), &calls), [4, 5]);
        assert_eq!(struck(on(None, Some(1)), &calls), [2]);
    }

    #[test]
    fn a_rule_may_be_for_the_kth_call_of_all() {
        let calls = [label("a", "x"), label("b", "x"), label("a", "x")];
        assert_eq!(struck(Match { call: Some(3), ..Match::default() }, &calls), [3]);
    }

    #[test]
    fn a_star_stands_for_anything() {
        assert!(matches("*Storage/*Bucket", "google.storage.v2.Storage/CreateBucket"));
        assert!(!matches("Storage/*Bucket", "google.storage.v2.Storage/CreateBucket"));
        assert!(matches("leap-*", "leap-scratch"));
        assert!(matches("Bucket", "google.storage.v2.Storage/CreateBucket"));
    }

    #[test]
    fn rules_are_read_from_json() {
        let text = r#"[
            { "on": { "method": "CreateBucket", "nth": 2 }, "then": { "status": { "code": 503 } } },
            { "on": { "call": 7 }, "then": "crash_after_effect" },
            { "then": { "delay": { "ms": 5 } } }
        ]"#;
        let faults: Vec<Fault> = serde_json::from_str(text).unwrap();
        assert_eq!(faults[1].then, Action::CrashAfterEffect);
        assert_eq!(faults[2].on, Match::default());
    }

    #[test]
    fn every_fault_can_be_written() {
        let text = r#"[
            { "then": { "status_until": { "code": 429, "seconds": 2 } } },
            { "then": "name_taken" },
            { "then": { "trickle": { "ms": 20 } } },
            { "then": { "truncate": "quiet" } },
            { "then": { "lag": { "changes": 3 } } },
            { "then": { "skew": { "seconds": -300 } } },
            { "then": { "meanwhile": { "key": "gcs/bucket/a" } } },
            { "then": { "random": { "seed": 7, "rate": 0.5, "of": ["429", "reset"] } } }
        ]"#;
        assert_eq!(Fault::list(text).unwrap().len(), 8);
    }

    #[test]
    fn chance_alone_is_for_every_call() {
        let faults = Fault::list(r#" {"random": {"seed": 7}}"#).unwrap();
        assert_eq!(faults, [Chaos::new(7).on_every_call()]);
        assert!(Fault::list(r#"{"random": {"seed": 7, "of": ["thunder"]}}"#).is_err());
        assert!(Fault::list(r#"{"rando": 1}"#).is_err());
        assert!(Fault::list(r#"{"random": {"seed": 7, "rate": 2}}"#).is_err(), "no part");
        assert!(Fault::list(r#"[{"then": {"status": {"code": 200}}}]"#).is_err(), "no refusal");
    }

    #[test]
    fn only_calls_that_look_are_shown_the_past() {
        let lag = Action::Lag { changes: 1 };
        assert_eq!(lag.now(1, &label("a/Create", "x")), None);
        let look = Label { mutating: false, ..label("a/Get", "x") };
        assert_eq!(lag.now(1, &look), Some(lag));
    }
}
