//! `kill -9` of the real program at calls that a seed picks, and then the program again: it ends
//! in the world in which nobody killed it.
//!
//! `LEAP_INFRA_SEED=n cargo test kill -- --nocapture` picks others.

use super::bench::visible;
use super::shell::{Said, Shell, copy, edit, leap};
use leap_infra::sandbox::{self, Action, Behaviour, Clock, Dice, Fault, Match, Sandbox, Snapshot};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// A Monday in 2026.
const START: u64 = 1_790_000_000;

/// What is made in the change only looks like what goes in it.
const NOT_RENAMED: &str = "--dangerous-create prod:gcs-bucket/leap-other-data";

/// How often each journey is cut short.
const KILLS: usize = 7;

/// How often a program is killed that has the sandbox in itself.
const KILLS_INSIDE: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_apply_that_is_killed_ends_well_when_it_is_run_again() {
    Platform::new().await.survives("from nothing", None, "apply stacks/leap --auto-approve");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_change_that_is_killed_ends_well_when_it_is_run_again() {
    let before = Some("apply stacks/leap --auto-approve");
    let line = format!("apply changed/leap {NOT_RENAMED} --auto-approve");
    Platform::new().await.survives("a change", before, &line);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_saved_plan_that_is_killed_ends_well_when_it_is_run_again() {
    let platform = Platform::new().await;
    platform.shell.succeed("apply stacks/leap --auto-approve");
    platform.pause();
    let before = format!("plan changed/leap {NOT_RENAMED} --out saved.json");
    platform.survives("a saved plan", Some(&before), "apply saved.json");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_destroy_that_is_killed_ends_well_when_it_is_run_again() {
    let before = "apply stacks/leap --auto-approve";
    // What says no to it, and the words with which it goes on.
    let asked = leap();
    let shell = Shell::new(asked.path());
    shell.succeed(before);
    let refused = shell.run("destroy stacks/leap --auto-approve");
    let words = refused.words().join(" ");
    let destroy = format!("destroy stacks/leap {words} --auto-approve");
    Platform::new().await.survives("destroy", Some(before), &destroy);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_sandbox_that_dies_with_the_program_remembers_what_was_done() {
    let line = "apply stacks/leap --auto-approve";
    let undisturbed = leap();
    Shell::new(undisturbed.path()).succeed(line);
    let arrival = state(undisturbed.path()).await;
    // The sandbox inside a program keeps nobody waiting, so there are no calls that ask again.
    let calls = Platform::with(Behaviour::instant()).await.calls_of(line);
    for (call, then) in picked("inside", calls).take(KILLS_INSIDE) {
        let folder = leap();
        let shell = Shell::new(folder.path());
        let faults = folder.path().join("faults.json");
        let fault = json!([{ "on": { "call": call }, "then": then }]);
        std::fs::write(&faults, fault.to_string()).unwrap();
        let doomed = Shell::new(folder.path());
        let doomed = doomed.with("LEAP_INFRA_SANDBOX_FAULTS", faults.to_string_lossy());
        assert_eq!(doomed.run(line).code, None, "call {call}, {then:?}: nobody was killed");
        shell.succeed(line);
        let there = state(folder.path()).await;
        assert_eq!(visible(&there), visible(&arrival), "call {call}, {then:?}");
        assert!(shell.run("plan stacks/leap").is_nothing_to_do(), "call {call}, {then:?}");
    }
}

/// What the sandbox of the LEAP stack keeps in its folder.
async fn state(folder: &Path) -> Snapshot {
    let folder = Some(folder.join("stacks/leap/.leap-infra/sandbox"));
    let sandbox = sandbox::start(sandbox::Options { folder, ..sandbox::Options::default() }).await;
    sandbox.unwrap().snapshot().unwrap()
}

/// A sandbox that outlives the programs that use it, and a person in front of it.
struct Platform {
    sandbox: Sandbox,
    /// Something is said here when a caller is to die.
    crashed: Receiver<()>,
    shell: Shell,
    _folder: TempDir,
}

impl Platform {
    async fn new() -> Self {
        Self::with(Behaviour::default()).await
    }

    async fn with(behaviour: Behaviour) -> Self {
        let (crash, crashed) = channel();
        let crash = Mutex::new(crash);
        let options = sandbox::Options {
            clock: Clock::virtual_at(START),
            behaviour,
            on_crash: Some(std::sync::Arc::new(move || crash.lock().unwrap().send(()).unwrap())),
            ..sandbox::Options::default()
        };
        let sandbox = sandbox::start(options).await.unwrap();
        let folder = leap();
        change(folder.path());
        let shell = Shell::new(folder.path()).towards(&sandbox);
        Self { sandbox, crashed, shell, _folder: folder }
    }

    /// Kills `line` at calls of all kinds, and compares with a run that nobody disturbed.
    fn survives(&self, journey: &str, before: Option<&str>, line: &str) {
        before.iter().for_each(|before| _ = self.shell.succeed(before));
        let start = self.sandbox.snapshot().unwrap();
        let calls = self.calls_of(line);
        let arrival = self.world();
        assert_ne!(arrival, visible(&start), "{journey}: nothing happens");
        let (mut killed, mut taken_over) = (0, 0);
        for (call, then) in picked(journey, calls).take(KILLS) {
            let at = format!("{journey}: call {call} of {calls}, {then:?}");
            self.sandbox.restore(&start).unwrap();
            killed += usize::from(self.kill(line, call, then));
            self.pause();
            let again = self.shell.succeed(line);
            taken_over += usize::from(again.stderr.contains("took over"));
            assert_eq!(self.world(), arrival, "{at}\n{}{}", again.stderr, again.stdout);
            assert!(!self.holds("lease.json"), "{at}: a lease is left behind");
            self.pause();
            let left = self.plan(line);
            let told = format!("{}{}", left.stderr, left.stdout);
            assert!(left.is_nothing_to_do(), "{at}: something is left to do\n{told}");
        }
        println!("{journey}: killed {killed} times, {taken_over} leases taken over");
        assert!(killed + 1 >= KILLS && taken_over > 0, "{journey}: {killed}, {taken_over}");
    }

    /// How many calls it takes when nothing happens.
    fn calls_of(&self, line: &str) -> u64 {
        self.pause();
        self.shell.succeed(line);
        self.sandbox.calls().len().try_into().unwrap()
    }

    /// Runs it until that call, and kills it there; whether it got so far.
    fn kill(&self, line: &str, call: u64, then: Action) -> bool {
        self.pause();
        let on = Match { call: Some(call), ..Match::default() };
        self.sandbox.set_faults(vec![Fault { on, then }]);
        let child = self.shell.start(line);
        let process = Pid::from_child(&child);
        // Somebody reads what it says, or it would wait once there is more than a pipe holds.
        let ending = thread::spawn(move || child.wait_with_output().unwrap());
        let killed = loop {
            if self.crashed.recv_timeout(Duration::from_millis(2)).is_ok() {
                kill_process(process, Signal::KILL).unwrap();
                break true;
            }
            if ending.is_finished() {
                break false;
            }
        };
        let said = Said::of(&ending.join().unwrap());
        assert!(!killed || said.code.is_none(), "{said:?}");
        self.sandbox.set_faults(Vec::new());
        killed
    }

    /// The same command as a plan; after a destroy, destroying again.
    fn plan(&self, line: &str) -> Said {
        let words = line.trim_end_matches(" --auto-approve").replace("saved.json", "changed/leap");
        self.shell.run(&words.replacen("apply", "plan", 1))
    }

    /// What was just made is missing from lists for a moment.
    fn pause(&self) {
        self.sandbox.clear_calls();
        self.sandbox.clock().advance(Duration::from_secs(5));
    }

    fn world(&self) -> BTreeMap<String, Value> {
        visible(&self.sandbox.snapshot().unwrap())
    }

    fn holds(&self, end: &str) -> bool {
        self.sandbox.snapshot().unwrap().entries().any(|(key, _)| key.ends_with(end))
    }
}

/// The LEAP stack once more, with something added, changed and removed.
fn change(folder: &Path) {
    let changed = folder.join("changed/leap");
    copy(&folder.join("stacks/leap"), &changed);
    let file = changed.join("buckets.yaml");
    edit(&file, "delete_after_days: 7", "delete_after_days: 14");
    edit(&file, "        - group:bucket-writers@leap.example.org\n", "");
    edit(&file, "  public-data: ", "  other-data: ");
    edit(&file, "      read: [\"identity", "      write: [\"identity");
}

/// Calls and ways to die there, as the seed has it.
fn picked(journey: &str, calls: u64) -> impl Iterator<Item = (u64, Action)> {
    let seed = std::env::var("LEAP_INFRA_SEED").ok().and_then(|text| text.parse().ok());
    let seed = seed.unwrap_or(2026);
    println!("{journey}: {calls} calls, LEAP_INFRA_SEED={seed}");
    let mut dice = Dice::new(seed);
    let ways = [Action::CrashBefore, Action::CrashAfterEffect, Action::CrashAfter];
    // A crash after the very last call is no crash.
    (0..).map(move |round: usize| (dice.below(calls - 1) + 1, ways[round % 3].clone()))
}
