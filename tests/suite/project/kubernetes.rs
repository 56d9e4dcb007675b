//! What in clusters cannot be, each with its place and what to write instead; and what a few words
//! become.

use super::folder::Folder;
use insta::assert_snapshot;
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt::Write;

const CLOUD: &str = "stack: demo
prefix: demo
cloud: { project: demo-project, region: us-central1 }
clusters: { main: { node_zones: [us-central1-c] } }
secrets: { hub-oauth: { google: projects/demo-project/secrets/hub-oauth } }
services: []
";

fn folder(kubernetes: &str) -> Folder {
    Folder::stack().file("stack.yaml", CLOUD).file("kubernetes.yaml", kubernetes)
}

#[test]
fn a_few_words_become_a_namespace_an_object_and_a_secret_in_the_only_cluster() {
    let kubernetes = "
kubernetes:
  namespaces:
    hubs: { labels: { team: hubs } }
  objects:
    motd:
      namespace: hubs
      manifest: { apiVersion: v1, kind: ConfigMap, data: { text: Hello }, immutable: null }
    seats:
      in: [prod]
      manifest: { apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, value: -10 }
  secrets:
    hub: { in: [prod], namespace: hubs, data: { client-secret: hub-oauth } }
";
    let stack = folder(kubernetes).project().expand().unwrap();
    let mut told = String::new();
    let inside = |kind: &str| kind.starts_with("kubernetes-");
    for resource in stack.resources().values().filter(|it| inside(&it.id.kind)) {
        _ = writeln!(told, "{} at {}: {}", resource.id, resource.source, resource.spec);
        _ = writeln!(told, "    in {:?}", resource.place.parent);
    }
    for (key, ids) in stack.keys() {
        let ids: Vec<String> =
            ids.iter().filter(|id| inside(&id.kind)).map(ToString::to_string).collect();
        if !ids.is_empty() {
            _ = writeln!(told, "{key}: {}", ids.join(", "));
        }
    }
    assert_snapshot!(told);
}

#[test]
fn what_cannot_be_in_a_cluster_is_found_with_what_to_write() {
    let kubernetes = "
kubernetes:
  namespaces:
    Hubs: { in: [prod], name: Hubs_prod }
    elsewhere: { in: [prod], cluster: mian }
  objects:
    nothing: { in: [prod], namespace: hubs, manifest: { kind: ConfigMap } }
    key: { in: [prod], namespace: hubs, manifest: { apiVersion: v1, kind: Secret, data: {} } }
    space: { in: [prod], manifest: { apiVersion: v1, kind: Namespace } }
    lost: { in: [prod], manifest: { apiVersion: v1, kind: ConfigMap, data: {} } }
    class: { in: [prod], namespace: hubs, manifest: { apiVersion: storage.k8s.io/v1, kind: StorageClass } }
    two:
      in: [prod]
      namespace: hubs
      manifest: { apiVersion: v1, kind: ConfigMap, metadata: { namespace: others } }
    copied:
      in: [prod]
      namespace: hubs
      manifest: { apiVersion: v1, kind: ConfigMap, metadata: { name: lost, uid: 1-2 } }
  secrets:
    hub: { in: [prod], namespace: hubs, data: { client-secret: hub-oaut } }
";
    assert_snapshot!(folder(kubernetes).problems());
}

#[test]
fn two_entries_are_not_one_object() {
    let kubernetes = "
kubernetes:
  namespaces:
    hubs: { name: hubs }
  objects:
    one: { in: [prod], namespace: x, manifest: { apiVersion: v1, kind: ConfigMap } }
    other:
      in: [prod]
      namespace: x
      manifest: { apiVersion: v1, kind: ConfigMap, metadata: { name: one } }
";
    assert_snapshot!(folder(kubernetes).problems());
}

#[test]
fn a_cluster_that_several_environments_have_is_nobody_elses() {
    let cloud = CLOUD.replace("node_zones", "in: [staging, prod], node_zones");
    let kubernetes = "
kubernetes:
  namespaces:
    hubs: {}
releases:
  ingress: { in: [dev], namespace: hubs, chart: { name: x, version: 1.0.0, path: charts/x } }
";
    let folder = Folder::stack().file("stack.yaml", cloud).file("kubernetes.yaml", kubernetes);
    let folder = folder.file("environments/dev.yaml", "environment: dev\nsuffix: -dev\n");
    let staging = "environment: staging\nfollows: dev\nsuffix: -staging\n";
    let problems = folder.file("environments/staging.yaml", staging).problems();
    assert_snapshot!(problems, @r"
    error: dev has no cluster `main`, and each of staging, prod has one of its own
     --> demo/kubernetes.yaml:4:5
      |
    4 |     hubs: {}
      |     ^^^^ expected the key of a cluster, or `context/NAME`
      |
      = help: say `in: [staging, prod]` here, or `in` of the cluster with dev in
              it

    error: dev has no cluster `main`, and each of staging, prod has one of its own
     --> demo/kubernetes.yaml:6:3
      |
    6 |   ingress: { in: [dev], namespace: hubs, chart: { name: x, version: 1.0.0...
      |   ^^^^^^^ expected the key of a declared cluster
      |
      = help: say `in: [staging, prod]` here, or `in` of the cluster with dev in
              it
    ");
}

const NEEDING: &str = "
buckets: { scratch: {} }
kubernetes:
  objects:
    motd:
      in: [prod]
      namespace: hubs
      needs: [bucket:scratch, release:ingress]
      manifest: { apiVersion: v1, kind: ConfigMap }
releases:
  ingress:
    in: [prod]
    namespace: hubs
    needs: [cluster-secret:tls]
    chart: { name: x, version: 1.0.0, path: charts/x }
";

#[test]
fn what_is_needed_is_said_by_the_keys_of_other_sections() {
    let declared = NEEDING.replace("    needs: [cluster-secret:tls]\n", "");
    let stack = folder(&declared).project().expand().unwrap();
    let of = |kind: &str| stack.resources().values().find(|it| it.id.kind == kind).unwrap();
    let needs = json!([
        "gcs-bucket-access/demo-scratch",
        "gcs-bucket/demo-scratch",
        "helm-release/demo-main-staging/hubs/ingress",
    ]);
    let object = of("kubernetes-object");
    assert_eq!(object.spec["needs"], needs);
    let first: BTreeSet<String> = object.needs.iter().map(|id| id.local()).collect();
    assert_eq!(json!(first), needs);
}

#[test]
fn what_is_needed_is_declared() {
    let declared = NEEDING.replace("bucket:scratch", "bucket:scrach, object:motd, scratch");
    assert_snapshot!(folder(&declared).problems(), @r"
    error: nothing is called `bucket:scrach`
     --> demo/kubernetes.yaml:8:15
      |
    8 |       needs: [bucket:scrach, object:motd, scratch, release:ingress]
      |               ^^^^^^^^^^^^^
      |
      = note: expected a reference with its type, as in `bucket:KEY`
      = help: did you mean `bucket:scratch`?

    error: it cannot need itself
     --> demo/kubernetes.yaml:8:30
      |
    8 |       needs: [bucket:scrach, object:motd, scratch, release:ingress]
      |                              ^^^^^^^^^^^

    error: nothing is called `scratch`
     --> demo/kubernetes.yaml:8:43
      |
    8 |       needs: [bucket:scrach, object:motd, scratch, release:ingress]
      |                                           ^^^^^^^
      |
      = note: expected a reference with its type, as in `bucket:KEY`
      = help: did you mean `bucket:scratch`?

    error: nothing is called `cluster-secret:tls`
      --> demo/kubernetes.yaml:14:13
       |
    14 |     needs: [cluster-secret:tls]
       |             ^^^^^^^^^^^^^^^^^^
       |
       = note: expected a reference with its type, as in `bucket:KEY`
    ");
}
