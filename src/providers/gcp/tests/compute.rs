//! Stories of disks, their snapshot schedules, and static addresses.

use super::*;
use crate::model::{Status, Transition};
use crate::providers::gcp::{gce_address, gce_disk, gce_snapshot_policy};
use crate::sandbox::Action;
use crate::sandbox::compute::{change, seed, trouble, use_by};
use serde_json::json;

const DISK: &str = "gce-disk";
const POLICY: &str = "gce-snapshot-policy";
const ADDRESS: &str = "gce-address";
const HOME: &str = "leap-home";
const ZONE: &str = "projects/leap-pangeo/zones/us-central1-c";
const REGION: &str = "projects/leap-pangeo/regions/us-central1";

fn disk() -> gce_disk::Spec {
    gce_disk::Spec {
        location: "us-central1-c".into(),
        replicas: Vec::new(),
        kind: "pd-balanced".into(),
        size_gb: 100,
        iops: None,
        throughput: None,
        snapshots: None,
        labels: [("team".to_owned(), "hub".to_owned())].into(),
        protect: true,
    }
}

fn daily() -> gce_snapshot_policy::Spec {
    gce_snapshot_policy::Spec {
        region: "us-central1".into(),
        every: "day".into(),
        at: "04:00".into(),
        keep_days: 14,
        outlive_disk: true,
        kept_in: None,
        labels: BTreeMap::new(),
    }
}

fn address() -> gce_address::Spec {
    let labels = [("team".to_owned(), "hub".to_owned())].into();
    gce_address::Spec { labels, ..gce_address::Spec::new("us-central1", "PREMIUM") }
}

async fn one(bench: &Bench, kind: &str, want: &impl Serialize) -> Found {
    let wanted = wanted(kind, HOME, want);
    let seen = bench.observe(kind, &[wanted]).await;
    seen.found.into_iter().find(|found| found.name == HOME).unwrap()
}

async fn made(bench: &Bench, kind: &str, want: &impl Serialize) -> Found {
    bench.create(kind, HOME, want).await.unwrap();
    bench.changes();
    one(bench, kind, want).await
}

fn adopt(seen: &Found) -> Change<Value> {
    Change::Adopt { spec: seen.spec.clone(), version: seen.version.clone() }
}

fn disown(seen: &Found) -> Change<Value> {
    Change::Disown { spec: seen.spec.clone(), version: seen.version.clone() }
}

#[tokio::test]
async fn a_disk_is_made_in_one_call_found_by_its_mark_and_deleted() {
    let bench = Bench::new().await;
    bench.create(DISK, HOME, &disk()).await.unwrap();
    assert_eq!(bench.changes(), ["disks"], "mark, labels and all");
    let seen = bench.observe(DISK, &[]).await.found.remove(0);
    assert_eq!((seen.name.as_str(), is_ours(&seen)), (HOME, true));
    assert_eq!(seen.place.location.as_deref(), Some("us-central1-c"));
    assert_eq!(spec::<gce_disk::Spec>(&seen), disk());
    bench.delete(DISK, &seen).await.unwrap();
    assert!(bench.observe(DISK, &[]).await.found.is_empty());
}

#[tokio::test]
async fn a_disk_grows_changes_its_schedule_and_its_labels_where_it_stands() {
    let bench = Bench::new().await;
    for name in ["old-times", "new-times"] {
        bench.create(POLICY, name, &daily()).await.unwrap();
    }
    let before = gce_disk::Spec { snapshots: Some("old-times".into()), ..disk() };
    let seen = made(&bench, DISK, &before).await;
    let after = gce_disk::Spec {
        size_gb: 200,
        snapshots: Some("new-times".into()),
        labels: BTreeMap::new(),
        ..disk()
    };
    bench.update(DISK, &seen, &after).await.unwrap();
    // First it says that something has begun, at last what came of it.
    let calls =
        ["setLabels", "resize", "removeResourcePolicies", "addResourcePolicies", "setLabels"];
    assert_eq!(bench.changes(), calls);
    let seen = one(&bench, DISK, &after).await;
    assert_eq!(spec::<gce_disk::Spec>(&seen), after);
    let again = bench.update(DISK, &seen, &after).await.unwrap();
    assert_eq!((again.version, bench.changes().len()), (Some(seen.version), 0));
}

#[tokio::test]
async fn a_change_that_was_cut_in_the_middle_is_gone_on_with() {
    let bench = Bench::new().await;
    bench.create(POLICY, "old-times", &daily()).await.unwrap();
    bench.create(POLICY, "new-times", &daily()).await.unwrap();
    let before = gce_disk::Spec { snapshots: Some("old-times".into()), ..disk() };
    let after = gce_disk::Spec { snapshots: Some("new-times".into()), ..disk() };
    let seen = made(&bench, DISK, &before).await;
    bench.fault("addResourcePolicies", Action::CutBefore);
    assert!(bench.update(DISK, &seen, &after).await.unwrap_err().is_transient());
    // The same step, tried again: the disk follows neither schedule now.
    bench.update(DISK, &seen, &after).await.unwrap();
    assert_eq!(spec::<gce_disk::Spec>(&one(&bench, DISK, &after).await), after);
}

#[tokio::test]
async fn a_disk_that_never_gets_smaller_is_refused_before_any_call() {
    let smaller = json(&gce_disk::Spec { size_gb: 50, ..disk() });
    let refusal = registry().transition(DISK, &json(&disk()), &smaller);
    let Transition::Refuse(why) = refusal else { panic!("{refusal:?}") };
    assert!(why.contains("cannot shrink") && why.contains("100 GB"), "{why}");
}

#[tokio::test]
async fn a_lost_answer_to_a_creation_makes_no_second_disk_and_no_error() {
    let bench = Bench::new().await;
    bench.fault("disks", Action::CutAfter);
    assert!(bench.create(DISK, HOME, &disk()).await.unwrap_err().is_transient());
    let again = bench.create(DISK, HOME, &disk()).await.unwrap();
    assert_eq!(again.remark.as_deref(), Some("was already there"));
    let other = gce_disk::Spec { size_gb: 500, ..disk() };
    let stale = bench.create(DISK, HOME, &other).await.unwrap_err();
    assert!(matches!(stale, ProviderError::Stale { .. }), "{stale}");
}

#[tokio::test]
async fn a_disk_that_is_still_being_made_is_waited_for() {
    let slow = Behaviour { operation_time: Duration::from_secs(2), ..Behaviour::instant() };
    let bench = Bench::with(slow).await;
    bench.fault("POST /compute/v1/projects/{project}/zones/{zone}/disks", Action::CutAfter);
    assert!(bench.create(DISK, HOME, &disk()).await.is_err());
    let seen = one(&bench, DISK, &disk()).await;
    assert!(matches!(seen.status, Status::InProgress { .. }), "{seen:?}");
    let wait = Change::Wait { after: seen.spec.clone(), operation: "creating".into() };
    bench.apply(DISK, HOME, wait).await.unwrap();
    assert_eq!(one(&bench, DISK, &disk()).await.status, Status::Ready);
}

#[tokio::test]
async fn an_operation_that_fails_says_why_and_leaves_nothing_behind() {
    let bench = Bench::new().await;
    let thing = format!("{ZONE}/disks/{HOME}");
    let error = Some((403, "QUOTA_EXCEEDED", "Quota 'SSD_TOTAL_GB' exceeded.  Limit: 500.0"));
    trouble(bench.sandbox.world(), &thing, error).unwrap();
    let why = bench.create(DISK, HOME, &disk()).await.unwrap_err();
    let words = why.to_string();
    assert!(words.contains("QUOTA_EXCEEDED") && words.contains("ask for more quota"), "{words}");
    assert!(!why.is_transient());
    trouble(bench.sandbox.world(), &thing, None).unwrap();
    bench.create(DISK, HOME, &disk()).await.unwrap();
}

#[tokio::test]
async fn labels_that_moved_on_are_read_again() {
    let bench = Bench::new().await;
    let seen = made(&bench, DISK, &disk()).await;
    let after = gce_disk::Spec { labels: BTreeMap::new(), ..disk() };
    let conflict = Action::Status { code: 412, message: String::new(), retry_after_seconds: None };
    bench.fault("setLabels", conflict);
    bench.update(DISK, &seen, &after).await.unwrap();
    assert_eq!(bench.changes(), ["setLabels", "setLabels"]);
}

#[tokio::test]
async fn what_somebody_changed_after_the_plan_is_not_overwritten() {
    let bench = Bench::new().await;
    let seen = made(&bench, DISK, &disk()).await;
    let thing = format!("{ZONE}/disks/{HOME}");
    change(bench.sandbox.world(), &thing, &json!({ "sizeGb": "300" })).unwrap();
    let larger = gce_disk::Spec { size_gb: 200, ..disk() };
    let stale = bench.update(DISK, &seen, &larger).await.unwrap_err();
    assert!(matches!(&stale, ProviderError::Stale { field, .. } if field == "size_gb"), "{stale}");
    let stale = bench.delete(DISK, &seen).await.unwrap_err();
    assert!(matches!(stale, ProviderError::Stale { .. }), "{stale}");
    assert!(bench.changes().is_empty());
}

#[tokio::test]
async fn disks_of_others_are_strangers_and_those_of_machines_are_not_even_that() {
    let bench = Bench::new().await;
    let world = bench.sandbox.world();
    let kind = "projects/leap-pangeo/zones/us-central1-c/diskTypes/pd-ssd";
    let theirs = json!({ "kind": "compute#disk", "sizeGb": "10", "type": kind, "status": "READY" });
    seed(world, &format!("{ZONE}/disks/theirs"), theirs.clone()).unwrap();
    let mut volume = theirs.clone();
    volume["labels"] = json!({ "goog-k8s-cluster-name": "leap-cluster" });
    seed(world, &format!("{ZONE}/disks/pvc-1"), volume).unwrap();
    // One of the wanted name, in another zone, stands in nobody's way.
    let elsewhere = format!("projects/leap-pangeo/zones/us-central1-a/disks/{HOME}");
    seed(world, &elsewhere, theirs).unwrap();
    let seen = bench.observe(DISK, &[wanted(DISK, HOME, &disk())]).await;
    assert!(seen.found.is_empty(), "{:?}", seen.found);
    let names: Vec<&str> = seen.strangers.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, [HOME, "theirs"]);
    let taken = gce_disk::Spec { location: "us-central1-a".into(), ..disk() };
    let seen = bench.observe(DISK, &[wanted(DISK, HOME, &taken)]).await;
    assert_eq!(seen.found[0].owner, Owner::Foreign);
    let why = bench.create(DISK, HOME, &taken).await.unwrap_err();
    assert!(matches!(why, ProviderError::Taken { .. }), "{why}");
}

#[tokio::test]
async fn a_disk_in_two_zones_is_one_of_the_region() {
    let bench = Bench::new().await;
    let both = gce_disk::Spec {
        location: "us-central1".into(),
        replicas: vec!["us-central1-a".into(), "us-central1-c".into()],
        ..disk()
    };
    let seen = made(&bench, DISK, &both).await;
    assert_eq!(spec::<gce_disk::Spec>(&seen), both);
    let larger = gce_disk::Spec { size_gb: 300, ..both };
    bench.update(DISK, &seen, &larger).await.unwrap();
    assert_eq!(spec::<gce_disk::Spec>(&one(&bench, DISK, &larger).await), larger);
}

#[tokio::test]
async fn what_is_made_to_order_is_changed_and_what_nobody_asked_for_is_the_servers() {
    let bench = Bench::new().await;
    let plain = gce_disk::Spec { kind: "hyperdisk-balanced".into(), ..disk() };
    let seen = made(&bench, DISK, &plain).await;
    assert_eq!(spec::<gce_disk::Spec>(&seen), plain);
    let fast = gce_disk::Spec { iops: Some(6000), ..plain };
    let seen = one(&bench, DISK, &fast).await;
    assert_eq!(spec::<gce_disk::Spec>(&seen).iops, Some(3000));
    bench.update(DISK, &seen, &fast).await.unwrap();
    assert_eq!(spec::<gce_disk::Spec>(&one(&bench, DISK, &fast).await), fast);
}

#[tokio::test]
async fn a_disk_that_is_attached_says_to_what_once_it_is_to_go() {
    let bench = Bench::new().await;
    let seen = made(&bench, DISK, &disk()).await;
    let machine = format!("{ZONE}/instances/nfs-server");
    use_by(bench.sandbox.world(), &format!("{ZONE}/disks/{HOME}"), &machine).unwrap();
    assert_eq!(one(&bench, DISK, &disk()).await.holds, None);
    let leaving = bench.observe(DISK, &[]).await.found.remove(0);
    assert_eq!(leaving.holds.as_deref(), Some("is attached to nfs-server"));
    let why = bench.delete(DISK, &seen).await.unwrap_err().to_string();
    assert!(why.contains("already being used by"), "{why}");
}

#[tokio::test]
async fn a_schedule_is_changed_where_it_stands_and_goes_only_once_nobody_follows_it() {
    let bench = Bench::new().await;
    let seen = made(&bench, POLICY, &daily()).await;
    assert_eq!((is_ours(&seen), spec::<gce_snapshot_policy::Spec>(&seen)), (true, daily()));
    let weekly = gce_snapshot_policy::Spec {
        every: "monday, thursday".into(),
        keep_days: 30,
        outlive_disk: false,
        labels: [("team".to_owned(), "hub".to_owned())].into(),
        ..daily()
    };
    bench.update(POLICY, &seen, &weekly).await.unwrap();
    let seen = one(&bench, POLICY, &weekly).await;
    assert_eq!((is_ours(&seen), spec::<gce_snapshot_policy::Spec>(&seen)), (true, weekly));
    let follows = gce_disk::Spec { snapshots: Some(HOME.into()), ..disk() };
    let follower = made(&bench, DISK, &follows).await;
    let why = bench.delete(POLICY, &seen).await.unwrap_err().to_string();
    assert!(why.contains("already being used by"), "{why}");
    bench.delete(DISK, &follower).await.unwrap();
    bench.delete(POLICY, &seen).await.unwrap();
    assert!(bench.observe(POLICY, &[]).await.found.is_empty());
}

#[tokio::test]
async fn a_schedule_is_adopted_and_handed_back_with_its_text_as_it_was() {
    let bench = Bench::new().await;
    let thing = format!("{REGION}/resourcePolicies/{HOME}");
    let schedule = json!({
        "schedule": { "dailySchedule": { "daysInCycle": 1, "startTime": "00:00" } },
        "retentionPolicy": { "maxRetentionDays": 5, "onSourceDiskDelete": "KEEP_AUTO_SNAPSHOTS" },
    });
    let policy = json!({
        "kind": "compute#resourcePolicy", "description": "made by hand", "status": "READY",
        "snapshotSchedulePolicy": schedule,
    });
    seed(bench.sandbox.world(), &thing, policy).unwrap();
    let seen = bench.observe(POLICY, &[]).await.strangers.remove(0);
    bench.apply(POLICY, HOME, adopt(&seen)).await.unwrap();
    let ours = bench.observe(POLICY, &[]).await.found.remove(0);
    assert_eq!((is_ours(&ours), &ours.spec), (true, &seen.spec));
    bench.apply(POLICY, HOME, disown(&ours)).await.unwrap();
    let back = bench.observe(POLICY, &[]).await.strangers.remove(0);
    assert_eq!((back.version, back.spec), (seen.version, seen.spec));
}

#[tokio::test]
async fn an_address_is_ours_from_its_first_call_on() {
    let bench = Bench::new().await;
    // The labels can only be written afterwards, and the answer to that is lost.
    bench.fault("setLabels", Action::CutBefore);
    assert!(bench.create(ADDRESS, HOME, &address()).await.unwrap_err().is_transient());
    let seen = bench.observe(ADDRESS, &[]).await.found.remove(0);
    assert!(matches!(&seen.owner, Owner::Ours(mark) if mark.spec == SpecMark::Unfinished));
    let again = bench.create(ADDRESS, HOME, &address()).await.unwrap();
    assert_eq!(again.remark.as_deref(), Some("was already there"));
    let seen = one(&bench, ADDRESS, &address()).await;
    assert!(matches!(&seen.owner, Owner::Ours(mark) if mark.spec != SpecMark::Unfinished));
    assert_eq!(spec::<gce_address::Spec>(&seen), address());
    bench.delete(ADDRESS, &seen).await.unwrap();
    assert!(bench.observe(ADDRESS, &[]).await.found.is_empty());
}

#[tokio::test]
async fn an_address_that_was_made_and_handed_back_is_nobodys_and_can_be_adopted_again() {
    let bench = Bench::new().await;
    let plain = gce_address::Spec::new("global", "PREMIUM");
    let seen = made(&bench, ADDRESS, &plain).await;
    bench.apply(ADDRESS, HOME, disown(&seen)).await.unwrap();
    let stranger = bench.observe(ADDRESS, &[]).await.strangers.remove(0);
    assert_eq!((stranger.owner.clone(), &stranger.spec), (Owner::Foreign, &json(&plain)));
    bench.apply(ADDRESS, HOME, adopt(&stranger)).await.unwrap();
    assert!(is_ours(&one(&bench, ADDRESS, &plain).await));
}

#[tokio::test]
async fn an_address_in_use_says_by_what_once_it_is_to_go() {
    let bench = Bench::new().await;
    made(&bench, ADDRESS, &address()).await;
    let rule = format!("{REGION}/forwardingRules/ingress");
    use_by(bench.sandbox.world(), &format!("{REGION}/addresses/{HOME}"), &rule).unwrap();
    let leaving = bench.observe(ADDRESS, &[]).await.found.remove(0);
    assert_eq!(leaving.holds.as_deref(), Some("is used by ingress"));
    let standard = gce_address::Spec { tier: "STANDARD".into(), ..address() };
    let transition = registry().transition(ADDRESS, &json(&address()), &json(&standard));
    assert!(matches!(transition, Transition::Replace(_)));
}

#[tokio::test]
async fn an_api_that_is_off_stops_the_plan_unless_the_stack_enables_it() {
    use crate::providers::gcp::gcp_service;
    let bench = Bench::new().await;
    crate::sandbox::serviceusage::require_services(bench.sandbox.world(), PROJECT, &[]).unwrap();
    let alone = [wanted(DISK, HOME, &disk())];
    let why = bench.look(DISK, &alone, &[]).await.unwrap_err();
    assert!(matches!(why, ProviderError::Unreadable { .. }), "{why}");
    let name = gcp_service::service_name(PROJECT, "compute.googleapis.com");
    let both = [wanted(DISK, HOME, &disk()), wanted("gcp-service", &name, &gcp_service::Spec {})];
    assert!(bench.look(DISK, &both, &[]).await.unwrap().found.is_empty());
}
