//! Amounts of money: dollars, and a least and a most of them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};

/// US dollars, in whole cents: what is added up in a table is what stands in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usd(i64);

/// A least and a most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The least.
    pub floor: Usd,
    /// The most.
    pub ceiling: Usd,
}

impl Usd {
    /// So many dollars, rounded to cents.
    #[expect(clippy::cast_possible_truncation, reason = "no cloud costs 2^53 cents a month")]
    pub fn dollars(dollars: f64) -> Self {
        Self((dollars * 100.0).round() as i64)
    }

    /// How many cents.
    pub fn cents(self) -> i64 {
        self.0
    }

    /// The smallest whole number of dollars that is not less.
    pub fn dollars_up(self) -> i64 {
        (self.0 + 99).div_euclid(100)
    }
}

impl Span {
    /// The same at least and at most.
    pub fn exactly(amount: Usd) -> Self {
        Self { floor: amount, ceiling: amount }
    }
}

/// `$1,234.50`.
impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, cents) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let digits = (cents / 100).to_string();
        let grouped: Vec<String> = digits
            .as_bytes()
            .rchunks(3)
            .rev()
            .map(|three| String::from_utf8_lossy(three).into_owned())
            .collect();
        f.pad(&format!("{sign}${}.{:02}", grouped.join(","), cents % 100))
    }
}

/// `$0.00 to $73.00`, or `$73.00` where both are the same.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { floor, ceiling } = self;
        if floor == ceiling { write!(f, "{floor}") } else { write!(f, "{floor} to {ceiling}") }
    }
}

/// In dollars: 73.5.
impl Serialize for Usd {
    #[expect(clippy::cast_precision_loss, reason = "no cloud costs 2^53 cents a month")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 100.0)
    }
}

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Self::dollars)
    }
}

impl Add for Usd {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Usd {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Add for Span {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { floor: self.floor + other.floor, ceiling: self.ceiling + other.ceiling }
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

impl Sum for Span {
    fn sum<I: Iterator<Item = Self>>(spans: I) -> Self {
        spans.fold(Self::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_people_write_them() {
        assert_eq!(Usd::dollars(0.0).to_string(), "$0.00");
        assert_eq!(Usd::dollars(1_234_567.891).to_string(), "$1,234,567.89");
        assert_eq!((Usd::dollars(1.0) - Usd::dollars(2.5)).to_string(), "-$1.50");
        assert_eq!(Usd::dollars(12.01).dollars_up(), 13);
        let span = Span { floor: Usd::default(), ceiling: Usd::dollars(73.0) };
        assert_eq!(span.to_string(), "$0.00 to $73.00");
        assert_eq!(Span::exactly(Usd::dollars(73.0)).to_string(), "$73.00");
    }

    #[test]
    fn amounts_are_dollars_in_json() {
        let json = serde_json::to_string(&Usd::dollars(73.5)).unwrap();
        assert_eq!(json, "73.5");
        assert_eq!(serde_json::from_str::<Usd>(&json).unwrap(), Usd::dollars(73.5));
    }
}
