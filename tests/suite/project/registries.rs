//! What of registries cannot be, each with its place and what to write instead; and what a few words
//! become.

use super::folder::Folder;
use insta::assert_snapshot;
use std::fmt::Write;

const CLOUD: &str = "stack: demo
prefix: demo
cloud: { project: demo-project, region: us-central1 }
";

fn folder(registries: &str) -> Folder {
    Folder::stack().file("stack.yaml", CLOUD).file("registries.yaml", registries)
}

#[test]
fn a_few_words_become_a_registry_and_the_api_that_it_needs() {
    let registries = "
registries:
  images:
    in: [prod]
    cleanup: { keep: 10, delete_untagged_after: 30 days }
  wheels: { in: [prod], location: us, format: python, description: Wheels, protect: false }
services: []
";
    let stack = folder(registries).project().expand().unwrap();
    let mut told = String::new();
    for resource in stack.resources().values() {
        _ = writeln!(told, "{} at {}: {}", resource.id, resource.source, resource.spec);
        resource.needs.iter().for_each(|need| _ = writeln!(told, "    needs {need}"));
    }
    for (key, ids) in stack.keys().iter().filter(|(key, _)| key.starts_with("registry")) {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        _ = writeln!(told, "{key}: {}", ids.join(", "));
    }
    assert_snapshot!(told);
}

#[test]
fn what_does_not_go_together_is_found() {
    let registries = "
registries:
  far: { in: [prod], location: EU }
  wheels: { in: [prod], format: python, immutable_tags: true }
  kept: { in: [prod], cleanup: { keep: 10 } }
  hours: { in: [prod], cleanup: { delete_after: 36 hours } }
  none: { in: [prod], cleanup: { keep: 0, delete_after: 30d } }
  Images: { in: [prod] }
  same: { in: [prod], name: demo-kept }
";
    assert_snapshot!(folder(registries).problems());
}
