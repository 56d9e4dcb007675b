//! What a run may cost, what it has cost, and what taking everything away will still cost.
//!
//! Prices are the dearest of any place and storage class, so that a run hardly costs more than is
//! counted. They are assumed: nobody looked at a bill, and Google changes them. Where they stand:
//! <https://cloud.google.com/storage/pricing>.

use std::time::{Duration, Instant};

/// An operation of class A on a bucket of class ARCHIVE in a multi-region: $0.10 for 1,000, ten
/// times that of STANDARD. In billionths of a dollar.
const CLASS_A: u64 = 100_000;
/// An operation of class B: $0.05 for 1,000 (ARCHIVE; $0.0004 of STANDARD).
const CLASS_B: u64 = 50_000;
/// A thousand bytes for a week of soft delete and a day: $0.05 a gigabyte and month.
const KILOBYTE: u64 = 14;
/// Each call of the tear-down may have to be repeated.
const REPEATED: u64 = 3;
/// How long one call of the tear-down may take: buckets are made and deleted at one in two seconds.
const SLOW: Duration = Duration::from_secs(4);

/// What a call is charged as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charge {
    /// Writes and lists.
    A,
    /// Reads.
    B,
    /// Deletes.
    Free,
}

impl Charge {
    fn price(self) -> u64 {
        match self {
            Self::A => CLASS_A,
            Self::B => CLASS_B,
            Self::Free => 0,
        }
    }
}

/// What a run may use, tear-down included.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// In US dollars.
    pub dollars: f64,
    /// How many calls.
    pub calls: u64,
    /// How long.
    pub time: Duration,
}

/// What was used, and what must be kept.
#[derive(Debug)]
pub struct Spending {
    limits: Limits,
    since: Instant,
    calls: u64,
    billionths: u64,
    /// How many buckets and objects are there that must go again.
    things: u64,
}

impl Spending {
    /// Nothing is used yet.
    pub fn new(limits: Limits) -> Self {
        Self { limits, since: Instant::now(), calls: 0, billionths: 0, things: 0 }
    }

    /// What was used so far, in US dollars, at most.
    pub fn dollars(&self) -> f64 {
        self.billionths as f64 / 1e9
    }

    /// How many calls were made.
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// Counts a call that sends so many bytes and perhaps creates a thing; or says what would not
    /// be left for the tear-down.
    pub(super) fn spend(
        &mut self,
        charge: Charge,
        bytes: u64,
        creates: bool,
    ) -> Result<(), String> {
        let things = self.things + u64::from(creates);
        // For each thing a list and a delete, and one list of all.
        let kept = REPEATED * (2 * things + 1);
        let calls = self.calls + 1;
        let billionths = self.billionths + charge.price() + bytes.div_ceil(1_000) * KILOBYTE;
        let time = SLOW * u32::try_from(kept).unwrap_or(u32::MAX);
        let dollars = (billionths + kept * CLASS_A) as f64 / 1e9;
        let over = if dollars > self.limits.dollars {
            Some("money")
        } else if calls + kept > self.limits.calls {
            Some("calls")
        } else if self.since.elapsed() + time > self.limits.time {
            Some("time")
        } else {
            None
        };
        if let Some(what) = over {
            return Err(format!("not enough {what} would be left to take everything away again"));
        }
        (self.calls, self.billionths, self.things) = (calls, billionths, things);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spending(dollars: f64, calls: u64, time: Duration) -> Spending {
        Spending::new(Limits { dollars, calls, time })
    }

    const LONG: Duration = Duration::from_secs(3_600);

    #[test]
    fn what_the_tear_down_needs_is_never_spent() {
        // A bucket costs one call of class A, and keeps nine for the tear-down.
        let mut spending = spending(0.001_5, 1_000, LONG);
        spending.spend(Charge::A, 0, true).unwrap();
        let refused = spending.spend(Charge::A, 0, true).unwrap_err();
        assert!(refused.starts_with("not enough money"), "{refused}");
        assert_eq!(spending.calls(), 1);
        spending.spend(Charge::Free, 0, false).unwrap();
    }

    #[test]
    fn calls_and_time_are_kept_as_well() {
        let refused = spending(5.0, 9, LONG).spend(Charge::A, 0, true).unwrap_err();
        assert!(refused.starts_with("not enough calls"), "{refused}");
        spending(5.0, 10, LONG).spend(Charge::A, 0, true).unwrap();
        let refused = spending(5.0, 99, SLOW).spend(Charge::A, 0, true).unwrap_err();
        assert!(refused.starts_with("not enough time"), "{refused}");
    }

    #[test]
    fn bytes_cost_what_soft_delete_keeps_of_them() {
        let mut spending = spending(5.0, 1_000, LONG);
        spending.spend(Charge::A, 1_000_000_000, true).unwrap();
        assert!((0.014..0.015).contains(&spending.dollars()), "{}", spending.dollars());
    }
}
