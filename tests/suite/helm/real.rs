//! The same on a real Kubernetes with the real Helm: what we see of a release is what Helm says, and
//! what we leave behind is what Helm expects. `.ci/run releases` starts both.

use super::super::bench::{Bench, resource, stack};
use super::super::shell::TOP;
use super::hands::{pending, secret_name};
use super::rig::{CONTEXT, Rig, kubeconfig, paths};
use leap_infra::model::{Place, Resource, Stack};
use leap_infra::providers::helm::helm_release::folder_digest;
use serde_json::{Value, json};
use std::path::Path;

/// The chart of these stories, seen from the top of the repository.
const CHART: &str = "tests/real/chart";

const SPACE: &str = "gardens";

fn place(parent: &str) -> Place {
    let parent = Some(format!("{CONTEXT}/{parent}"));
    Place { project: "context".into(), location: None, parent }
}

fn namespace() -> Resource {
    let spec = json!({ "cluster": format!("context/{CONTEXT}"), "labels": {}, "annotations": {} });
    let of = resource("prod", "kubernetes-namespace", &format!("{CONTEXT}/{SPACE}"), spec);
    Resource { place: place("-/v1/Namespace"), ..of }
}

fn garden(values: Value) -> Stack {
    let digest = folder_digest(&Path::new(TOP).join(CHART)).unwrap();
    let chart = json!({ "name": "garden", "version": "1.0.0", "path": CHART, "digest": digest });
    let cluster = format!("context/{CONTEXT}");
    let spec = json!({
        "cluster": cluster, "chart": chart, "values": values, "status": "deployed", "objects": {},
    });
    let of = resource("prod", "helm-release", &format!("{CONTEXT}/{SPACE}/garden"), spec);
    stack([namespace(), Resource { place: place("releases"), ..of }])
}

#[tokio::test]
#[ignore = "needs a real Kubernetes and a real Helm: `.ci/run releases`"]
async fn a_chart_of_ours_lives_its_life() {
    let bench = Bench::new().await.beside(kubeconfig());
    let rig = Rig { space: SPACE };
    let usual = garden(json!({ "trees": 4 }));
    bench.apply(&usual).await;
    assert_eq!(rig.listed(), ["garden 1 deployed"]);
    assert_eq!(paths(&bench.plan(&usual).await), [""; 0]);

    // Other values are another revision.
    let other = garden(json!({ "trees": 5, "greeting": "moin" }));
    assert_eq!(paths(&bench.plan(&other).await), ["values.greeting", "values.trees"]);
    bench.apply(&other).await;
    assert_eq!(rig.listed(), ["garden 2 deployed"]);
    assert_eq!(paths(&bench.plan(&other).await), [""; 0]);

    // What somebody edits is seen, and put right.
    let edit = r#"{"data":{"trees":"9"}}"#;
    rig.kubectl(&["patch", "configmap", "garden-settings", "-p", edit], "");
    let plan = bench.plan(&other).await;
    assert_eq!(paths(&plan), ["objects[ConfigMap/garden-settings.data.trees]"]);
    bench.apply(&other).await;
    let told =
        rig.kubectl(&["get", "configmap", "garden-settings", "-o", "jsonpath={.data.trees}"], "");
    assert_eq!(told, "5");
    assert_eq!(paths(&bench.plan(&other).await), [""; 0]);

    // So is what somebody did with Helm.
    rig.helm(&["rollback", "garden", "1"], "");
    assert_eq!(paths(&bench.plan(&other).await), ["values.greeting", "values.trees"]);
    bench.apply(&other).await;
    assert_eq!(rig.listed(), ["garden 5 deployed"]);

    // A release whose Helm was killed is freed first.
    let secret = rig.kubectl(&["get", "secret", &secret_name("garden", 5), "-o", "json"], "");
    let secret = pending(&serde_json::from_str(&secret).unwrap(), "garden", 6);
    rig.kubectl(&["create", "-f", "-"], &secret.to_string());
    assert_eq!(rig.listed(), ["garden 6 pending-upgrade"]);
    assert_eq!(paths(&bench.plan(&other).await), ["status"]);
    bench.apply(&other).await;
    assert_eq!(rig.listed(), ["garden 8 deployed"]);
    assert_eq!(paths(&bench.plan(&other).await), [""; 0]);

    bench.apply(&stack([namespace()])).await;
    assert_eq!(rig.listed(), [""; 0]);
    // A namespace is protected; this one is only in the way.
    rig.kubectl(&["delete", "namespace", SPACE], "");
}
