//! What commands have in common: a declaration that holds, the clouds, the plan.

use crate::cli::declaration::{chosen, declaration, folder};
use crate::cli::events::Events;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::helm::Helm;
use crate::cli::machine;
use crate::cli::planning::{LookArgs, PlanArgs, Wanted};
use crate::cli::secrets::Resolver;
use crate::cli::target::Target;
use crate::cli::ui::Ui;
use crate::cli::view;
use crate::kind::{Kind as _, Observers, Provider as _, ProviderError, Registry, Retried, Retry};
use crate::ledger::{Ledger, Memory, RolledBack};
use crate::model::{Depth, Place, Rules, Stack, World};
use crate::plan::{self, Allowances, Plan, Request};
use crate::project::{Environment, Project};
use crate::providers::gcp::{self, Connection, LedgerBucket, LedgerStore};
use crate::providers::github;
use crate::providers::helm::Program;
use crate::providers::helm::helm_release::HelmRelease;
use crate::providers::{self, Connections};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A declaration that holds, and the clouds that it is about.
pub struct Session {
    /// The folder of the stack.
    pub folder: PathBuf,
    /// The declaration.
    pub project: Project,
    /// Everything that it wants.
    pub stack: Stack,
    /// The environments of this run, in promotion order.
    pub environments: Vec<String>,
    /// The connection to the clouds.
    pub connection: Connection,
    /// The connection to GitHub.
    pub github: github::Connection,
    /// All connections, as kinds take them.
    pub connections: Connections,
    /// The values of secrets.
    pub(crate) secrets: Resolver,
    /// The program that releases need.
    pub(crate) helm: Arc<Helm>,
    /// The ledger.
    pub ledger: Ledger,
    /// What the ledger remembers.
    pub memory: Memory,
    registry: Registry,
    ui: Ui,
    target: Target,
}

/// Loads the declaration, connects, and reads the ledger. The inner error is as in
/// [`declaration`].
///
/// # Errors
/// When the clouds cannot be reached.
pub async fn open(args: &LookArgs, ui: &Ui) -> Result<Result<Session, Exit>, Failure> {
    opened(args, ui, !ui.json).await
}

/// The same, for commands whose result is a file: without a title above it.
///
/// # Errors
/// As [`open`].
pub async fn open_untitled(args: &LookArgs, ui: &Ui) -> Result<Result<Session, Exit>, Failure> {
    opened(args, ui, false).await
}

async fn opened(args: &LookArgs, ui: &Ui, titled: bool) -> Result<Result<Session, Exit>, Failure> {
    let folder = folder(&args.stack)?;
    let (project, stack) = match declaration(&folder, ui) {
        Ok(declared) => declared,
        Err(exit) => return Ok(Err(exit)),
    };
    let environments = chosen(&project, &args.env)?;
    let target = Target::open(&project, &folder, &environments, args.live).await?;
    if titled {
        let names = environments.join(", ");
        ui.say(format!("{} ({names}) on {}", stack.name(), target.name()));
        ui.say("");
    }
    Session::on(target, folder, (project, stack), environments, ui).await.map(Ok)
}

impl Session {
    /// Connects to where a declaration goes, and reads the ledger.
    ///
    /// # Errors
    /// When the clouds cannot be reached.
    pub(crate) async fn on(
        target: Target,
        folder: PathBuf,
        (project, stack): (Project, Stack),
        environments: Vec<String>,
        ui: &Ui,
    ) -> Result<Self, Failure> {
        let connection = connected(&target, ui).await?;
        let github = target.github_connection(patience(ui))?;
        let secrets = Resolver::new(&folder, &connection);
        let secrets = match target {
            Target::Live => secrets,
            Target::Sandbox(_) | Target::Served(_) => secrets.supplying(),
        };
        let glance = Arc::new(secrets.clone());
        let connections =
            Connections::new(&connection, &github, target.kubernetes()).glancing(glance);
        let helm = helm(&target, &folder)?;
        let connections = connections.with_helm(Arc::clone(&helm) as Arc<dyn Program>);
        let ledger = ledger(&connection, &project, patience(ui));
        let memory = ledger.recall(stack.environments()).await;
        let memory = memory.map_err(|error| unreadable(&[error]))?;
        let registry = providers::registry();
        Ok(Self {
            folder,
            project,
            stack,
            environments,
            connection,
            github,
            connections,
            secrets,
            helm,
            ledger,
            memory,
            registry,
            ui: ui.clone(),
            target,
        })
    }
}

/// The connection to Google Cloud.
pub(crate) async fn connected(target: &Target, ui: &Ui) -> Result<Connection, Failure> {
    Connection::open(&target.endpoint(), patience(ui)).await.map_err(|error| {
        Failure::new(Exit::Permission, "there is no connection to Google Cloud")
            .because(&error)
            .hint("`leap-infra doctor` says which credentials are in use and what is missing")
    })
}

/// The program that releases need, or what stands in for it.
fn helm(target: &Target, folder: &Path) -> Result<Arc<Helm>, Failure> {
    match target {
        Target::Live => Ok(Arc::new(Helm::real(folder))),
        Target::Sandbox(_) | Target::Served(_) => {
            let helm = Helm::of_sandbox(folder).map_err(|error| {
                Failure::new(Exit::Error, "this program cannot run itself").because(&error)
            })?;
            Ok(Arc::new(helm))
        }
    }
}

/// How calls are tried again outside of steps, which tell of it themselves.
pub(crate) fn patience(ui: &Ui) -> Retry {
    let ui = ui.clone();
    let notify = move |retried: &Retried| {
        let Retried { what, wait, why, .. } = retried;
        ui.events.retried(retried);
        ui.remark(format!("{what}: trying again in {:.1} s, because {why}", wait.as_secs_f64()));
    };
    Retry { notify: Arc::new(notify), ..Retry::default() }
}

/// The ledger lives where the first environment lives.
pub(crate) fn ledger_bucket(project: &Project) -> LedgerBucket {
    let first = project.environments().first().map(|env| env.name.as_str()).unwrap_or_default();
    LedgerBucket {
        name: project.ledger_bucket().to_owned(),
        stack: project.name().to_owned(),
        project: project.project(first).to_owned(),
        location: project.region(first).to_uppercase(),
    }
}

/// The ledger of a stack.
pub fn ledger(connection: &Connection, project: &Project, retry: Retry) -> Ledger {
    let store = Arc::new(LedgerStore::new(connection, ledger_bucket(project)));
    Ledger::new(store, retry).with_wall_clock(machine::since_1970)
}

impl Session {
    /// What there is.
    ///
    /// # Errors
    /// When something cannot be read.
    pub async fn world(&self, stack: &Stack) -> Result<World, Failure> {
        let observers: Observers = providers::observers(&self.connections);
        let world = observers.world(stack, &self.memory.footprint, &self.memory.claims).await;
        world.map_err(|errors| unreadable(&errors))
    }

    /// What there is in every project of the stack, whoever made it, as closely as it can be
    /// declared.
    ///
    /// # Errors
    /// When something cannot be read.
    pub async fn everything(&self) -> Result<World, Failure> {
        let observers: Observers = providers::observers(&self.connections);
        let mut places = self.memory.footprint.clone();
        for env in &self.environments {
            let place = Place::project(self.project.project(env));
            let kinds = self.registry.names().zip(self.registry.providers());
            let here = kinds.filter(|(_, provider)| *provider == gcp::Writer::WORD);
            places.extend(here.map(|(kind, _)| (kind.to_owned(), place.clone())));
            // Budgets are in a billing account, and not in a project.
            let parent = self.project.billing_account(env).map(str::to_owned);
            places.insert(("billing-budget".to_owned(), Place { parent, ..place }));
        }
        let (stack, claims) = (&self.stack, &self.memory.claims);
        let world = observers.world_in(Depth::Whole, stack, &places, claims).await;
        world.map_err(|errors| unreadable(&errors))
    }

    /// Why the releases of a plan cannot be made from here, if they cannot: no program `helm`.
    pub(crate) async fn without_helm(&self, plan: &Plan) -> Option<ProviderError> {
        let runs = |step: &plan::Step| {
            let marks = matches!(step.action, plan::Action::Adopt | plan::Action::Disown);
            step.id.kind == HelmRelease::NAME && !marks
        };
        match plan.steps.iter().any(runs) {
            true => self.helm.version().await.err(),
            false => None,
        }
    }

    /// What it takes to get there.
    ///
    /// # Errors
    /// When the clouds cannot be read, or the declared order is impossible.
    pub async fn plan(&self, wanted: Wanted, args: &PlanArgs) -> Result<Plan, Failure> {
        let stack = match wanted {
            Wanted::Declared => Cow::Borrowed(&self.stack),
            Wanted::Nothing => Cow::Owned(self.stack.without(&self.environments)),
        };
        let world = self.world(&stack).await?;
        let allowances = args.allowances();
        let request = Request { stack: &stack, ..self.request(&world, &allowances) };
        let plan = plan::plan(&request);
        let plan = plan.map_err(|cycle| Failure::new(Exit::Invalid, cycle.to_string()))?;
        let plan = self.obeying_holds(plan);
        let plan = args.selection.narrow(&request, plan, wanted, (&self.project, &self.ui))?;
        let plan = match wanted {
            Wanted::Declared => self.sheltering(plan, &world, &allowances).await?,
            Wanted::Nothing => plan,
        };
        self.costed(self.of_people(plan), &world, &args.costs)
    }

    /// A plan that says whom it concerns.
    pub(crate) fn of_people(&self, plan: Plan) -> Plan {
        let people = plan::moves(&plan, &self.project.teams());
        let affected = plan::affected(&plan, &self.project.audiences());
        Plan { people, affected, ..plan }
    }

    /// A plan that leaves in a team who must stay there.
    async fn sheltering(
        &self,
        plan: Plan,
        world: &World,
        allowances: &Allowances,
    ) -> Result<Plan, Failure> {
        let removes = plan.steps.iter().any(|step| {
            step.id.kind == "github-team-member" && step.action == plan::Action::Delete
        });
        let ourselves = match removes {
            true => github::Reader::new(&self.github).ourselves().await,
            false => Ok(None),
        };
        let ourselves = ourselves.map_err(|error| unreadable(&[error]))?;
        Ok(plan::shelter(plan, world, ourselves.as_deref(), &allowances.exact))
    }

    /// A plan that leaves alone what is held now.
    pub(crate) fn obeying_holds(&self, plan: Plan) -> Plan {
        plan::hold(plan, self.stack.keys(), &self.memory.holds, machine::moment())
    }

    /// What a plan of the declaration is made from.
    pub fn request<'a>(&'a self, world: &'a World, allowances: &'a Allowances) -> Request<'a> {
        Request {
            stack: &self.stack,
            world,
            environments: &self.environments,
            claims: &self.memory.claims,
            rules: &self.registry,
            allowances,
        }
    }

    /// What the planner must know of kinds.
    pub fn rules(&self) -> &dyn Rules {
        &self.registry
    }

    /// Where the run goes, in a word for programs.
    pub fn target(&self) -> &'static str {
        self.target.word()
    }

    /// The default of each optional field of a kind.
    pub fn defaults(&self, kind: &str, spec: &Value) -> Map<String, Value> {
        self.registry.defaults(kind, spec)
    }

    /// Who is told of what happens.
    pub(crate) fn events(&self) -> Events {
        self.ui.events.clone()
    }

    /// Prints a plan.
    pub fn show(&self, plan: &Plan, ui: &Ui) {
        if ui.json {
            if !ui.events.on_stdout() {
                ui.say(serde_json::to_string(plan).unwrap_or_default());
            }
            return;
        }
        self.gates(plan, ui);
        for (env, lease) in &self.memory.leases {
            ui.remark(format!("note: {env} is being changed by {}, or was left so", lease.holder));
        }
        for (env, back) in self.memory.rolled_back.iter().filter(|(env, _)| self.is_ahead(env)) {
            let RolledBack { to, by, at, .. } = back;
            ui.remark(format!(
                "note: {env} was rolled back to the apply {to} by {by} ({at}), and the files here \
                 are ahead of it: an apply brings back what was rolled back"
            ));
        }
        ui.say(view::plan::text(plan, ui.look));
    }

    /// Whether what is declared is another thing than what an environment was rolled back to.
    fn is_ahead(&self, env: &str) -> bool {
        let back = self.memory.rolled_back.get(env).map(|back| &back.laid);
        self.environments.iter().any(|chosen| chosen == env)
            && back != self.project.digests().get(env)
    }

    /// Says which gates stand before what would change; [`crate::cli::gates`] checks them.
    fn gates(&self, plan: &Plan, ui: &Ui) {
        let changes = |env: &&Environment| plan.steps.iter().any(|step| step.id.env == env.name);
        let gated = self.project.environments().iter().filter(|env| !env.gates.is_empty());
        for env in gated.filter(changes) {
            let gates: Vec<String> = env.gates.iter().map(ToString::to_string).collect();
            let gates = gates.join("; ");
            ui.remark(format!("gates of {} on the live clouds: {gates}", env.name));
        }
    }
}
