//! The declaration laid out in every environment.

use crate::model::Naming;
use crate::project::access::Rosters;
use crate::project::clusters::Tables;
use crate::project::declaration::Declaration;
use crate::project::environments::{Environment, SHARED};
use crate::project::hubs::Texts;
use crate::project::releases::Lock;
use crate::project::tree::Node;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use time::Date;

/// The declaration as it holds in one environment.
#[derive(Clone, Debug)]
pub(crate) struct Laid {
    /// The environment.
    pub(crate) environment: Environment,
    /// The merged tree, `${…}` filled in.
    pub(crate) tree: Node,
    /// The same as types.
    pub(crate) declaration: Declaration,
    /// What machines there are, as far as we know.
    pub(crate) tables: Arc<Tables>,
    /// What is behind the versions of charts.
    pub(crate) lock: Arc<Lock>,
    /// The folder of the stack, which charts may lie in.
    pub(crate) folder: PathBuf,
    /// The texts of hubs.
    pub(crate) templates: Arc<Texts>,
    /// How derived names end in each environment.
    pub(crate) suffixes: Arc<BTreeMap<String, String>>,
    /// Who is in the categories of people, by the file that says so.
    pub(crate) rosters: Rosters,
    /// The day on which it holds; without one, dates of people are not looked at.
    pub(crate) day: Option<Date>,
}

impl Laid {
    /// The name of the environment.
    pub(crate) fn env(&self) -> &str {
        &self.environment.name
    }

    /// How names are made of keys.
    pub(crate) fn naming(&self) -> Naming {
        let start = format!("{}-", self.declaration.prefix);
        Naming { start, end: self.environment.suffix.clone() }
    }

    /// The name of the bucket that holds the ledger.
    pub(crate) fn ledger_bucket(&self) -> String {
        let Declaration { prefix, ledger, .. } = &self.declaration;
        ledger.bucket.clone().unwrap_or_else(|| format!("{prefix}-leap-infra"))
    }
}

/// The environment of things that belong to one, unless they say otherwise: the shared one, else the
/// first.
pub(crate) fn shared_or_first(layout: &[Laid]) -> Vec<String> {
    let shared = layout.iter().find(|laid| laid.env() == SHARED).or(layout.first());
    shared.into_iter().map(|laid| laid.env().to_owned()).collect()
}

/// The environments of things that belong to every environment but the shared one, unless they
/// say otherwise. `all` are the names of all environments.
pub(crate) fn each_environment(all: &[&str]) -> Vec<String> {
    let own = all.iter().filter(|name| all.len() == 1 || **name != SHARED);
    own.map(|name| (*name).to_owned()).collect()
}
