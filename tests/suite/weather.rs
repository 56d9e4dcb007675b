//! Bad weather, one kind at a time: what the clouds do wrong, and what a person then sees.

use super::bench::{Bench, access, bucket, loom, options, stack};
use super::shell::{Shell, leap};
use leap_infra::apply::{Options, Report, StepResult};
use leap_infra::model::Stack;
use leap_infra::sandbox::{Action, Behaviour, Ending, Fault, Match};
use std::time::Duration;

/// The calls that an apply cannot do without.
const CALLS: [&str; 6] = [
    "CreateBucket",
    "UpdateBucket",
    "GetBucket",
    "SetIamPolicy",
    "POST /upload/storage/v1/b/{bucket}/o",
    "POST /toy/looms/a-loom",
];

fn status(code: u16) -> Action {
    Action::Status { code, message: String::new(), retry_after_seconds: None }
}

fn on(method: &str, then: Action) -> Fault {
    Fault { on: Match { method: Some(method.into()), ..Match::default() }, then }
}

/// Strikes `times` calls, from the first one.
fn some(method: &str, times: u64, then: Action) -> Fault {
    let on = Match { method: Some(method.into()), times: Some(times), ..Match::default() };
    Fault { on, then }
}

fn wanted() -> Stack {
    let readers = ("roles/storage.objectViewer", "group:readers@leap.example.org");
    stack([bucket("a-data"), bucket("b-data"), access("a-data", &[readers]), loom("a-loom", 3)])
}

async fn failure(bench: &Bench, wanted: &Stack, options: &Options) -> String {
    let plan = bench.plan(wanted).await;
    told(&bench.apply_in(wanted, &plan, options).await.unwrap())
}

fn told(report: &Report) -> String {
    let failed = report.steps.iter().filter_map(|(id, _, end)| match end {
        StepResult::Failed(error) => Some(format!("{id}: {error}")),
        _ => None,
    });
    failed.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_passes_is_got_over_wherever_it_strikes() {
    let undisturbed = Bench::new().await;
    undisturbed.apply(&wanted()).await;
    let passing = [
        status(429),
        Action::Status { code: 429, message: "slow".into(), retry_after_seconds: Some(0) },
        Action::StatusUntil { code: 429, seconds: 0 },
        status(500),
        status(502),
        status(503),
        status(504),
        Action::CutBefore,
        Action::CutAfter,
        Action::Trickle { ms: 1 },
        Action::Truncate(Ending::Broken),
        Action::Truncate(Ending::Chunked),
        Action::Truncate(Ending::Quiet),
        Action::Skew { seconds: 7 },
        Action::Skew { seconds: -7 },
    ];
    for then in passing {
        let bench = Bench::new().await;
        let plan = bench.plan(&wanted()).await;
        let calls = CALLS.iter().filter(|call| strikes(&then, call));
        bench.sandbox.set_faults(calls.map(|call| some(call, 2, then.clone())).collect());
        let report = bench.apply_plan(&wanted(), &plan).await.unwrap();
        assert!(report.is_complete(), "{then:?}: {}", told(&report));
        bench.sandbox.set_faults(Vec::new());
        assert_eq!(bench.world(), undisturbed.world(), "{then:?}");
        assert!(bench.plan(&wanted()).await.is_empty(), "{then:?}");
    }
}

/// The made-up client of looms takes a status below 500 for a refusal.
fn strikes(then: &Action, call: &str) -> bool {
    let below = matches!(then, Action::StatusUntil { .. } | Action::Status { code: 429, .. });
    !(below && call.contains("toy"))
}

#[tokio::test]
async fn a_name_that_is_freed_late_is_waited_for() {
    let bench = Bench::new().await;
    let plan = bench.plan(&wanted()).await;
    // The first three are the ledger's, which waits just so.
    bench.sandbox.set_faults(vec![some("CreateBucket", 6, Action::NameTaken)]);
    assert!(bench.apply_plan(&wanted(), &plan).await.unwrap().is_complete());
    bench.sandbox.set_faults(Vec::new());
    assert!(bench.plan(&wanted()).await.is_empty());
}

#[tokio::test]
async fn what_does_not_pass_says_what_was_not_done() {
    let story = async |fault: Fault| {
        let bench = Bench::new().await;
        // The ledger is there already.
        bench.apply(&stack([bucket("a-data")])).await;
        bench.sandbox.set_faults(vec![fault]);
        let wanted = stack([bucket("a-data"), bucket("b-data")]);
        let failure = failure(&bench, &wanted, &options()).await;
        bench.sandbox.set_faults(Vec::new());
        bench.sandbox.clock().advance(Duration::from_secs(61));
        bench.apply(&wanted).await;
        assert!(bench.plan(&wanted).await.is_empty());
        failure
    };
    let create = |then| on("CreateBucket", then);
    let expected = "prod:gcs-bucket/b-data: creating bucket b-data ";
    for (then, why) in [
        (status(503), "failed for now: The service is currently unavailable."),
        (status(429), "failed for now: The rate limit was exceeded, try again later."),
        (status(409), "failed for now: The request conflicts with another one."),
        (status(412), "was refused: At least one of the pre-conditions did not hold."),
        (Action::NameTaken, "failed for now: it is being deleted"),
    ] {
        assert_eq!(story(create(then)).await, format!("{expected}{why}"));
    }
    let cut = story(create(Action::CutBefore)).await;
    assert!(cut.starts_with(&format!("{expected}failed for now: ")), "{cut}");
}

#[tokio::test]
async fn an_operation_that_never_ends_is_given_up_in_time() {
    let bench = Bench::new().await;
    bench.sandbox.set_faults(vec![on("GET /toy/operations/*", Action::Lag { changes: 0 })]);
    let hasty = Options { step_timeout: Duration::from_millis(400), ..options() };
    let wanted = stack([loom("a-loom", 3)]);
    let failure = failure(&bench, &wanted, &hasty).await;
    assert!(failure.ends_with("did not finish in time"), "{failure}");
    bench.sandbox.set_faults(Vec::new());
    bench.sandbox.clock().advance(Duration::from_secs(61));
    bench.apply(&wanted).await;
    assert!(bench.plan(&wanted).await.is_empty());
}

#[tokio::test]
async fn a_list_that_lacks_what_is_there_makes_nothing_twice() {
    let bench = Bench::new().await;
    bench.sandbox.set_faults(vec![on("ListBuckets", Action::Lag { changes: 60 })]);
    bench.apply(&wanted()).await;
    assert!(bench.plan(&wanted()).await.is_empty());
}

#[tokio::test]
async fn a_list_that_still_has_what_is_gone_does_no_harm() {
    let bench = Bench::new().await;
    bench.apply(&wanted()).await;
    bench.sandbox.clock().advance(Duration::from_secs(5));
    bench.sandbox.set_faults(vec![on("ListBuckets", Action::Lag { changes: 60 })]);
    let less = stack([bucket("b-data"), loom("a-loom", 3)]);
    bench.apply(&less).await;
    let lingers = bench.plan(&less).await;
    assert!(!lingers.is_empty(), "the list does not lag");
    let report = bench.apply_plan(&less, &lingers).await.unwrap();
    assert!(report.is_complete(), "{}", told(&report));
    bench.sandbox.set_faults(Vec::new());
    assert!(bench.plan(&less).await.is_empty());
}

#[tokio::test]
async fn a_page_that_changes_while_the_list_is_read_is_no_trouble() {
    let bench = Bench::with(Behaviour { page_size: 1, ..Behaviour::default() }).await;
    bench.apply(&wanted()).await;
    bench.sandbox.clock().advance(Duration::from_secs(5));
    let second = Match { method: Some("ListBuckets".into()), nth: Some(2), ..Match::default() };
    let gone = Action::Meanwhile { key: "gcs/bucket/b-data".into(), value: None };
    bench.sandbox.set_faults(vec![Fault { on: second, then: gone }]);
    let plan = bench.plan(&wanted()).await;
    assert_eq!(plan.steps.len(), 1, "{:?}", plan.steps);
    assert!(bench.apply_plan(&wanted(), &plan).await.unwrap().is_complete());
    assert!(bench.plan(&wanted()).await.is_empty());
}

#[tokio::test]
async fn a_cloud_whose_clock_is_wrong_all_the_time_is_no_trouble() {
    for seconds in [-86_400, 86_400] {
        let bench = Bench::new().await;
        let always = Fault { on: Match::default(), then: Action::Skew { seconds } };
        bench.sandbox.set_faults(vec![always]);
        bench.apply(&wanted()).await;
        bench.sandbox.set_faults(Vec::new());
        assert!(bench.plan(&wanted()).await.is_empty());
    }
}

#[test]
fn a_person_sees_what_is_tried_again_and_how_it_ended() {
    let story = |faults: &str, line: &str| {
        let folder = leap();
        let file = folder.path().join("faults.json");
        std::fs::write(&file, faults).unwrap();
        let shell = Shell::new(folder.path());
        shell.with("LEAP_INFRA_SANDBOX_FAULTS", file.to_string_lossy()).run(line)
    };
    let apply = "apply stacks/leap --auto-approve";
    let dated = r#"[{ "on": { "method": "ListBuckets", "nth": 1 },
        "then": { "status_until": { "code": 429, "seconds": 1 } } }]"#;
    let said = story(dated, apply);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stderr.contains("trying again in"), "{}", said.stderr);

    let lost = r#"[{ "on": { "method": "CreateBucket", "nth": 2 }, "then": "cut_after" }]"#;
    let said = story(lost, apply);
    assert_eq!(said.code, Some(0), "{}", said.stderr);

    let refused = r#"[{ "on": { "method": "CreateBucket", "nth": 3 },
        "then": { "status": { "code": 400 } } }]"#;
    let said = story(refused, apply);
    assert_eq!(said.code, Some(6), "{}{}", said.stdout, said.stderr);

    let wrong = r#"{"random": {"seed": 1, "of": ["thunder"]}}"#;
    let said = story(wrong, "plan stacks/leap");
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("thunder"), "{}", said.stderr);
    assert!(said.stderr.contains("docs/sandbox.md"), "{}", said.stderr);
}
