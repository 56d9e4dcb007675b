//! Prices of single things, against what Google's own price list says of whole machines.

use super::*;
use crate::providers;
use crate::providers::gcp::gcs_bucket;
use crate::providers::gcp::gke_node_pool::{Gpu, Limits, Market, Spec};
use serde_json::json;
use std::path::Path;

fn size(machine: &str) -> Option<Size> {
    let of = |cpu, memory_gb| Some(Size { cpu, memory_gb });
    match machine {
        "n2-highmem-4" => of(4.0, 32.0),
        "n1-standard-8" => of(8.0, 30.0),
        "a2-highgpu-1g" => of(12.0, 85.0),
        _ => None,
    }
}

fn cost(address: &str, spec: &Value, expected: Expected) -> Cost {
    let (prices, rules) = (Prices::of(Path::new("/nowhere")).unwrap(), providers::registry());
    let id: ResourceId = address.parse().unwrap();
    let expected = BTreeMap::from([(id.clone(), expected)]);
    let pricing = Pricing { prices: &prices, size: &size, expected: &expected, rules: &rules };
    pricing.cost(&id, spec)
}

fn pool(spec: &Spec) -> Cost {
    cost("prod:gke-node-pool/c/p", &json!(spec), Expected::default())
}

fn bucket(location: &str, expected: Expected) -> Cost {
    cost("prod:gcs-bucket/b", &json!(gcs_bucket::Spec::new(location).normal()), expected)
}

fn span(least: f64, most: f64) -> Span {
    Span { floor: Usd::dollars(least), ceiling: Usd::dollars(most) }
}

#[test]
fn a_pool_costs_its_least_and_its_most_machines_around_the_clock() {
    let cost = pool(&Spec::new("us-central1", "n2-highmem-4", Limits::total(1, 10)));
    // The list price of the machine is 0.262028 USD an hour, and it has 100 GB of pd-balanced.
    assert_eq!(cost.parts[0].span, span(0.262_028 * 730.0, 0.262_028 * 7300.0));
    assert_eq!(cost.parts[1].span, span(10.0, 100.0));
    assert_eq!(cost.span, cost.parts[0].span + cost.parts[1].span);
}

#[test]
fn a_machine_with_an_accelerator_costs_what_google_says_of_both() {
    let gpu = |kind: &str| {
        Some(Gpu {
            kind: kind.into(),
            count: 1,
            driver: "DEFAULT".into(),
            sharing: None,
            clients: None,
        })
    };
    let plain = Spec::new("us-central1", "a2-highgpu-1g", Limits::total(1, 1));
    let cost = pool(&Spec { gpu: gpu("nvidia-tesla-a100"), ..plain });
    let both = cost.parts[0].span + cost.parts[1].span;
    // Google's price of an a2-highgpu-1g: 3.673385 USD an hour.
    assert!((both.floor - Usd::dollars(3.673_385 * 730.0)).cents().abs() <= 1, "{both}");
}

#[test]
fn what_may_be_taken_away_costs_a_part_that_google_does_not_fix() {
    let spec = Spec::new("us-central1", "n1-standard-8", Limits::total(1, 1));
    let cost = pool(&Spec { market: Market::Spot, ..spec });
    let full = 0.379_998 * 730.0;
    assert_eq!(cost.parts[0].span, span(full * 0.09, full * 0.4));
}

#[test]
fn what_is_not_in_the_tables_is_not_priced_and_never_nothing() {
    for (location, machine) in [("us-central1", "z9-mega-2"), ("mars-north1", "n2-highmem-4")] {
        let cost = pool(&Spec::new(location, machine, Limits::total(0, 10)));
        assert!(cost.not_priced.contains(&format!("{machine} in {location}")), "{cost:?}");
    }
    assert_eq!(bucket("MARS", Expected::default()).not_priced, ["GB standard in mars"]);
}

#[test]
fn a_bucket_is_priced_by_what_is_put_in_unless_somebody_says_how_much_that_will_be() {
    let open = bucket("US-CENTRAL1", Expected::default());
    assert_eq!(open.by_use, ["GB standard in us-central1: $0.020 for each GB and month"]);
    assert_eq!(open.span, Span::default());
    let expected = Expected { stored_gb: Some(20.0 * 1024.0), egress_gb: None };
    assert_eq!(bucket("US-CENTRAL1", expected).span, Span::exactly(Usd::dollars(409.6)));
    assert_eq!(bucket("US", expected).span, Span::exactly(Usd::dollars(532.48)));
}

#[test]
fn a_pair_of_regions_is_paid_for_in_both() {
    let expected = Expected { stored_gb: Some(1000.0), egress_gb: None };
    assert_eq!(bucket("NAM4", expected).span, Span::exactly(Usd::dollars(44.0)));
}

#[test]
fn what_leaves_for_the_internet_becomes_cheaper_the_more_it_is() {
    let out = |gb| {
        let cost = bucket("US", Expected { stored_gb: None, egress_gb: Some(gb) });
        cost.span
    };
    assert_eq!(out(1024.0), Span::exactly(Usd::dollars(122.88)));
    assert_eq!(out(2048.0), Span::exactly(Usd::dollars(122.88 + 112.64)));
    let all = 122.88 + 0.11 * 9216.0 + 0.08 * 1024.0;
    assert_eq!(out(11264.0), Span::exactly(Usd::dollars(all)));
}

#[test]
fn a_disk_that_is_made_to_order_is_paid_for_beyond_what_is_included() {
    let mut spec = Spec::new("us-central1", "n2-highmem-4", Limits::total(1, 1));
    spec.disk.kind = "hyperdisk-balanced".into();
    (spec.disk.iops, spec.disk.throughput) = (Some(4000), Some(240));
    let cost = pool(&spec);
    assert_eq!(cost.parts[1].span, Span::exactly(Usd::dollars(8.0)));
    assert_eq!(cost.parts[2].span, Span::exactly(Usd::dollars(1000.0 * 0.005 + 100.0 * 0.04)));
}
