//! What a pool uses in a month: its machines, their accelerators and the disks that they start from.

use super::spec::{Counted, Gpu, Market, Spec};
use crate::model::{Amount, Usage, What};
use crate::providers::gcp::compute::region;
use crate::providers::gcp::usage::{disks, zones};

/// Everything that the least and the most machines use.
pub(super) fn of(spec: &Spec) -> Vec<Usage> {
    let machines = machines(spec);
    let (region, spot) = (region(&spec.location).to_owned(), spec.market != Market::OnDemand);
    let machine = What::Machine { machine: spec.machine.clone(), region: region.clone(), spot };
    let mut usage = vec![Usage::new(machine, machines)];
    if let Some(Gpu { kind, count, .. }) = &spec.gpu {
        let gpu = What::Gpu { gpu: kind.clone(), region: region.clone(), spot };
        usage.push(Usage::new(gpu, machines.times(number(*count))));
    }
    let disk = &spec.disk;
    let speed = (disk.iops, disk.throughput);
    usage.extend(disks(&disk.kind, &region, number(disk.size_gb), speed, machines));
    usage
}

impl Spec {
    /// The least and the most machines, in all zones together.
    pub fn machines(&self) -> (f64, f64) {
        let Amount { floor, ceiling } = machines(self);
        (floor, ceiling.unwrap_or(floor))
    }
}

/// How many machines there are, in all zones together.
fn machines(spec: &Spec) -> Amount {
    let limits = &spec.limits;
    let each = Amount::between(limits.min.into(), limits.max.into());
    match limits.counted {
        Counted::Total => each,
        Counted::PerZone => {
            let zones = u32::try_from(zones(&spec.location, spec.zones.len())).unwrap_or(u32::MAX);
            each.times(zones.into())
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody has 2^53 of anything")]
fn number(count: i64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::gcp::gke_node_pool::Limits;

    #[test]
    fn limits_for_each_zone_count_in_every_zone() {
        let pool = |limits| Spec::new("us-central1", "n2-highmem-4", limits);
        let in_one = Spec { zones: vec!["us-central1-c".into()], ..pool(Limits::per_zone(1, 5)) };
        assert_eq!(machines(&in_one), Amount::between(1.0, 5.0));
        assert_eq!(machines(&pool(Limits::per_zone(1, 5))), Amount::between(3.0, 15.0));
        assert_eq!(machines(&pool(Limits::total(0, 100))), Amount::between(0.0, 100.0));
    }

    #[test]
    fn each_machine_has_its_accelerators_and_its_disk() {
        let gpu = Gpu {
            kind: "nvidia-tesla-t4".into(),
            count: 2,
            driver: "DEFAULT".into(),
            sharing: None,
            clients: None,
        };
        let pool = Spec::new("us-central1-c", "n1-standard-8", Limits::total(1, 10));
        let usage = of(&Spec { gpu: Some(gpu), market: Market::Spot, ..pool });
        let amounts: Vec<Amount> = usage.iter().map(|usage| usage.amount).collect();
        let expected = [(1.0, 10.0), (2.0, 20.0), (100.0, 1000.0)];
        assert_eq!(amounts, expected.map(|(least, most)| Amount::between(least, most)));
        let region = "us-central1".to_owned();
        let gpu = What::Gpu { gpu: "nvidia-tesla-t4".into(), region, spot: true };
        assert_eq!(usage[1].what, gpu);
    }
}
