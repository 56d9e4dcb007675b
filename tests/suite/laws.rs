//! Laws that hold for every stack, on the real kinds against the sandbox.

use super::bench::{Bench, PROJECT, loom, stack};
use super::garden::{Plot, garden, grown};
use super::law::law;
use super::toy::LoomSpec;
use leap_infra::cli::marks::Marks;
use leap_infra::model::{Mark, Owner, ResourceId, SpecMark, Stack};
use leap_infra::plan::{Action, Ignored};
use leap_infra::project;
use leap_infra::providers::gcp::permissions::READ_METHODS;
use leap_infra::sandbox::gcs::{SeedBucket, seed_bucket};
use leap_infra::sandbox::{Action as Strike, Fault, Match};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

#[test]
fn apply_then_plan_is_empty_and_destroy_leaves_nothing() {
    law((garden(), garden()), |(first, second)| async move {
        let bench = Bench::new().await;
        for plots in [&first, &second] {
            // A bucket never loses uniform access in these stories: the cloud may refuse that.
            let stack = stack(grown(plots));
            bench.apply(&stack).await;
            assert!(bench.plan(&stack).await.is_empty());
            bench.sandbox.clock().advance(Duration::from_secs(5));
        }
        let nothing = stack([]);
        bench.apply(&nothing).await;
        let left: Vec<String> = bench.world().into_keys().collect();
        assert_eq!(left, ["gcs/bucket/home-leap-infra"]);
    });
}

#[test]
fn the_order_respects_every_need_deletions_included() {
    law((garden(), garden()), |(first, second)| async move {
        let bench = Bench::new().await;
        bench.apply(&stack(grown(&first))).await;
        bench.sandbox.clock().advance(Duration::from_secs(5));
        let wanted = stack(grown(&second));
        let plan = bench.plan(&wanted).await;
        for (at, step) in plan.steps.iter().enumerate() {
            assert!(step.waits_for.iter().all(|&first| first < at));
            let on = |kind: &str, name: &str| {
                plan.steps.iter().position(|s| s.id.kind == kind && s.id.name == name)
            };
            let logging = |spec: &Option<serde_json::Value>| {
                let spec = spec.as_ref()?;
                Some(spec["logging"]["bucket"].as_str()?.to_owned())
            };
            match (step.id.kind.as_str(), step.action) {
                ("gcs-bucket-access", Action::Create | Action::Update) => {
                    assert!(on("gcs-bucket", &step.id.name).is_none_or(|bucket| bucket < at));
                }
                ("gcs-bucket-access", Action::Delete) => {
                    let bucket = plan.steps.iter().position(|s| {
                        s.id.name == step.id.name
                            && s.id.kind == "gcs-bucket"
                            && s.action == Action::Delete
                    });
                    assert!(bucket.is_none_or(|bucket| bucket > at));
                }
                ("gcs-bucket", Action::Create) => {
                    let target = logging(&step.after).and_then(|name| on("gcs-bucket", &name));
                    assert!(target.is_none_or(
                        |target| target < at || plan.steps[target].action == Action::Delete
                    ));
                }
                ("gcs-bucket", Action::Delete) => {
                    let target = logging(&step.before).and_then(|name| on("gcs-bucket", &name));
                    let deleted = target.filter(|&t| plan.steps[t].action == Action::Delete);
                    assert!(deleted.is_none_or(|target| target > at));
                }
                _ => {}
            }
        }
    });
}

#[test]
fn the_order_of_the_input_does_not_matter() {
    law((garden(), any::<u64>()), |(plots, seed)| async move {
        let bench = Bench::new().await;
        let mut shuffled = grown(&plots);
        let straight = bench.plan(&stack(shuffled.clone())).await;
        // A fixed shuffle: by a digest of the seed and the address.
        shuffled.sort_by_key(|r| {
            leap_infra::model::base32_digest(format!("{seed}{}", r.id).as_bytes())
        });
        let mixed = bench.plan(&stack(shuffled)).await;
        assert_eq!(
            serde_json::to_string(&straight).unwrap(),
            serde_json::to_string(&mixed).unwrap()
        );
    });
}

#[test]
fn a_plan_survives_being_written_and_read() {
    law(garden(), |plots| async move {
        let plan = Bench::new().await.plan(&stack(grown(&plots))).await;
        let text = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<leap_infra::plan::Plan>(&text).unwrap(), plan);
    });
}

/// Somebody else's buckets: unmarked, marked by another stack, or carrying a mark of ours that
/// was copied onto them.
pub fn strangers(stack: &Stack) -> Vec<SeedBucket> {
    let copied = Mark::new(
        stack.name(),
        &ResourceId::new("prod", "gcs-bucket", "garden-0"),
        SpecMark::Unfinished,
    );
    let theirs = Mark::new(
        "elsewhere",
        &ResourceId::new("prod", "gcs-bucket", "their-data"),
        SpecMark::Unfinished,
    );
    let with = |name: &str, labels: BTreeMap<String, String>| SeedBucket {
        name: name.into(),
        project: PROJECT.into(),
        labels,
        ..SeedBucket::default()
    };
    vec![
        with("plain-data", BTreeMap::new()),
        with("their-data", theirs.labels()),
        with("copied-mark", copied.labels()),
    ]
}

#[test]
fn what_is_not_ours_is_never_touched() {
    law((garden(), garden()), |(first, second)| async move {
        let bench = Bench::new().await;
        let (first, second) = (stack(grown(&first)), stack(grown(&second)));
        for stranger in strangers(&first) {
            seed_bucket(bench.sandbox.world(), stranger).unwrap();
        }
        let foreign = |world: BTreeMap<String, serde_json::Value>| -> BTreeMap<_, _> {
            let names = ["plain-data", "their-data", "copied-mark"];
            world.into_iter().filter(|(key, _)| names.iter().any(|n| key.ends_with(n))).collect()
        };
        let before = foreign(bench.world());
        assert_eq!(before.len(), 3);
        for stack in [&first, &second, &stack([])] {
            bench.apply(stack).await;
            bench.sandbox.clock().advance(Duration::from_secs(5));
            assert_eq!(foreign(bench.world()), before);
        }
    });
}

#[tokio::test]
async fn an_object_that_has_our_labels_by_propagation_only_is_not_ours() {
    let bench = Bench::new().await;
    let with_loom = stack([loom("a-loom", 3)]);
    bench.apply(&with_loom).await;
    // The loom brought a spool along, which carries the loom's labels.
    assert!(bench.world().contains_key("toy/spool/a-loom-1"));
    let connection = bench.connection().await;
    let observers = bench.observers(&connection);
    let world = observers.world(&with_loom, &BTreeSet::new(), &BTreeMap::new()).await.unwrap();
    assert!(matches!(world.kinds["loom"].found[0].owner, Owner::Ours(_)));
    assert!(world.kinds["spool"].found.is_empty());
    assert!(bench.plan(&with_loom).await.is_empty());
    let spec: LoomSpec = serde_json::from_value(world.kinds["loom"].found[0].spec.clone()).unwrap();
    assert_eq!(spec.width, 3);
}

#[test]
fn what_is_discovered_and_adopted_leaves_nothing_to_do() {
    law(garden(), |plots| async move {
        let bench = Bench::new().await;
        bench.apply(&stack(grown(&plots))).await;
        bench.sandbox.clock().advance(Duration::from_secs(5));
        bench.mark(&stack([]), Marks::Disown, &["*"]).await;
        let unmarked = bench.world();
        let folder = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| std::fs::write(folder.path().join(file), text);
        let cloud = format!("cloud: {{ project: {PROJECT}, region: us-central1 }}");
        write("stack.yaml", &format!("stack: home\nprefix: garden\n{cloud}\n")).unwrap();
        let load = || project::load(folder.path(), folder.path());
        let declared = load().unwrap();
        let text = declared.discover(&bench.everything().await, &["prod".to_owned()]).text;
        write("found.yaml", &text.unwrap()).unwrap();
        let text = std::fs::read_to_string(folder.path().join("found.yaml")).unwrap();
        let found = load().unwrap_or_else(|problems| panic!("{:?}\n{text}", problems.list));
        let found = found.expand().unwrap();
        assert_eq!(bench.world(), unmarked);
        bench.mark(&found, Marks::Adopt, &[]).await;
        let plan = bench.plan(&found).await;
        assert!(plan.is_empty(), "{plan:#?}\n{text}");
        // Nothing was said that is not so, but for the log writer, who is let in where logs go.
        let only = |ignored: &Ignored| ignored.id.kind == "gcs-bucket-access";
        assert!(plan.ignored.iter().all(only), "{:#?}\n{text}", plan.ignored);
    });
}

/// A step that fails for good, at any call, in any way.
#[test]
fn after_a_failure_at_any_step_a_rerun_converges() {
    let ways = prop_oneof![
        Just(Strike::Status { code: 403, message: "no".into(), retry_after_seconds: None }),
        Just(Strike::Status { code: 400, message: "no".into(), retry_after_seconds: None }),
        Just(Strike::Status { code: 503, message: "later".into(), retry_after_seconds: None }),
        Just(Strike::CutBefore),
        Just(Strike::CutAfter),
    ];
    law((garden(), 0.0..1.0_f64, 1..4_u64, ways), |(plots, part, times, then)| async move {
        let undisturbed = Bench::new().await;
        let wanted = stack(grown(&plots));
        undisturbed.apply(&wanted).await;
        let calls = undisturbed.sandbox.calls().len() as f64;

        let bench = Bench::new().await;
        let plan = bench.plan(&wanted).await;
        let call = 1 + (part * calls) as u64;
        let on = Match { call: Some(call), ..Match::default() };
        let mut faults = vec![Fault { on, then: then.clone() }];
        for later in 1..times {
            let on = Match { call: Some(call + later), ..Match::default() };
            faults.push(Fault { on, then: then.clone() });
        }
        bench.sandbox.clear_calls();
        bench.sandbox.set_faults(faults);
        let apply = bench.apply_with(&wanted, &plan, BTreeSet::new(), CancellationToken::new());
        drop(apply.await);
        bench.sandbox.set_faults(Vec::new());
        bench.sandbox.clock().advance(Duration::from_secs(61));
        bench.apply(&wanted).await;
        assert!(bench.plan(&wanted).await.is_empty());
        assert_eq!(bench.world(), undisturbed.world());
    });
}

#[tokio::test]
async fn planning_makes_no_call_that_could_change_anything() {
    let bench = Bench::new().await;
    let plots = Plot {
        days: Some(3),
        rules: vec![],
        versioning: true,
        uniform: true,
        logs_to: None,
        grants: vec![0, 1],
        label: None,
        robot: Some((false, vec![0, 2])),
    };
    let full = stack(grown(&[plots]));
    let empty = stack([]);
    bench.sandbox.clear_calls();
    bench.plan(&full).await;
    bench.apply(&full).await;
    bench.sandbox.clock().advance(Duration::from_secs(5));
    let after_apply = bench.sandbox.calls().len();
    bench.plan(&full).await;
    bench.plan(&empty).await;
    let calls = bench.sandbox.calls();
    let planning = &calls[after_apply..];
    assert!(planning.len() > 10);
    let published = |method: &str| {
        READ_METHODS.iter().any(|read| read.method == method) || method.starts_with("GET /toy/")
    };
    for call in planning {
        assert!(!call.mutating, "{call:?}");
        assert!(published(&call.method), "{call:?} is not on the published list");
    }
}
