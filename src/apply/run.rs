//! One apply from beginning to end.

use crate::apply::journal::Journal;
use crate::apply::schedule::{Next, Schedule};
use crate::apply::step::{Surroundings, carry_out};
use crate::apply::{About, Event, Objection, Parallelism, Rehearsal, Report, StepResult, rehearse};
use crate::kind::{Actors, Applied, NoSecrets, ProviderError, Resolve, Retry};
use crate::ledger::{Holder, Lease, LeaseError, Ledger, Presence, Term};
use crate::model::{Hold, Keys, ResourceId};
use crate::plan::{self, Action, Plan};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How an apply runs.
#[derive(Clone)]
pub struct Options {
    /// How many steps run at the same time.
    pub parallelism: Parallelism,
    /// How long one step may take, retries included.
    pub step_timeout: Duration,
    /// How long to wait between two looks at a running operation.
    pub poll: Duration,
    /// How long a cloud may take to know of what we just made.
    pub settling: Duration,
    /// How long to wait for a lease that another holds.
    pub lock_timeout: Duration,
    /// How calls are tried again.
    pub retry: Retry,
    /// Finds the values of secrets; none are found if nobody says how.
    pub secrets: Arc<dyn Resolve>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            parallelism: Parallelism::default(),
            step_timeout: Duration::from_secs(45 * 60),
            poll: Duration::from_secs(5),
            settling: Duration::from_secs(60),
            lock_timeout: Duration::ZERO,
            retry: Retry::default(),
            secrets: Arc::new(NoSecrets),
        }
    }
}

/// Who applies, with what, and who listens.
pub struct Run<'a> {
    /// The writing half of every kind.
    pub actors: &'a Actors,
    /// The ledger of the stack.
    pub ledger: &'a Ledger,
    /// Who applies.
    pub holder: &'a Holder,
    /// Tells whether the process that holds a lease still runs.
    pub presence: &'a (dyn Fn(&Holder) -> Presence + Sync),
    /// Environments whose lease was left behind, so that they are tidied even if there is no
    /// step for them.
    pub left_behind: &'a BTreeSet<String>,
    /// What the history says of the run.
    pub about: &'a About,
    /// How it runs.
    pub options: &'a Options,
    /// Cancelled by the first interrupt: nothing new is begun.
    pub cancel: CancellationToken,
    /// Told what happens.
    pub emit: Arc<dyn Fn(Event) + Send + Sync>,
}

/// Why a plan was not applied at all.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The plan has refusals.
    #[error("the plan has {0} refusals; nothing was changed")]
    Refused(usize),
    /// Another is changing an environment.
    #[error(transparent)]
    Lease(#[from] LeaseError),
    /// The ledger cannot be used.
    #[error("the ledger cannot be used")]
    Ledger(#[source] ProviderError),
    /// Somebody asked to leave something alone since the plan was made.
    #[error("{id} is {hold}")]
    Held {
        /// What is held.
        id: ResourceId,
        /// By whom, until when and why.
        hold: Box<Hold>,
    },
    /// Clouds say beforehand that they would refuse something.
    #[error("{} of the plan's steps would be refused; nothing was changed", .0.len())]
    Objections(Vec<Objection>),
}

/// Carries out a plan. Whatever happens to single steps is in the report.
///
/// # Errors
/// When nothing was begun.
pub async fn apply(plan: &Plan, run: Run<'_>) -> Result<Report, ApplyError> {
    if plan.is_refused() {
        return Err(ApplyError::Refused(plan.counts().refused));
    }
    let busy = |env: &&String| {
        run.left_behind.contains(*env)
            || run.about.noted.contains(*env)
            || plan.steps.iter().any(|step| step.id.env == **env)
    };
    let environments: Vec<&String> = plan.environments.iter().filter(busy).collect();
    if environments.is_empty() {
        return Ok(Report::default());
    }
    run.ledger.ensure().await.map_err(ApplyError::Ledger)?;
    let leases = take_leases(&environments, &run).await?;
    let report = match prepare(&environments, plan, &run).await {
        Ok(journals) => {
            let mut report = steps(plan, &run, &leases).await;
            for journal in journals {
                let close = journal.close(run.ledger, plan, &report, run.holder, run.about);
                let closed = close.await;
                report.ledger_error = report.ledger_error.or(closed.err());
            }
            Ok(report)
        }
        Err(error) => Err(error),
    };
    for lease in leases {
        // A lease that cannot be given back expires by itself.
        _ = lease.release(run.ledger).await;
    }
    report
}

async fn take_leases(environments: &[&String], run: &Run<'_>) -> Result<Vec<Lease>, LeaseError> {
    let mut leases: Vec<Lease> = Vec::new();
    for env in environments {
        match run.ledger.acquire(env, run.holder, run.presence, run.options.lock_timeout).await {
            Ok(lease) => {
                let left = lease.taken_over_from.clone();
                leases.push(lease);
                let Some(left) = left else { continue };
                (run.emit)(Event::TookOver { env: (*env).clone(), from: left.holder.clone() });
                // What cannot be written down now is no reason to leave the work undone.
                _ = run.ledger.record_death(env, &left).await;
            }
            Err(error) => {
                for lease in leases {
                    _ = lease.release(run.ledger).await;
                }
                return Err(error);
            }
        }
    }
    Ok(leases)
}

/// All that comes before the first step, now that nobody else is at it: holds that were made since
/// the plan, what clouds would refuse, the declaration, and what the plan will write and claim.
async fn prepare(
    environments: &[&String],
    plan: &Plan,
    run: &Run<'_>,
) -> Result<Vec<Journal>, ApplyError> {
    let holds = environments.iter().map(|env| run.ledger.holds(env));
    let holds = futures::future::try_join_all(holds).await.map_err(ApplyError::Ledger)?;
    let holds: Vec<Hold> = holds.into_iter().flatten().collect();
    // A time that cannot be read ends no hold.
    let as_of = OffsetDateTime::parse(&run.about.began, &Rfc3339);
    let as_of = as_of.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let held = plan::in_force(plan, &Keys::new(), &holds, as_of).into_iter().next();
    if let Some((id, hold)) = held {
        return Err(ApplyError::Held { id, hold: Box::new(hold.clone()) });
    }
    let rehearsal = rehearse(plan, run.actors, run.options, Arc::clone(&run.emit)).await;
    heard(rehearsal, run).map_err(ApplyError::Objections)?;
    if let Some(kept) = &run.about.kept {
        run.ledger.keep(kept).await.map_err(ApplyError::Ledger)?;
    }
    let open =
        environments.iter().map(|env| Journal::open(run.ledger, env, plan, run.holder, run.about));
    futures::future::try_join_all(open).await.map_err(ApplyError::Ledger)
}

/// Goes on only where no cloud would refuse anything.
fn heard(rehearsal: Rehearsal, run: &Run<'_>) -> Result<(), Vec<Objection>> {
    let Rehearsal { accepted: _, objections, too_soon } = rehearsal;
    if !objections.is_empty() {
        return Err(objections);
    }
    if !too_soon.is_empty() {
        (run.emit)(Event::Unasked { steps: too_soon.len() });
    }
    Ok(())
}

/// The steps, as many at a time as is allowed.
async fn steps(plan: &Plan, run: &Run<'_>, leases: &[Lease]) -> Report {
    let stop = run.cancel.child_token();
    let surroundings = Surroundings {
        stack: plan.stack.clone(),
        actors: run.actors.clone(),
        options: run.options.clone(),
        cancel: stop.clone(),
        emit: run.emit.clone(),
    };
    let work = Work {
        schedule: Schedule::new(plan),
        tasks: JoinSet::new(),
        ends: BTreeMap::new(),
        made: BTreeSet::new(),
        surroundings,
        leases,
    };
    work.all(plan, &run.cancel).await
}

struct Work<'a> {
    schedule: Schedule<'a>,
    tasks: JoinSet<(usize, Instant, Result<Applied, ProviderError>)>,
    ends: BTreeMap<usize, StepResult>,
    /// Steps that made something in this run.
    made: BTreeSet<usize>,
    surroundings: Surroundings,
    leases: &'a [Lease],
}

impl Work<'_> {
    async fn all(mut self, plan: &Plan, cancel: &CancellationToken) -> Report {
        let mut lease_lost = false;
        loop {
            let stopped = cancel.is_cancelled() || lease_lost;
            match self.next(stopped) {
                Next::Begin(at) => self.begin(at),
                Next::LeaveOut(at, env) => self.not_done(at, StepResult::BlockedBy { env }),
                Next::Wait if self.tasks.is_empty() => break,
                Next::End => break,
                Next::Wait => tokio::select! {
                    Some(ended) = self.tasks.join_next() => self.ended(ended),
                    () = cancel.cancelled(), if !stopped => {}
                    lease = any_lost(self.leases), if !lease_lost => {
                        lease_lost = true;
                        (self.surroundings.emit)(Event::LeaseLost { env: lease.env.clone() });
                        self.surroundings.cancel.cancel();
                    }
                },
            }
        }
        for at in self.schedule.rest() {
            self.end(at, StepResult::NotBegun, Duration::ZERO);
        }
        let ends = plan.steps.iter().enumerate().map(|(at, step)| {
            let end = self.ends.remove(&at).unwrap_or(StepResult::NotBegun);
            (step.id.clone(), step.action, end)
        });
        Report {
            steps: ends.collect(),
            interrupted: cancel.is_cancelled(),
            lease_lost,
            ledger_error: None,
        }
    }

    fn next(&mut self, stopped: bool) -> Next {
        let Options { parallelism, .. } = &self.surroundings.options;
        let actors = &self.surroundings.actors;
        let may_begin = !stopped && self.tasks.len() < parallelism.altogether;
        self.schedule.next(may_begin, |step, running| {
            parallelism.leaves_room(actors, &step.id.kind, running.map(|step| &*step.id.kind))
        })
    }

    fn begin(&mut self, at: usize) {
        let step = self.schedule.step(at).clone();
        (self.surroundings.emit)(Event::Began { id: step.id.clone(), action: step.action });
        let settling = step.waits_for.iter().any(|first| self.made.contains(first));
        let terms: Vec<Term> = self.leases.iter().map(Lease::term).collect();
        let ends =
            Arc::new(move || terms.iter().map(Term::ends).min().unwrap_or_else(Instant::now));
        let work = carry_out(self.surroundings.clone(), step, ends, settling);
        let began = Instant::now();
        self.tasks.spawn(async move { (at, began, work.await) });
    }

    fn ended(
        &mut self,
        ended: Result<(usize, Instant, Result<Applied, ProviderError>), tokio::task::JoinError>,
    ) {
        let (at, began, outcome) = match ended {
            Ok(ended) => ended,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => return,
        };
        match outcome {
            Ok(applied) => {
                if self.schedule.step(at).action == Action::Create {
                    self.made.insert(at);
                }
                self.end(at, StepResult::Done(applied.remark), began.elapsed());
                self.schedule.done(at);
            }
            Err(error) => {
                self.end(at, StepResult::Failed(error), began.elapsed());
                self.block_followers(at);
            }
        }
    }

    fn not_done(&mut self, at: usize, end: StepResult) {
        self.end(at, end, Duration::ZERO);
        self.block_followers(at);
    }

    fn block_followers(&mut self, at: usize) {
        let cause = self.schedule.step(at).id.clone();
        for blocked in self.schedule.not_done(at) {
            self.end(blocked, StepResult::Blocked(cause.clone()), Duration::ZERO);
        }
    }

    fn end(&mut self, at: usize, result: StepResult, took: Duration) {
        let step = self.schedule.step(at);
        let (id, action) = (step.id.clone(), step.action);
        self.ends.insert(at, result.clone());
        (self.surroundings.emit)(Event::Ended { id, action, result, took });
    }
}

async fn any_lost(leases: &[Lease]) -> &Lease {
    let lost = leases.iter().map(|lease| {
        Box::pin(async move {
            lease.lost().await;
            lease
        })
    });
    futures::future::select_all(lost).await.0
}
