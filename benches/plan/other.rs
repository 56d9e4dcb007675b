//! The other processes: a sandbox, and whatever is measured against it.

use crate::meter::Used;
use crate::role::{self, Asked, Stages};
use crate::stack::Stack;
use crate::table;
use leap_infra::cli::target::SANDBOX_URL;
use std::fmt;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// How often a start is timed; starts are short, so the median counts.
const STARTS: usize = 21;

/// A sandbox in a process of its own; it ends with this value.
pub struct Cloud {
    url: String,
    process: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Cloud {
    pub fn start() -> Self {
        let mut process =
            again(role::SANDBOX).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let orders = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        let mut cloud = Self { url: String::new(), process, orders, answers };
        cloud.url = cloud.answer();
        cloud
    }

    /// What it was asked since the last time, and its own share in that.
    pub fn asked(&mut self) -> (Calls, Share) {
        writeln!(self.orders, "asked").unwrap();
        let Asked { calls, cpu, worked } = serde_json::from_str(&self.answer()).unwrap();
        (Calls(calls.into_iter().collect()), Share { cpu, worked })
    }

    /// Every call takes this much longer from now on.
    pub fn delay(&mut self, delay: Duration) {
        writeln!(self.orders, "delay {}", delay.as_millis()).unwrap();
        self.answer();
    }

    /// Everybody who is invited accepts.
    pub fn accept(&mut self) {
        writeln!(self.orders, "accept").unwrap();
        self.answer();
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// What the sandbox itself needed.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// Processor time of its process.
    pub cpu: Duration,
    /// The time that calls spent in its APIs.
    pub worked: Duration,
}

impl Share {
    /// In one round of several that were alike, which took so long.
    pub fn of(self, wall: Duration, rounds: u32) -> String {
        let (cpu, worked) = (self.cpu / rounds, self.worked / rounds);
        let part = 100.0 * worked.as_secs_f64() / wall.as_secs_f64();
        format!("CPU {}, in calls {} ({part:.0} % of wall)", table::time(cpu), table::time(worked))
    }
}

/// Calls by method.
#[derive(Clone)]
pub struct Calls(Vec<(String, usize)>);

impl Calls {
    /// The calls of one round of several that were alike.
    pub fn over(self, rounds: usize) -> Self {
        Self(self.0.into_iter().map(|(method, count)| (method, count / rounds)).collect())
    }

    pub fn of(&self, method: &str) -> usize {
        self.0.iter().filter(|(name, _)| name == method).map(|(_, count)| count).sum()
    }
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each: Vec<String> =
            self.0.iter().map(|(method, count)| format!("{method} {count}")).collect();
        let all: usize = self.0.iter().map(|(_, count)| count).sum();
        write!(f, "{all}: {}", each.join(", "))
    }
}

/// Runs a command of leap-infra to its end.
pub fn run(arguments: &[&str], stack: &Stack, cloud: &Cloud) -> Used {
    let (wall, used) = reported::<Used>(again(role::COMMAND).args(arguments), stack, cloud);
    Used { wall, ..used }
}

/// Runs the parts of a plan.
pub fn run_stages(stack: &Stack, cloud: &Cloud) -> Stages {
    reported(&mut again(role::STAGES), stack, cloud).1
}

fn reported<T: serde::de::DeserializeOwned>(
    command: &mut Command,
    stack: &Stack,
    cloud: &Cloud,
) -> (Duration, T) {
    let report = tempfile::NamedTempFile::new().unwrap();
    command.env(role::REPORT, report.path()).env(SANDBOX_URL, &cloud.url);
    command.current_dir(stack.folder()).stdin(Stdio::null());
    let began = Instant::now();
    let output = command.output().unwrap();
    let wall = began.elapsed();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    (wall, serde_json::from_slice(&std::fs::read(report.path()).unwrap()).unwrap())
}

/// How long the real binary takes from its start to its end.
pub fn start_time(arguments: &[&str], folder: &Path) -> Duration {
    let mut times = [(); STARTS].map(|()| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leap-infra"));
        let began = Instant::now();
        let output = command.args(arguments).current_dir(folder).output().unwrap();
        let wall = began.elapsed();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        wall
    });
    times.sort();
    times[STARTS / 2]
}

/// The least of several readings.
pub fn best_of<T>(times: usize, read: impl Fn() -> T, by: impl Fn(&T) -> Duration) -> T {
    (0..times).map(|_| read()).min_by_key(by).unwrap()
}

fn again(role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(role::ROLE, role);
    command
}
