//! Questions about who may do what, as people ask them; and somebody who leaves.

mod answers;
mod doctor;
mod leaving;
mod letters;
mod live;
mod members;

use super::shell::{Said, Shell};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

const STACK: &str = "
stack: demo
institution: Demo University
prefix: demo
contact: help@demo.example.org
cloud: { project: demo-project, region: us-central1 }
buckets:
  data: { grants: { write: ['identity:hub', 'group:curators@demo.example.org'] } }
  open: { public: read }
identities: { hub: { in: [prod] } }
hubs:
  main:
    domain: hub.demo.example.org
    identity: { per: hub, account: hub }
    profiles: { cpu: { choices: [small, large] }, gpu: { choices: [t4, a100] } }
people:
  ada: { name: Ada L., institution: Demo University, github: { login: ada } }
  grace: { name: Grace H., github: { login: grace } }
access:
  organization: demo-org
  categories:
    visitors:
      description: Anybody who asks
      team: visitors
      members: unmanaged
      hubs: { main: { login: true, choices: { cpu: [small] } } }
    research:
      description: Those who do research
      team: { name: Research }
      members: { exact: people/research.yaml }
      maintainers: [grace]
      home_quota: 100 GB
      hubs: { main: { login: true, profiles: [cpu] } }
    project-x:
      team: { name: Project X, parent: research }
      members: { exact: people/x.yaml }
      requires: research
      hubs: { main: { choices: { gpu: [t4] } } }
      folders: [{ path: ~/x, stored_as: _x, mode: read-write }]
";

const RESEARCH: &str = "# Renewed every six months.
members:
  - person: ada       # since the beginning
    since: 2026-01-01
    until: 2026-12-15
    note: thesis
  - login: alan       # a guest
    until: 2026-10-31
  - { login: kurt, since: 2027-02-01 }
";

const X: &str = "members:
  - person: ada
  - login: emmy
";

/// A stack of one's own with one environment, and a terminal beside it.
struct Desk {
    folder: TempDir,
    shell: Shell,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shell = Shell::new(folder.path().join("stack")).with("COLUMNS", "110");
        let desk = Self { folder, shell };
        fs::create_dir_all(desk.path("people")).unwrap();
        fs::create_dir_all(desk.path("environments")).unwrap();
        fs::write(desk.path("environments/prod.yaml"), "environment: prod\n").unwrap();
        fs::write(desk.path("stack.yaml"), STACK).unwrap();
        fs::write(desk.path("people/research.yaml"), RESEARCH).unwrap();
        fs::write(desk.path("people/x.yaml"), X).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("stack").join(name)
    }

    /// What is said on the first of December.
    fn asks(&self, line: &str) -> Said {
        self.shell.succeed(&format!("{line} --as-of 2026-12-01"))
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.asks(&format!("{line} --json")).stdout).unwrap()
    }

    fn told(&self, lines: &[&str]) -> String {
        let told =
            lines.iter().map(|line| format!("$ leap-infra {line}\n{}\n", self.asks(line).stdout));
        told.collect()
    }
}
