//! The forms of amounts, thresholds and addresses.

use crate::project::format::Wrong;
use crate::providers::gcp::billing_budget::{Amount, Threshold};

/// What stands for no budget.
pub(super) const OFF: &str = "off";

/// Whether a text is what Google can hold a bill against.
///
/// # Errors
/// When it is not; what is wrong with it.
pub fn budget_amount(text: &str) -> Result<(), Wrong> {
    let good = |text: &str| text == OFF || text.parse::<Amount>().is_ok();
    if good(text) {
        return Ok(());
    }
    let bare = text.replace(['$', ',', '_'], "");
    let dollars = format!("{} USD", bare.trim_end_matches("USD").trim());
    let meant = match text.replace([' ', '-', '_'], "").to_lowercase().as_str() {
        "lastmonth" | "lastmonths" | "lastmonth's" | "auto" => Some("last month's".to_owned()),
        "none" | "no" | "false" => Some(OFF.to_owned()),
        _ => Some(dollars).filter(|meant| good(meant)),
    };
    let wrong = Wrong::expected("an amount and a currency, `last month's`, or `off`");
    Err(wrong.suggest(meant.map(|meant| format!("write `{meant}`"))))
}

/// Whether a text says at how much of a budget mails are sent.
///
/// # Errors
/// When it does not; what is wrong with it.
pub fn threshold(text: &str) -> Result<(), Wrong> {
    if text.parse::<Threshold>().is_ok() {
        return Ok(());
    }
    let (number, forecast) = match text.strip_suffix("forecast") {
        Some(number) => (number, " forecast"),
        None => (text, ""),
    };
    let meant = format!("{}%{forecast}", number.trim().trim_end_matches('%').trim());
    let meant = meant.parse::<Threshold>().ok().map(|_| format!("write `{meant}`"));
    Err(Wrong::expected("a part of the amount, as in `90%` or `100% forecast`").suggest(meant))
}

/// Whether a text is an address of electronic mail.
///
/// # Errors
/// When it is not; what is wrong with it.
pub fn mail_address(text: &str) -> Result<(), Wrong> {
    let plain = |c: char| c.is_ascii_graphic() && !"/,;:<>()[]\\\"@".contains(c);
    let whole = |part: &str| !part.is_empty() && part.chars().all(plain);
    let good = text.split_once('@').is_some_and(|(local, domain)| {
        let dotted = domain.contains('.') && domain.split('.').all(|part| !part.is_empty());
        whole(local) && whole(domain) && dotted
    });
    let bare = text.trim_start_matches("mailto:").trim();
    let meant = (bare != text && mail_address(bare).is_ok()).then(|| format!("write `{bare}`"));
    let wrong = Wrong::expected("an address of electronic mail, as in `money@leap.example.org`");
    if good && text.len() <= 254 { Ok(()) } else { Err(wrong.suggest(meant)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(check: fn(&str) -> Result<(), Wrong>, text: &str) -> Option<String> {
        check(text).unwrap_err().suggestion
    }

    #[test]
    fn amounts_are_told_how_they_are_written() {
        for good in ["7000 USD", "99.50 EUR", "last month's", "off"] {
            assert!(budget_amount(good).is_ok(), "{good}");
        }
        for (wrong, right) in
            [("$7,000", "7000 USD"), ("7000", "7000 USD"), ("last-month", "last month's")]
        {
            assert_eq!(meant(budget_amount, wrong).unwrap(), format!("write `{right}`"));
        }
        assert_eq!(meant(budget_amount, "a lot"), None);
    }

    #[test]
    fn thresholds_and_addresses_are_told_how_they_are_written() {
        assert!(threshold("100% forecast").is_ok());
        assert_eq!(meant(threshold, "90").unwrap(), "write `90%`");
        assert_eq!(meant(threshold, "100 forecast").unwrap(), "write `100% forecast`");
        assert!(mail_address("support+budget-leap@leap.example.org").is_ok());
        let wrong = meant(mail_address, "mailto:money@leap.example.org");
        assert_eq!(wrong.unwrap(), "write `money@leap.example.org`");
        for wrong in ["money", "money@leap", "money@@leap.org", "a b@leap.org", "a/b@leap.org"] {
            assert!(mail_address(wrong).is_err(), "{wrong}");
        }
    }
}
