//! The time by which the sandbox lives: the machine's, or a virtual one that
//! moves only when a call is made or a test says so.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

use super::view::View;

/// How far a virtual clock moves with each call.
///
/// Large enough that two objects never share a timestamp, small enough that a
/// few hundred calls stay within a lease of a minute.
const TICK: Duration = Duration::from_millis(100);

/// A point in time, in microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    /// Returns the whole seconds since 1970.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Returns the nanoseconds within the second.
    pub fn nanos(self) -> i32 {
        let micros = self.0.rem_euclid(1_000_000);
        i32::try_from(micros * 1_000).unwrap_or_default()
    }

    /// Returns the moment this much later.
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(micros(duration)))
    }

    /// Writes it as RFC 3339 does, in whole seconds: `2026-09-21T14:13:20Z`.
    pub(super) fn rfc3339(self) -> String {
        let date = OffsetDateTime::from_unix_timestamp(self.seconds());
        date.ok().and_then(|date| date.format(&Rfc3339).ok()).unwrap_or_default()
    }

    /// Writes it as HTTP writes dates: `Mon, 21 Sep 2026 14:13:20 GMT`.
    pub(super) fn http_date(self) -> Option<HeaderValue> {
        let date = OffsetDateTime::from_unix_timestamp(self.seconds()).ok()?;
        // HTTP writes the zone by name.
        let text = date.format(&Rfc2822).ok()?.replace("+0000", "GMT");
        HeaderValue::from_str(&text).ok()
    }
}

/// Tells the time; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// The virtual time; none means the machine's clock.
    set: Option<Arc<Mutex<Moment>>>,
}

impl Clock {
    /// The clock of this machine.
    pub fn real() -> Self {
        Self::default()
    }

    /// A clock that starts at this many seconds after 1970 and stands still between calls.
    pub fn virtual_at(unix_seconds: u64) -> Self {
        let start = Moment(micros(Duration::from_secs(unix_seconds)));
        Self { set: Some(Arc::new(Mutex::new(start))) }
    }

    /// Returns the present moment, as the server that carries out this call has it.
    pub fn now(&self) -> Moment {
        let Moment(now) = match &self.set {
            Some(time) => *locked(time),
            None => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Moment(micros(since))
            }
        };
        Moment(now.saturating_add(View::current().skew))
    }

    /// Moves a virtual clock forward; the machine's clock moves by itself.
    pub fn advance(&self, by: Duration) {
        if let Some(time) = &self.set {
            let mut time = locked(time);
            *time = time.plus(by);
        }
    }

    /// Lets the time of one call pass.
    pub(super) fn tick(&self) {
        self.advance(TICK);
    }

    /// Returns the virtual time, if it is virtual.
    pub(super) fn virtual_now(&self) -> Option<Moment> {
        self.set.as_ref().map(|time| *locked(time))
    }

    /// Puts a virtual clock back (or forward) to a moment.
    pub(super) fn turn_to(&self, moment: Moment) {
        if let Some(time) = &self.set {
            *locked(time) = moment;
        }
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// The time is a single number, so a panic while it was held cannot have broken it.
fn locked(time: &Mutex<Moment>) -> MutexGuard<'_, Moment> {
    time.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_virtual_clock_moves_only_when_told() {
        let clock = Clock::virtual_at(1_000);
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::from_millis(1_500));
        assert_eq!((clock.now().seconds(), clock.now().nanos()), (1_001, 500_000_000));
    }

    #[test]
    fn dates_are_written_as_http_writes_them() {
        let date = Moment(1_790_000_000_000_000).http_date().unwrap();
        assert_eq!(date, "Mon, 21 Sep 2026 14:13:20 GMT");
    }

    #[test]
    fn clones_share_the_time() {
        let clock = Clock::virtual_at(1_000);
        clock.clone().advance(Duration::from_secs(5));
        assert_eq!(clock.now().seconds(), 1_005);
    }
}
