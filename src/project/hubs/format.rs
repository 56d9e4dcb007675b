//! The forms of texts in a hub's settings.

use crate::project::format::{Wrong, day};
use time::{PrimitiveDateTime, Time};

/// Whether a text can be where a hub is found.
/// <https://www.rfc-editor.org/rfc/rfc1123#section-2.1>
pub(crate) fn hub_domain(text: &str) -> Result<(), Wrong> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(allowed)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let good = |text: &str| text.len() <= 253 && text.contains('.') && text.split('.').all(label);
    if good(text) {
        return Ok(());
    }
    let bare = text.trim_start_matches("https://").trim_end_matches('/').to_lowercase();
    let meant = good(&bare).then(|| format!("write `{bare}`"));
    Err(Wrong::expected("a domain in small letters, as in `hub.leap.example.org`").suggest(meant))
}

/// Whether a text can be the name of a namespace, or of something in one.
/// <https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names>
pub(crate) fn namespace(text: &str) -> Result<(), Wrong> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let inside = !text.starts_with('-') && !text.ends_with('-');
    if (1..=63).contains(&text.len()) && text.chars().all(allowed) && inside {
        return Ok(());
    }
    Err(Wrong::expected("small letters, digits and hyphens, as in `prod`, at most 63 of them"))
}

/// The time that a text means, `2027-03-12 09:00`, if it is one that exists.
pub(crate) fn time_of(text: &str) -> Option<PrimitiveDateTime> {
    let (date, clock) = text.split_once(' ')?;
    let (hour, minute) = clock.split_once(':').filter(|_| clock.len() == 5)?;
    let clock = Time::from_hms(hour.parse().ok()?, minute.parse().ok()?, 0).ok()?;
    Some(PrimitiveDateTime::new(day(date)?, clock))
}

/// Whether a text is a time that exists.
pub(crate) fn moment(text: &str) -> Result<(), Wrong> {
    let expected = || Wrong::expected("a day and a time, as in `2027-03-12 09:00`");
    time_of(text).map(|_| ()).ok_or_else(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_was_pasted_is_told_as_its_domain() {
        assert_eq!(hub_domain("hub.leap.example.org"), Ok(()));
        let wrong = hub_domain("https://Hub.leap.example.org/").unwrap_err();
        assert_eq!(wrong.suggestion.as_deref(), Some("write `hub.leap.example.org`"));
        assert!(hub_domain("hub").is_err());
    }
}
