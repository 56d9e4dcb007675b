//! Texts that must have a certain form. A field names its form as `format` in its schema, and
//! `sections.rs` says which function checks it.

use time::Date;
use time::format_description::well_known::Iso8601;

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// What was expected.
    pub expected: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl Wrong {
    /// Says what was expected.
    pub fn expected(expected: impl Into<String>) -> Self {
        Self { expected: expected.into(), suggestion: None }
    }

    /// Adds what was probably meant.
    #[must_use]
    pub fn suggest(self, suggestion: impl Into<Option<String>>) -> Self {
        Self { suggestion: suggestion.into(), ..self }
    }
}

/// Whether a text can be the value of a label.
/// <https://cloud.google.com/storage/docs/tags-and-labels#bucket-labels>
///
/// # Errors
/// When it cannot; what is wrong with it.
pub fn label_value(text: &str) -> Result<(), Wrong> {
    let allowed = |c: char| c.is_lowercase() || c.is_numeric() || c == '-' || c == '_';
    let letters = |c: char| c.is_alphabetic() && !c.is_uppercase();
    if text.chars().count() <= 63 && text.chars().all(|c| allowed(c) || letters(c)) {
        return Ok(());
    }
    let wrong = Wrong::expected("at most 63 lower case letters, digits, hyphens and underscores");
    let fixed: String =
        text.to_lowercase().chars().map(|c| if allowed(c) { c } else { '-' }).collect();
    let fixed = (fixed != text && fixed.len() <= 63).then(|| format!("write `{fixed}`"));
    Err(wrong.suggest(fixed))
}

/// Whether a text can be the name of a label.
/// <https://cloud.google.com/storage/docs/tags-and-labels#bucket-labels>
pub(crate) fn is_label_name(name: &str) -> bool {
    let good = |c: char| c.is_alphanumeric() && !c.is_uppercase() || c == '-' || c == '_';
    let first = |c: char| c.is_alphabetic() && !c.is_uppercase();
    name.chars().count() <= 63 && name.starts_with(first) && name.chars().all(good)
}

/// The seconds of a time span; none where it is no duration, which the checks tell of.
pub(crate) fn span(text: &str) -> u64 {
    seconds(text).unwrap_or_default()
}

/// The seconds of a duration as people write it: `30 days`, `12 hours`.
///
/// # Errors
/// When the text is no duration; what is wrong with it.
pub fn seconds(text: &str) -> Result<u64, Wrong> {
    const UNITS: [(&str, u64); 5] =
        [("second", 1), ("minute", 60), ("hour", 3600), ("day", 86_400), ("week", 604_800)];
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let unit = unit.trim();
    let found =
        UNITS.iter().find(|(name, _)| unit == *name || unit.strip_suffix('s') == Some(name));
    let count = number.parse::<u64>().ok().zip(found);
    count.and_then(|(count, (_, length))| count.checked_mul(*length)).ok_or_else(|| {
        let near = UNITS.iter().find(|(name, _)| !unit.is_empty() && name.starts_with(unit));
        let near = near.filter(|_| !number.is_empty());
        Wrong::expected("a number and seconds, minutes, hours, days or weeks, as in `30 days`")
            .suggest(near.map(|(name, _)| format!("did you mean `{number} {name}s`?")))
    })
}

/// The whole days in a time span; none if there is a part of one left, or nothing else.
pub(crate) fn whole_days(text: &str) -> Option<u64> {
    const DAY: u64 = 86_400;
    let whole = |seconds: &u64| *seconds > 0 && seconds.is_multiple_of(DAY);
    Some(seconds(text).ok().filter(whole)? / DAY)
}

/// Whether a text is a duration.
///
/// # Errors
/// When it is not; what is wrong with it.
pub fn duration(text: &str) -> Result<(), Wrong> {
    seconds(text).map(|_| ())
}

/// The gigabytes of a volume as people write it: `20 TB`, `1.5 GB`. As Google counts, for disks and
/// on bills, a GB is 2^30 bytes, and a TB is 1024 of them.
/// <https://cloud.google.com/compute/docs/disks#introduction>
///
/// # Errors
/// When the text is no volume; what is wrong with it.
pub fn volume_gb(text: &str) -> Result<f64, Wrong> {
    const UNITS: [(&str, f64); 4] =
        [("MB", 1.0 / 1024.0), ("GB", 1.0), ("TB", 1024.0), ("PB", 1024.0 * 1024.0)];
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let unit = unit.trim();
    let found = UNITS.iter().find(|(name, _)| *name == unit);
    let number: Option<f64> = number.parse().ok().filter(|number: &f64| number.is_finite());
    number.zip(found).map(|(number, (_, factor))| number * factor).ok_or_else(|| {
        let near = UNITS.iter().find(|(name, _)| {
            unit.eq_ignore_ascii_case(name)
                || unit.eq_ignore_ascii_case(&name[..1])
                || unit.eq_ignore_ascii_case(&format!("{}iB", &name[..1]))
        });
        let meant = number.zip(near).map(|(number, (unit, _))| format!("write `{number} {unit}`"));
        Wrong::expected("a number and MB, GB, TB or PB, as in `20 TB`").suggest(meant)
    })
}

/// The same in whole gigabytes, of which disks are: `200 GB`, `1.5 TB`; none if a part of one is
/// left, or the text is no volume.
pub(crate) fn whole_gb(text: &str) -> Option<u32> {
    let gb = volume_gb(text).ok().filter(|gb| gb.fract() == 0.0 && *gb <= f64::from(u32::MAX))?;
    Some(gb as u32)
}

/// The largest disk, in GB. <https://cloud.google.com/compute/docs/disks#introduction>
const LARGEST: u32 = 65_536;

/// Whether a text is the size of a disk, in whole GB and so many at least.
///
/// # Errors
/// When it is not; what was expected.
pub(crate) fn size_from(least_gb: u32, text: &str) -> Result<(), Wrong> {
    if whole_gb(text).is_some_and(|size| (least_gb..=LARGEST).contains(&size)) {
        return Ok(());
    }
    let words = format!("a size from {least_gb} GB to {LARGEST} GB, as in `200 GB`");
    let number = text.parse::<u32>().is_ok().then(|| format!("write `{text} GB`"));
    let meant = volume_gb(text).err().and_then(|wrong| wrong.suggestion);
    Err(Wrong::expected(words).suggest(number.or(meant)))
}

/// Whether a text is a volume.
///
/// # Errors
/// When it is not; what is wrong with it.
pub fn volume(text: &str) -> Result<(), Wrong> {
    volume_gb(text).map(|_| ())
}

/// Whether a text is a date that exists.
///
/// # Errors
/// When it is not; what is wrong with it.
pub fn date(text: &str) -> Result<(), Wrong> {
    day(text).map(|_| ()).ok_or_else(|| Wrong::expected("a date, as in `2026-01-31`"))
}

/// The day that a text means, if it is a date that exists.
pub fn day(text: &str) -> Option<Date> {
    Date::parse(text, &Iso8601::DATE).ok().filter(|_| text.len() == 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_are_counted_as_google_bills_them() {
        assert_eq!(volume_gb("20 TB"), Ok(20_480.0));
        assert_eq!(volume_gb("10GB"), Ok(10.0));
        assert_eq!(volume_gb("512 MB"), Ok(0.5));
        let wrong = volume_gb("20 tib").unwrap_err();
        assert_eq!(wrong.suggestion.as_deref(), Some("write `20 TB`"));
        for wrong in ["20", "TB", "a lot", "1.2.3 GB", ""] {
            assert!(volume_gb(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_disk_has_whole_gigabytes_which_count_as_those_of_a_bucket() {
        assert_eq!((whole_gb("4650 GB"), whole_gb("1.5 TB")), (Some(4650), Some(1536)));
        assert_eq!((whole_gb("1.5 GB"), whole_gb("2048 MB")), (None, Some(2)));
        assert!(size_from(1, "64 TB").is_ok() && size_from(1, "65 TB").is_err());
        assert!(size_from(10, "10 GB").is_ok() && size_from(10, "9 GB").is_err());
        assert_eq!(size_from(1, "200").unwrap_err().suggestion.unwrap(), "write `200 GB`");
        assert_eq!(size_from(1, "2 TiB").unwrap_err().suggestion.unwrap(), "write `2 TB`");
    }

    #[test]
    fn durations_are_written_as_people_say_them() {
        assert_eq!(seconds("30 days"), Ok(2_592_000));
        assert_eq!(seconds("1 hour"), Ok(3600));
        let wrong = seconds("30d").unwrap_err();
        assert_eq!(wrong.suggestion.as_deref(), Some("did you mean `30 days`?"));
        assert!(seconds("soon").is_err());
    }
}
