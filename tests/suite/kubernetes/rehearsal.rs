//! What a server would refuse is known before anything is changed.

use super::super::bench::{Bench, options, stack};
use super::{LAB, MOTD, deployment, lab, live, map, object_in, space_in};
use leap_infra::apply::{ApplyError, Objection, Rehearsal, rehearse};
use leap_infra::kind::ProviderError;
use leap_infra::model::Stack;
use leap_infra::plan::Plan;
use leap_infra::sandbox::{Action as Strike, Fault, Match};
use serde_json::json;
use std::sync::Arc;

/// What is said to the plan of a stack.
async fn asked(bench: &Bench, stack: &Stack) -> Rehearsal {
    let plan = bench.plan(stack).await;
    rehearse(&plan, &bench.actors(&bench.connection().await), &options(), Arc::new(|_| {})).await
}

/// An apply that is not begun.
async fn objections(bench: &Bench, stack: &Stack, plan: &Plan) -> Vec<Objection> {
    match bench.apply_plan(stack, plan).await {
        Err(ApplyError::Objections(all)) => all,
        other => panic!("{other:#?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_a_server_would_refuse_is_told_at_once_and_nothing_was_changed() {
    let bench = Bench::new().await;
    bench.apply(&lab([map("motd", &json!({ "text": "hello" }))])).await;
    let mut unknown = deployment(1, "1Gi");
    unknown["spec"]["replica"] = json!(3);
    let mut label = map("other", &json!({}));
    label["metadata"]["labels"] = json!({ "team": "no label!" });
    let declared = lab([map("motd", &json!({ "text": "good bye" })), unknown, label]);
    let plan = bench.plan(&declared).await;
    let before = bench.world();
    let all = objections(&bench, &declared, &plan).await;
    let told: Vec<String> = all.iter().map(ToString::to_string).collect();
    assert_eq!(all.len(), 2, "{told:#?}");
    assert!(told[0].starts_with("stack.yaml:1: prod:kubernetes-object/"), "{told:#?}");
    assert!(told[0].contains("no label!") && told[1].contains(".spec.replica:"), "{told:#?}");
    assert_eq!(live(&bench, MOTD).await["data"]["text"], "hello");
    assert_eq!(bench.world(), before);
    // The lease was given back, and what is right goes through.
    bench.apply(&lab([map("motd", &json!({ "text": "good bye" }))])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_of_the_cluster_refuses_before_the_first_change() {
    let bench = Bench::new().await;
    let declared = lab([map("motd", &json!({})), deployment(1, "1Gi")]);
    bench.apply(&lab([])).await;
    let plan = bench.plan(&declared).await;
    let on = Match { method: Some("PATCH *deployments*".into()), ..Match::default() };
    let message = "admission webhook \"images\" denied the request: no image of others".to_owned();
    let then = Strike::Status { code: 403, message, retry_after_seconds: None };
    bench.sandbox.set_faults(vec![Fault { on, then }]);
    let all = objections(&bench, &declared, &plan).await;
    assert!(matches!(&all[0].error, ProviderError::Refused { why, .. } if why.contains("images")));
    assert_eq!(live(&bench, MOTD).await["reason"], "NotFound");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_not_write_is_told_before_the_first_change() {
    let bench = Bench::new().await;
    bench.apply(&lab([])).await;
    let declared = lab([map("motd", &json!({}))]);
    let plan = bench.plan(&declared).await;
    let on = Match { method: Some("PATCH *configmaps*".into()), ..Match::default() };
    let message = "configmaps \"motd\" is forbidden: User \"ada\" cannot patch resource".to_owned();
    let then = Strike::Status { code: 403, message, retry_after_seconds: None };
    bench.sandbox.set_faults(vec![Fault { on, then }]);
    let all = objections(&bench, &declared, &plan).await;
    assert!(all[0].error.is_permission() && all[0].to_string().contains("cannot patch"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_on_something_that_the_plan_makes_is_said_and_not_refused() {
    let bench = Bench::new().await;
    let declared = || lab([map("motd", &json!({})), deployment(1, "1Gi")]);
    let rehearsal = asked(&bench, &declared()).await;
    assert_eq!(rehearsal.objections, [], "only the namespace can be asked about");
    assert_eq!((rehearsal.accepted, rehearsal.too_soon.len()), (1, 2));
    assert!(rehearsal.too_soon[0].1.contains("\"hubs\" not found"), "{rehearsal:#?}");
    bench.apply(&declared()).await;
    let events = bench.events.lock().unwrap().join("\n");
    assert!(events.contains("2 steps could not be asked about"), "{events}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_on_nothing_at_all_is_refused() {
    let bench = Bench::new().await;
    // Nobody declares the namespace, and it is not there.
    let rehearsal = asked(&bench, &stack([object_in(LAB, map("motd", &json!({})))])).await;
    assert_eq!(rehearsal.objections.len(), 1, "{rehearsal:#?}");
    let widget = json!({
        "apiVersion": "example.org/v1", "kind": "Widget",
        "metadata": { "name": "w", "namespace": "default" },
    });
    let rehearsal = asked(&bench, &stack([object_in(LAB, widget)])).await;
    assert!(rehearsal.objections[0].to_string().contains("no type Widget"), "{rehearsal:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asking_changes_nothing_and_a_plan_alone_asks_nobody() {
    let bench = Bench::new().await;
    bench.apply(&stack([space_in(LAB, "hubs")])).await;
    let declared = lab([map("motd", &json!({})), deployment(1, "1Gi")]);
    bench.sandbox.clear_calls();
    bench.plan(&declared).await;
    assert!(!bench.sandbox.calls().iter().any(|call| call.method.starts_with("PATCH ")));
    let before = bench.world();
    let rehearsal = asked(&bench, &declared).await;
    assert_eq!((rehearsal.accepted, rehearsal.objections.len()), (2, 0), "{rehearsal:#?}");
    assert_eq!(bench.world(), before);
}
