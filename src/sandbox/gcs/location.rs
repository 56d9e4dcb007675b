//! Where buckets can be.
//!
//! The list: <https://cloud.google.com/storage/docs/locations>.

use super::message::{Bucket, CustomPlacementConfig};
use crate::sandbox::refusal::Refusal;

/// Continents and countries whose data is spread over several regions.
const MULTI_REGIONS: &[&str] = &["ASIA", "EU", "US"];
/// Pairs of regions that Google has paired.
const DUAL_REGIONS: &[&str] = &["ASIA1", "EUR4", "EUR5", "EUR7", "EUR8", "NAM4"];
/// Places within which a pair of one's own may be chosen.
const PAIRING_PLACES: &[&str] = &["ASIA", "AU", "CA", "DE", "ES", "EU", "IN", "IT", "JP", "US"];
const REGIONS: &[&str] = &[
    "AFRICA-SOUTH1",
    "ASIA-EAST1",
    "ASIA-EAST2",
    "ASIA-NORTHEAST1",
    "ASIA-NORTHEAST2",
    "ASIA-NORTHEAST3",
    "ASIA-SOUTH1",
    "ASIA-SOUTH2",
    "ASIA-SOUTHEAST1",
    "ASIA-SOUTHEAST2",
    "ASIA-SOUTHEAST3",
    "AUSTRALIA-SOUTHEAST1",
    "AUSTRALIA-SOUTHEAST2",
    "EUROPE-CENTRAL2",
    "EUROPE-NORTH1",
    "EUROPE-NORTH2",
    "EUROPE-SOUTHWEST1",
    "EUROPE-WEST1",
    "EUROPE-WEST10",
    "EUROPE-WEST12",
    "EUROPE-WEST2",
    "EUROPE-WEST3",
    "EUROPE-WEST4",
    "EUROPE-WEST6",
    "EUROPE-WEST8",
    "EUROPE-WEST9",
    "ME-CENTRAL1",
    "ME-CENTRAL2",
    "ME-WEST1",
    "NORTHAMERICA-NORTHEAST1",
    "NORTHAMERICA-NORTHEAST2",
    "NORTHAMERICA-SOUTH1",
    "SOUTHAMERICA-EAST1",
    "SOUTHAMERICA-WEST1",
    "US-CENTRAL1",
    "US-EAST1",
    "US-EAST4",
    "US-EAST5",
    "US-SOUTH1",
    "US-WEST1",
    "US-WEST2",
    "US-WEST3",
    "US-WEST4",
];

/// Checks where a new bucket is to be, writes it in capitals, and adds what kind of place it is.
pub(super) fn settle(bucket: &mut Bucket) -> Result<(), Refusal> {
    if bucket.location.is_empty() {
        bucket.location = "US".to_owned();
    }
    bucket.location.make_ascii_uppercase();
    let location = bucket.location.as_str();
    let kind = match &mut bucket.custom_placement_config {
        Some(CustomPlacementConfig { data_locations }) => {
            data_locations.iter_mut().for_each(|region| region.make_ascii_uppercase());
            data_locations.sort();
            let regions = |region: &String| REGIONS.contains(&region.as_str());
            let apart = data_locations.len() == 2 && data_locations[0] != data_locations[1];
            if !apart || !data_locations.iter().all(regions) {
                return Err(Refusal::invalid(
                    "The specified custom placement config is not valid.",
                ));
            }
            PAIRING_PLACES.contains(&location).then_some("dual-region")
        }
        None if MULTI_REGIONS.contains(&location) => Some("multi-region"),
        None if DUAL_REGIONS.contains(&location) => Some("dual-region"),
        None => REGIONS.contains(&location).then_some("region"),
    };
    let Some(kind) = kind else {
        return Err(Refusal::invalid("The specified location constraint is not valid."));
    };
    kind.clone_into(&mut bucket.location_type);
    settle_replication(bucket)
}

/// Only pairs of regions can be replicated faster, and single ones not at all.
pub(super) fn settle_replication(bucket: &mut Bucket) -> Result<(), Refusal> {
    let rpo = match (bucket.rpo.as_str(), bucket.location_type.as_str()) {
        ("" | "DEFAULT", "region") => "",
        ("" | "DEFAULT", _) => "DEFAULT",
        ("ASYNC_TURBO", "dual-region") => "ASYNC_TURBO",
        _ => return Err(Refusal::invalid("The specified RPO is not valid for this location.")),
    };
    bucket.rpo = rpo.to_owned();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(location: &str, pair: &[&str]) -> Result<(String, String), Refusal> {
        let pair = pair.iter().map(ToString::to_string).collect::<Vec<_>>();
        let config = CustomPlacementConfig { data_locations: pair };
        let custom_placement_config = Some(config).filter(|c| !c.data_locations.is_empty());
        let location = location.to_owned();
        let mut bucket = Bucket { location, custom_placement_config, ..Bucket::default() };
        settle(&mut bucket).map(|()| (bucket.location, bucket.location_type))
    }

    #[test]
    fn a_place_is_written_in_capitals_and_classified() {
        let cases = [
            ("us-central1", "region"),
            ("us", "multi-region"),
            ("nam4", "dual-region"),
            ("", "multi-region"),
        ];
        for (place, kind) in cases {
            assert_eq!(settled(place, &[]).unwrap().1, kind, "{place}");
        }
    }

    #[test]
    fn a_pair_of_regions_makes_a_dual_region() {
        let pair = ["us-west1", "us-central1"];
        assert_eq!(settled("us", &pair).unwrap(), ("US".into(), "dual-region".into()));
        assert!(settled("us", &["us-west1"]).is_err());
        assert!(settled("us-west1", &pair).is_err());
    }

    #[test]
    fn an_unknown_place_is_refused() {
        let refusal = settled("us-central9", &[]).unwrap_err();
        assert_eq!(refusal.message, "The specified location constraint is not valid.");
    }
}
