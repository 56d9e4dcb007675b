//! What commands have in common: the declaration, the connection, the plan.

use crate::cli::StackArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::target::Target;
use crate::cli::ui::Ui;
use crate::cli::view::plan::{Look, counted};
use crate::cli::view::{self, problems, style::Paint};
use crate::kind::{Observers, Registry};
use crate::ledger::{Ledger, Memory};
use crate::model::{ResourceId, Stack, World};
use crate::plan::{self, Allowances, Plan, Request};
use crate::project::{self, Problems, Project};
use crate::providers;
use crate::providers::gcp::{Connection, LedgerBucket, LedgerStore};
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

/// What every command that plans understands.
#[derive(clap::Args, Debug)]
pub struct PlanArgs {
    #[command(flatten)]
    stack: StackArgs,
    /// The environments; all of them, in promotion order, when none is named
    #[arg(short, long, value_name = "NAME")]
    env: Vec<String>,
    /// Go to the live clouds, whatever the environment says
    #[arg(long)]
    live: bool,
    /// Delete this although it is protected
    #[arg(long, value_name = "ADDRESS")]
    dangerous_delete: Vec<ResourceId>,
    /// Delete this and make it again, losing what it holds
    #[arg(long, value_name = "ADDRESS")]
    dangerous_replace: Vec<ResourceId>,
}

/// What a plan is made towards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// What the stack declares.
    Declared,
    /// Nothing at all.
    Nothing,
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
    allowances: Allowances,
    /// Keeps the sandbox running, where that is where the run goes.
    _target: Target,
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
    Ok(found.strip_prefix(&here).map(PathBuf::from).unwrap_or(found))
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
            }
            Ok(Ok((project, stack)))
        }
        Err(Problems { list, sources }) => {
            if ui.json {
                ui.say(problems::json(&list).to_string());
            } else {
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
pub async fn open(args: &PlanArgs, ui: &Ui) -> Result<Result<Session, Exit>, Failure> {
    let folder = folder(&args.stack)?;
    let (project, stack) = match declaration(&args.stack, ui)? {
        Ok(declared) => declared,
        Err(exit) => return Ok(Err(exit)),
    };
    let environments = chosen(&project, &args.env)?;
    let target = Target::open(&project, &folder, &environments, args.live).await?;
    if !ui.json {
        let names = environments.join(", ");
        ui.say(format!("{} ({names}) on {}\n\n", stack.name(), target.name()));
    }
    let connection = Connection::open(&target.endpoint()).await.map_err(|error| {
        Failure::new(Exit::Permission, "there is no connection to Google Cloud")
            .because(&error)
            .hint("`leap-infra doctor` says which credentials are in use and what is missing")
    })?;
    let ledger = ledger(&connection, &project, &stack);
    let memory = ledger.recall(stack.environments()).await;
    let memory = memory.map_err(|error| unreadable(&[error]))?;
    let allowances = Allowances {
        delete: args.dangerous_delete.iter().cloned().collect(),
        replace: args.dangerous_replace.iter().cloned().collect(),
    };
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
        allowances,
        _target: target,
    }))
}

/// The ledger lives where the first environment lives.
fn ledger(connection: &Connection, project: &Project, stack: &Stack) -> Ledger {
    let first = stack.environments().first().map(String::as_str).unwrap_or_default();
    let bucket = LedgerBucket {
        name: project.ledger_bucket().to_owned(),
        stack: stack.name().to_owned(),
        project: project.project(first).to_owned(),
        location: project.region(first).to_uppercase(),
    };
    Ledger::new(Arc::new(LedgerStore::new(connection, bucket)))
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
    pub async fn plan(&self, wanted: Wanted) -> Result<Plan, Failure> {
        let stack = match wanted {
            Wanted::Declared => Cow::Borrowed(&self.stack),
            Wanted::Nothing => Cow::Owned(self.stack.without(&self.environments)),
        };
        let world = self.world(&stack).await?;
        let request = Request {
            stack: &stack,
            world: &world,
            environments: &self.environments,
            claims: &self.memory.claims,
            rules: &self.registry,
            allowances: &self.allowances,
        };
        plan::plan(&request).map_err(|cycle| Failure::new(Exit::Invalid, cycle.to_string()))
    }

    /// Prints a plan.
    pub fn show(&self, plan: &Plan, ui: &Ui) {
        if ui.json {
            return ui.say(serde_json::to_string(plan).unwrap_or_default());
        }
        let look = Look { paint: Paint(ui.colour), width: ui.width };
        for (env, lease) in &self.memory.leases {
            ui.remark(format!("note: {env} is being changed by {}, or was left so", lease.holder));
        }
        ui.say(view::plan::text(plan, look));
    }
}
