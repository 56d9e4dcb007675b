//! One step of a plan, carried out with retries.

use crate::apply::{Event, Options};
use crate::kind::{Actors, Applied, Change, Ends, ProviderError, Retry, StepContext};
use crate::model::{Mark, SpecMark};
use crate::plan::{Action, Step};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long after something was made a cloud may still say that it does not exist or that we
/// may not touch it: identities and grants are eventually consistent.
/// <https://cloud.google.com/iam/docs/access-change-propagation>
const SETTLING: Duration = Duration::from_secs(120);

/// What every step of a run shares.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) stack: String,
    pub(crate) actors: Actors,
    pub(crate) options: Options,
    pub(crate) cancel: CancellationToken,
    pub(crate) emit: Arc<dyn Fn(Event) + Send + Sync>,
}

/// Carries out a step. `settling` says whether something that it waits for was made just now.
pub(crate) async fn carry_out(
    surroundings: Surroundings,
    step: Step,
    lease_ends: Ends,
    settling: bool,
) -> Result<Applied, ProviderError> {
    let context = context(&surroundings, &step, lease_ends);
    let change = change(&step)?;
    let deadline = context.deadline;
    let retry = retry(&surroundings, &step);
    let settled = Instant::now() + SETTLING.min(surroundings.options.settling);
    let attempt = || async {
        context.ensure_held(&step.id.to_string())?;
        let outcome = surroundings.actors.apply(&context, change.clone()).await;
        outcome.map_err(|error| match error {
            ProviderError::NotFound { .. } | ProviderError::Denied { .. }
                if settling && Instant::now() < settled =>
            {
                let (what, why) = (step.id.to_string(), error.to_string());
                ProviderError::Transient { what, why, retry_after: None }
            }
            error => error,
        })
    };
    let what = step.id.to_string();
    let work = retry.run(&what, Some(deadline), attempt);
    match tokio::time::timeout_at(deadline, work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(ProviderError::DeadlineExceeded { what: what.clone() }),
    }
}

/// What surrounds a step while it is carried out.
pub(crate) fn context(surroundings: &Surroundings, step: &Step, lease_ends: Ends) -> StepContext {
    let applied = step.digest.clone().map_or(SpecMark::Unfinished, SpecMark::Applied);
    let (emit, id) = (surroundings.emit.clone(), step.id.clone());
    StepContext {
        id: step.id.clone(),
        place: step.place.clone(),
        mark: Mark::new(&surroundings.stack, &step.id, applied),
        deadline: Instant::now() + surroundings.options.step_timeout,
        cancel: surroundings.cancel.clone(),
        lease_ends,
        poll: surroundings.options.poll,
        progress: Arc::new(move |note| {
            emit(Event::Progress { id: id.clone(), note: note.to_owned() });
        }),
        secrets: Arc::clone(&surroundings.options.secrets),
    }
}

/// How the calls of a step are tried again.
pub(crate) fn retry(surroundings: &Surroundings, step: &Step) -> Retry {
    let (emit, id) = (surroundings.emit.clone(), step.id.clone());
    let notify =
        move |retried: &_| emit(Event::Retry { id: id.clone(), retried: Clone::clone(retried) });
    Retry { notify: Arc::new(notify), ..surroundings.options.retry.clone() }
}

/// What the step asks of its kind.
pub(crate) fn change(step: &Step) -> Result<Change<Value>, ProviderError> {
    let missing = |field: &str| ProviderError::Unexpected {
        what: format!("the step on {}", step.id),
        why: format!("the plan has no `{field}` for it"),
    };
    let before = || step.before.clone().ok_or_else(|| missing("before"));
    let after = || step.after.clone().ok_or_else(|| missing("after"));
    let version = || step.version.clone().ok_or_else(|| missing("version"));
    Ok(match step.action {
        Action::Create => Change::Create { after: after()? },
        Action::Update => {
            Change::Update { before: before()?, after: after()?, version: version()? }
        }
        Action::Delete => Change::Delete { before: before()?, version: version()? },
        Action::Adopt => Change::Adopt { spec: before()?, version: version()? },
        Action::Disown => Change::Disown { spec: before()?, version: version()? },
        Action::Wait => {
            let operation = step.operation.clone().ok_or_else(|| missing("operation"))?;
            Change::Wait { after: after()?, operation }
        }
    })
}
