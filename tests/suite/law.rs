//! How a law is tried: on values that nobody thought of, the smallest that breaks it printed as a
//! case to keep.

use super::garden::{Plot, garden};
use proptest::prelude::*;
use proptest::test_runner::TestError;

/// How many stacks each law is tried on; more with PROPTEST_CASES.
const CASES: u32 = 12;

pub fn law<T, F: Future<Output = ()>>(values: impl Strategy<Value = T>, check: impl Fn(T) -> F)
where
    T: std::fmt::Debug + Clone,
{
    law_on(CASES, values, check);
}

/// A law on so many values; more with PROPTEST_CASES.
pub fn law_on<T, F: Future<Output = ()>>(
    cases: u32,
    values: impl Strategy<Value = T>,
    check: impl Fn(T) -> F,
) where
    T: std::fmt::Debug + Clone,
{
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(cases);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.unwrap();
    let found = proptest::test_runner::TestRunner::new(config).run(&values, |value| {
        runtime.block_on(check(value));
        Ok(())
    });
    match found {
        Ok(()) => {}
        Err(TestError::Fail(why, value)) => panic!(
            "{why}\n\nTo keep this as a test, give the law this alone:\n\n    law(Just({}), …)\n",
            source(&value)
        ),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
}

/// A value as it is written in Rust: what is printed for people, with lists and texts made again.
fn source(value: &impl std::fmt::Debug) -> String {
    let (mut source, mut inside, mut escaped) = (String::new(), false, false);
    for letter in format!("{value:?}").chars() {
        if letter == '[' && !inside {
            source.push_str("vec!");
        }
        source.push(letter);
        if letter == '"' && !escaped {
            if inside {
                source.push_str(".into()");
            }
            inside = !inside;
        }
        escaped = inside && letter == '\\' && !escaped;
    }
    source
}

#[test]
fn a_law_that_is_broken_prints_a_case_to_keep() {
    let broken = std::panic::catch_unwind(|| {
        law(garden(), |plots| async move { assert!(plots.len() < 2, "too many") });
    });
    let why = *broken.unwrap_err().downcast::<String>().unwrap();
    assert!(why.contains("too many"), "{why}");
    let case = "law(Just(vec![Plot { days: None, rules: vec![], versioning: false";
    assert!(why.contains(case), "{why}");
    let plot = Plot { label: Some("a \"b\" [c]".into()), ..Plot::default() };
    assert!(source(&plot).contains(r#"label: Some("a \"b\" [c]".into()), "#), "{}", source(&plot));
}
