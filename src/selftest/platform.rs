//! A person's own declaration in a sandbox of its own, in memory: the subject of a selftest.

use super::{Ending, Subject, World};
use crate::apply::{About, Options, Report, Run, apply};
use crate::kind::{Glance, ProviderError, Registry, Resolve, Retry};
use crate::ledger::{Holder, Ledger, Memory, Presence};
use crate::model::Stack;
use crate::plan::{Allowances, Plan, Refusal, Request, plan};
use crate::providers::helm::Program;
use crate::providers::{self, Connections, gcp, github, kubernetes};
use crate::sandbox::gcs::{SeedBucket, SeedError, seed_bucket};
use crate::sandbox::{self, Clock, Sandbox, SandboxError};
use std::collections::BTreeSet;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// A Monday in 2026, by the sandbox's virtual clock.
const START: u64 = 1_790_000_000;

/// Something that is there before us and belongs to somebody else; it must stay as it is.
const STRANGER: &str = "selftest-somebody-elses-data";

/// A stack, a sandbox in memory, and the real providers between them.
pub struct Platform {
    sandbox: Sandbox,
    died: Arc<Notify>,
    connection: gcp::Connection,
    connections: Connections,
    secrets: Arc<dyn Resolve>,
    stack: Stack,
    ledger: gcp::LedgerBucket,
    registry: Registry,
    runs: AtomicU64,
}

/// Why there is no platform to test.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// The sandbox does not start.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The sandbox cannot be filled.
    #[error("the sandbox cannot be filled")]
    Seed(#[from] SeedError),
    /// The client cannot be made.
    #[error(transparent)]
    Connection(#[from] gcp::ConnectionError),
    /// The client for GitHub cannot be made.
    #[error(transparent)]
    GitHub(#[from] github::ConnectionError),
}

impl Platform {
    /// A platform that has nothing yet, and a stranger's bucket beside it. What runs `helm`, and what
    /// knows the values of secrets there, the caller brings.
    ///
    /// # Errors
    /// When the sandbox or the client cannot be started.
    pub async fn new<S: Resolve + Glance + 'static>(
        stack: Stack,
        ledger: gcp::LedgerBucket,
        helm: Arc<dyn Program>,
        secrets: impl FnOnce(&gcp::Connection) -> S,
    ) -> Result<Self, PlatformError> {
        let died = Arc::new(Notify::new());
        let signal = Arc::clone(&died);
        let sandbox = sandbox::start(sandbox::Options {
            clock: Clock::virtual_at(START),
            on_crash: Some(Arc::new(move || signal.notify_one())),
            ..sandbox::Options::default()
        })
        .await?;
        let project = ledger.project.clone();
        let stranger = SeedBucket { name: STRANGER.into(), project, ..SeedBucket::default() };
        seed_bucket(sandbox.world(), stranger)?;
        let endpoint = gcp::Endpoint::Sandbox { url: sandbox.url() };
        let connection = gcp::Connection::open(&endpoint, options().retry).await?;
        let github = github::Endpoint::Sandbox { url: sandbox.url() };
        let github = github::Connection::open(&github, options().retry)?;
        let clusters = kubernetes::Endpoint::Sandbox { url: sandbox.url() };
        let secrets = Arc::new(secrets(&connection));
        let connections = Connections::new(&connection, &github, clusters)
            .glancing(Arc::clone(&secrets) as Arc<dyn Glance>)
            .with_helm(helm);
        let (registry, runs) = (providers::registry(), AtomicU64::new(0));
        Ok(Self { sandbox, died, connection, connections, secrets, stack, ledger, registry, runs })
    }

    fn ledger(&self) -> Ledger {
        let store = Arc::new(gcp::LedgerStore::new(&self.connection, self.ledger.clone()));
        Ledger::new(store, options().retry)
    }

    async fn memory(&self) -> Result<Memory, String> {
        self.ledger().recall(self.stack.environments()).await.map_err(in_words)
    }

    async fn apply_after(
        &self,
        plan: &Plan,
        left_behind: BTreeSet<String>,
    ) -> Result<Ending, String> {
        if let Some(Refusal { id, why, .. }) = plan.refusals.first() {
            return Err(format!("{id} is refused: {why}"));
        }
        let number = self.runs.fetch_add(1, Ordering::Relaxed);
        let about = About {
            began: "2026-09-21T00:00:00Z".into(),
            declaration: "selftest".into(),
            ..About::default()
        };
        let run = Run {
            actors: &providers::actors(&self.connections),
            ledger: &self.ledger(),
            holder: &holder(number),
            presence: &|_| Presence::PerhapsAlive,
            left_behind: &left_behind,
            about: &about,
            options: &Options { secrets: Arc::clone(&self.secrets), ..options() },
            cancel: CancellationToken::new(),
            emit: Arc::new(|_| {}),
        };
        apply(plan, run).await.map(|report| ending(&report)).map_err(in_words)
    }
}

impl Subject for Platform {
    type Plan = Plan;

    fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    async fn died(&self) {
        self.died.notified().await;
    }

    async fn plan(&self) -> Result<Plan, String> {
        let memory = self.memory().await?;
        let observers = providers::observers(&self.connections);
        let world = observers.world(&self.stack, &memory.footprint, &memory.claims).await;
        let world = world.map_err(|errors| all_in_words(&errors))?;
        let request = Request {
            stack: &self.stack,
            world: &world,
            environments: self.stack.environments(),
            claims: &memory.claims,
            rules: &self.registry,
            allowances: &Allowances::default(),
        };
        plan(&request).map_err(in_words)
    }

    async fn apply(&self, plan: &Plan) -> Result<Ending, String> {
        self.apply_after(plan, BTreeSet::new()).await
    }

    async fn run_again(&self) -> Result<Ending, String> {
        let left_behind = self.memory().await?.leases.into_keys().collect();
        let plan = self.plan().await?;
        self.apply_after(&plan, left_behind).await
    }

    async fn left_to_do(&self) -> Option<String> {
        match (self.plan().await, self.memory().await) {
            (Err(why), _) | (_, Err(why)) => Some(why),
            (Ok(plan), _) if !plan.is_empty() => {
                Some(format!("another plan has {} steps", plan.steps.len()))
            }
            (_, Ok(memory)) => memory.leases.keys().next().map(|env| format!("the lease on {env}")),
        }
    }

    fn world(&self) -> World {
        let ledger = format!("/{}/", self.ledger.name);
        let snapshot = self.sandbox.snapshot();
        let mut world = snapshot.map(|snapshot| snapshot.outcome()).unwrap_or_default();
        world.retain(|key, _| !key.contains(&ledger));
        world
    }
}

/// As patient as usual, in much less time: the sandbox need not be spared.
fn options() -> Options {
    let retry = Retry {
        base: Duration::from_millis(1),
        longest: Duration::from_millis(4),
        ..Retry::default()
    };
    Options {
        poll: Duration::from_millis(1),
        settling: Duration::from_millis(200),
        step_timeout: Duration::from_secs(60),
        retry,
        ..Options::default()
    }
}

fn holder(number: u64) -> Holder {
    Holder {
        apply: format!("selftest-{number}"),
        user: "selftest".into(),
        host: "selftest".into(),
        process: 1,
        started: number.to_string(),
        purpose: "selftest".into(),
    }
}

fn ending(report: &Report) -> Ending {
    if report.is_complete() {
        return Ending::Complete;
    }
    let failed = report.failed().next().map(|(id, error)| format!("{id}: {error}"));
    let ledger = report.ledger_error.as_ref().map(ToString::to_string);
    Ending::Partly(failed.or(ledger).unwrap_or_else(|| "some steps were not begun".to_owned()))
}

fn in_words(error: impl Error) -> String {
    let (mut text, mut cause) = (error.to_string(), error.source());
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

fn all_in_words(errors: &[ProviderError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
