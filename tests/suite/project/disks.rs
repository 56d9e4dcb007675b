//! What of disks and addresses cannot be, each with its place and what to write instead; and what
//! a few words become.

use super::folder::Folder;
use insta::assert_snapshot;
use std::fmt::Write;

const CLOUD: &str = "stack: demo
prefix: demo
cloud: { project: demo-project, region: us-central1, zone: us-central1-c }
";

fn folder(disks: &str) -> Folder {
    Folder::stack().file("stack.yaml", CLOUD).file("disks.yaml", disks)
}

#[test]
fn a_few_words_become_a_disk_and_its_schedule() {
    let disks = "
disks:
  home:
    size: 2 TB
    snapshots: { every: 'thursday, monday', at: '04:00', keep: 2 weeks }
  cache: { in: [prod], size: 200 GB, replicas: [us-central1-c, us-central1-a] }
addresses:
  hub: { in: [prod] }
services: []
";
    let stack = folder(disks).project().expand().unwrap();
    let mut told = String::new();
    for resource in stack.resources().values() {
        _ = writeln!(told, "{} at {}: {}", resource.id, resource.source, resource.spec);
        resource.needs.iter().for_each(|need| _ = writeln!(told, "    needs {need}"));
    }
    for (key, ids) in stack.keys().iter().filter(|(key, _)| !key.starts_with("bucket")) {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        _ = writeln!(told, "{key}: {}", ids.join(", "));
    }
    assert_snapshot!(told);
}

#[test]
fn texts_that_are_none_are_put_right() {
    let disks = "
disks:
  a: { size: 200 }
  b: { size: 0 GB, snapshots: { every: week, at: '4:30', keep: 30d } }
  c: { size: 10 GB, zone: us-central1 }
";
    assert_snapshot!(folder(disks).problems());
}

#[test]
fn what_does_not_go_together_is_found() {
    let disks = "
disks:
  typo: { size: 10 GB, type: pd-balance }
  order: { size: 10 GB, iops: 3000 }
  far: { size: 10 GB, zone: europe-west1-b }
  one: { size: 10 GB, replicas: [us-central1-a] }
  hours: { size: 10 GB, snapshots: { every: day, keep: 36 hours } }
  same: { size: 10 GB, in: [prod], name: demo-typo }
  copied: { size: 10 GB, in: [prod], name: demo-copied-staging }
  twice: { size: 10 GB, name: demo-twice }
  first: { size: 10 GB, in: [prod], snapshots: { every: day, keep: 5 days, name: times } }
  second: { size: 10 GB, in: [prod], snapshots: { every: hour, keep: 5 days, name: times } }
addresses:
  world: { in: [prod], global: true, tier: standard }
  Hub: { in: [prod] }
";
    assert_snapshot!(folder(disks).problems());
}

#[test]
fn disks_that_say_the_same_may_share_a_schedule() {
    let disks = "
disks:
  first: { size: 10 GB, in: [prod], snapshots: { every: day, keep: 5 days, name: times } }
  second: { size: 10 GB, in: [prod], snapshots: { every: day, keep: 5 days, name: times } }
";
    let stack = folder(disks).project().expand().unwrap();
    let kinds: Vec<&str> = stack.resources().keys().map(|id| id.kind.as_str()).collect();
    assert_eq!(kinds, ["gce-disk", "gce-disk", "gce-snapshot-policy"]);
}
