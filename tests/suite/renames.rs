//! A declared thing gets another key: what has a name that was made of the old one is not made anew
//! behind anybody's back, and `previously:` keeps it. And each is called by its key.

use super::home::Home;
use super::shell::{TOP, copy};
use std::path::Path;

const STACK: &str = "\
stack: lab
prefix: lab
cloud: { project: lab-project, region: us-central1, zone: us-central1-c }
clusters:
  main:
    in: [prod]
    node_zones: [us-central1-c]
    protect: false
    pools:
      core: { role: core, machine: n2-highmem-4, nodes: { per_zone: 1..3 }, disk: 30 GB }
      user: { role: user, machine: n2-highmem-4, nodes: { total: 0..10 } }
identities:
  robot: { in: [prod], kubernetes: [prod/user-sa], roles: [roles/monitoring.viewer] }
services: [iam.googleapis.com]
secrets:
  oauth: { make: { readers: ['group:staff@lab.example.org'] } }
disks:
  homes: { size: 100 GB, protect: false }
addresses:
  hub: { in: [prod] }
";

/// Each thing with its key, and how that is written when it is renamed.
const RENAMES: [(&str, &str, &str); 5] = [
    ("main:\n", "central:\n", "    previously: main\n"),
    ("robot: { ", "automaton: { ", "previously: robot, "),
    ("oauth: { make: { ", "sign-in: { make: { ", "previously: oauth, "),
    ("homes: { ", "people: { ", "previously: homes, "),
    ("hub: { ", "door: { ", "previously: hub, "),
];

async fn lab() -> Home {
    let home = Home::of(&[("stack.yaml", STACK)]).await;
    copy(&Path::new(TOP).join("examples/environments"), &home.path("environments"));
    home.says("apply --auto-approve", 0);
    home
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_changes_is_questioned_and_with_the_earlier_one_nothing_happens() {
    let home = lab().await;
    for (old, new, previously) in RENAMES {
        home.write("stack.yaml", &STACK.replace(old, new));
        let asked = home.says("plan", 7).stdout;
        let key = previously.trim().trim_end_matches(',');
        assert!(asked.contains(&format!("write `{key}` here")), "{new}\n{asked}");
        home.write("stack.yaml", &STACK.replace(old, &format!("{new}{previously}")));
        let plan = home.says("plan --detailed-exitcode", 0);
        assert!(plan.is_nothing_to_do(), "{new}\n{}", plan.stdout);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pool_under_another_key_is_made_first_and_with_the_earlier_one_it_stays() {
    let home = lab().await;
    home.write("stack.yaml", &STACK.replace("      user:", "      people:"));
    let plan = home.says("plan", 0).stdout;
    assert!(plan.contains("made first, then gke-node-pool/lab-main/user-"), "{plan}");
    assert!(plan.contains("nothing differs but the name: `previously: KEY`"), "{plan}");
    home.write(
        "stack.yaml",
        &STACK.replace("      user: { ", "      people: { previously: user, "),
    );
    assert!(home.says("plan --detailed-exitcode", 0).is_nothing_to_do());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_renamed_has_no_earlier_key_in_any_section() {
    let home = Home::of(&[]).await;
    copy(&Path::new(TOP).join("examples/environments"), &home.path("environments"));
    for (line, twice) in [
        ("  robot: {", "  other: { in: [prod], previously: robot }\n"),
        ("  oauth: {", "  other: { make: { previously: oauth } }\n"),
        ("  homes: {", "  other: { size: 10 GB, previously: homes }\n"),
        ("  hub: {", "  other: { in: [prod], previously: hub }\n"),
        (
            "      user: {",
            "      other: { previously: user, role: user, machine: n2-highmem-8, nodes: { total: 0..2 } }\n",
        ),
    ] {
        home.write("stack.yaml", &STACK.replace(line, &format!("{twice}{line}")));
        let said = home.says("validate", 4).stderr;
        assert!(said.contains("is still declared, so nothing was renamed"), "{line}\n{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_called_by_its_key() {
    let home = Home::of(&[("stack.yaml", STACK)]).await;
    copy(&Path::new(TOP).join("examples/environments"), &home.path("environments"));
    for (name, only, not) in [
        ("cluster:main", "gke-node-pool/lab-main/user-", "gce-disk"),
        ("pool:core", "gke-node-pool/lab-main/core-", "gke-node-pool/lab-main/user-"),
        ("pool:main.user", "gke-node-pool/lab-main/user-", "gke-node-pool/lab-main/core-"),
        ("identity:robot", "gcp-service-account-access/lab-robot@", "gcp-project-access"),
        ("disk:homes", "gce-disk/lab-homes", "gce-address"),
        ("address:hub", "gce-address/lab-hub", "gce-disk"),
        ("secret:oauth", "secret-access/lab-oauth", "gce-disk"),
        ("service:iam.googleapis.com", "gcp-service/lab-project/iam.googleapis.com", "storage"),
    ] {
        let plan = home.says(&format!("plan --target {name}"), 0).stdout;
        assert!(plan.contains(only) && !plan.contains(not), "{name}\n{plan}");
    }
    let said = home.run("plan --target identity:robo");
    assert!(said.stderr.contains("identity:robot"), "{}", said.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_held_by_its_key_is_left_alone() {
    let home = lab().await;
    home.says("hold pool:user -e prod --until 3_days --reason workshop", 0);
    home.write("stack.yaml", &STACK.replace("total: 0..10", "total: 0..20"));
    let said = home.says("plan", 7).stdout;
    assert!(said.contains("workshop"), "{said}");
    home.says("plan --exclude pool:user", 0);
}
