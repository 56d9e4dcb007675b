//! How much a budget is, and of how much of it mails tell, as texts that people write.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How much a budget is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Amount {
    /// As much as the period before.
    LastPeriod,
    /// So many hundredths of a currency.
    Fixed {
        /// Its three letters, `USD`.
        currency: String,
        /// How many.
        hundredths: u64,
    },
}

/// What stands for the amount of the period before.
const LAST: &str = "last month's";

impl FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == LAST {
            return Ok(Self::LastPeriod);
        }
        let wrong = || format!("`{text}` is no amount of money");
        let (number, currency) = text.split_once(' ').ok_or_else(wrong)?;
        let known = currency.len() == 3 && currency.chars().all(|c| c.is_ascii_uppercase());
        let hundredths = hundredths(number).filter(|it| known && *it > 0).ok_or_else(wrong)?;
        Ok(Self::Fixed { currency: currency.to_owned(), hundredths })
    }
}

/// The hundredths in a number with two digits behind its point at most.
fn hundredths(number: &str) -> Option<u64> {
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 2 {
        return None;
    }
    let part: u64 = format!("{part:0<2}").parse().ok()?;
    whole.parse::<u64>().ok()?.checked_mul(100)?.checked_add(part)
}

/// Hundredths as people write them: `1000`, `99.50`.
fn written(hundredths: u64) -> String {
    let (whole, part) = (hundredths / 100, hundredths % 100);
    if part == 0 { whole.to_string() } else { format!("{whole}.{part:02}") }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LastPeriod => f.write_str(LAST),
            Self::Fixed { currency, hundredths } => {
                write!(f, "{} {currency}", written(*hundredths))
            }
        }
    }
}

impl TryFrom<String> for Amount {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Amount> for String {
    fn from(amount: Amount) -> Self {
        amount.to_string()
    }
}

/// At how much of a budget mails are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Threshold {
    /// Hundredths of a per cent.
    pub hundredths: u64,
    /// Of what.
    pub basis: Basis,
}

/// What is held against a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// What was spent.
    Current,
    /// What will have been spent at the end of the period, as Google expects.
    Forecast,
}

impl FromStr for Threshold {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (number, basis) = match text.strip_suffix(" forecast") {
            Some(number) => (number, Basis::Forecast),
            None => (text, Basis::Current),
        };
        let hundredths = number.strip_suffix('%').and_then(hundredths).filter(|it| *it > 0);
        let hundredths = hundredths.ok_or_else(|| format!("`{text}` is no part of a budget"))?;
        Ok(Self { hundredths, basis })
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let basis = if self.basis == Basis::Forecast { " forecast" } else { "" };
        write!(f, "{}%{basis}", written(self.hundredths))
    }
}

impl TryFrom<String> for Threshold {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Threshold> for String {
    fn from(threshold: Threshold) -> Self {
        threshold.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_thresholds_are_read_as_they_are_written() {
        for text in ["1000 USD", "99.50 EUR", "last month's"] {
            assert_eq!(text.parse::<Amount>().unwrap().to_string(), text);
        }
        for text in ["50%", "99.50%", "120% forecast"] {
            assert_eq!(text.parse::<Threshold>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["1000", "0 USD", "-1 USD", "1.234 USD", "1000 usd", "a lot", ". USD"] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
        for text in ["50", "0%", "50 %", "forecast", "50% forecasts"] {
            assert!(text.parse::<Threshold>().is_err(), "{text}");
        }
    }
}
