//! Two people at once, a process that was killed, and an interrupt.

use super::super::shell::{Said, Shell, leap};
use super::Terminal;
use insta::assert_snapshot;
use leap_infra::sandbox::{self, Action, Fault, Match, Sandbox};
use rustix::process::{Pid, Signal, kill_process};
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

/// One thing after the other: what has begun when somebody interrupts must not be a matter of luck.
const APPLY: &str = "apply -e shared --auto-approve --parallelism 1";

/// The first thing that an apply of the LEAP stack's storage makes.
const FIRST: &str = "leap-gcs-usage-logs";

/// A rule that making the first thing takes so long.
fn slow(ms: u64) -> Fault {
    let (method, resource) = (Some("CreateBucket".into()), Some(FIRST.into()));
    Fault { on: Match { method, resource, ..Match::default() }, then: Action::Delay { ms } }
}

/// Leaves of the LEAP stack its storage: few things, one after the other.
fn storage_only(folder: &Path) {
    let stack = folder.join("stacks/leap");
    for file in [
        "identities.yaml",
        "registries.yaml",
        "hubs.yaml",
        "monitoring.yaml",
        "people.yaml",
        "access.yaml",
    ] {
        std::fs::remove_file(stack.join(file)).unwrap();
    }
    let clusters = std::fs::read_to_string(stack.join("clusters.yaml")).unwrap();
    let pulls = "    registries: [images]";
    let clusters: Vec<&str> = clusters.lines().filter(|line| !line.starts_with(pulls)).collect();
    std::fs::write(stack.join("clusters.yaml"), clusters.join("\n")).unwrap();
    let buckets = std::fs::read_to_string(stack.join("buckets.yaml")).unwrap();
    let buckets = buckets.replace("identity:hub", "group:hub@leap.example.org");
    std::fs::write(stack.join("buckets.yaml"), buckets).unwrap();
}

fn soon(what: &str, happens: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !happens() {
        assert!(Instant::now() < end, "it takes too long: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_second_apply_is_told_who_is_at_it_and_a_killed_one_stands_in_nobodys_way() {
    let mut terminal = Terminal::new();
    storage_only(terminal.folder.path());
    let faults = terminal.path("faults.json");
    std::fs::write(&faults, serde_json::to_vec(&[slow(60_000)]).unwrap()).unwrap();
    let busy = Shell::new(terminal.folder.path());
    let busy = busy.with("LEAP_INFRA_SANDBOX_FAULTS", faults.to_string_lossy());
    let mut first = busy.start(APPLY);
    let journal = terminal.path("stacks/leap/.leap-infra/sandbox/journal.jsonl");
    let says = |text: &str| std::fs::read_to_string(&journal).is_ok_and(|it| it.contains(text));
    soon("the first takes the lease", || says("shared/records.json"));

    let second = terminal.runs(APPLY);
    assert_eq!(second.code, Some(9));
    first.kill().unwrap();
    first.wait().unwrap();
    let third = terminal.runs(APPLY);
    assert_eq!(third.code, Some(0));
    assert_eq!(third.stderr.matches("took over").count(), 1);
    let (host, process) = (rustix::system::uname(), format!("process {}", first.id()));
    let host = format!("ada on {}", host.nodename().to_string_lossy());
    let transcript = terminal.transcript.replace(&process, "process P");
    assert_snapshot!(transcript.replace(&host, "ada on HOST"));
}

/// A sandbox of the test's own, in which the first thing takes long, and an apply that is at it.
async fn at_work(ms: u64) -> (Sandbox, Terminal, Child) {
    let options = sandbox::Options { faults: vec![slow(ms)], ..sandbox::Options::default() };
    let sandbox = sandbox::start(options).await.unwrap();
    let folder = leap();
    storage_only(folder.path());
    let shell = Shell::new(folder.path()).towards(&sandbox);
    let child = shell.start(APPLY);
    let is_first =
        |call: &sandbox::Call| call.method.ends_with("CreateBucket") && call.resource == FIRST;
    soon("the first bucket", || sandbox.calls().iter().any(is_first));
    (sandbox, Terminal { folder, shell, transcript: String::new() }, child)
}

fn interrupt(child: &Child) {
    let process = Pid::from_raw(child.id().try_into().unwrap()).unwrap();
    kill_process(process, Signal::INT).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_interrupt_lets_what_runs_end_and_the_next_apply_does_the_rest() {
    let (sandbox, mut terminal, child) = at_work(2_000).await;
    interrupt(&child);
    let said = Said::of(&child.wait_with_output().unwrap());
    assert_eq!(said.code, Some(130));
    terminal.notes(APPLY, &said);
    sandbox.set_faults(Vec::new());
    let rest = terminal.shell.succeed(APPLY);
    assert!(rest.stdout.contains("Apply complete: 11 added, 0 changed, 0 destroyed"));
    assert!(terminal.shell.succeed("plan -e shared").is_nothing_to_do());
    // How often an operation was looked at is a matter of luck.
    let mut lines: Vec<&str> = terminal.transcript.lines().collect();
    lines.dedup();
    assert_snapshot!(lines.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_second_interrupt_means_now() {
    let (_sandbox, _terminal, mut child) = at_work(60_000).await;
    interrupt(&child);
    let mut lines = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.starts_with("Interrupted") {
        said.clear();
        // Others may have told of their progress before.
        let length = std::io::BufRead::read_line(&mut lines, &mut said).unwrap();
        assert!(length > 0, "it ended without a word");
    }
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn time_that_runs_out_is_told_from_an_interrupt() {
    let (sandbox, terminal, mut child) = at_work(60_000).await;
    child.kill().unwrap();
    child.wait().unwrap();
    sandbox.set_faults(vec![slow(2_000)]);
    let said = terminal.shell.run(&format!("{APPLY} --timeout 1"));
    assert_eq!(said.code, Some(124), "{}{}", said.stderr, said.stdout);
    assert!(said.stderr.contains("Out of time"), "{}", said.stderr);
}
