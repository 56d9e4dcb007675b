//! What commands that plan are told: which stack and clouds, what for, and with which words.

use crate::cli::StackArgs;
use crate::cli::costs::CostArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::selection::SelectionArgs;
use crate::cli::ui::Ui;
use crate::cli::view::look::Detail;
use crate::model::{Overrides, ResourceId};
use crate::plan::Allowances;
use crate::plan::file::Saved;
use std::path::{Path, PathBuf};

/// What every command that looks at the clouds understands.
#[derive(clap::Args, Clone, Debug)]
pub struct LookArgs {
    #[command(flatten)]
    pub(crate) stack: StackArgs,
    /// The environments; all of them, in promotion order, when none is named
    #[arg(short, long, value_name = "NAME")]
    pub(crate) env: Vec<String>,
    /// Go to the live clouds, whatever the environment says
    #[arg(long)]
    pub(crate) live: bool,
}

impl LookArgs {
    /// Whether somebody said which environments are meant.
    pub fn names_environments(&self) -> bool {
        !self.env.is_empty()
    }

    /// What stands in the place of the stack's folder.
    pub fn path(&self) -> Option<&Path> {
        self.stack.stack.as_deref()
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
    /// Make this although something very like it is there, or is no longer declared
    #[arg(long, value_name = "ADDRESS")]
    dangerous_create: Vec<ResourceId>,
    /// Remove from this team whoever is not declared, though so far others could be in it
    #[arg(long, value_name = "ADDRESS")]
    dangerous_exact: Vec<ResourceId>,
    /// Why guards are overridden, for the history; the live clouds ask for it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    pub(crate) costs: CostArgs,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) detail: DetailArgs,
}

/// How much of a plan is shown.
#[derive(clap::Args, Debug)]
pub struct DetailArgs {
    /// Show a line for each change, and none of its fields
    #[arg(long, conflicts_with = "full")]
    concise: bool,
    /// Show every field, also those that stay as they are
    #[arg(long)]
    full: bool,
}

impl DetailArgs {
    /// The same terminal, showing as much as was asked for.
    pub fn of(&self, ui: &Ui) -> Ui {
        ui.showing(match self {
            Self { concise: true, .. } => Detail::Concise,
            Self { full: true, .. } => Detail::Full,
            _ => Detail::Usual,
        })
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
        let Self { look, selection, .. } = self;
        let allows = self.allowances() != Allowances::default() || self.costs.word().is_some();
        if !look.env.is_empty() || allows || !selection.is_usual() {
            let summary = "a saved plan is applied as it is";
            return Err(Failure::new(Exit::Error, summary).hint("choose and allow when planning"));
        }
        let folder = PathBuf::from(&saved.made.folder);
        let stack = folder.join("stack.yaml").is_file().then_some(folder);
        let env = saved.environments.clone();
        Ok(LookArgs { stack: StackArgs { stack }, env, live: look.live })
    }

    /// What was overridden and why, for the history.
    pub(crate) fn overrides(&self) -> Overrides {
        let deletes = self.dangerous_delete.iter().map(|id| format!("--dangerous-delete {id}"));
        let replaces = self.dangerous_replace.iter().map(|id| format!("--dangerous-replace {id}"));
        let exact = self.dangerous_exact.iter().map(|id| format!("--dangerous-exact {id}"));
        let others = self.selection.beyond_the_default().into_iter().chain(self.costs.word());
        let words = deletes.chain(replaces).chain(exact).chain(others).collect();
        Overrides { words, reason: self.reason.clone() }
    }

    /// The guards that a person has overridden.
    pub(crate) fn allowances(&self) -> Allowances {
        Allowances {
            delete: self.dangerous_delete.iter().cloned().collect(),
            replace: self.dangerous_replace.iter().cloned().collect(),
            create: self.dangerous_create.iter().cloned().collect(),
            exact: self.dangerous_exact.iter().cloned().collect(),
        }
    }
}
