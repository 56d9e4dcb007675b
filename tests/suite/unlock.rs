//! `unlock` and `history` through the real program: what they say and what they refuse.

use super::shell::{Said, Shell, TOP, copy};
use insta::assert_snapshot;
use leap_infra::cli::machine;
use leap_infra::kind::Retry;
use leap_infra::ledger::{Holder, Lease, Ledger, Presence};
use leap_infra::project;
use leap_infra::providers::gcp::{Connection, Endpoint, LedgerBucket, LedgerStore};
use leap_infra::sandbox::{self, Clock, Sandbox};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// A Monday in 2026.
const START: u64 = 1_790_000_000;

/// A stack of one environment, `prod`, that was applied, and a shell in front of it.
struct Office {
    sandbox: Sandbox,
    shell: Shell,
    folder: TempDir,
    ledger: Ledger,
}

impl Office {
    async fn new() -> Self {
        let options =
            sandbox::Options { clock: Clock::virtual_at(START), ..sandbox::Options::default() };
        let sandbox = sandbox::start(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        for below in ["first-bucket", "environments"] {
            copy(&Path::new(TOP).join("examples").join(below), &folder.path().join(below));
        }
        let stack = folder.path().join("first-bucket");
        let shell = Shell::new(&stack).towards(&sandbox);
        shell.succeed("apply --auto-approve");
        let project = project::load(&stack, &stack).unwrap();
        let endpoint = Endpoint::Sandbox { url: sandbox.url() };
        let connection = Connection::open(&endpoint, Retry::default()).await.unwrap();
        let bucket = LedgerBucket {
            name: project.ledger_bucket().to_owned(),
            stack: project.name().to_owned(),
            project: "p".into(),
            location: "US".into(),
        };
        let store = Arc::new(LedgerStore::new(&connection, bucket));
        Self { sandbox, shell, folder, ledger: Ledger::new(store, Retry::default()) }
    }

    fn environment(&self) -> String {
        let stack = self.folder.path().join("first-bucket");
        project::load(&stack, &stack).unwrap().environments()[0].name.clone()
    }

    async fn held_by(&self, holder: &Holder) -> Lease {
        let anyone = |_: &Holder| Presence::PerhapsAlive;
        let env = self.environment();
        self.ledger.acquire(&env, holder, &anyone, Duration::ZERO).await.unwrap()
    }

    fn unlock(&self, words: &str) -> Said {
        self.shell.run(&format!("unlock -e {} {words}", self.environment()))
    }

    async fn is_held(&self) -> bool {
        self.ledger.leftover(&self.environment()).await.unwrap().is_some()
    }
}

fn grace() -> Holder {
    Holder {
        apply: "hers".into(),
        user: "grace".into(),
        host: "laptop".into(),
        process: 7,
        started: "1".into(),
        purpose: "apply".into(),
    }
}

fn both(said: &Said) -> String {
    format!("{}---\n{}exit {:?}", said.stdout, said.stderr, said.code)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_has_not_expired_is_shown_and_not_taken_away() {
    let office = Office::new().await;
    let _lease = office.held_by(&grace()).await;
    assert_snapshot!(both(&office.unlock("")), @r#"
    first (prod) on the sandbox

    prod is held by grace on laptop (process 7, apply)
      last renewed 0 s ago; it has not expired, and we cannot see whether its process still runs
    ---
    error: the lease on prod was not taken away: it has not expired, and we cannot see whether its process still runs
    hint: ask grace on laptop (process 7, apply) first
    hint: to go on all the same: --force --reason "…"
    exit Some(9)
    "#);
    assert!(office.is_held().await);
    let shown = office.shell.succeed("unlock");
    assert!(shown.stderr.contains("name an environment with -e"), "{}", both(&shown));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_still_runs_here_keeps_its_lease_however_old_it_is() {
    let office = Office::new().await;
    let me = Holder { user: "me".into(), ..machine::holder("apply") };
    let _lease = office.held_by(&me).await;
    office.sandbox.clock().advance(Duration::from_secs(600));
    let said = office.unlock("");
    assert_eq!(said.code, Some(9), "{}", both(&said));
    assert!(said.stderr.contains("its process still runs on this machine"), "{}", both(&said));
    assert!(office.is_held().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_has_expired_is_taken_away_and_its_apply_is_written_down_as_dead() {
    let office = Office::new().await;
    let _lease = office.held_by(&grace()).await;
    office.sandbox.clock().advance(Duration::from_secs(75));
    let said = office.unlock("");
    assert_eq!(said.code, Some(0), "{}", both(&said));
    assert!(said.stdout.contains("last renewed 75 s ago; it has expired"), "{}", both(&said));
    assert!(!office.is_held().await);
    let history = office.shell.succeed("history").stdout;
    assert!(history.contains("apply by grace on laptop: died on the way"), "{history}");
    assert_eq!(office.unlock("").code, Some(0), "there is nothing left to take away");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn force_needs_a_reason_which_the_history_keeps() {
    let office = Office::new().await;
    let _lease = office.held_by(&grace()).await;
    assert_eq!(office.unlock("--force").code, Some(1), "without a reason");
    assert!(office.is_held().await);
    let said = office.unlock("--force --reason hung");
    assert_eq!(said.code, Some(0), "{}", both(&said));
    assert!(!office.is_held().await);
    let history = office.shell.succeed("history --json").stdout;
    let history: Value = serde_json::from_str(&history).unwrap();
    let entries = history["entries"].as_array().unwrap();
    let unlocked = entries.iter().find(|entry| entry["outcome"] == "unlocked").unwrap();
    assert_eq!(unlocked["reason"], "hung");
    assert_eq!(unlocked["unlocked"]["user"], "grace");
    assert_eq!(unlocked["holder"]["user"], "ada");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_history_says_who_did_what_and_from_where() {
    let office = Office::new().await;
    office.shell.succeed("destroy --auto-approve");
    let told = office.shell.succeed("history --full").stdout;
    let host = machine::holder("").host;
    let steady = told.replace(&host, "HOST");
    let lines = steady.lines().map(|line| line.split_once("Z  ").map_or(line, |(_, rest)| rest));
    let nameless = |line: &str| match line.trim_start().strip_prefix("apply ") {
        Some(rest) if line.starts_with(' ') => {
            let kept = rest.split_once(", declaration ").map(|_| "declaration DIGEST");
            format!("      apply ID, {}", kept.unwrap_or("its declaration is not kept"))
        }
        _ => line.to_owned(),
    };
    let lines: Vec<String> = lines.map(nameless).collect();
    assert_snapshot!(lines.join("\n"), @r"
    first (prod) on the sandbox

    prod  destroy by ada on HOST: done (1 deleted)
          apply ID, its declaration is not kept
          gcs-bucket/first-scratch  delete: done
    prod  apply by ada on HOST: done (1 created)
          apply ID, declaration DIGEST
          gcs-bucket/first-scratch  create: done
    ");
}
