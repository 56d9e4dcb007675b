//! Carrying out a plan: the question, the bars, the interrupts, the summary.

use crate::apply::{self, About, Options, Report, Run};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::machine;
use crate::cli::progress::Progress;
use crate::cli::session::Session;
use crate::cli::ui::Ui;
use crate::cli::view::plan::counted;
use crate::cli::view::{report, style::Paint};
use crate::plan::Plan;
use crate::providers;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// What every command that changes something understands.
#[derive(clap::Args, Debug)]
pub struct ApplyArgs {
    /// Do not ask
    #[arg(long, visible_alias = "yes")]
    auto_approve: bool,
    /// How many steps run at the same time
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    parallelism: u16,
    /// How long to wait for a lease that another holds, in seconds
    #[arg(long, default_value_t = 0, value_name = "SECONDS")]
    lock_timeout: u64,
    /// Begin nothing new after this many seconds
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// Write what happens into this file, as JSON, one event on each line
    #[arg(long, value_name = "FILE")]
    json_into: Option<PathBuf>,
}

impl ApplyArgs {
    /// Where events go, beside stdout with `--json`.
    pub fn json_into(&self) -> Option<&Path> {
        self.json_into.as_deref()
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
        purpose: &str,
        ui: &Ui,
    ) -> Result<Exit, Failure> {
        ui.events.planned(plan);
        if plan.is_refused() {
            let summary = "a guard refused part of the plan, so nothing was changed";
            return Err(Failure::new(Exit::Refused, summary)
                .hint("the lines marked `!` say why, and what to say to go on where that can be"));
        }
        if plan.steps.is_empty() && self.memory.leases.is_empty() {
            return Ok(Exit::Ok);
        }
        if !plan.steps.is_empty() && !args.auto_approve {
            if !ui.answers {
                let failure = Failure::new(Exit::Error, "nobody is here to approve the plan");
                return Err(failure.hint("say --auto-approve to go on without being asked"));
            }
            let question = match purpose {
                "destroy" => {
                    let things = counted(plan.counts().destroy, "thing");
                    format!("{things} will be deleted. Destroy this?")
                }
                _ => "Apply this?".to_owned(),
            };
            if !ui.confirms(&question) {
                ui.remark("Nothing was changed.");
                return Ok(Exit::Ok);
            }
        }
        let began = Instant::now();
        let (cancel, timed_out) = (CancellationToken::new(), CancellationToken::new());
        let progress = Progress::new(ui, plan.steps.len());
        let stop = Stop { cancel: cancel.clone(), timed_out: timed_out.clone(), progress, ui };
        let report = tokio::select! {
            report = self.apply(plan, args, purpose, &cancel, &stop.progress) => report,
            never = stop.watch(args.timeout) => match never {},
            never = stop.progress.heartbeat() => match never {},
            never = ui.events.heartbeat() => match never {},
        };
        stop.progress.finish();
        let report = report?;
        ui.events.summed_up(&report, purpose);
        if !plan.steps.is_empty() {
            ui.remark_or_say(&report::text(&report, began.elapsed(), Paint(ui.colour)));
        }
        Ok(exit(&report, timed_out.is_cancelled()))
    }

    async fn apply(
        &self,
        plan: &Plan,
        args: &ApplyArgs,
        purpose: &str,
        cancel: &CancellationToken,
        progress: &Progress,
    ) -> Result<Report, Failure> {
        let options = Options {
            parallelism: usize::from(args.parallelism),
            lock_timeout: Duration::from_secs(args.lock_timeout),
            ..Options::default()
        };
        let about = About {
            began: machine::now(),
            commit: machine::commit(&self.folder),
            declaration: self.project.digest(),
        };
        let (progress, events) = (progress.clone(), self.events());
        let run = Run {
            actors: &providers::actors(&self.connection),
            ledger: &self.ledger,
            holder: &machine::holder(purpose),
            presence: &machine::presence,
            left_behind: &self.memory.leases.keys().cloned().collect(),
            about: &about,
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
        let limit = async {
            match timeout {
                Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = interrupted() => self.progress.remark(
                "Interrupted: nothing new is begun, what runs is finished. Again to leave at once.",
            ),
            () = limit => {
                self.progress.remark("Out of time: nothing new is begun, what runs is finished.");
                self.timed_out.cancel();
            }
        }
        self.cancel.cancel();
        interrupted().await;
        self.ui.leave(Exit::Interrupted)
    }
}

async fn interrupted() {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    let terminated = async {
        match &mut terminate {
            Ok(signal) => _ = signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

fn exit(report: &Report, timed_out: bool) -> Exit {
    if timed_out {
        return Exit::TimedOut;
    }
    match (report.interrupted, report.is_complete() && report.ledger_error.is_none()) {
        (true, false) => Exit::Interrupted,
        (_, true) => Exit::Ok,
        (false, false) => Exit::Partly,
    }
}
