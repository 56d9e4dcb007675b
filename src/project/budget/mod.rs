//! `budget`: how much everything may cost in a month.

use crate::model::Usd;
use crate::project::format::Wrong;
use crate::project::layout::Laid;
use crate::project::problem::{Findings, Problem};
use schemars::JsonSchema;
use serde::Deserialize;

/// How much everything may cost in a month.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Refuses a plan that raises what everything of the stack costs at the least above this, as
    /// in `9000 USD`: list prices of the least machines, around the clock. A plan that lowers it
    /// is never refused.
    #[serde(default)]
    #[schemars(extend("format" = "dollars", "examples" = ["9000 USD"]))]
    pub refuse_above: Option<String>,
}

/// The dollars in a text such as `9000 USD`.
fn amount(text: &str) -> Option<Usd> {
    let number = text.strip_suffix("USD")?.trim_end();
    let plain = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    number.parse().ok().filter(|_| plain).map(Usd::dollars)
}

/// Whether a text is an amount of dollars.
///
/// # Errors
/// When it is not; what is wrong with it.
pub fn dollars(text: &str) -> Result<(), Wrong> {
    if amount(text).is_some() {
        return Ok(());
    }
    let bare = text.replace(['$', ',', '_'], "");
    let bare = bare.trim_end_matches("USD").trim();
    let meant = amount(&format!("{bare} USD")).map(|_| format!("write `{bare} USD`"));
    Err(Wrong::expected("an amount of US dollars, as in `9000 USD`").suggest(meant))
}

/// What is refused above, in this environment's view of the stack.
pub(crate) fn refuse_above(laid: &Laid) -> Option<Usd> {
    amount(laid.declaration.budget.refuse_above.as_deref()?)
}

/// The limit is for the whole stack, so no environment has one of its own.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    let Some((first, others)) = layout.split_first() else { return };
    for other in others.iter().filter(|other| refuse_above(other) != refuse_above(first)) {
        let written =
            |laid: &Laid| laid.tree.at(["budget", "refuse_above"]).map(|it| it.range.clone());
        let (here, there) = (written(other), written(first));
        let Some(range) = here.as_ref().or(there.as_ref()) else { continue };
        let message = "`budget.refuse_above` is for the whole stack, and not for one environment";
        let problem = Problem::error("budget", range, message);
        findings.push(problem.expected("one amount, in the files of the stack itself"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_says_its_currency() {
        assert_eq!(amount("9000 USD"), Some(Usd::dollars(9000.0)));
        assert_eq!(amount("99.50 USD"), Some(Usd::dollars(99.5)));
        for (wrong, right) in [("9000", "9000"), ("$9,000", "9000"), ("9_000 USD", "9000")] {
            let suggestion = dollars(wrong).unwrap_err().suggestion.unwrap();
            assert_eq!(suggestion, format!("write `{right} USD`"));
        }
        assert!(dollars("a lot").unwrap_err().suggestion.is_none());
        assert!(dollars("-5 USD").is_err());
    }
}
