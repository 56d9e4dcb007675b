//! Where a bucket can be.

use crate::project::format::Wrong;
use crate::project::words::nearest;

/// The regions of Cloud Storage.
/// <https://cloud.google.com/storage/docs/locations#location-r>
pub const REGIONS: &[&str] = &[
    "africa-south1",
    "asia-east1",
    "asia-east2",
    "asia-northeast1",
    "asia-northeast2",
    "asia-northeast3",
    "asia-south1",
    "asia-south2",
    "asia-southeast1",
    "asia-southeast2",
    "asia-southeast3",
    "australia-southeast1",
    "australia-southeast2",
    "europe-central2",
    "europe-north1",
    "europe-north2",
    "europe-southwest1",
    "europe-west1",
    "europe-west10",
    "europe-west12",
    "europe-west2",
    "europe-west3",
    "europe-west4",
    "europe-west6",
    "europe-west8",
    "europe-west9",
    "me-central1",
    "me-central2",
    "me-west1",
    "northamerica-northeast1",
    "northamerica-northeast2",
    "northamerica-south1",
    "southamerica-east1",
    "southamerica-west1",
    "us-central1",
    "us-east1",
    "us-east4",
    "us-east5",
    "us-south1",
    "us-west1",
    "us-west2",
    "us-west3",
    "us-west4",
];

/// The multi-regions and the predefined dual-regions.
/// <https://cloud.google.com/storage/docs/locations#location-mr>
const WIDE: &[&str] = &["asia", "eu", "us", "asia1", "eur4", "eur5", "eur7", "eur8", "nam4"];

/// Whether a text has the form of a region (`us-west99`), so that a region which opened after
/// this program was built is not refused.
pub fn unknown_location(text: &str) -> bool {
    let Some((area, place)) = text.split_once('-') else { return false };
    let letters = place.trim_end_matches(|c: char| c.is_ascii_digit());
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase());
    word(area) && word(letters) && letters.len() < place.len()
}

/// Whether a bucket can be in the place that a text names.
///
/// # Errors
/// When it cannot; what is wrong with it.
pub fn location(text: &str) -> Result<(), Wrong> {
    let lower = text.to_lowercase();
    let known = || REGIONS.iter().chain(WIDE).copied();
    if known().any(|place| place == lower) {
        return Ok(());
    }
    let wrong = Wrong::expected(
        "a region (`us-central1`), a multi-region (`us`) or a pair of regions (`nam4`)",
    );
    match misspelt(&lower, known()) {
        Some(near) => Err(wrong.suggest(format!("did you mean `{near}`?"))),
        None if unknown_location(&lower) => Ok(()),
        None => Err(wrong),
    }
}

/// The place that was probably meant. `us-west9` is not a misspelt `us-west1`: it may be new.
pub(crate) fn misspelt<'a>(
    text: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Option<&'a str> {
    let area = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    let numbered = unknown_location(text) && known.clone().any(|place| area(place) == area(text));
    if numbered { None } else { nearest(text, known) }
}

/// The multi-region that two regions lie in, as the API wants it for a pair of one's choice.
/// <https://cloud.google.com/storage/docs/locations#location-dr>
pub fn area(first: &str, second: &str) -> Option<&'static str> {
    let area = |region: &str| match region.split('-').next().unwrap_or_default() {
        "us" => Some("US"),
        "europe" => Some("EU"),
        "asia" => Some("ASIA"),
        "australia" => Some("AU"),
        "northamerica" => Some("CA"),
        _ => None,
    };
    area(first).filter(|found| first != second && area(second) == Some(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_that_opened_yesterday_is_let_through_and_a_misspelt_one_is_not() {
        assert!(location("us-central1").is_ok());
        assert!(location("NAM4").is_ok());
        assert!(location("us-west99").is_ok());
        assert!(location("antarctica-south1").is_ok());
        assert!(location("us-centrall").unwrap_err().suggestion.is_some());
        assert!(location("the moon").is_err());
    }

    #[test]
    fn two_regions_of_different_continents_make_no_pair() {
        assert_eq!(area("us-east1", "us-west1"), Some("US"));
        assert_eq!(area("us-east1", "europe-west1"), None);
    }
}
