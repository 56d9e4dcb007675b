//! Gates: what must hold before an environment is changed on the live clouds.
//!
//! `judge` is what decides, without a clock or a cloud; this is where its facts come from.

mod judge;

pub use judge::{Closed, Facts, Force, Sort, closed};

use crate::cli::doing::Doing;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::session::Session;
use crate::model::{Overrides, Resource};
use crate::plan::Plan;
use crate::project::{Environment, Target};
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;

/// What commands that change something understand of gates.
#[derive(clap::Args, Clone, Debug)]
pub struct GateArgs {
    /// Go on although gates are closed; the history tells of it
    #[arg(long)]
    skip_gates: bool,
    /// Approve the changes in this environment, where a gate asks for that
    #[arg(long, value_name = "ENV")]
    approve_gate: Vec<String>,
    /// Let gates bind in the sandbox as they do on the live clouds
    #[arg(long, env = "LEAP_INFRA_ENFORCE_GATES", hide_env_values = true)]
    enforce_gates: bool,
}

impl GateArgs {
    /// What was said, for the history.
    fn overrides(&self) -> Overrides {
        let skipped = self.skip_gates.then(|| "--skip-gates".to_owned());
        let approved = self.approve_gate.iter().map(|env| format!("--approve-gate {env}"));
        Overrides { words: skipped.into_iter().chain(approved).collect(), reason: None }
    }
}

impl Session {
    /// What was overridden in all; on the live clouds there must be a reason.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn overridden(&self, doing: &Doing, args: &GateArgs) -> Result<Overrides, Failure> {
        let overrides = doing.overrides.clone().and(args.overrides());
        match overrides.without_reason().filter(|_| self.force(args) == Force::Binding) {
            None => Ok(overrides),
            Some(word) => {
                let summary = format!("`{word}` needs a reason, which the history keeps");
                Err(Failure::new(Exit::Refused, summary).hint("add --reason \"…\""))
            }
        }
    }

    /// The environments that only wait for a person to approve.
    ///
    /// # Errors
    /// When a gate is closed, or nobody is here to approve.
    pub(crate) async fn pass_gates(
        &self,
        plan: &Plan,
        doing: &Doing,
        args: &GateArgs,
        answers: bool,
    ) -> Result<BTreeSet<String>, Failure> {
        if args.skip_gates || self.force(args) == Force::Printed {
            return Ok(BTreeSet::new());
        }
        let changed = self.changed(plan);
        let facts = self.facts(plan, &changed, doing, args).await?;
        let all: Vec<Closed> = changed.iter().flat_map(|env| closed(env, &facts)).collect();
        let (approvals, others): (Vec<&Closed>, Vec<&Closed>) =
            all.iter().partition(|closed| closed.sort == Sort::Approval);
        match others.is_empty() && (answers || approvals.is_empty()) {
            true => Ok(approvals.iter().map(|closed| closed.env.clone()).collect()),
            false => Err(refused(&all)),
        }
    }

    /// The environments that are as declared, and whose declaration is to be written down all the
    /// same: others wait for it to have been there.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub(crate) async fn noted(
        &self,
        plan: &Plan,
        doing: &Doing,
    ) -> Result<BTreeSet<String>, Failure> {
        let mut noted = BTreeSet::new();
        if doing.purpose != "apply" || !plan.extent.is_whole() {
            return Ok(noted);
        }
        let sources: BTreeSet<&str> =
            self.project.environments().iter().flat_map(judge::sources).collect();
        let base = self.project.base_digests();
        for env in self.environments.iter().filter(|env| sources.contains(env.as_str())) {
            if plan.steps.iter().any(|step| step.id.env == *env) {
                continue;
            }
            let last = self.ledger.last_run(env).await.map_err(|error| unreadable(&[error]))?;
            if !last.is_some_and(|entry| entry.is_complete() && entry.base == base) {
                noted.insert(env.clone());
            }
        }
        Ok(noted)
    }

    fn force(&self, args: &GateArgs) -> Force {
        let target = if self.target() == "live" { Target::Live } else { Target::Sandbox };
        Force::of(target, args.enforce_gates)
    }

    fn changed(&self, plan: &Plan) -> Vec<&Environment> {
        let changes = |env: &&Environment| plan.steps.iter().any(|step| step.id.env == env.name);
        self.project.environments().iter().filter(changes).collect()
    }

    async fn facts(
        &self,
        plan: &Plan,
        changed: &[&Environment],
        doing: &Doing,
        args: &GateArgs,
    ) -> Result<Facts, Failure> {
        let failed = |error| unreadable(&[error]);
        let (mut history, mut now) = (BTreeMap::new(), OffsetDateTime::UNIX_EPOCH);
        let sources: BTreeSet<&str> = changed.iter().flat_map(|env| judge::sources(env)).collect();
        for source in sources {
            let read = self.ledger.history(&[source.to_owned()]).await.map_err(failed)?;
            if !read.entries.is_empty() {
                now = self.ledger.now(source).await.map_err(failed)?;
            }
            let entries = read.entries.into_iter().map(|(_, entry)| entry);
            history.insert(source.to_owned(), entries.collect());
        }
        let whole = self.environments.iter().filter(|_| plan.extent.is_whole());
        // Hubs that only access refers to are made by others, and not probed.
        let of_hubs = |it: &Resource| self.project.section(&it.source) == Some("hubs");
        let probed = |env: &&Environment| {
            self.stack.resources().values().any(|it| it.id.env == env.name && of_hubs(it))
        };
        Ok(Facts {
            purpose: doing.purpose,
            now,
            history,
            busy: self.memory.leases.keys().cloned().collect(),
            base: self.project.base_digests(),
            in_this_run: whole.cloned().collect(),
            approved: args.approve_gate.iter().cloned().collect(),
            with_hubs: changed.iter().copied().filter(probed).map(|env| env.name.clone()).collect(),
        })
    }
}

fn refused(all: &[Closed]) -> Failure {
    let envs: BTreeSet<&str> = all.iter().map(|closed| closed.env.as_str()).collect();
    let envs = envs.into_iter().collect::<Vec<_>>().join(" and ");
    let summary = format!("the gates of {envs} are closed, so nothing was changed");
    let mut failure = Failure::new(Exit::Refused, summary);
    failure.causes = all.iter().map(ToString::to_string).collect();
    let words: BTreeSet<&String> = all.iter().map(|closed| &closed.words).collect();
    let failure = words.into_iter().fold(failure, |failure, words| failure.hint(words));
    failure.hint("to go on all the same: --skip-gates --reason \"…\"")
}
