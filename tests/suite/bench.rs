//! A whole platform in one process: a sandbox with a virtual clock, the real providers, and a
//! stack put together by hand.

use super::budget::ACCOUNT;
use super::cue::Cue;
pub use super::declared::*;
use super::toy::{Client, Loom, Spool, ToyApi};
use leap_infra::apply::{About, ApplyError, Event, Options, Report, Run, apply};
use leap_infra::cli::helm::Helm;
use leap_infra::cli::marks::Marks;
use leap_infra::cli::secrets::{Resolver, shared};
use leap_infra::kind::{Actors, Observers, ProviderError, Registry, Retry};
use leap_infra::ledger::{Holder, Ledger, Memory, Presence, Terms, WallClock};
use leap_infra::model::*;
use leap_infra::plan::{
    Allowances, MarksError, Narrowed, Plan, Request, Targets, adopt, disown, narrow, plan,
};
use leap_infra::providers::{self, Connections, gcp, github, kubernetes};
use leap_infra::sandbox::dns::put_zone;
use leap_infra::sandbox::{self, Behaviour, Clock, Sandbox};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, OnceCell};
use tokio_util::sync::CancellationToken;

/// A Monday in 2026.
pub const START: u64 = 1_790_000_000;

pub struct Bench {
    pub sandbox: Sandbox,
    pub allowances: Allowances,
    /// How long leases last.
    pub terms: Terms,
    /// The time of day on the machine that applies.
    pub wall: WallClock,
    /// What the history says of each apply.
    pub about: About,
    pub events: Arc<Mutex<Vec<String>>>,
    pub crashed: Arc<Notify>,
    /// Stops a call at the door.
    pub cue: Cue,
    applies: AtomicU64,
    connection: OnceCell<gcp::Connection>,
    toy: Arc<Client>,
    /// The kubeconfig of a real cluster, beside which the sandbox is all the rest.
    kubeconfig: Option<PathBuf>,
}

impl Bench {
    pub async fn new() -> Self {
        Self::with(Behaviour::default()).await
    }

    pub async fn with(behaviour: Behaviour) -> Self {
        let clock = Clock::virtual_at(START);
        Self::over(sandbox::Options { clock, behaviour, ..sandbox::Options::default() }).await
    }

    /// A platform on a sandbox with these options, such as a folder that another shares.
    pub async fn over(options: sandbox::Options) -> Self {
        let crashed = Arc::new(Notify::new());
        let signal = Arc::clone(&crashed);
        let cue = Cue::default();
        let options = sandbox::Options {
            on_crash: Some(Arc::new(move || signal.notify_one())),
            apis: vec![Arc::new(ToyApi)],
            turn: options.turn.clone().or_else(|| Some(cue.turn())),
            ..options
        };
        let sandbox = sandbox::start(options).await.unwrap();
        put_zone(sandbox.world(), PROJECT, ZONE, DOMAIN).unwrap();
        let events = Arc::default();
        let (allowances, terms, applies) =
            (Allowances::default(), Terms::default(), AtomicU64::new(0));
        let (connection, toy) = (OnceCell::new(), Arc::new(Client::new(&sandbox.url())));
        let wall = || Duration::ZERO;
        let about = About { began: "2026-09-21T00:00:00Z".into(), ..About::default() };
        Self {
            sandbox,
            allowances,
            terms,
            wall,
            about,
            events,
            crashed,
            cue,
            applies,
            connection,
            toy,
            kubeconfig: None,
        }
    }

    /// The same with clusters that are real, and the real Helm.
    pub fn beside(self, kubeconfig: impl Into<PathBuf>) -> Self {
        Self { kubeconfig: Some(kubeconfig.into()), ..self }
    }

    pub fn registry() -> Registry {
        providers::registry().with::<Loom>().with::<Spool>()
    }

    /// One connection for all that happens: a process that dies takes its calls along, and what
    /// its successor sends down the same wire is no different.
    pub async fn connection(&self) -> gcp::Connection {
        let open = async || {
            let endpoint = gcp::Endpoint::Sandbox { url: self.sandbox.url() };
            gcp::Connection::open(&endpoint, options().retry).await.unwrap()
        };
        self.connection.get_or_init(open).await.clone()
    }

    /// GitHub, as the same sandbox has it.
    pub fn github(&self) -> github::Connection {
        let endpoint = github::Endpoint::Sandbox { url: self.sandbox.url() };
        github::Connection::open(&endpoint, options().retry).unwrap()
    }

    /// All that a run is connected to.
    fn connections(&self, google: &gcp::Connection) -> Connections {
        let secrets = Resolver::new(".", google);
        let (clusters, helm) = match self.kubeconfig.clone() {
            Some(file) => (kubernetes::Endpoint::Live { kubeconfigs: vec![file] }, Helm::real(".")),
            None => {
                let url = self.sandbox.url();
                let helm = Helm::standing_in(".", env!("CARGO_BIN_EXE_leap-infra"));
                (kubernetes::Endpoint::Sandbox { url }, helm)
            }
        };
        Connections::new(google, &self.github(), clusters)
            .glancing(Arc::new(secrets))
            .with_helm(Arc::new(helm))
    }

    fn toy(&self) -> Arc<Client> {
        Arc::clone(&self.toy)
    }

    pub fn observers(&self, connection: &gcp::Connection) -> Observers {
        providers::observers(&self.connections(connection))
            .with::<Loom>(self.toy())
            .with::<Spool>(self.toy())
    }

    pub fn actors(&self, connection: &gcp::Connection) -> Actors {
        providers::actors(&self.connections(connection))
            .with::<Loom>(self.toy())
            .with::<Spool>(self.toy())
    }

    pub fn ledger(&self, connection: &gcp::Connection, stack: &Stack) -> Ledger {
        let bucket = gcp::LedgerBucket {
            name: format!("{}-leap-infra", stack.name()),
            stack: stack.name().to_owned(),
            project: PROJECT.to_owned(),
            location: "US-CENTRAL1".to_owned(),
        };
        let store = Arc::new(gcp::LedgerStore::new(connection, bucket));
        Ledger::new(store, options().retry).with_terms(self.terms).with_wall_clock(self.wall)
    }

    pub async fn memory(&self, stack: &Stack) -> Memory {
        self.try_memory(stack).await.unwrap()
    }

    pub async fn try_memory(&self, stack: &Stack) -> Result<Memory, ProviderError> {
        let connection = self.connection().await;
        self.ledger(&connection, stack).recall(stack.environments()).await
    }

    pub async fn try_plan(&self, stack: &Stack) -> Result<Plan, Vec<ProviderError>> {
        self.ask(stack, |request| plan(request).unwrap()).await
    }

    /// Looks at the world of a stack, and asks the planner something about it.
    async fn ask<T>(
        &self,
        stack: &Stack,
        question: impl FnOnce(&Request<'_>) -> T,
    ) -> Result<T, Vec<ProviderError>> {
        let memory = self.try_memory(stack).await.map_err(|error| vec![error])?;
        let observers = self.observers(&self.connection().await);
        let world = observers.world(stack, &memory.footprint, &memory.claims).await?;
        Ok(question(&Request {
            stack,
            world: &world,
            environments: stack.environments(),
            claims: &memory.claims,
            rules: &Self::registry(),
            allowances: &self.allowances,
        }))
    }

    /// A plan of what declares nothing new: the marks that are put on or taken off.
    pub async fn marks(&self, stack: &Stack, marks: Marks, addresses: &[&str]) -> Plan {
        self.try_marks(stack, marks, addresses).await.unwrap()
    }

    pub async fn try_marks(
        &self,
        stack: &Stack,
        marks: Marks,
        addresses: &[&str],
    ) -> Result<Plan, MarksError> {
        let addresses: Vec<String> = addresses.iter().map(|&text| text.to_owned()).collect();
        let question = |request: &Request<'_>| match marks {
            Marks::Adopt => adopt(request, &addresses),
            Marks::Disown => disown(request, &addresses),
        };
        self.ask(stack, question).await.unwrap()
    }

    /// What lies in the project, whoever made it.
    pub async fn everything(&self) -> World {
        let observers = self.observers(&self.connection().await);
        let kinds = observers.names().map(|kind| (kind.to_owned(), Place::project(PROJECT)));
        let (mut places, claims): (Footprint, _) = (kinds.collect(), Claims::new());
        let parent = Some(ACCOUNT.to_owned());
        places.insert(("billing-budget".to_owned(), Place { parent, ..Place::project(PROJECT) }));
        observers.world_in(Depth::Whole, &stack([]), &places, &claims).await.unwrap()
    }

    /// Changes marks, and expects everything to go well.
    pub async fn mark(&self, stack: &Stack, marks: Marks, addresses: &[&str]) -> Plan {
        let plan = self.marks(stack, marks, addresses).await;
        let report = self.apply_plan(stack, &plan).await.unwrap();
        assert!(report.is_complete(), "{report:#?}");
        plan
    }

    /// A part of a plan that was just made.
    pub async fn narrow(&self, stack: &Stack, plan: Plan, targets: &Targets) -> Narrowed {
        self.ask(stack, |request| narrow(request, plan, targets).unwrap()).await.unwrap()
    }

    pub async fn plan(&self, stack: &Stack) -> Plan {
        self.try_plan(stack).await.unwrap()
    }

    /// Applies a plan as a process that is gone once it returns.
    pub async fn apply_plan(&self, stack: &Stack, plan: &Plan) -> Result<Report, ApplyError> {
        let left_behind = self.memory(stack).await.leases.into_keys().collect();
        self.apply_with(stack, plan, left_behind, CancellationToken::new()).await
    }

    /// Applies a plan with other options than usual.
    pub async fn apply_in(
        &self,
        stack: &Stack,
        plan: &Plan,
        options: &Options,
    ) -> Result<Report, ApplyError> {
        self.apply_by(stack, plan, BTreeSet::new(), CancellationToken::new(), options).await
    }

    pub async fn apply_with(
        &self,
        stack: &Stack,
        plan: &Plan,
        left_behind: BTreeSet<String>,
        cancel: CancellationToken,
    ) -> Result<Report, ApplyError> {
        let secrets = Resolver::new(".", &self.connection().await).supplying();
        let options = Options { secrets: shared(secrets), ..options() };
        self.apply_by(stack, plan, left_behind, cancel, &options).await
    }

    async fn apply_by(
        &self,
        stack: &Stack,
        plan: &Plan,
        left_behind: BTreeSet<String>,
        cancel: CancellationToken,
        options: &Options,
    ) -> Result<Report, ApplyError> {
        let connection = self.connection().await;
        let number = self.applies.fetch_add(1, Ordering::Relaxed);
        let holder = Holder {
            apply: format!("apply-{number}"),
            user: "ada".into(),
            host: "desk".into(),
            process: 1,
            started: number.to_string(),
            purpose: "apply".into(),
        };
        let events = Arc::clone(&self.events);
        let about = About { declaration: "d".into(), ..self.about.clone() };
        let run = Run {
            actors: &self.actors(&connection),
            ledger: &self.ledger(&connection, stack),
            holder: &holder,
            presence: &|_| Presence::PerhapsAlive,
            left_behind: &left_behind,
            about: &about,
            options,
            cancel,
            emit: Arc::new(move |event| events.lock().unwrap().push(told(&event))),
        };
        apply(plan, run).await
    }

    /// Plans and applies, and expects everything to go well.
    pub async fn apply(&self, stack: &Stack) -> Plan {
        let plan = self.plan(stack).await;
        let report = self.apply_plan(stack, &plan).await.unwrap();
        assert!(report.is_complete(), "{report:#?}");
        plan
    }

    /// Everything that a person could see in the clouds, without what counts writes or time.
    pub fn world(&self) -> BTreeMap<String, Value> {
        visible(&self.sandbox.snapshot().unwrap())
    }
}

/// Everything in a snapshot that is not the ledger's content, without counters and times.
pub fn visible(snapshot: &sandbox::Snapshot) -> BTreeMap<String, Value> {
    let mut outcome = snapshot.outcome();
    outcome.retain(|key, _| !key.contains("-leap-infra/"));
    // The zone that everybody has, with its own records.
    let of_zone =
        |key: &str| key.starts_with("dns/zones/") || key.ends_with("/NS") || key.ends_with("/SOA");
    outcome.retain(|key, _| !of_zone(key));
    outcome
}

/// Patient in everything but time.
pub fn options() -> Options {
    let retry = Retry {
        base: Duration::from_millis(1),
        longest: Duration::from_millis(4),
        attempts: 8,
        notify: Arc::new(|_| {}),
    };
    Options {
        poll: Duration::from_millis(1),
        settling: Duration::from_millis(200),
        step_timeout: Duration::from_secs(20),
        retry,
        ..Options::default()
    }
}

fn told(event: &Event) -> String {
    match event {
        Event::LeaseLost { env } => format!("{env}: the lease was lost"),
        Event::TookOver { env, from } => format!("{env}: took over from {from}"),
        Event::Unasked { steps } => format!("{steps} steps could not be asked about"),
        Event::Began { id, action } => format!("{action:?} {id} began"),
        Event::Progress { id, note } => format!("{id}: {note}"),
        Event::Retry { id, retried } => format!("{id}: attempt {} failed", retried.attempt),
        Event::Ended { id, action, result, .. } => format!("{action:?} {id}: {result:?}"),
    }
}

/// Somebody gives a member a role on a bucket, past everything that is declared.
pub async fn grant_by_hand(sandbox: &Sandbox, bucket: &str, (role, member): (&str, &str)) {
    use google_cloud_iam_v1::model::Binding;
    use google_cloud_storage::client::StorageControl;
    let nobody = google_cloud_auth::credentials::anonymous::Builder::new().build();
    let control = StorageControl::builder().with_endpoint(sandbox.url()).with_credentials(nobody);
    let control = control.build().await.unwrap();
    let resource = format!("projects/_/buckets/{bucket}");
    let mut policy = control.get_iam_policy().set_resource(&resource).send().await.unwrap();
    policy.bindings.push(Binding::new().set_role(role).set_members([member]));
    control.set_iam_policy().set_resource(&resource).set_policy(policy).send().await.unwrap();
}
