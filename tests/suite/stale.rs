//! The file of a plan, what is stale, and what drifted: stories with a made-up kind and no cloud.

use super::desk::Desk;
use insta::assert_snapshot;
use leap_infra::cli::view::{drift as view, look::Look};
use leap_infra::model::{Ignore, Owner, Source, SpecMark};
use leap_infra::plan::file::{FileError, Made, Saved};
use leap_infra::plan::{Plan, leave_out};
use leap_infra::providers;
use proptest::prelude::*;
use serde_json::{Value, json};

const LOOK: Look = Look::plain(80);

fn made() -> Made {
    Made {
        leap_infra_version: "0.1.0".into(),
        as_of: "2026-09-21T00:00:00Z".into(),
        expires_at: "2026-09-22T00:00:00Z".into(),
        config_digest: "d".into(),
        target: "sandbox".into(),
        folder: "stacks/home".into(),
    }
}

/// What is stale, a line each.
fn told(plan: &Plan, desk: &Desk) -> String {
    desk.stale(plan).iter().map(|stale| format!("{stale}\n")).collect()
}

#[derive(Clone, Debug)]
struct Board {
    wanted: Option<u32>,
    found: Option<u32>,
    applied: u32,
    wall: bool,
    hangs: bool,
}

fn board() -> impl Strategy<Value = Board> {
    let some = || proptest::option::of(0..4_u32);
    (some(), some(), 0..4_u32, any::<bool>(), any::<bool>()).prop_map(
        |(wanted, found, applied, wall, hangs)| Board { wanted, found, applied, wall, hangs },
    )
}

fn furnished(boards: &[Board]) -> Desk {
    let mut desk = Desk::new();
    for (at, board) in boards.iter().enumerate() {
        let address = format!("{}:shelf/{at}", ["staging", "prod"][at % 2]);
        let hangs = board.hangs.then(|| at.checked_sub(1)).flatten().map(|at| at.to_string());
        let spec = |boards, wall| json!({ "boards": boards, "wall": wall, "hangs_on": hangs });
        if let Some(boards) = board.wanted {
            desk.wants(&address, spec(boards, "north"));
        }
        if let Some(boards) = board.found {
            let wall = if board.wall { "south" } else { "north" };
            desk.has_drifted(&address, spec(board.applied, wall), spec(boards, wall));
        }
        desk.allowances.replace.insert(address.parse().unwrap());
    }
    desk
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_survives_being_written_and_read(boards in prop::collection::vec(board(), 0..6)) {
        let desk = furnished(&boards);
        let plan = desk.plan().unwrap();
        let saved = Saved::new(&plan, made());
        let read = Saved::parse(saved.json().as_bytes()).unwrap();
        prop_assert_eq!(&read, &saved);
        prop_assert_eq!(&read.plan(), &plan);
        prop_assert_eq!(&read.complete(&desk.registry).unwrap(), &plan);
        prop_assert_eq!(desk.stale(&plan), []);
    }

    #[test]
    fn what_is_left_of_a_plan_waits_for_nothing_that_was_left_out(
        boards in prop::collection::vec(board(), 0..6),
        gone in prop::collection::vec(any::<bool>(), 6),
    ) {
        let mut desk = furnished(&boards);
        let plan = desk.plan().unwrap();
        for (at, found) in desk.world.kinds.values_mut().flat_map(|o| &mut o.found).enumerate() {
            if gone[at] {
                found.spec["boards"] = json!(9);
            }
        }
        let (rest, left_out) = leave_out(&plan, &desk.stale(&plan));
        prop_assert_eq!(desk.stale(&rest), []);
        for step in &plan.steps {
            let out = left_out.iter().any(|left| left.id == step.id);
            prop_assert_eq!(out, !rest.steps.iter().any(|kept| kept.id == step.id));
            let waits = step.waits_for.iter().map(|&first| &plan.steps[first].id);
            let waits = waits.into_iter().any(|id| left_out.iter().any(|left| left.id == *id));
            prop_assert!(out || !waits);
        }
        for (at, step) in rest.steps.iter().enumerate() {
            prop_assert!(step.waits_for.iter().all(|&first| first < at));
        }
    }
}

#[test]
fn a_plan_of_the_first_format_is_read_for_good() {
    let text = include_bytes!("../fixtures/plans/v1.json");
    let saved = Saved::parse(text).unwrap();
    let plan = saved.complete(&providers::registry()).unwrap();
    assert_snapshot!(leap_infra::cli::view::plan::text(&plan, LOOK), @r#"
    prod: 6 changes
      ~ gcs-bucket/home-data   pending                      stacks/home/stack.yaml:5
          delete_after_days  30 -> 60
          (15 unchanged)
      + gcs-bucket/home-fresh                               stacks/home/stack.yaml:7
          location  "US-CENTRAL1"
      - gcs-bucket/home-gone   no longer declared
      + gcs-bucket/home-moved                               stacks/home/stack.yaml:8
          labels    team a
          location  "US"
      + gcs-bucket-access/home-fresh                        stacks/home/stack.yaml:7
          grants
            + member allUsers, role roles/storage.objectViewer
          note: anyone on the internet may read; egress is paid by the billing
          account of home-project
      ~ gcs-bucket-access/home-site   pending               stacks/home/stack.yaml:6
          grants
            - member group:readers@home.example.org, role roles/storage.objectViewer
            + member group:writers@home.example.org, role roles/storage.objectViewer

    Plan: 3 to add, 2 to change, 1 to destroy. 1 unchanged.
    "#);
}

#[test]
fn what_a_later_release_adds_to_a_plan_is_read_over() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/a", json!({}));
    let saved = Saved::new(&desk.plan().unwrap(), made());
    let mut document: Value = serde_json::from_str(&saved.json()).unwrap();
    document["format_version"] = json!("1.7");
    document["weather"] = json!("fine");
    document["resource_changes"][0]["mood"] = json!("good");
    let read = Saved::parse(document.to_string().as_bytes()).unwrap();
    assert_eq!(read.resource_changes, saved.resource_changes);
    document["format_version"] = json!("2.0");
    let refused = Saved::parse(document.to_string().as_bytes()).unwrap_err();
    assert!(matches!(refused, FileError::Format { .. }), "{refused}");
}

#[test]
fn only_what_changed_in_itself_is_stale() {
    let mut desk = Desk::new();
    for name in ["same", "moved", "gone", "done", "taken", "new"] {
        desk.wants(&format!("prod:shelf/{name}"), json!({ "boards": 3 }));
        if name != "new" {
            desk.has(&format!("prod:shelf/{name}"), json!({ "boards": 2 }));
        }
    }
    desk.has("prod:shelf/old", json!({}));
    let plan = desk.plan().unwrap();
    let found = &mut desk.world.kinds.get_mut("shelf").unwrap().found;
    found.retain(|found| !["gone", "old"].contains(&&*found.name));
    for found in found.iter_mut() {
        found.version.0 = "2".into();
        match found.name.as_str() {
            "moved" => found.spec["wall"] = json!("south"),
            "done" => found.spec["boards"] = json!(3),
            "taken" => found.owner = Owner::Foreign,
            _ => {}
        }
    }
    desk.has("prod:shelf/new", json!({ "boards": 1 }));
    assert_snapshot!(told(&plan, &desk), @r#"
    prod:shelf/gone changed after it was planned on: existence was "there" and is now "gone"
    prod:shelf/moved changed after it was planned on: wall was "north" and is now "south"
    prod:shelf/new changed after it was planned on: existence was "not there" and is now "there"
    prod:shelf/taken changed after it was planned on: owner was "nobody else" and is now "somebody else"
    "#);
}

#[test]
fn what_a_step_needs_must_still_be_there() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/a", json!({}));
    desk.wants("prod:book/b", json!({ "shelf": "a" }));
    desk.has("prod:shelf/a", json!({}));
    let plan = desk.plan().unwrap();
    assert_eq!(told(&plan, &desk), "");
    desk.world.kinds.clear();
    assert_eq!(
        told(&plan, &desk),
        "prod:book/b changed after it was planned on: prod:shelf/a was \"there\" and is now \"gone\"\n"
    );
}

#[test]
fn what_is_made_again_is_left_out_as_a_whole() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/b", json!({ "hangs_on": "a" }));
    desk.wants("prod:shelf/a", json!({ "boards": 3 }));
    desk.wants("prod:shelf/c", json!({ "boards": 1 }));
    desk.has("prod:shelf/b", json!({ "wall": "south" }));
    desk.has("prod:shelf/a", json!({ "boards": 1 }));
    desk.allowances.replace.insert("prod:shelf/b".parse().unwrap());
    let plan = desk.plan().unwrap();
    desk.world.kinds.get_mut("shelf").unwrap().found[0].spec["boards"] = json!(2);
    let (rest, left_out) = leave_out(&plan, &desk.stale(&plan));
    let left_out: Vec<_> = left_out.iter().map(|left| left.id.name.as_str()).collect();
    assert_eq!(left_out, ["a", "b"]);
    let rest: Vec<_> = rest.steps.iter().map(|step| step.id.name.as_str()).collect();
    assert_eq!(rest, ["c"]);
}

#[test]
fn drift_names_what_others_changed_and_only_counts_the_rest() {
    let mut desk = Desk::new();
    let two = json!({ "boards": 2 });
    for name in ["asis", "pending", "drifted", "both", "killed", "early", "missing"] {
        let boards = if ["pending", "both"].contains(&name) { 3 } else { 2 };
        desk.wants(&format!("prod:shelf/{name}"), json!({ "boards": boards }));
    }
    desk.has("prod:shelf/asis", two.clone());
    desk.has("prod:shelf/pending", two.clone());
    desk.has_drifted("prod:shelf/drifted", two.clone(), json!({ "boards": 2, "colours": ["red"] }));
    desk.has_drifted("staging:shelf/orphan", two.clone(), json!({ "boards": 9 }));
    desk.has("staging:shelf/leftover", two.clone());
    desk.has_drifted("prod:shelf/both", two.clone(), json!({ "boards": 1 }));
    for (name, mark) in
        [("killed", SpecMark::Unfinished), ("early", SpecMark::Applied("0-x".into()))]
    {
        let found = desk.has(&format!("prod:shelf/{name}"), json!({ "boards": 1 }));
        if let Owner::Ours(ours) = &mut found.owner {
            ours.spec = mark;
        }
    }
    assert_snapshot!(view::text(&desk.drift(), &desk.selected, LOOK), @r#"
    staging:
      ~ shelf/orphan   drift, and no longer declared

    prod:
      ~ shelf/both   drift and pending (declared -> live)               stack.yaml:4
          boards  3 -> 1
      ~ shelf/drifted   drift (declared -> live)                        stack.yaml:3
          colours
            + "red"
      ~ shelf/early   origin unknown (declared -> live)                 stack.yaml:6
          boards  2 -> 1
      ~ shelf/killed   unfinished: the last apply did not end           stack.yaml:5
          boards  2 -> 1

    Drift: 3 drifted. 2 of unknown origin. 2 pending. 1 not there (never made, or removed by others). 1 unchanged.
    "#);
}

#[test]
fn what_others_manage_hides_no_other_drift() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/a", json!({ "boards": 2 }));
    let live = json!({ "boards": 1, "colours": ["red"] });
    desk.has_drifted("prod:shelf/a", json!({ "boards": 2 }), live);
    desk.ignores.push(Ignore {
        env: "prod".into(),
        resource: "shelf".into(),
        field: "colours".into(),
        reason: "the painters decide".into(),
        source: Source::default(),
    });
    assert_snapshot!(desk.text(), @r#"
    prod: 1 change
      ~ shelf/a   drift: changed since the last apply                   stack.yaml:1
          boards  1 -> 2
          (4 unchanged)

    left to others, as declared under `ignore`:
        prod:shelf/a
          colours is ["red"], declared []: the painters decide

    Plan: 0 to add, 1 to change, 0 to destroy. 1 drifted.
    "#);
    assert_snapshot!(view::text(&desk.drift(), &desk.selected, LOOK), @r#"
    prod:
      ~ shelf/a   drift (declared -> live)                              stack.yaml:1
          boards  2 -> 1

    left to others, as declared under `ignore`:
        prod:shelf/a
          colours is ["red"], declared []: the painters decide

    Drift: 1 drifted.
    "#);
}

#[test]
fn production_is_left_alone_when_staging_is_left_partly_stale() {
    let mut desk = Desk::new();
    for address in ["staging:shelf/a", "staging:shelf/b", "prod:shelf/c"] {
        desk.has(address, json!({}));
        desk.wants(address, json!({ "boards": 2 }));
    }
    let plan = desk.plan().unwrap();
    desk.world.kinds.get_mut("shelf").unwrap().found[0].spec["boards"] = json!(1);
    let stale = desk.stale(&plan);
    let (rest, left_out) = leave_out(&plan, &stale);
    let names: Vec<&str> = rest.steps.iter().map(|step| step.id.name.as_str()).collect();
    assert_eq!(names, ["b"], "the rest of staging goes on, and production does not");
    assert!(!rest.extent.is_whole(), "which is no complete apply that could be promoted");
    let said = leap_infra::cli::view::stale::text(&stale, &left_out);
    assert!(said.contains("prod:shelf/c, since staging is left partly stale (staging:shelf/a)"));
    // The other way round, staging does not wait for production.
    let prod = desk
        .stale(&plan)
        .into_iter()
        .map(|one| leap_infra::plan::Stale { id: "prod:shelf/c".parse().unwrap(), ..one });
    let (rest, _) = leave_out(&plan, &prod.collect::<Vec<_>>());
    assert_eq!(rest.steps.len(), 2);
}
