//! The project file: from a folder of YAML to every resource that it asks for.
//!
//! ```text
//! files ──tree──▶ positions kept ──overlay, ${…}──▶ one tree per environment
//!       ──check──▶ every problem at once ──types──▶ sections ──expand──▶ model::Stack
//! ```
//! Nothing here opens a connection, reads the clock or the environment. One folder per section:
//! its types, its checks, its expansion; `sections.rs` lists them.

pub mod access;
pub mod addresses;
pub mod billing;
pub mod buckets;
pub mod budget;
pub mod cloud;
pub mod clusters;
pub mod discover;
pub mod disks;
pub mod dns;
pub mod environments;
pub mod format;
pub mod hubs;
pub mod identities;
pub mod ignore;
mod inside;
pub mod monitoring;
pub mod objects;
pub mod people;
pub mod problem;
pub mod registries;
pub mod releases;
pub mod secrets;
pub mod services;
pub mod stack;
pub mod tree;
pub mod uptime;

mod address;
mod check;
mod declaration;
mod explain;
mod files;
mod kept;
mod layout;
mod lines;
mod load;
pub mod managed;
mod money;
mod names;
mod needs;
mod policies;
mod schema;
mod sections;
mod words;

pub use declaration::Declaration;
pub use discover::Discovered;
pub use environments::{Environment, Gate, Target};
pub use explain::{ExplainError, Explanation, Origin};
pub use files::{FindError, find};
pub use lines::Written;
pub use money::DeclaredBucket;
pub use problem::{Position, Problem, Problems, Range, Severity, Sources};
pub use releases::LOCK_FILE;
pub use schema::{Schema, schema};

use crate::model::secret::Reference;
use crate::model::{Resource, ResourceId, Stack};
use crate::project::layout::Laid;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use time::Date;

/// A declaration that was read and checked in every environment.
#[derive(Clone, Debug)]
pub struct Project {
    layout: Vec<Laid>,
    environments: Vec<Environment>,
    ledger_bucket: String,
    warnings: Vec<Problem>,
    sources: Sources,
    shown: PathBuf,
    base: Value,
}

/// Reads the stack in `folder` and checks everything in every environment. Files are named in
/// messages as if the folder were `shown`.
///
/// # Errors
/// With everything that is wrong, warnings included.
pub fn load(folder: &Path, shown: &Path) -> Result<Project, Problems> {
    checked(load::load(folder, shown, None), shown)
}

/// Reads a stack that was written down as [`Project::files`] says, below a folder `top` of its
/// own.
///
/// # Errors
/// With everything that is wrong, warnings included.
pub fn load_kept(top: &Path, shown: &Path) -> Result<Project, Problems> {
    checked(load::load(&top.join(kept::STACK), shown, Some(top)), shown)
}

fn checked(loaded: load::Loaded, shown: &Path) -> Result<Project, Problems> {
    let load::Loaded { base, layout, sources, findings } = loaded;
    let stop = findings.stop();
    let list = findings.sorted();
    let Some(first) = layout.first().filter(|_| !stop) else {
        return Err(Problems { list, sources });
    };
    let ledger_bucket = first.ledger_bucket();
    let environments = layout.iter().map(|laid| laid.environment.clone()).collect();
    let (shown, base) = (shown.to_owned(), base.json());
    Ok(Project { layout, environments, ledger_bucket, warnings: list, sources, shown, base })
}

impl Project {
    /// The stack as it holds on a day: dates of people and categories are judged by it. Without
    /// one, nobody has left and nobody is still to come.
    #[must_use]
    pub fn on(mut self, day: Date) -> Self {
        self.layout.iter_mut().for_each(|laid| laid.day = Some(day));
        self.warnings.extend(access::over(&self.layout));
        self
    }

    /// The name of the stack.
    pub fn name(&self) -> &str {
        &self.first().stack
    }

    /// The environments, in the order of promotion.
    pub fn environments(&self) -> &[Environment] {
        &self.environments
    }

    /// What a person should look at, though nothing stands in the way.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// The text of every file that was read, to quote lines from.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The bucket that holds the ledger.
    pub fn ledger_bucket(&self) -> &str {
        &self.ledger_bucket
    }

    /// What every derived name begins with.
    pub fn prefix(&self) -> &str {
        &self.first().prefix
    }

    /// The cloud project of an environment; that of the stack where there is no such environment.
    pub fn project(&self, env: &str) -> &str {
        &self.laid(env).map_or(self.first(), |laid| &laid.declaration).cloud.project
    }

    /// The billing account of an environment, if it is declared.
    pub fn billing_account(&self, env: &str) -> Option<&str> {
        let declaration = self.laid(env).map_or(self.first(), |laid| &laid.declaration);
        declaration.billing.account.as_deref()
    }

    /// The region where everything of an environment goes that names no other place.
    pub fn region(&self, env: &str) -> &str {
        &self.laid(env).map_or(self.first(), |laid| &laid.declaration).cloud.region
    }

    /// What is declared that the project of an environment may have in each region, by metric.
    pub fn quotas(&self, env: &str) -> &BTreeMap<String, BTreeMap<String, u64>> {
        &self.laid(env).map_or(self.first(), |laid| &laid.declaration).quotas
    }

    /// What is written down of what is behind the versions of charts.
    pub fn lock(&self) -> &releases::Lock {
        &self.layout[0].lock
    }

    /// Where each declared secret of an environment is kept, by its key.
    pub fn secrets(&self, env: &str) -> BTreeMap<&str, Reference> {
        let layout = &self.layout;
        let laid = self.laid(env);
        let all =
            laid.iter().flat_map(|laid| laid.declaration.secrets.iter().map(move |it| (laid, it)));
        let kept = all.filter_map(|(laid, (key, secret))| {
            Some((key.as_str(), secrets::reference(layout, laid, key, secret)?))
        });
        kept.collect()
    }

    /// Every resource of every environment, with its complete settings.
    ///
    /// # Errors
    /// When two declarations end in one resource.
    pub fn expand(&self) -> Result<Stack, Problems> {
        let mut resources = Vec::new();
        sections::EXPANSIONS.iter().for_each(|expand| expand(&self.layout, &mut resources));
        self.declared_twice(&resources)?;
        let environments = self.environments.iter().map(|one| one.name.clone()).collect();
        let stack = Stack::new(self.name(), environments, resources);
        let keys = needs::keys(&self.layout);
        let namings = self.layout.iter().map(|laid| (laid.env().to_owned(), laid.naming()));
        let namings = namings.collect();
        let stack = stack.map(|stack| {
            stack.ignoring(ignore::rules(&self.layout)).keyed(keys).naming_by(namings)
        });
        stack.map_err(|error| Problems {
            list: vec![Problem::error("expansion", &self.range(), error.to_string())],
            sources: self.sources.clone(),
        })
    }

    /// Where the value at `path` in `env` comes from, and what it overrode.
    ///
    /// # Errors
    /// When there is no such environment or no such path.
    pub fn explain(&self, path: &str, env: &str) -> Result<Explanation, ExplainError> {
        explain::explain(&self.layout, path, env)
    }

    /// What the charts of a hub are told in an environment, by the names of its releases; none of a
    /// hub that is not made here.
    pub fn hub_values(&self, hub: &str, env: &str) -> Option<Value> {
        hubs::values_of(&self.layout, hub, env)
    }

    /// What the charts of a monitoring are told, likewise.
    pub fn monitoring_values(&self, key: &str, env: &str) -> Option<Value> {
        monitoring::values_of(&self.layout, key, env)
    }

    /// The homes of every hub of an environment that has some.
    pub fn homes(&self, env: &str) -> Vec<hubs::Homes> {
        hubs::homes(&self.layout, env)
    }

    /// How much somebody's home may hold, in GB; the outer one is nothing where they cannot have one
    /// there, the inner one where nobody says.
    pub fn home_quota(&self, homes: &hubs::Homes, login: &str) -> Option<Option<f64>> {
        hubs::quota_of(&self.layout, homes, login)
    }

    fn declared_twice(&self, resources: &[Resource]) -> Result<(), Problems> {
        let mut seen: BTreeMap<&ResourceId, &Resource> = BTreeMap::new();
        let mut list = Vec::new();
        for resource in resources {
            if let Some(first) = seen.insert(&resource.id, resource) {
                let (id, first, second) = (&resource.id, &first.source, &resource.source);
                let message = format!("{id} is declared twice: at {first} and at {second}");
                list.push(Problem::error("declared-twice", &self.range(), message));
            }
        }
        if list.is_empty() { Ok(()) } else { Err(Problems { list, sources: self.sources.clone() }) }
    }

    fn range(&self) -> Range {
        self.layout[0].tree.range.clone()
    }

    /// What holds in the first environment; what the whole stack shares holds in each.
    fn first(&self) -> &Declaration {
        &self.layout[0].declaration
    }

    fn laid(&self, env: &str) -> Option<&Laid> {
        self.layout.iter().find(|laid| laid.env() == env)
    }
}
