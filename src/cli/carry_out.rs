//! Carrying out a plan: the question, the bars, the interrupts, the summary.

use crate::apply::{self, About, Options, Report, Run};
use crate::cli::doing::Doing;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::gates::GateArgs;
use crate::cli::machine;
use crate::cli::parallelism::{Bound, bound, parallelism};
use crate::cli::progress::Progress;
use crate::cli::secrets;
use crate::cli::session::Session;
use crate::cli::ui::Ui;
use crate::cli::view::plan::counted;
use crate::cli::view::{plan as view, report};
use crate::kind::ProviderError;
use crate::ledger::Kept;
use crate::model::Overrides;
use crate::plan::Plan;
use crate::providers;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// What every command that changes something understands.
#[derive(clap::Args, Clone, Debug)]
pub struct ApplyArgs {
    /// Do not ask
    #[arg(long, visible_alias = "yes")]
    auto_approve: bool,
    /// How many steps run at the same time, or with one provider as in `gcp=4`; 10 when not said
    #[arg(long, value_name = "N|PROVIDER=N", value_parser = bound)]
    parallelism: Vec<Bound>,
    /// How long to wait for a lease that another holds, in seconds
    #[arg(long, default_value_t = 0, value_name = "SECONDS")]
    lock_timeout: u64,
    /// Begin nothing new after this many seconds
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// Write what happens into this file, as JSON, one event on each line
    #[arg(long, value_name = "FILE")]
    json_into: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) gates: GateArgs,
}

impl ApplyArgs {
    /// Where events go, beside stdout with `--json`.
    pub fn json_into(&self) -> Option<&Path> {
        self.json_into.as_deref()
    }

    /// The same where somebody has approved before.
    pub fn approved(&self) -> Self {
        Self { auto_approve: true, ..self.clone() }
    }
}

impl Session {
    /// Asks, applies, and sums up.
    ///
    /// # Errors
    /// When nothing was begun.
    pub async fn carry_out(
        &self,
        plan: &Plan,
        args: &ApplyArgs,
        doing: impl Into<Doing>,
        ui: &Ui,
    ) -> Result<Exit, Failure> {
        let doing = doing.into();
        ui.events.planned(plan);
        if plan.is_refused() {
            let summary = "a guard refused part of the plan, so nothing was changed";
            return Err(Failure::new(Exit::Refused, summary)
                .hint("the lines marked `!` say why, and what to say to go on where that can be"));
        }
        if let Some(why) = self.without_helm(plan).await {
            return Err(Failure::new(Exit::Error, "nothing was changed: releases need helm")
                .because(&why)
                .hint("`leap-infra doctor` says which helm is in use"));
        }
        let mut overrides = self.overridden(&doing, &args.gates)?;
        let approvals = self.pass_gates(plan, &doing, &args.gates, ui.answers).await?;
        let noted = self.noted(plan, &doing).await?;
        if plan.steps.is_empty() && self.memory.leases.is_empty() && noted.is_empty() {
            return Ok(Exit::Ok);
        }
        if !agreed(plan, args, &doing, &approvals, ui)? {
            ui.remark("Nothing was changed.");
            return Ok(Exit::Ok);
        }
        overrides
            .words
            .extend(approvals.iter().map(|env| format!("approval of {env}, given here")));
        ui.events.overridden(&overrides);
        self.run(plan, args, &self.about(&doing, overrides, noted), doing.purpose, ui).await
    }

    /// Applies until it is done or stopped, and sums up.
    async fn run(
        &self,
        plan: &Plan,
        args: &ApplyArgs,
        about: &About,
        purpose: &str,
        ui: &Ui,
    ) -> Result<Exit, Failure> {
        let began = Instant::now();
        let (cancel, timed_out) = (CancellationToken::new(), CancellationToken::new());
        let progress = Progress::new(ui, plan.steps.len());
        let stop = Stop { cancel: cancel.clone(), timed_out: timed_out.clone(), progress, ui };
        let report = tokio::select! {
            report = self.apply(plan, args, purpose, about, &cancel, &stop.progress) => report,
            never = stop.watch(args.timeout) => match never {},
            never = stop.progress.heartbeat() => match never {},
            never = ui.events.heartbeat() => match never {},
        };
        stop.progress.finish();
        let report = report?;
        let supplied = Vec::from_iter(self.secrets.supplied().await);
        if !supplied.is_empty() {
            let names = supplied.join(", ");
            ui.remark(format!("The sandbox had no value of {names}: it has made-up ones now."));
        }
        ui.events.summed_up(&report, purpose);
        if !plan.steps.is_empty() {
            let mut text = report::text(&report, purpose, began.elapsed(), ui.look.paint);
            plan.waiting.iter().for_each(|one| view::waiting(&mut text, one, ui.look));
            ui.remark_or_say(&text);
        }
        Ok(exit(&report, timed_out.is_cancelled()))
    }

    /// What the history will say. An earlier declaration is not that of any commit, and what is
    /// destroyed has none to go back to.
    fn about(&self, doing: &Doing, overrides: Overrides, noted: BTreeSet<String>) -> About {
        let kept = Kept { files: self.project.files() };
        let back_to = doing.back_to.clone();
        About {
            began: machine::now(),
            commit: machine::commit(&self.folder).filter(|_| back_to.is_none()),
            declaration: self.project.digest(),
            kept: (doing.purpose != "destroy").then_some(kept),
            laid: self.project.digests(),
            base: self.project.base_digests(),
            overrides,
            back_to,
            noted,
        }
    }

    async fn apply(
        &self,
        plan: &Plan,
        args: &ApplyArgs,
        purpose: &str,
        about: &About,
        cancel: &CancellationToken,
        progress: &Progress,
    ) -> Result<Report, Failure> {
        let options = Options {
            parallelism: parallelism(&args.parallelism),
            lock_timeout: Duration::from_secs(args.lock_timeout),
            secrets: secrets::shared(self.secrets.clone()),
            ..Options::default()
        };
        let (progress, events) = (progress.clone(), self.events());
        let run = Run {
            actors: &providers::actors(&self.connections),
            ledger: &self.ledger,
            holder: &machine::holder(purpose),
            presence: &machine::presence,
            left_behind: &self.memory.leases.keys().cloned().collect(),
            about,
            options: &options,
            cancel: cancel.clone(),
            emit: Arc::new(move |event| {
                events.take(&event);
                progress.take(event);
            }),
        };
        Ok(apply::apply(plan, run).await?)
    }
}

/// Whether a person wants it, where one is to be asked.
fn agreed(
    plan: &Plan,
    args: &ApplyArgs,
    doing: &Doing,
    approvals: &BTreeSet<String>,
    ui: &Ui,
) -> Result<bool, Failure> {
    if plan.steps.is_empty() || args.auto_approve && approvals.is_empty() {
        return Ok(true);
    }
    if !ui.answers {
        let failure = Failure::new(Exit::Error, "nobody is here to approve the plan");
        return Err(failure.hint("say --auto-approve to go on without being asked"));
    }
    let question = question(plan, doing.purpose);
    let names: Vec<&str> = approvals.iter().map(String::as_str).collect();
    Ok(ui.confirms(&match names.as_slice() {
        [] => question,
        names => format!("A yes approves it for {} as well. {question}", names.join(" and ")),
    }))
}

/// What ends a run before its time.
struct Stop<'a> {
    cancel: CancellationToken,
    timed_out: CancellationToken,
    progress: Progress,
    ui: &'a Ui,
}

impl Stop<'_> {
    /// The first interrupt (or the time that runs out) stops new work; the second ends the
    /// program.
    async fn watch(&self, timeout: Option<u64>) -> Infallible {
        let mut interrupts = Interrupts::listen();
        let limit = async {
            match timeout {
                Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = interrupts.next() => self.progress.remark(
                "Interrupted: nothing new is begun, what runs is finished. Again to leave at once.",
            ),
            () = limit => {
                self.progress.remark("Out of time: nothing new is begun, what runs is finished.");
                self.timed_out.cancel();
            }
        }
        self.cancel.cancel();
        interrupts.next().await;
        self.ui.leave(Exit::Interrupted)
    }
}

/// Interrupts as they come. Listened for from the beginning, so that none is missed between two.
struct Interrupts {
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
}

impl Interrupts {
    fn listen() -> Self {
        let listen = |kind| signal(kind).ok();
        Self {
            interrupt: listen(SignalKind::interrupt()),
            terminate: listen(SignalKind::terminate()),
        }
    }

    async fn next(&mut self) {
        async fn next(signal: &mut Option<Signal>) {
            match signal {
                Some(signal) => _ = signal.recv().await,
                None => std::future::pending().await,
            }
        }
        tokio::select! {
            () = next(&mut self.interrupt) => {}
            () = next(&mut self.terminate) => {}
        }
    }
}

/// What a person is asked first.
fn question(plan: &Plan, purpose: &str) -> String {
    let counts = plan.counts();
    match purpose {
        "destroy" => {
            format!("{} will be deleted. Destroy this?", counted(counts.destroy, "thing"))
        }
        "adopt" => {
            format!("{} will be marked as ours. Adopt this?", counted(counts.adopt, "thing"))
        }
        "disown" => {
            let things = counted(counts.disown, "thing");
            format!("{things} will no longer be marked as ours. Hand this back?")
        }
        "rollback" => "Go back to this?".to_owned(),
        _ => "Apply this?".to_owned(),
    }
}

/// Whether nothing failed but steps whose objects had moved, as another plan would see.
fn only_stale(report: &Report) -> bool {
    let stale = |error: &ProviderError| matches!(error, ProviderError::Stale { .. });
    report.ledger_error.is_none()
        && !report.lease_lost
        && report.failed().next().is_some()
        && report.failed().all(|(_, error)| stale(error))
}

fn exit(report: &Report, timed_out: bool) -> Exit {
    if timed_out {
        return Exit::TimedOut;
    }
    match (report.interrupted, report.is_complete() && report.ledger_error.is_none()) {
        (true, false) => Exit::Interrupted,
        (_, true) => Exit::Ok,
        (false, false) if only_stale(report) => Exit::Stale,
        (false, false) => Exit::Partly,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::StepResult;
    use crate::plan::Action;

    #[test]
    fn a_run_in_which_only_stale_steps_failed_is_stale() {
        let stale = ProviderError::Stale {
            what: "bucket a".into(),
            field: "versioning".into(),
            before: "false".into(),
            now: "true".into(),
        };
        let ended = |errors: &[&ProviderError]| {
            let step = |error: &&ProviderError| {
                let id = crate::model::ResourceId::new("prod", "gcs-bucket", "a");
                (id, Action::Update, StepResult::Failed((*error).clone()))
            };
            let steps = errors.iter().map(step).collect();
            exit(&Report { steps, ..Report::default() }, false)
        };
        let other = ProviderError::NotFound { what: "bucket b".into() };
        assert_eq!(ended(&[&stale]), Exit::Stale);
        assert_eq!(ended(&[&stale, &other]), Exit::Partly);
        assert_eq!(ended(&[]), Exit::Ok);
    }
}
