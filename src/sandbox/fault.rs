//! Faults by rule: which calls, and what happens to them. Written as JSON:
//!
//! ```json
//! [{ "on": { "method": "CreateBucket", "nth": 2 }, "then": { "status": { "code": 503 } } }]
//! ```

use serde::{Deserialize, Serialize};

use super::Label;

/// A rule: the calls it is for, and what happens to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// What happens to a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// It has no effect and gets this answer.
    Status {
        /// The HTTP status; gRPC calls get the code that Google pairs with it.
        code: u16,
        /// The message, instead of a general one.
        #[serde(default)]
        message: String,
        /// A `Retry-After`, in seconds.
        #[serde(default)]
        retry_after_seconds: Option<u64>,
    },
    /// It takes longer by so many milliseconds.
    Delay {
        /// How many.
        ms: u64,
    },
    /// The connection breaks before it has any effect.
    CutBefore,
    /// It has its effect, and the connection breaks before the answer.
    CutAfter,
    /// The caller dies before it has any effect.
    CrashBefore,
    /// It has its effect, and the caller dies before the answer.
    CrashAfterEffect,
    /// It is answered, and the caller dies at its next call, before that has any effect.
    CrashAfter,
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
                    actions.push(rule.then.clone());
                }
            }
        }
        actions
    }

    /// Starts the counting anew.
    pub(super) fn recount(&mut self) {
        self.rules.iter_mut().for_each(|(_, count)| *count = 0);
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
}
