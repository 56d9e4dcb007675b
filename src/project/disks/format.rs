//! The forms of texts in a disk's settings.

use crate::project::format::{Wrong, whole_days};
use crate::project::words::nearest;

/// The days of a week, in the order in which a schedule names them.
pub(super) const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The largest disk, in GB. <https://cloud.google.com/compute/docs/disks#introduction>
const LARGEST: u64 = 65_536;

/// The gigabytes in a text such as `200 GB`.
pub(super) fn size(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim() {
        "GB" => 1,
        "TB" => 1000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

/// Whether a text is the size of a disk.
///
/// # Errors
/// When it is not; what was expected.
pub(crate) fn disk_size(text: &str) -> Result<(), Wrong> {
    if size(text).is_some_and(|size| (1..=LARGEST).contains(&size)) {
        return Ok(());
    }
    let number = text.parse::<u32>().is_ok();
    let wrong = Wrong::expected("a size from 1 GB to 65536 GB, as in `200 GB`");
    Err(wrong.suggest(number.then(|| format!("write `{text} GB`"))))
}

/// Whether a text is a full hour of a day.
///
/// # Errors
/// When it is not; what was expected.
pub(crate) fn full_hour(text: &str) -> Result<(), Wrong> {
    let (hour, minute) = text.split_once(':').unwrap_or((text, ""));
    let number = hour.parse::<u32>().ok().filter(|hour| *hour < 24);
    if number.is_some() && hour.len() == 2 && minute == "00" {
        return Ok(());
    }
    let wrong = Wrong::expected("a full hour in UTC, in quotes, as in `\"04:00\"`");
    Err(wrong.suggest(number.map(|hour| format!("write `\"{hour:02}:00\"`"))))
}

/// How often, in the words of the spec: `day`, `hour`, `6 hours`, `monday, thursday`.
pub(super) fn often(text: &str) -> Option<String> {
    let text = text.trim();
    match text {
        "day" | "hour" => return Some(text.to_owned()),
        "1 hour" | "1 hours" => return Some("hour".to_owned()),
        _ => {}
    }
    if let Some(hours) = text.strip_suffix(" hours") {
        let hours = hours.trim().parse::<u32>().ok().filter(|hours| (2..=23).contains(hours))?;
        return Some(format!("{hours} hours"));
    }
    let named: Vec<&str> = text.split([',', ' ']).filter(|word| !word.is_empty()).collect();
    let all_are_days = !named.is_empty() && named.iter().all(|word| DAYS.contains(word));
    let days: Vec<&str> = DAYS.into_iter().filter(|day| named.contains(day)).collect();
    all_are_days.then(|| days.join(", "))
}

/// Whether a text says how often snapshots are taken.
///
/// # Errors
/// When it does not; what was expected.
pub(crate) fn rhythm(text: &str) -> Result<(), Wrong> {
    if often(text).is_some() {
        return Ok(());
    }
    let wrong = Wrong::expected("`day`, `hour`, `6 hours`, or days as in `monday, thursday`");
    let near = match text {
        "week" | "weekly" => Some("sunday"),
        "daily" | "days" => Some("day"),
        "hourly" => Some("hour"),
        other => nearest(other, DAYS.into_iter().chain(["day", "hour"])),
    };
    Err(wrong.suggest(near.map(|near| format!("did you mean `{near}`?"))))
}

/// The whole days in a time span; none if there is a part of one left.
pub(super) fn days(text: &str) -> Option<u32> {
    u32::try_from(whole_days(text)?).ok().filter(|days| *days <= 65_535)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_often_is_said_in_words() {
        assert_eq!(often("day").as_deref(), Some("day"));
        assert_eq!(often("6 hours").as_deref(), Some("6 hours"));
        assert_eq!(often("thursday, monday").as_deref(), Some("monday, thursday"));
        for wrong in ["week", "24 hours", "monday and", ""] {
            assert!(rhythm(wrong).is_err(), "{wrong}");
        }
        assert_eq!(rhythm("week").unwrap_err().suggestion.unwrap(), "did you mean `sunday`?");
    }

    #[test]
    fn an_hour_is_a_full_one() {
        assert!(full_hour("04:00").is_ok());
        assert_eq!(full_hour("4:30").unwrap_err().suggestion.unwrap(), "write `\"04:00\"`");
        assert!(full_hour("24:00").is_err());
    }

    #[test]
    fn a_size_has_its_unit() {
        assert_eq!(size("4650 GB"), Some(4650));
        assert_eq!(disk_size("200").unwrap_err().suggestion.unwrap(), "write `200 GB`");
        assert!(disk_size("0 GB").is_err());
        assert_eq!((days("2 weeks"), days("36 hours")), (Some(14), None));
    }
}
