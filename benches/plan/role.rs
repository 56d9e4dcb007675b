//! What this program does when it was started by itself.

use crate::meter::{self, Used};
use crate::stack::{ORGANIZATION, PEOPLE, login};
use leap_infra::kind::Retry;
use leap_infra::plan::{Allowances, Request, plan};
use leap_infra::providers::{self, Connections, gcp, github, kubernetes};
use leap_infra::sandbox::github::accept;
use leap_infra::sandbox::{self, Action, Behaviour, Fault, Match, Sandbox};
use leap_infra::{cli, project};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Says which role to play.
pub const ROLE: &str = "LEAP_INFRA_BENCH_ROLE";
/// Names the file to write what was used to.
pub const REPORT: &str = "LEAP_INFRA_BENCH_REPORT";

/// The roles.
pub const SANDBOX: &str = "sandbox";
pub const STAGES: &str = "stages";
pub const COMMAND: &str = "command";

/// What the sandbox was asked since it was last asked about it, by method, and its time on that.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Asked {
    pub calls: BTreeMap<String, usize>,
    pub cpu: Duration,
    /// The time that calls spent in its APIs; those at the same time count each.
    pub worked: Duration,
}

/// The parts of a plan, each with its own time, and the most memory up to its end.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Stages {
    pub load: Used,
    pub observe: Used,
    pub diff: Used,
}

/// Plays the role that the environment names, if it names one.
pub fn play() -> Option<ExitCode> {
    let role = std::env::var(ROLE).ok()?;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    Some(match role.as_str() {
        SANDBOX => runtime.block_on(serve()),
        STAGES => {
            report(&runtime.block_on(stages(Path::new("."))));
            ExitCode::SUCCESS
        }
        _ => {
            let exit = runtime.block_on(cli::run());
            // The time on the wall is the parent's to measure: it saw the process begin.
            report(&Used { wall: Duration::ZERO, cpu: meter::cpu(), peak: meter::peak() });
            exit.into()
        }
    })
}

fn report(what: &impl Serialize) {
    let file = std::env::var(REPORT).unwrap();
    fs::write(file, serde_json::to_vec(what).unwrap()).unwrap();
}

/// A sandbox that says where it is, then answers `asked` and obeys `delay MS` and `accept`.
async fn serve() -> ExitCode {
    let behaviour = Behaviour { account_quota: 1_000, ..Behaviour::instant() };
    let options = sandbox::Options { behaviour, ..sandbox::Options::default() };
    let sandbox = sandbox::start(options).await.unwrap();
    say(&sandbox.url());
    let (mut cpu, mut worked) = (meter::cpu(), sandbox.worked());
    let lines = tokio::task::spawn_blocking(|| std::io::stdin().lock().lines().next());
    let mut next = lines.await.unwrap();
    while let Some(Ok(line)) = next {
        if let Some(ms) = line.strip_prefix("delay ") {
            let delay = Action::Delay { ms: ms.parse().unwrap() };
            sandbox.set_faults(vec![Fault { on: Match::default(), then: delay }]);
            say("done");
        } else if line == "accept" {
            for number in 0..PEOPLE {
                accept(sandbox.world(), ORGANIZATION, &login(number)).unwrap();
            }
            say("done");
        } else {
            let now = meter::cpu();
            let (before, total) = (worked, sandbox.worked());
            let asked = Asked { calls: calls(&sandbox), cpu: now - cpu, worked: total - before };
            (cpu, worked) = (now, total);
            sandbox.clear_calls();
            say(&serde_json::to_string(&asked).unwrap());
        }
        let lines = tokio::task::spawn_blocking(|| std::io::stdin().lock().lines().next());
        next = lines.await.unwrap();
    }
    ExitCode::SUCCESS
}

fn say(line: &str) {
    println!("{line}");
    std::io::stdout().flush().unwrap();
}

fn calls(sandbox: &Sandbox) -> BTreeMap<String, usize> {
    let mut calls = BTreeMap::new();
    for call in sandbox.calls() {
        *calls.entry(short(&call.method)).or_default() += 1;
    }
    calls
}

/// A method as tables name it. Over HTTP methods have no names of their own: there the verb and
/// what it is about.
fn short(method: &str) -> String {
    let fixed = |part: &&str| !part.is_empty() && !part.starts_with('{');
    match method.split_once(' ') {
        Some((verb, path)) if path.contains("/storage/") => format!("{verb} object"),
        Some((verb, path)) => {
            format!("{verb} {}", path.rsplit('/').find(fixed).unwrap_or_default())
        }
        None => method.rsplit('/').next().unwrap_or_default().to_owned(),
    }
}

/// The parts of `plan`, one after the other.
async fn stages(folder: &Path) -> Stages {
    let mut watch = Watch::new();
    let project = project::load(folder, folder).unwrap();
    let stack = project.expand().unwrap();
    let load = watch.lap();

    let url = std::env::var(cli::target::SANDBOX_URL).unwrap();
    let github = github::Endpoint::Sandbox { url: url.clone() };
    let github = github::Connection::open(&github, Retry::default()).unwrap();
    let google = gcp::Endpoint::Sandbox { url: url.clone() };
    let connection = gcp::Connection::open(&google, Retry::default()).await.unwrap();
    let ledger = cli::session::ledger(&connection, &project, Retry::default());
    let memory = ledger.recall(stack.environments()).await.unwrap();
    let clusters = kubernetes::Endpoint::Sandbox { url };
    let connections = Connections::new(&connection, &github, clusters);
    let observers = providers::observers(&connections);
    let world = observers.world(&stack, &memory.footprint, &memory.claims).await.unwrap();
    let observe = watch.lap();

    let request = Request {
        stack: &stack,
        world: &world,
        environments: stack.environments(),
        claims: &memory.claims,
        rules: &providers::registry(),
        allowances: &Allowances::default(),
    };
    let plan = plan(&request).unwrap();
    let diff = watch.lap();
    assert!(plan.steps.is_empty() && plan.refusals.is_empty(), "there is something to do");
    Stages { load, observe, diff }
}

/// Tells what was used since it was last looked at.
struct Watch {
    wall: Instant,
    cpu: Duration,
}

impl Watch {
    fn new() -> Self {
        Self { wall: Instant::now(), cpu: meter::cpu() }
    }

    fn lap(&mut self) -> Used {
        let last = std::mem::replace(self, Self::new());
        Used { wall: self.wall - last.wall, cpu: self.cpu - last.cpu, peak: meter::peak() }
    }
}
