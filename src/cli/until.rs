//! Until when: a day, a time, or a span from now, as people write them.

use crate::project::format::seconds;
use time::format_description::well_known::{Iso8601, Rfc3339};
use time::{Date, Duration, OffsetDateTime};

/// Why a text says no time to come.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UntilError {
    /// It is none.
    #[error(
        "`{0}` is no time: expected a day (`2026-12-24`), a time (`2026-12-24T18:00:00Z`) or a \
         span from now (`3 days`)"
    )]
    NoTime(String),
    /// It is over.
    #[error("`{0}` is over")]
    Over(String),
}

/// The moment that a text means. A day counts to its end, in UTC.
///
/// # Errors
/// When it means none, or one that is over.
pub fn until(text: &str, now: OffsetDateTime) -> Result<OffsetDateTime, UntilError> {
    let day = Date::parse(text, &Iso8601::DATE).ok().filter(|_| text.len() == 10);
    let end_of_day = day.and_then(Date::next_day).map(|next| next.midnight().assume_utc());
    let time = || OffsetDateTime::parse(text, &Rfc3339).ok();
    let span = || {
        let span = i64::try_from(seconds(text).ok()?).ok()?;
        now.checked_add(Duration::seconds(span))
    };
    let then = end_of_day.or_else(time).or_else(span);
    let then = then.ok_or_else(|| UntilError::NoTime(text.to_owned()))?;
    if then <= now { Err(UntilError::Over(text.to_owned())) } else { Ok(then) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Result<String, String> {
        let now = OffsetDateTime::parse("2026-12-01T10:00:00Z", &Rfc3339).unwrap();
        let then = until(text, now).map_err(|error| error.to_string())?;
        Ok(then.format(&Rfc3339).unwrap())
    }

    #[test]
    fn a_day_a_time_and_a_span_are_understood() {
        assert_eq!(at("2026-12-24").unwrap(), "2026-12-25T00:00:00Z");
        assert_eq!(at("2026-12-24T18:00:00+01:00").unwrap(), "2026-12-24T18:00:00+01:00");
        assert_eq!(at("3 days").unwrap(), "2026-12-04T10:00:00Z");
        assert_eq!(at("2026-12-01").unwrap(), "2026-12-02T00:00:00Z");
    }

    #[test]
    fn what_is_over_or_no_time_is_refused() {
        assert_eq!(at("2026-11-30").unwrap_err(), "`2026-11-30` is over");
        assert!(at("2026-02-30").unwrap_err().contains("is no time"));
        assert!(at("soon").unwrap_err().contains("`3 days`"));
    }
}
