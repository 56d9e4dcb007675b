//! The program `helm`, and what stands in for it on the sandbox: the only place that runs either.
//!
//! It reaches a cluster by a kubeconfig of its own in a folder that goes away, so neither the
//! person's kubeconfig nor a plugin of theirs is needed. It is not in our group of processes: an
//! interrupt that is meant for us lets it finish, and a release is never left half done by it.

mod archive;
mod chart;
mod kubeconfig;
mod said;
mod version;

pub use version::Version;

use crate::kind::ProviderError;
use crate::providers::helm::helm_release::Chart;
use crate::providers::helm::{Access, Call, Program};
use futures::future::BoxFuture;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::sync::OnceCell;

/// Names another program than the `helm` that is found first.
pub const HELM: &str = "LEAP_INFRA_HELM";

/// What of a person's own settings would lead somewhere else than where we mean.
const NOT_THEIRS: [&str; 11] = [
    "HELM_DEBUG",
    "HELM_DRIVER",
    "HELM_KUBEAPISERVER",
    "HELM_KUBEASGROUPS",
    "HELM_KUBEASUSER",
    "HELM_KUBECAFILE",
    "HELM_KUBECONTEXT",
    "HELM_KUBEINSECURE_SKIP_TLS_VERIFY",
    "HELM_KUBETLS_SERVER_NAME",
    "HELM_KUBETOKEN",
    "HELM_NAMESPACE",
];

/// Runs `helm` for the stack in a folder.
#[derive(Debug)]
pub struct Helm {
    folder: PathBuf,
    which: Which,
    version: OnceCell<Version>,
}

#[derive(Debug)]
enum Which {
    Real(OsString),
    StandIn(PathBuf),
}

impl Helm {
    /// The real one, for the stack in a folder.
    pub fn real(folder: impl Into<PathBuf>) -> Self {
        let program = std::env::var_os(HELM).unwrap_or_else(|| "helm".into());
        Self::new(folder, Which::Real(program))
    }

    /// The real one, where it is known where it lies.
    pub fn at(folder: impl Into<PathBuf>, program: &Path) -> Self {
        Self::new(folder, Which::Real(program.into()))
    }

    /// What stands in for it on the sandbox: this very program.
    ///
    /// # Errors
    /// When the system does not say which program this is.
    pub fn of_sandbox(folder: impl Into<PathBuf>) -> std::io::Result<Self> {
        Ok(Self::standing_in(folder, std::env::current_exe()?))
    }

    /// The same, of another program than this one: for tests.
    pub fn standing_in(folder: impl Into<PathBuf>, program: impl Into<PathBuf>) -> Self {
        Self::new(folder, Which::StandIn(program.into()))
    }

    fn new(folder: impl Into<PathBuf>, which: Which) -> Self {
        Self { folder: folder.into(), which, version: OnceCell::new() }
    }

    /// A folder for one call, which goes away with it.
    fn scratch() -> Result<TempDir, ProviderError> {
        let made = tempfile::Builder::new().prefix("leap-infra-helm-").tempdir();
        made.map_err(|error| broken("a folder for a call of helm", &error))
    }

    fn command(&self) -> Command {
        let mut command = match &self.which {
            Which::Real(program) => Command::new(program),
            Which::StandIn(program) => {
                let mut command = Command::new(program);
                command.args(["sandbox", "helm"]);
                command
            }
        };
        NOT_THEIRS.iter().for_each(|name| _ = command.env_remove(name));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.process_group(0);
        command
    }

    async fn carry_out(&self, call: &Call) -> Result<String, ProviderError> {
        let version = self.version().await?;
        let scratch = Self::scratch()?;
        let mut command = self.command();
        match &call.access {
            Access::Context(name) => _ = command.args(["--kube-context", name]),
            direct => {
                let file = kubeconfig::write(scratch.path(), direct);
                let file = file.map_err(|error| broken("a kubeconfig for helm", &error))?;
                command.env("KUBECONFIG", file);
            }
        }
        command.args(&call.arguments);
        if version.takes_over_fields() {
            command.args(&call.newer);
        }
        if let Some(chart) = &call.chart {
            command.args(self.reference(chart, scratch.path()).await?);
        }
        let Call { what, input, patience, .. } = call;
        finish(command, Errand { what, input: input.as_deref(), patience: *patience }).await
    }

    /// How a chart is named to the program: by the archive that was had and held against the lock,
    /// or by its name where there is none to be had.
    async fn reference(
        &self,
        chart: &Chart,
        scratch: &Path,
    ) -> Result<Vec<OsString>, ProviderError> {
        match &self.which {
            Which::Real(_) => chart::had(self, chart, scratch).await,
            Which::StandIn(_) => Ok(chart::named(chart, &self.folder)),
        }
    }
}

impl Program for Helm {
    fn run<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<String, ProviderError>> {
        Box::pin(self.carry_out(call))
    }
}

/// What a command is run for.
struct Errand<'a> {
    what: &'a str,
    input: Option<&'a str>,
    patience: Duration,
}

/// Runs a command to its end; what it said if that went well.
async fn finish(mut command: Command, errand: Errand<'_>) -> Result<String, ProviderError> {
    let Errand { what, input, patience } = errand;
    let mut child = command.spawn().map_err(|error| broken("helm", &error))?;
    let input = input.unwrap_or_default();
    let stdin = child.stdin.take();
    let feed = async {
        if let Some(mut stdin) = stdin {
            // Whoever does not read to the end says why on its own.
            _ = stdin.write_all(input.as_bytes()).await;
        }
    };
    let ended = async { tokio::join!(feed, child.wait_with_output()).1 };
    match tokio::time::timeout(patience, ended).await {
        Err(_) => Err(ProviderError::DeadlineExceeded { what: what.to_owned() }),
        Ok(Err(error)) => Err(broken("helm", &error)),
        Ok(Ok(output)) if output.status.success() => {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Ok(Ok(output)) => Err(said::failure(what, &output)),
    }
}

fn broken(what: &str, error: &std::io::Error) -> ProviderError {
    ProviderError::Unexpected { what: format!("running {what}"), why: error.to_string() }
}
