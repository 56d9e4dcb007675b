//! Where a run goes: the sandbox inside this program, a sandbox that runs elsewhere on this
//! machine, or the live clouds.

use crate::cli::StackArgs;
use crate::cli::declaration;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::machine;
use crate::kind::Retry;
use crate::project::{self, Project};
use crate::providers::gcp::Endpoint;
use crate::providers::github;
use crate::providers::kubernetes;
use crate::sandbox::{self, Chaos, Fault, Sandbox, SandboxError, StoreError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Names a sandbox that already runs (`leap-infra sandbox serve`).
pub const SANDBOX_URL: &str = "LEAP_INFRA_SANDBOX_URL";

/// Names a file of faults for the sandbox inside this program.
pub const SANDBOX_FAULTS: &str = "LEAP_INFRA_SANDBOX_FAULTS";

/// Where a run goes.
pub enum Target {
    /// The sandbox inside this program; kept alive as long as this value.
    Sandbox(Sandbox),
    /// A sandbox that already runs.
    Served(String),
    /// The live clouds.
    Live,
}

impl Target {
    /// The target of these environments, started if it is the sandbox inside this program.
    ///
    /// # Errors
    /// When the environments have different targets, or the sandbox cannot be started.
    pub async fn open(
        project: &Project,
        folder: &Path,
        environments: &[String],
        live: bool,
    ) -> Result<Self, Failure> {
        let chosen = project.environments().iter().filter(|env| environments.contains(&env.name));
        let (to_live, to_sandbox): (Vec<_>, Vec<_>) =
            chosen.partition(|env| live || env.target == project::Target::Live);
        match (to_live.as_slice(), to_sandbox.as_slice()) {
            ([one, ..], [other, ..]) => {
                let summary = format!(
                    "one run has one target, but {} is live and {} is on the sandbox",
                    one.name, other.name
                );
                Err(Failure::new(Exit::Error, summary).hint("choose environments with -e"))
            }
            ([_, ..], []) => Ok(Self::Live),
            _ => match std::env::var(SANDBOX_URL) {
                Ok(url) => Ok(Self::Served(url)),
                Err(_) => Ok(Self::Sandbox(start(folder).await?)),
            },
        }
    }

    /// How the provider reaches it.
    pub fn endpoint(&self) -> Endpoint {
        match self {
            Self::Sandbox(sandbox) => Endpoint::Sandbox { url: sandbox.url() },
            Self::Served(url) => Endpoint::Sandbox { url: url.clone() },
            Self::Live => Endpoint::Live { credentials: machine::credentials() },
        }
    }

    /// How GitHub is reached there.
    pub fn github(&self) -> github::Endpoint {
        let in_sandbox = |url: String| match machine::github_in_sandbox() {
            Some(identity) => github::Endpoint::SandboxAs { url, identity },
            None => github::Endpoint::Sandbox { url },
        };
        match self {
            Self::Sandbox(sandbox) => in_sandbox(sandbox.url()),
            Self::Served(url) => in_sandbox(url.clone()),
            Self::Live => github::Endpoint::Live { identity: machine::github() },
        }
    }

    /// The connection to GitHub there.
    ///
    /// # Errors
    /// When the client cannot be made.
    pub fn github_connection(&self, retry: Retry) -> Result<github::Connection, Failure> {
        github::Connection::open(&self.github(), retry).map_err(|error| {
            Failure::new(Exit::Permission, "there is no connection to GitHub").because(&error)
        })
    }

    /// How clusters are reached there.
    pub fn kubernetes(&self) -> kubernetes::Endpoint {
        match self {
            Self::Sandbox(sandbox) => kubernetes::Endpoint::Sandbox { url: sandbox.url() },
            Self::Served(url) => kubernetes::Endpoint::Sandbox { url: url.clone() },
            Self::Live => kubernetes::Endpoint::Live { kubeconfigs: machine::kubeconfigs() },
        }
    }

    /// What programs call it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sandbox(_) | Self::Served(_) => "sandbox",
            Self::Live => "live",
        }
    }

    /// What people call it.
    pub fn name(&self) -> &'static str {
        named(self.word())
    }
}

/// What people call the target that programs call `word`.
pub fn named(word: &str) -> &str {
    match word {
        "sandbox" => "the sandbox",
        "live" => "the live clouds",
        other => other,
    }
}

/// Where the sandbox of a stack keeps its state.
fn state(folder: &Path) -> PathBuf {
    folder.join(".leap-infra").join("sandbox")
}

async fn start(folder: &Path) -> Result<Sandbox, Failure> {
    let faults = std::env::var_os(SANDBOX_FAULTS).map(PathBuf::from);
    let faults = faults.as_deref().map(faults_in).transpose()?.unwrap_or_default();
    let options = sandbox::Options { folder: Some(state(folder)), faults, ..options() };
    sandbox::start(options).await.map_err(|error| no_sandbox(&error))
}

/// How a sandbox runs when it is not under test.
pub fn options() -> sandbox::Options {
    // Lists of buckets do not lag in Cloud Storage, and a person at a keyboard must not be
    // surprised: <https://cloud.google.com/storage/docs/consistency>
    let behaviour = sandbox::Behaviour::instant();
    sandbox::Options { behaviour, on_crash: Some(Arc::new(die)), ..sandbox::Options::default() }
}

/// What a crash point does to the caller: the end, at once, with nothing tidied.
fn die() {
    let me = rustix::process::getpid();
    _ = rustix::process::kill_process(me, rustix::process::Signal::KILL);
}

/// The sandbox of a stack, for looking into it.
///
/// # Errors
/// When there is no such stack, or the sandbox cannot be started.
pub async fn of_stack(stack: &StackArgs) -> Result<Sandbox, Failure> {
    start(&declaration::folder(stack)?).await
}

/// The faults in a JSON file.
///
/// # Errors
/// When it cannot be read or is not a list of faults.
pub fn faults_in(file: &Path) -> Result<Vec<Fault>, Failure> {
    let failure = |error: &dyn std::error::Error| {
        Failure::new(Exit::Error, format!("cannot read the faults in {}", file.display()))
            .because(error)
            .hint("docs/sandbox.md says how faults are written")
    };
    let text = std::fs::read_to_string(file).map_err(|error| failure(&error))?;
    Fault::list(&text).map_err(|error| failure(&error))
}

/// Says with which seed things go wrong by chance.
pub fn by_chance(chaos: &Chaos) -> String {
    let Chaos { seed, rate, of: _ } = chaos;
    format!("{:.1} % of the calls go wrong by chance: seed {seed}", rate * 100.0)
}

/// The failure of a sandbox that does not start.
pub fn no_sandbox(error: &SandboxError) -> Failure {
    Failure::new(Exit::Error, "the sandbox does not work here").because(error)
}

/// The failure of a sandbox whose state cannot be used.
pub fn broken(error: &StoreError) -> Failure {
    Failure::new(Exit::Error, "the state of the sandbox cannot be used").because(error)
}
