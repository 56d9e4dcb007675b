//! What an apply writes into the ledger: before its first step, and after its last.

use crate::apply::{Report, StepResult};
use crate::kind::ProviderError;
use crate::ledger::{Condition, Entry, Holder, Ledger, Outcome, Records, Where};
use crate::model::ResourceId;
use crate::plan::{Action, Plan};
use std::collections::{BTreeMap, BTreeSet};

/// The records of one environment while an apply runs.
pub(crate) struct Journal {
    env: String,
    records: Records,
    condition: Condition,
}

/// What the history says of a run beside its steps.
#[derive(Clone, Debug)]
pub struct About {
    /// When it began: RFC 3339.
    pub began: String,
    /// The commit of the declaration, where it is under version control.
    pub commit: Option<String>,
    /// The digest of the declaration.
    pub declaration: String,
}

impl Journal {
    /// Writes down where the plan will write and what it will claim, before the first step.
    pub(crate) async fn open(
        ledger: &Ledger,
        env: &str,
        plan: &Plan,
    ) -> Result<Self, ProviderError> {
        let (mut records, condition) = ledger.records(env).await?;
        let known = records.clone();
        for (id, claims) in plan.claims.iter().filter(|(id, _)| id.env == env) {
            records.claims.insert(id.clone(), claims.during.clone());
        }
        let steps = plan.steps.iter().filter(|step| step.id.env == env);
        records.footprint.extend(
            steps.map(|step| Where { kind: step.id.kind.clone(), place: step.place.clone() }),
        );
        let mut journal = Self { env: env.to_owned(), records, condition };
        if journal.records != known {
            journal.write(ledger).await?;
        }
        Ok(journal)
    }

    async fn write(&mut self, ledger: &Ledger) -> Result<(), ProviderError> {
        self.condition = ledger.write_records(&self.env, &self.records, self.condition).await?;
        Ok(())
    }

    /// Keeps the claims that hold now, and adds the run to the history.
    pub(crate) async fn close(
        mut self,
        ledger: &Ledger,
        plan: &Plan,
        report: &Report,
        holder: &Holder,
        about: &About,
    ) -> Result<(), ProviderError> {
        let before = self.records.clone();
        let claims = plan.claims.iter().filter(|(id, _)| id.env == self.env);
        let undone = undone(report);
        for (id, change) in claims.filter(|(id, _)| !undone.contains(id)) {
            self.records.claims.insert(id.clone(), change.after.clone());
        }
        self.records.claims.retain(|_, claims| !claims.is_empty());
        if self.records != before {
            self.write(ledger).await?;
        }
        let entry = entry(&self.env, report, holder, about);
        if entry.steps.is_empty() {
            return Ok(());
        }
        ledger.append(&self.env, &entry).await
    }
}

/// The resources on which something was not done.
fn undone(report: &Report) -> BTreeSet<&ResourceId> {
    let undone = report.steps.iter().filter(|(.., end)| !matches!(end, StepResult::Done(_)));
    undone.map(|(id, ..)| id).collect()
}

fn entry(env: &str, report: &Report, holder: &Holder, about: &About) -> Entry {
    let steps = report.steps.iter().filter(|(id, ..)| id.env == env);
    let steps: BTreeMap<ResourceId, String> =
        steps.map(|(id, action, end)| (id.clone(), said(*action, end))).collect();
    let outcome = match (report.interrupted, report.is_complete()) {
        (true, _) => Outcome::Interrupted,
        (false, true) => Outcome::Done,
        (false, false) => Outcome::Partly,
    };
    let About { began, commit, declaration } = about.clone();
    let holder = holder.clone();
    Entry { holder, began, commit, declaration, outcome, steps, unlocked: None, reason: None }
}

fn said(action: Action, end: &StepResult) -> String {
    let action = match action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Delete => "delete",
        Action::Wait => "wait",
    };
    match end {
        StepResult::Done(_) => format!("{action}: done"),
        StepResult::Failed(error) => format!("{action}: failed: {error}"),
        StepResult::Blocked(by) => format!("{action}: skipped, blocked by {by}"),
        StepResult::BlockedBy { env } => format!("{action}: skipped, {env} did not end well"),
        StepResult::NotBegun => format!("{action}: not begun"),
    }
}
