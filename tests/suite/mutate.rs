//! Changes by chance: of any bytes, and of the values in JSON. As many as PROPTEST_CASES says; what
//! is found is printed with the bytes that did it.

use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};
use serde_json::{Value, json};

/// One change of a text, at a place that is a part of its length.
#[derive(Clone, Debug)]
pub enum Change {
    Put(f64, Vec<u8>),
    Cut(f64, usize),
    Twice(f64, usize),
    Flip(f64, u8),
}

/// What is done to a text.
#[derive(Clone, Debug)]
pub enum Harm {
    Bytes(Vec<Change>),
    /// Values of JSON, by their place among all values, become others, or go.
    Values(Vec<(f64, usize)>),
}

const WORDS: &[&str] = &[
    "&a ",
    "*a",
    "<<: ",
    "- ",
    "? ",
    "!!binary ",
    "!append",
    "\t",
    "\0",
    "{",
    "[",
    "\"",
    "'",
    "|\n",
    ">-\n",
    "%YAML 9\n",
    "---\n",
    "...\n",
    "~",
    ".inf",
    "1e999",
    "0x",
    "\u{feff}",
    "\u{202e}",
    "é",
    "🦀",
    "\r",
    ": ",
    "#",
    "99999999999999999999",
    "-0",
    "\u{85}",
    "\u{2028}",
];

/// What a value of JSON becomes.
fn values() -> Vec<Value> {
    let deep = (0..100).fold(json!(0), |inner, _| json!([inner]));
    let wide = "a".repeat(70_000);
    let moments = ["9999-99-99T99:99:99Z", "0000-01-01T00:00:00Z", "2026-01-01T00:00:60+99:00"];
    let spans = ["-5s", "1e99s", "315576000001s", "0.0000000001s"];
    let names = ["", "..", "a/../b", "\0", "🦀", "projects/_/buckets/", "deleted:user:a?uid=", "="];
    let numbers = [json!(-1), json!(0.5), json!(1e308), json!(u64::MAX), json!(i64::MIN)];
    let others = [json!(null), json!(true), json!([]), json!({}), json!([null]), deep, json!(wide)];
    let texts = [&moments[..], &spans[..], &names[..]].concat();
    let texts = texts.into_iter().map(Value::from);
    others.into_iter().chain(numbers).chain(texts).collect()
}

pub fn changes() -> impl Strategy<Value = Vec<Change>> {
    let word = proptest::sample::select(WORDS).prop_map(|word| word.as_bytes().to_vec());
    let bytes = proptest::collection::vec(any::<u8>(), 1..4);
    let put = prop_oneof![word, bytes];
    let at = 0.0..1.0_f64;
    let change = prop_oneof![
        3 => (at.clone(), put).prop_map(|(at, bytes)| Change::Put(at, bytes)),
        1 => (at.clone(), 1..30_usize).prop_map(|(at, length)| Change::Cut(at, length)),
        1 => (at.clone(), 1..60_usize).prop_map(|(at, length)| Change::Twice(at, length)),
        1 => (at, any::<u8>()).prop_map(|(at, bits)| Change::Flip(at, bits)),
    ];
    proptest::collection::vec(change, 1..5)
}

/// Something for a text that may be JSON.
pub fn harm() -> impl Strategy<Value = Harm> {
    // One more than there are values: the last takes the value away.
    let value = (0.0..1.0_f64, 0..=values().len());
    prop_oneof![
        1 => changes().prop_map(Harm::Bytes),
        2 => proptest::collection::vec(value, 1..4).prop_map(Harm::Values),
    ]
}

impl Harm {
    /// The text after it. What is no JSON has no values, and stays.
    pub fn done_to(&self, text: &[u8]) -> Vec<u8> {
        let harms = match self {
            Self::Bytes(changes) => return changed(text, changes),
            Self::Values(harms) => harms,
        };
        let Ok(mut tree) = serde_json::from_slice(text) else { return text.to_vec() };
        for (at, which) in harms {
            let (other, count) = (values().into_iter().nth(*which), count(&tree));
            replace(&mut tree, &mut ((at * count as f64) as usize), other.as_ref());
        }
        serde_json::to_vec(&tree).unwrap()
    }
}

fn count(tree: &Value) -> usize {
    match tree {
        Value::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

/// Replaces the value of this number, or empties it if there is no other; true once it is done.
fn replace(tree: &mut Value, number: &mut usize, other: Option<&Value>) -> bool {
    if *number == 0 {
        *tree = other.cloned().unwrap_or_default();
        return true;
    }
    *number -= 1;
    match tree {
        Value::Array(items) => items.iter_mut().any(|item| replace(item, number, other)),
        Value::Object(fields) => {
            let inside = |(name, field): (&String, &mut Value)| {
                let here = *number == 0;
                replace(field, number, other)
                    .then(|| (here && other.is_none()).then(|| name.clone()))
            };
            let done = fields.iter_mut().find_map(inside);
            if let Some(Some(gone)) = &done {
                fields.remove(gone);
            }
            done.is_some()
        }
        _ => false,
    }
}

pub fn changed(text: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut text = text.to_vec();
    for change in changes {
        let place = |part: &f64| (part * text.len() as f64) as usize;
        match change {
            Change::Put(at, bytes) => {
                let at = place(at);
                text.splice(at..at, bytes.iter().copied());
            }
            Change::Cut(at, length) => {
                let at = place(at);
                text.drain(at..(at + length).min(text.len()));
            }
            Change::Twice(at, length) => {
                let at = place(at);
                let part = text[at..(at + length).min(text.len())].to_vec();
                text.splice(at..at, part);
            }
            Change::Flip(at, bits) => {
                let at = place(at);
                if let Some(byte) = text.get_mut(at) {
                    *byte ^= bits;
                }
            }
        }
    }
    text
}

/// Tries so many cases, or as many as PROPTEST_CASES says. A case that panics is made smaller, and
/// printed with what `shown` makes of it.
pub fn cases<S: Strategy>(
    most: u32,
    strategy: &S,
    shown: impl Fn(&S::Value) -> Vec<u8>,
    check: impl Fn(&S::Value),
) {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(most);
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    };
    let run = TestRunner::new(config).run(strategy, |case| {
        check(&case);
        Ok(())
    });
    if let Err(TestError::Fail(why, case)) = &run {
        let bytes = shown(case);
        panic!("{why}\ncase: {case:?}\nbytes: {}", bytes.escape_ascii());
    }
    run.unwrap();
}

/// Tries so many mutations of a text.
pub fn mutations(most: u32, text: &[u8], check: impl Fn(&[u8])) {
    if serde_json::from_slice::<Value>(text).is_ok() {
        cases(most, &harm(), |harm| harm.done_to(text), |harm| check(&harm.done_to(text)));
    } else {
        let changed = |changes: &Vec<Change>| changed(text, changes);
        cases(most, &changes(), changed, |changes| check(&changed(changes)));
    }
}
