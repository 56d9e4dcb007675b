//! What an apply writes into the ledger: before its first step, and after its last.

use crate::apply::{Report, StepResult};
use crate::kind::ProviderError;
use crate::ledger::{Condition, Entry, Holder, Kept, Ledger, Outcome, Records, RolledBack, Where};
use crate::model::{Had, Overrides, ResourceId};
use crate::plan::{Action, Plan, Step};
use std::collections::{BTreeMap, BTreeSet};

/// The records of one environment while an apply runs.
pub(crate) struct Journal {
    env: String,
    records: Records,
    condition: Condition,
}

/// What the history says of a run beside its steps.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// When it began: RFC 3339. Holds that end later are in force.
    pub began: String,
    /// The commit of the declaration, where it is under version control.
    pub commit: Option<String>,
    /// The digest of the declaration.
    pub declaration: String,
    /// The files of the declaration, to be kept; none where nothing is declared (`destroy`).
    pub kept: Option<Kept>,
    /// The digest of what the declaration says of each environment, overlays included.
    pub laid: BTreeMap<String, String>,
    /// The same without overlays.
    pub base: BTreeMap<String, String>,
    /// The guards that a person overrode.
    pub overrides: Overrides,
    /// The apply whose declaration is gone back to.
    pub back_to: Option<String>,
    /// Environments that are written down even if there is nothing to do in them, since others
    /// wait for the declaration to have been there.
    pub noted: BTreeSet<String>,
}

impl Journal {
    /// Writes down where the plan will write and what it will claim, before the first step.
    pub(crate) async fn open(
        ledger: &Ledger,
        env: &str,
        plan: &Plan,
        holder: &Holder,
        about: &About,
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
        expect(&mut records, env, plan, condition);
        if let Some(to) = &about.back_to {
            let (by, at) = (holder.user.clone(), about.began.clone());
            let laid = about.laid.get(env).cloned().unwrap_or_default();
            records.rolled_back = Some(RolledBack { to: to.clone(), laid, by, at });
        }
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
        let entry = entry(&self.env, plan, report, holder, about);
        remember(&mut self.records, &self.env, plan, report, &entry);
        if self.records != before {
            self.write(ledger).await?;
        }
        if entry.steps.is_empty() && !about.noted.contains(&self.env) {
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

/// Writes down what an apply is about to make, where the ledger knows what there was before.
fn expect(records: &mut Records, env: &str, plan: &Plan, condition: Condition) {
    let mut ours = plan.ours.iter().filter(|id| id.env == env).peekable();
    // A ledger that is new where there is nothing yet misses nothing.
    let from_the_beginning = condition == Condition::Absent && ours.peek().is_none();
    if records.had.is_none() && !from_the_beginning {
        return;
    }
    let had = records.had.get_or_insert_default();
    had.extend(ours.map(|id| (id.clone(), Had::Made)));
    let makes = |step: &&Step| step.id.env == env && step.action == Action::Create;
    for step in plan.steps.iter().filter(makes) {
        had.entry(step.id.clone()).or_insert(Had::Perhaps);
    }
}

/// Keeps what there is now, and whether that is an earlier declaration.
fn remember(records: &mut Records, env: &str, plan: &Plan, report: &Report, entry: &Entry) {
    if entry.is_complete() && records.had.is_none() {
        let ours = plan.ours.iter().filter(|id| id.env == env);
        records.had = Some(ours.map(|id| (id.clone(), Had::Made)).collect());
    }
    if let Some(had) = &mut records.had {
        for (id, action, end) in report.steps.iter().filter(|(id, ..)| id.env == env) {
            match (action, end) {
                (Action::Delete, StepResult::Done(_)) => _ = had.remove(id),
                (_, StepResult::Done(_)) => _ = had.insert(id.clone(), Had::Made),
                _ => {}
            }
        }
    }
    if entry.back_to.is_none() && entry.is_complete() {
        records.rolled_back = None;
    }
}

fn entry(env: &str, plan: &Plan, report: &Report, holder: &Holder, about: &About) -> Entry {
    let steps = report.steps.iter().filter(|(id, ..)| id.env == env);
    let steps: BTreeMap<ResourceId, String> =
        steps.map(|(id, action, end)| (id.clone(), said(*action, end))).collect();
    let outcome = match (report.interrupted, report.is_complete()) {
        (true, _) => Outcome::Interrupted,
        (false, true) => Outcome::Done,
        (false, false) => Outcome::Partly,
    };
    let About { began, commit, declaration, kept, laid, base, overrides, back_to, noted: _ } =
        about.clone();
    Entry {
        commit,
        declaration,
        steps,
        kept: kept.map(|kept| kept.digest()),
        laid: laid.get(env).cloned(),
        base,
        overrides: overrides.of(env),
        extent: plan.extent,
        back_to,
        ..Entry::new(holder.clone(), began, outcome)
    }
}

fn said(action: Action, end: &StepResult) -> String {
    let action = match action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Delete => "delete",
        Action::Wait => "wait",
        Action::Adopt => "adopt",
        Action::Disown => "disown",
    };
    match end {
        StepResult::Done(_) => format!("{action}: done"),
        StepResult::Failed(error) => format!("{action}: failed: {error}"),
        StepResult::Blocked(by) => format!("{action}: skipped, blocked by {by}"),
        StepResult::BlockedBy { env } => format!("{action}: skipped, {env} did not end well"),
        StepResult::NotBegun => format!("{action}: not begun"),
    }
}
