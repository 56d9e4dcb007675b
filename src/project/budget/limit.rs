//! The figure above which a plan is refused.

use crate::model::Usd;
use crate::project::format::Wrong;
use crate::project::layout::Laid;

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
