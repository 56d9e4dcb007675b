//! `--parallelism`: how many steps run at the same time, altogether or with one provider.

use crate::apply::Parallelism;
use crate::providers;
use std::collections::BTreeSet;

/// The most that may be asked for.
const MOST: usize = 256;

/// One bound, as it is written: `10`, or `gcp=4`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// Of all steps.
    Altogether(usize),
    /// Of the steps of one provider.
    With(String, usize),
}

/// Reads a bound.
///
/// # Errors
/// When it is none, or names a provider that there is not; what was expected.
pub(crate) fn bound(text: &str) -> Result<Bound, String> {
    let (provider, number) = match text.split_once('=') {
        Some((provider, number)) => (Some(provider), number),
        None => (None, text),
    };
    let most = number.parse().ok().filter(|most| (1..=MOST).contains(most));
    let most = most.ok_or_else(|| format!("expected a number from 1 to {MOST}, or PROVIDER=N"))?;
    let Some(provider) = provider else { return Ok(Bound::Altogether(most)) };
    let known: BTreeSet<&str> = providers::registry().providers().collect();
    if known.contains(provider) {
        return Ok(Bound::With(provider.to_owned(), most));
    }
    let known: Vec<&str> = known.into_iter().collect();
    Err(format!("there is no provider `{provider}`; there is {}", known.join(", ")))
}

/// All bounds together; the last of each counts.
pub(crate) fn parallelism(bounds: &[Bound]) -> Parallelism {
    let mut parallelism = Parallelism::default();
    for bound in bounds {
        match bound {
            Bound::Altogether(most) => parallelism.altogether = *most,
            Bound::With(provider, most) => drop(parallelism.with.insert(provider.clone(), *most)),
        }
    }
    parallelism
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_of_all_steps_or_of_those_of_one_provider() {
        assert_eq!(bound("12"), Ok(Bound::Altogether(12)));
        assert_eq!(bound("gcp=4"), Ok(Bound::With("gcp".into(), 4)));
        let bounds = [bound("12"), bound("gcp=4"), bound("gcp=2")].map(Result::unwrap);
        let Parallelism { altogether, with } = parallelism(&bounds);
        assert_eq!((altogether, with), (12, [("gcp".to_owned(), 2)].into()));
    }

    #[test]
    fn anything_else_says_what_was_expected() {
        for text in ["0", "257", "many", "gcp=0", "gcp="] {
            assert!(bound(text).unwrap_err().contains("from 1 to 256"), "{text}");
        }
        let unknown = bound("gpc=4").unwrap_err();
        assert!(unknown.starts_with("there is no provider `gpc`; there is gcp"), "{unknown}");
    }
}
