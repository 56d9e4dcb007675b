//! Records in a managed zone and records that people make, from the declaration to the zone.

use super::bench::{Bench, PROJECT, ZONE, resource, stack};
use super::compute::address;
use super::desk::text;
use super::garden::Plot;
use super::uptime::check;
use insta::assert_snapshot;
use leap_infra::cli::marks::Marks;
use leap_infra::model::{Place, Resource};
use leap_infra::plan::{Action, Origin, Refused, Targets};
use leap_infra::providers::gcp::{dns_record, dns_record_by_hand};
use leap_infra::sandbox::dns::{put_record, put_zone};
use leap_infra::sandbox::{self, Fault, Match};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Where a record of a story leads.
#[derive(Clone, Copy)]
pub enum Leads<'a> {
    /// To what is written there.
    To(&'a [&'a str]),
    /// To a static address of the region.
    At(&'a str),
}

impl Leads<'_> {
    fn said(self) -> (BTreeSet<String>, String) {
        match self {
            Self::To(all) => (all.iter().map(|&one| one.to_owned()).collect(), String::new()),
            Self::At(name) => (BTreeSet::new(), format!("{PROJECT}/us-central1/{name}")),
        }
    }
}

/// A record below `home.example.org`.
pub fn record(name: &str, kind: &str, leads: Leads<'_>) -> Resource {
    let (data, address) = leads.said();
    let spec = dns_record::Spec { data, address, ttl: 300 };
    let name = dns_record::record_name(ZONE, &format!("{name}.home.example.org"), kind);
    let record = resource("prod", "dns-record", &name, json!(spec));
    let place = Place { location: Some(ZONE.into()), ..Place::project(PROJECT) };
    Resource { place, ..record }
}

/// A name for each plot with a label, which leads to an address, to a number, or to another name;
/// one that leads to an address of the region has a text and a check as well.
pub fn garden_names(plots: &[Plot]) -> Vec<Resource> {
    let mut resources = Vec::new();
    for (at, plot) in plots.iter().filter(|plot| plot.label.is_some()).enumerate() {
        let (name, ip) = (format!("garden-{at}"), format!("garden-ip-{at}"));
        let label = plot.label.clone().unwrap_or_default();
        // Other plots have an address of the whole world, or an alias.
        let (kind, leads) = match (plot.versioning, at % 2) {
            (true, _) => ("CNAME", Leads::To(&["elsewhere.example.org"])),
            (false, 0) => ("A", Leads::To(&["192.0.2.1", "192.0.2.2"])),
            (false, _) => ("A", Leads::At(&ip)),
        };
        resources.push(record(&name, kind, leads));
        if !plot.versioning {
            resources.push(record(&name, "TXT", Leads::To(&[&label])));
            let every = if plot.uniform { 60 } else { 300 };
            resources.push(check(&name, &format!("/{label}"), every));
        }
    }
    resources
}

/// A record that people make.
fn by_hand(name: &str, kind: &str, leads: Leads<'_>) -> Resource {
    let (data, address) = leads.said();
    let spec = dns_record_by_hand::Spec { data, address };
    resource("prod", "dns-record-by-hand", &format!("{name}/{kind}"), json!(spec))
}

/// Somebody else writes into the zone.
fn write(bench: &Bench, name: &str, kind: &str, data: &[&str]) {
    let name = format!("{name}.home.example.org.");
    put_record(bench.sandbox.world(), PROJECT, ZONE, (&name, kind), data).unwrap();
}

/// What the zone says, without its own records: names below its domain, types and data.
fn zone(bench: &Bench) -> Vec<String> {
    let records = bench.world().into_iter().filter(|(key, _)| key.starts_with("dns/records/"));
    let told = records.map(|(_, set)| {
        let name = set["name"].as_str().unwrap().trim_end_matches(".home.example.org.").to_owned();
        let data: Vec<&str> =
            set["rrdatas"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        let marked = data.iter().any(|data| data.contains("[leap-infra"));
        let data = if marked { "(a mark)".to_owned() } else { data.join(" ") };
        format!("{name} {} {data}", set["type"].as_str().unwrap())
    });
    told.collect()
}

/// The numbers of the changes that were asked for.
fn changes(bench: &Bench) -> usize {
    bench.sandbox.calls().iter().filter(|call| call.api == "dns" && call.mutating).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_and_its_mark_come_change_and_go_together_in_one_call_each() {
    let bench = Bench::new().await;
    let hub = |data: &'static [&'static str]| stack([record("hub", "A", Leads::To(data))]);
    bench.apply(&hub(&["192.0.2.1"])).await;
    assert_eq!(zone(&bench), ["_leap-infra-a.hub TXT (a mark)", "hub A 192.0.2.1"]);
    assert!(bench.plan(&hub(&["192.0.2.1"])).await.is_empty());
    let plan = bench.apply(&hub(&["192.0.2.2", "192.0.2.3"])).await;
    assert_eq!(plan.steps[0].action, Action::Update);
    assert_eq!(zone(&bench)[1], "hub A 192.0.2.2 192.0.2.3");
    bench.apply(&stack([])).await;
    assert!(zone(&bench).is_empty());
    assert_eq!(changes(&bench), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_of_every_type_are_read_back_as_they_were_declared() {
    let bench = Bench::new().await;
    let long = "x".repeat(300);
    let text = ["v=spf1 -all", long.as_str(), "with \"quotes\""];
    let all = || {
        stack([
            record("hub", "A", Leads::To(&["192.0.2.1", "192.0.2.2"])),
            record("hub", "AAAA", Leads::To(&["2001:db8::1"])),
            record("hub", "TXT", Leads::To(&text)),
            record("hub", "MX", Leads::To(&["10 mail.example.org"])),
            record("hub", "CAA", Leads::To(&["0 issue \"letsencrypt.org\""])),
            record("*.hub", "CNAME", Leads::To(&["hub.home.example.org"])),
        ])
    };
    bench.apply(&all()).await;
    assert!(bench.plan(&all()).await.is_empty());
    let marks = zone(&bench).iter().filter(|line| line.ends_with("(a mark)")).count();
    assert_eq!(marks, 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_points_at_an_address_that_is_made_in_the_same_run() {
    let bench = Bench::new().await;
    let all = || {
        stack([record("hub", "A", Leads::At("home-ip")), address("home-ip", "us-central1", None)])
    };
    let plan = bench.apply(&all()).await;
    let order: Vec<&str> = plan.steps.iter().map(|step| step.id.kind.as_str()).collect();
    assert_eq!(order, ["gce-address", "dns-record"]);
    assert!(zone(&bench)[1].starts_with("hub A 198."), "{:?}", zone(&bench));
    assert!(bench.plan(&all()).await.is_empty());
    let gone = bench.apply(&stack([])).await;
    let order: Vec<&str> = gone.steps.iter().map(|step| step.id.kind.as_str()).collect();
    assert_eq!(order, ["dns-record", "gce-address"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_somebody_turned_elsewhere_is_drift_and_is_turned_back() {
    let bench = Bench::new().await;
    let all = || {
        stack([record("hub", "A", Leads::At("home-ip")), address("home-ip", "us-central1", None)])
    };
    bench.apply(&all()).await;
    write(&bench, "hub", "A", &["203.0.113.9"]);
    let plan = bench.apply(&all()).await;
    assert_eq!(plan.steps[0].origin, Origin::Drift);
    assert!(zone(&bench)[1].starts_with("hub A 198."));
    write(&bench, "hub", "A", &[]);
    assert_eq!(zone(&bench), ["_leap-infra-a.hub TXT (a mark)"]);
    bench.apply(&all()).await;
    assert_eq!(zone(&bench).len(), 2, "what was taken away is made again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_of_somebody_else_is_refused_and_never_touched() {
    let bench = Bench::new().await;
    write(&bench, "hub", "A", &["203.0.113.9"]);
    write(&bench, "mail", "MX", &["10 mail.example.org."]);
    let wanted = || stack([record("hub", "A", Leads::To(&["192.0.2.1"]))]);
    let plan = bench.plan(&wanted()).await;
    assert!(matches!(plan.refusals[0].why, Refused::Foreign));
    bench.apply(&stack([record("hub", "TXT", Leads::To(&["ours"]))])).await;
    bench.apply(&stack([])).await;
    assert_eq!(zone(&bench), ["hub A 203.0.113.9", "mail MX 10 mail.example.org."]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_whose_mark_somebody_took_away_is_no_longer_ours() {
    let bench = Bench::new().await;
    let wanted = || stack([record("hub", "A", Leads::To(&["192.0.2.1"]))]);
    bench.apply(&wanted()).await;
    write(&bench, "_leap-infra-a.hub", "TXT", &[]);
    assert!(matches!(bench.plan(&wanted()).await.refusals[0].why, Refused::Foreign));
    assert!(bench.plan(&stack([])).await.is_empty(), "nor is it deleted");
    bench.mark(&wanted(), Marks::Adopt, &[]).await;
    assert!(bench.plan(&wanted()).await.is_empty());
    bench.mark(&stack([]), Marks::Disown, &["*"]).await;
    assert_eq!(zone(&bench), ["hub A 192.0.2.1"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alias_takes_the_place_of_a_number_and_the_other_way_round() {
    let bench = Bench::new().await;
    let number = || stack([record("hub", "A", Leads::To(&["192.0.2.1"]))]);
    let alias = || stack([record("hub", "CNAME", Leads::To(&["elsewhere.example.org"]))]);
    for wanted in [number(), alias(), number()] {
        bench.apply(&wanted).await;
        assert!(bench.plan(&wanted).await.is_empty());
        assert_eq!(zone(&bench).len(), 2);
    }
    // Neither comes without the other going first, whichever of them a person names.
    let plan = bench.plan(&alias()).await;
    let (old, new) = (plan.steps[0].id.to_string(), plan.steps[1].id.to_string());
    assert_eq!((plan.steps[0].action, plan.steps[1].action), (Action::Delete, Action::Create));
    let only = Targets { only: vec![new.clone()], not: Vec::new() };
    assert_eq!(bench.narrow(&alias(), plan.clone(), &only).await.plan.steps.len(), 2);
    let not = Targets { only: Vec::new(), not: vec![old] };
    let narrowed = bench.narrow(&alias(), plan, &not).await;
    assert!(narrowed.plan.steps.is_empty());
    assert!(narrowed.left_out_too.keys().any(|id| id.to_string() == new));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_changed_after_the_plan_is_not_overwritten() {
    let bench = Bench::new().await;
    bench.apply(&stack([record("hub", "A", Leads::To(&["192.0.2.1"]))])).await;
    let wanted = stack([record("hub", "A", Leads::To(&["192.0.2.2"]))]);
    let plan = bench.plan(&wanted).await;
    write(&bench, "hub", "A", &["203.0.113.9"]);
    let report = bench.apply_plan(&wanted, &plan).await;
    let told = format!("{report:?}");
    assert!(told.contains("Stale") || told.contains("stale"), "{told}");
    assert_eq!(zone(&bench)[1], "hub A 203.0.113.9");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_zone_that_is_not_there_stops_the_plan() {
    let bench = Bench::new().await;
    let lost = record("hub", "A", Leads::To(&["192.0.2.1"]));
    let name = lost.id.name.replace(ZONE, "no-zone");
    let place = Place { location: Some("no-zone".into()), ..lost.place.clone() };
    let lost = Resource { place, ..resource("prod", "dns-record", &name, lost.spec) };
    let errors = bench.try_plan(&stack([lost])).await.unwrap_err();
    assert_eq!(
        errors[0].to_string(),
        "cannot read the records of zone no-zone in project home-project: The \
         'parameters.managedZone' resource named 'no-zone' does not exist."
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_told_which_record_to_make_until_the_world_sees_it() {
    let bench = Bench::new().await;
    put_zone(bench.sandbox.world(), "elsewhere", "theirs", "leap.example.com.").unwrap();
    let all = || {
        let hub = by_hand("leap.example.com", "A", Leads::At("home-ip"));
        stack([hub, address("home-ip", "us-central1", None)])
    };
    let before = bench.plan(&all()).await;
    assert_eq!(before.steps.len(), 1, "only the address");
    assert_snapshot!(text(&before).trim_end(), @r#"
    prod: 1 change, 1 for people to do
      + gce-address/home-ip                                             stack.yaml:1
          location  "us-central1"
      * dns-record-by-hand/leap.example.com/A   waits for you           stack.yaml:1
          make this record: leap.example.com A, with the number of address home-ip;
          `plan` says it once that is there

    Plan: 1 to add, 0 to change, 0 to destroy. 1 for people to do.
    "#);
    bench.apply_plan(&all(), &before).await.unwrap();
    let waiting = bench.plan(&all()).await;
    assert!(waiting.is_empty(), "nothing is left that we could do");
    let told = text(&waiting);
    assert!(told.contains("make this record: leap.example.com A 198."), "{told}");
    assert!(told.ends_with("0 to destroy. 1 for people to do. 1 unchanged.\n"), "{told}");
    let number = waiting.waiting[0].what.rsplit(' ').next().unwrap().to_owned();
    let name = ("leap.example.com.", "A");
    let theirs = |data: &[&str]| {
        put_record(bench.sandbox.world(), "elsewhere", "theirs", name, data).unwrap();
    };
    theirs(&["203.0.113.9"]);
    let wrong = bench.plan(&all()).await;
    assert_eq!(
        wrong.waiting[0].what,
        format!("change this record: leap.example.com A {number}; it says 203.0.113.9 now")
    );
    theirs(&[&number]);
    let there = bench.plan(&all()).await;
    assert!(there.is_empty() && there.waiting.is_empty());
    assert_eq!(there.unchanged["prod"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resolver_that_does_not_answer_stops_nobody() {
    let bench = Bench::new().await;
    let on = Match { method: Some("GET /resolve".into()), ..Match::default() };
    let then =
        sandbox::Action::Status { code: 503, message: "no".into(), retry_after_seconds: None };
    bench.sandbox.set_faults(vec![Fault { on, then }]);
    let wanted = stack([by_hand("leap.example.com", "CNAME", Leads::To(&["hub.example.org"]))]);
    let plan = bench.plan(&wanted).await;
    assert!(plan.is_empty());
    assert_eq!(
        plan.waiting[0].what,
        "make sure of this record: leap.example.com CNAME hub.example.org; it could not be looked \
         up (no)"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_resolver_is_not_told_who_asks() {
    let bench = Bench::new().await;
    let wanted = stack([by_hand("leap.example.com", "A", Leads::To(&["192.0.2.1"]))]);
    bench.plan(&wanted).await;
    let asked: Vec<Value> = bench
        .sandbox
        .calls()
        .into_iter()
        .filter(|call| call.method == "GET /resolve")
        .map(|call| json!(call.mutating))
        .collect();
    assert_eq!(asked, [json!(false)]);
}
