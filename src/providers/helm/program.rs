//! What we ask of the program `helm`. It is the command line that runs it: see `cli/helm/`.

use super::helm_release::Chart;
use crate::kind::ProviderError;
use crate::model::Mark;
use crate::model::secret::Value;
use futures::future::BoxFuture;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Runs `helm`, or what stands in for it on the sandbox.
pub trait Program: Send + Sync {
    /// Runs it to its end, and gives back what it printed.
    ///
    /// # Errors
    /// When it is not there or too old, the chart is not the one that was locked, or it failed.
    fn run<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<String, ProviderError>>;
}

/// One call of the program.
#[derive(Clone, Debug)]
pub struct Call {
    /// What it is for, as in `upgrading hub`.
    pub what: String,
    /// The cluster.
    pub access: Access,
    /// The arguments.
    pub arguments: Vec<String>,
    /// The chart that comes after them, for calls that take one.
    pub chart: Option<Chart>,
    /// What it reads from its standard input.
    pub input: Option<String>,
    /// What of it only newer versions know; left out for older ones.
    pub newer: Vec<String>,
    /// How long it may take.
    pub patience: Duration,
}

/// How a cluster is reached.
#[derive(Clone, Debug)]
pub enum Access {
    /// At this address.
    Direct {
        /// The address.
        server: String,
        /// Who signs its certificate, in PEM.
        authority: Option<Vec<u8>>,
        /// The token that lets us in; it ends within the hour.
        token: Option<Arc<Value>>,
    },
    /// By a context of the person's own kubeconfig.
    Context(String),
}

/// How long Helm waits for each hook of a chart.
const HOOKS: Duration = Duration::from_secs(300);

/// How many revisions Helm keeps, as it does unless told otherwise.
const HISTORY: u32 = 10;

/// A label of ours beside the mark: where the chart was had, which Helm does not keep.
pub(crate) const CHART_LABEL: &str = "leap-infra-chart";

/// A label of ours beside the mark: the revision that an apply of ours was about to make. Labels are
/// carried over to revisions that others make, and then it names an earlier one.
pub(crate) const TURN_LABEL: &str = "leap-infra-turn";

/// What tells charts from different places apart, as a label.
pub(crate) fn chart_label(chart: &Chart) -> String {
    let Chart { repository, oci, path, digest, .. } = chart;
    let source = serde_json::json!([repository, oci, path, digest]).to_string();
    crate::model::base32_digest(source.as_bytes())
}

/// The labels of a revision that we make.
pub(crate) fn labels(mark: &Mark, chart: &Chart, revision: u64) -> BTreeMap<String, String> {
    let mut labels = mark.labels();
    labels.insert(CHART_LABEL.to_owned(), chart_label(chart));
    labels.insert(TURN_LABEL.to_owned(), revision.to_string());
    labels
}

/// `helm upgrade --install`, without the chart: the values come through standard input, and what
/// was said earlier is forgotten.
pub(crate) fn upgrade(at: At<'_>, labels: &BTreeMap<String, String>) -> Vec<String> {
    let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let mut arguments = at.arguments(&["upgrade", "--install"]);
    arguments.extend(["--labels".to_owned(), labels.join(",")]);
    arguments.extend(["--values".to_owned(), "-".to_owned(), "--reset-values".to_owned()]);
    arguments.extend(["--history-max".to_owned(), HISTORY.to_string()]);
    arguments.extend(["--timeout".to_owned(), format!("{}s", HOOKS.as_secs())]);
    arguments.push(at.release.to_owned());
    arguments
}

/// `helm rollback` to a revision.
pub(crate) fn rollback(at: At<'_>, revision: u64) -> Vec<String> {
    let mut arguments = at.arguments(&["rollback"]);
    arguments.extend(["--history-max".to_owned(), HISTORY.to_string()]);
    arguments.extend([at.release.to_owned(), revision.to_string()]);
    arguments
}

/// `helm uninstall`.
pub(crate) fn uninstall(at: At<'_>) -> Vec<String> {
    let mut arguments = at.arguments(&["uninstall"]);
    arguments.push(at.release.to_owned());
    arguments
}

/// Which release a call is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'a> {
    /// Its namespace.
    pub(crate) namespace: &'a str,
    /// Its name.
    pub(crate) release: &'a str,
}

impl At<'_> {
    fn arguments(&self, command: &[&str]) -> Vec<String> {
        let words = command.iter().copied().chain(["--namespace", self.namespace]);
        words.map(str::to_owned).collect()
    }
}

/// Runs nothing: for runs that must not change anything.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProgram;

impl Program for NoProgram {
    fn run<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<String, ProviderError>> {
        let (what, why) = (call.what.clone(), "no program is run here".to_owned());
        Box::pin(async { Err(ProviderError::Refused { what, why }) })
    }
}
