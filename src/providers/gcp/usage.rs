//! What the kinds of Google Cloud use in a month, where several of them use it alike.

use crate::model::{Amount, Usage, What};
use crate::providers::gcp::compute::is_zone;

/// In how many zones of a region GKE puts machines if nobody says which.
/// <https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters>
const ZONES_OF_A_REGION: usize = 3;

/// In how many zones machines are that say nothing themselves.
pub(crate) fn zones(location: &str, named: usize) -> usize {
    match named {
        0 if is_zone(location) => 1,
        0 => ZONES_OF_A_REGION,
        named => named,
    }
}

/// So many disks of a type and size, with what they were made for.
pub(crate) fn disks(
    disk: &str,
    region: &str,
    size_gb: f64,
    speed: (Option<i64>, Option<i64>),
    disks: Amount,
) -> Vec<Usage> {
    let (disk, region) = (disk.to_owned(), region.to_owned());
    let space = What::Disk { disk: disk.clone(), region: region.clone() };
    let mut usage = vec![Usage::new(space, disks.times(size_gb))];
    if let (Some(_), _) | (_, Some(_)) = speed {
        let (iops, throughput) = (speed.0.unwrap_or_default(), speed.1.unwrap_or_default());
        usage.push(Usage::new(What::DiskSpeed { disk, region, iops, throughput }, disks));
    }
    usage
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_has_three_zones() {
        assert_eq!(zones("us-central1-c", 0), 1);
        assert_eq!(zones("us-central1", 0), 3);
        assert_eq!(zones("us-central1", 2), 2);
    }
}
