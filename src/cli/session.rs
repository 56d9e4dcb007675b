//! What commands have in common: the declaration, the connection, the plan.

use crate::cli::StackArgs;
use crate::cli::events::Events;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::machine;
use crate::cli::selection::SelectionArgs;
use crate::cli::target::Target;
use crate::cli::ui::Ui;
use crate::cli::view::plan::{Look, counted};
use crate::cli::view::{self, problems, style::Paint};
use crate::kind::{Observers, Registry, Retried, Retry};
use crate::ledger::{Ledger, Memory};
use crate::model::{ResourceId, Rules, Stack, World};
use crate::plan::file::Saved;
use crate::plan::{self, Allowances, Plan, Request};
use crate::project::{self, Environment, Problems, Project};
use crate::providers;
use crate::providers::gcp::{Connection, LedgerBucket, LedgerStore};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What every command that looks at the clouds understands.
#[derive(clap::Args, Debug)]
pub struct LookArgs {
    #[command(flatten)]
    stack: StackArgs,
    /// The environments; all of them, in promotion order, when none is named
    #[arg(short, long, value_name = "NAME")]
    env: Vec<String>,
    /// Go to the live clouds, whatever the environment says
    #[arg(long)]
    live: bool,
}

impl LookArgs {
    /// Whether somebody said which environments are meant.
    pub fn names_environments(&self) -> bool {
        !self.env.is_empty()
    }
}

/// What every command that plans understands.
#[derive(clap::Args, Debug)]
pub struct PlanArgs {
    #[command(flatten)]
    look: LookArgs,
    /// Delete this although it is protected
    #[arg(long, value_name = "ADDRESS")]
    dangerous_delete: Vec<ResourceId>,
    /// Delete this and make it again; a bucket must be empty for that
    #[arg(long, value_name = "ADDRESS")]
    dangerous_replace: Vec<ResourceId>,
    #[command(flatten)]
    selection: SelectionArgs,
}

impl LookArgs {
    /// What stands in the place of the stack's folder.
    pub fn path(&self) -> Option<&Path> {
        self.stack.stack.as_deref()
    }
}

/// What a plan is made towards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// What the stack declares.
    Declared,
    /// Nothing at all.
    Nothing,
}

impl PlanArgs {
    /// The clouds to look at, and the stack.
    pub fn look(&self) -> &LookArgs {
        &self.look
    }

    /// Where to look for a saved plan, which brings its own stack and environments.
    ///
    /// # Errors
    /// When something was said that only makes sense while planning.
    pub fn for_saved(&self, saved: &Saved) -> Result<LookArgs, Failure> {
        let Self { look, dangerous_delete, dangerous_replace, selection } = self;
        let allows = !dangerous_delete.is_empty() || !dangerous_replace.is_empty();
        if !look.env.is_empty() || allows || !selection.is_usual() {
            let summary = "a saved plan is applied as it is";
            return Err(Failure::new(Exit::Error, summary).hint("choose and allow when planning"));
        }
        let folder = PathBuf::from(&saved.made.folder);
        let stack = folder.join("stack.yaml").is_file().then_some(folder);
        let env = saved.environments.clone();
        Ok(LookArgs { stack: StackArgs { stack }, env, live: look.live })
    }

    /// The guards that a person has overridden.
    fn allowances(&self) -> Allowances {
        Allowances {
            delete: self.dangerous_delete.iter().cloned().collect(),
            replace: self.dangerous_replace.iter().cloned().collect(),
        }
    }
}

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
    /// The ledger.
    pub ledger: Ledger,
    /// What the ledger remembers.
    pub memory: Memory,
    registry: Registry,
    ui: Ui,
    target: Target,
}

/// The folder of the stack.
///
/// # Errors
/// When it cannot be told which one is meant.
pub fn folder(args: &StackArgs) -> Result<PathBuf, Failure> {
    if let Some(folder) = &args.stack {
        return Ok(folder.clone());
    }
    let here = std::env::current_dir().map_err(|error| {
        Failure::new(Exit::Error, "the current folder cannot be used").because(&error)
    })?;
    let found = project::find(&here).map_err(|error| {
        Failure::new(Exit::Invalid, error.to_string()).hint("name it: leap-infra plan stacks/leap")
    })?;
    Ok(from(&here, &found))
}

/// A path as one would write it from a folder: `../..` and not from the root.
fn from(here: &Path, there: &Path) -> PathBuf {
    let above = here.ancestors().position(|folder| there.starts_with(folder));
    let shared = above.and_then(|above| here.ancestors().nth(above));
    match (above, shared.and_then(|shared| there.strip_prefix(shared).ok())) {
        (Some(0), Some(rest)) if rest.as_os_str().is_empty() => PathBuf::from("."),
        (Some(above), Some(rest)) => (0..above).map(|_| "..").collect::<PathBuf>().join(rest),
        _ => there.to_owned(),
    }
}

/// The declaration of the stack and everything that it wants; when it has problems, they are
/// printed and the inner error is how the program ends.
///
/// # Errors
/// When there is no stack.
pub fn declaration(args: &StackArgs, ui: &Ui) -> Result<Result<(Project, Stack), Exit>, Failure> {
    let folder = folder(args)?;
    let loaded = project::load(&folder, &folder);
    match loaded.and_then(|project| project.expand().map(|stack| (project, stack))) {
        Ok((project, stack)) => {
            if !project.warnings().is_empty() && !ui.json {
                ui.remark(problems::text(project.warnings(), project.sources(), ui.colours()));
                ui.remark("");
            }
            Ok(Ok((project, stack)))
        }
        Err(Problems { list, sources }) => {
            ui.events.problems(&list);
            if ui.json && !ui.events.on_stdout() {
                ui.say(problems::json(&list).to_string());
            } else if !ui.json {
                ui.remark(problems::text(&list, &sources, ui.colours()));
                ui.remark(format!("{} found.", counted(list.len(), "problem")));
            }
            Ok(Err(Exit::Invalid))
        }
    }
}

/// A name that must be one of these.
///
/// # Errors
/// When it is none of them; the nearest is named.
pub fn known<'a>(name: &str, names: &[&'a str]) -> Result<&'a str, Failure> {
    if let Some(known) = names.iter().find(|known| **known == name) {
        return Ok(known);
    }
    let nearest = names
        .iter()
        .max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
    let summary = format!("there is no environment `{name}`: there are {}", names.join(", "));
    let failure = Failure::new(Exit::Error, summary);
    Err(match nearest {
        Some(nearest) => failure.hint(format!("did you mean `{nearest}`?")),
        None => failure,
    })
}

/// Loads the declaration, connects, and reads the ledger. The inner error is as in
/// [`declaration`].
///
/// # Errors
/// When the clouds cannot be reached.
pub async fn open(args: &LookArgs, ui: &Ui) -> Result<Result<Session, Exit>, Failure> {
    let folder = folder(&args.stack)?;
    let (project, stack) = match declaration(&args.stack, ui)? {
        Ok(declared) => declared,
        Err(exit) => return Ok(Err(exit)),
    };
    let environments = chosen(&project, &args.env)?;
    let target = Target::open(&project, &folder, &environments, args.live).await?;
    if !ui.json {
        let names = environments.join(", ");
        ui.say(format!("{} ({names}) on {}", stack.name(), target.name()));
        ui.say("");
    }
    let connection = Connection::open(&target.endpoint(), patience(ui)).await.map_err(|error| {
        Failure::new(Exit::Permission, "there is no connection to Google Cloud")
            .because(&error)
            .hint("`leap-infra doctor` says which credentials are in use and what is missing")
    })?;
    let ledger = ledger(&connection, &project, &stack, patience(ui));
    let memory = ledger.recall(stack.environments()).await;
    let memory = memory.map_err(|error| unreadable(&[error]))?;
    let registry = providers::registry();
    Ok(Ok(Session {
        folder,
        project,
        stack,
        environments,
        connection,
        ledger,
        memory,
        registry,
        ui: ui.clone(),
        target,
    }))
}

/// How calls are tried again outside of steps, which tell of it themselves.
fn patience(ui: &Ui) -> Retry {
    let ui = ui.clone();
    let notify = move |retried: &Retried| {
        let Retried { what, wait, why, .. } = retried;
        ui.events.retried(retried);
        ui.remark(format!("{what}: trying again in {:.1} s, because {why}", wait.as_secs_f64()));
    };
    Retry { notify: Arc::new(notify), ..Retry::default() }
}

/// The ledger lives where the first environment lives.
fn ledger(connection: &Connection, project: &Project, stack: &Stack, retry: Retry) -> Ledger {
    let first = stack.environments().first().map(String::as_str).unwrap_or_default();
    let bucket = LedgerBucket {
        name: project.ledger_bucket().to_owned(),
        stack: stack.name().to_owned(),
        project: project.project(first).to_owned(),
        location: project.region(first).to_uppercase(),
    };
    let store = Arc::new(LedgerStore::new(connection, bucket));
    Ledger::new(store, retry).with_wall_clock(machine::since_1970)
}

fn chosen(project: &Project, named: &[String]) -> Result<Vec<String>, Failure> {
    let names: Vec<&str> = project.environments().iter().map(|env| env.name.as_str()).collect();
    named.iter().try_for_each(|name| known(name, &names).map(drop))?;
    let chosen = names.iter().filter(|name| named.is_empty() || named.iter().any(|n| n == *name));
    Ok(chosen.map(|name| (*name).to_owned()).collect())
}

impl Session {
    /// What there is.
    ///
    /// # Errors
    /// When something cannot be read.
    pub async fn world(&self, stack: &Stack) -> Result<World, Failure> {
        let observers: Observers = providers::observers(&self.connection);
        let world = observers.world(stack, &self.memory.footprint, &self.memory.claims).await;
        world.map_err(|errors| unreadable(&errors))
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
        args.selection.narrow(&request, plan, wanted, &self.ui)
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
        let look = Look { paint: Paint(ui.colour), width: ui.width };
        for (env, lease) in &self.memory.leases {
            ui.remark(format!("note: {env} is being changed by {}, or was left so", lease.holder));
        }
        ui.say(view::plan::text(plan, look));
    }

    /// Says which gates stand before what would change. Nothing checks them yet, so on the live
    /// clouds they are for people to keep.
    fn gates(&self, plan: &Plan, ui: &Ui) {
        let changes = |env: &&Environment| plan.steps.iter().any(|step| step.id.env == env.name);
        let gated = self.project.environments().iter().filter(|env| !env.gates.is_empty());
        for env in gated.filter(changes) {
            let gates: Vec<String> = env.gates.iter().map(ToString::to_string).collect();
            let gates = format!("gates of {} on the live clouds: {}", env.name, gates.join("; "));
            ui.remark(match self.target {
                Target::Live => format!("{gates} (not checked by this release: see to them)"),
                Target::Sandbox(_) | Target::Served(_) => gates,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_is_named_as_one_would_from_here() {
        let from = |here: &str| from(Path::new(here), Path::new("/a/stacks/leap"));
        assert_eq!(from("/a"), Path::new("stacks/leap"));
        assert_eq!(from("/a/stacks/leap"), Path::new("."));
        assert_eq!(from("/a/stacks/leap/environments"), Path::new("../"));
        assert_eq!(from("/a/b"), Path::new("../stacks/leap"));
    }
}
