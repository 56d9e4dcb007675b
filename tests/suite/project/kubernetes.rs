//! What in clusters cannot be, each with its place and what to write instead; and what a few words
//! become.

use super::folder::Folder;
use insta::assert_snapshot;
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
