//! Carries out one step on a thing that has labels and a version of its own: a bucket, a secret.
//! What differs between them is a [`Labelled`].
//!
//! Every change of what exists reads it first, checks whose it is and whether it is still what the
//! plan saw, and is sent for exactly the version that was read. The server refuses it when somebody
//! was faster; then it is read and checked again.

use crate::kind::{Applied, Change, ProviderError, StepContext};
use crate::model::{Version, label};
use crate::providers::gcp::error::{CallFailed, Reason};
use crate::providers::stale;
use serde::Serialize;
use std::collections::BTreeMap;

/// How often a change is tried when others keep changing the same thing.
const TRIES: usize = 5;

/// One such thing, as a step means it.
pub(crate) trait Labelled: Sync {
    /// What it is called, `bucket`.
    const NOUN: &'static str;
    /// Its complete settings.
    type Spec: Serialize + PartialEq + Send + Sync;
    /// The thing as its API has it.
    type Live: Clone + Send + Sync;

    /// What it is, `bucket leap-data`.
    fn what(&self) -> String;

    /// Its version.
    fn version(live: &Self::Live) -> Version;

    /// Its settings.
    fn spec(live: &Self::Live) -> Self::Spec;

    /// All its labels.
    fn labels(live: &Self::Live) -> BTreeMap<String, String>;

    /// The thing with these labels and nothing else.
    fn bare(labels: BTreeMap<String, String>) -> Self::Live;

    /// Refuses one that is not ours in the environment of the step.
    fn check_ours(&self, live: &Self::Live) -> Result<(), ProviderError>;

    /// Whether it carries nobody's mark.
    fn is_nobodys(&self, live: &Self::Live) -> bool;

    /// What it becomes with these settings and our mark.
    fn changed(&self, live: &Self::Live, after: &Self::Spec) -> Self::Live;

    /// The fields in which settings differ, but for labels.
    fn fields(before: &Self::Spec, after: &Self::Spec) -> Vec<&'static str>;

    /// Makes it, its mark in the same call.
    fn make(
        &self,
        after: &Self::Spec,
    ) -> impl Future<Output = Result<Self::Live, CallFailed>> + Send;

    /// What is there, where making it failed since its name was in use.
    fn met(
        &self,
        failed: CallFailed,
    ) -> impl Future<Output = Result<Self::Live, ProviderError>> + Send;

    /// The thing as it is now; none if it is gone.
    fn read(&self) -> impl Future<Output = Result<Option<Self::Live>, CallFailed>> + Send;

    /// Changes these fields, if it is still the version that was seen.
    fn write(
        &self,
        seen: &Self::Live,
        body: Self::Live,
        fields: Vec<&'static str>,
    ) -> impl Future<Output = Result<Self::Live, CallFailed>> + Send;

    /// Deletes it, if it is still the version that was seen.
    fn delete(&self, seen: &Self::Live) -> impl Future<Output = Result<(), CallFailed>> + Send;
}

/// Carries out a step.
pub(crate) async fn apply<T: Labelled>(
    thing: &T,
    step: &StepContext,
    change: Change<T::Spec>,
) -> Result<Applied, ProviderError> {
    match change {
        Change::Create { after } => create(thing, step, &after).await,
        Change::Update { before, after, version } => {
            let planned = Planned { before: &before, after: Some(&after), seen: &version };
            bring(thing, step, &after, T::check_ours, planned).await
        }
        Change::Adopt { spec, version } => {
            let planned = Planned { before: &spec, after: None, seen: &version };
            bring(thing, step, &spec, check_adoptable, planned).await
        }
        Change::Disown { spec, version } => {
            disown(thing, step, Planned { before: &spec, after: None, seen: &version }).await
        }
        Change::Delete { before, version } => {
            delete(thing, step, Planned { before: &before, after: None, seen: &version }).await
        }
        Change::Wait { .. } => Err(step.nothing_to_wait_for(&format!("{}s", T::NOUN))),
    }
}

/// What a plan relied on.
struct Planned<'a, S> {
    before: &'a S,
    after: Option<&'a S>,
    seen: &'a Version,
}

impl<S: Serialize + PartialEq> Planned<'_, S> {
    /// Checks that a thing is what the plan saw, or (an answer was lost) what it shall become.
    fn check<T: Labelled<Spec = S>>(&self, thing: &T, live: &T::Live) -> Result<(), ProviderError> {
        if T::version(live) == *self.seen {
            return Ok(());
        }
        stale::check(&thing.what(), self.before, self.after, &T::spec(live))
    }
}

/// Whether a step may be carried out on a thing, by whose it is.
type OwnerCheck<T> = fn(&T, &<T as Labelled>::Live) -> Result<(), ProviderError>;

/// Ours already (an answer was lost), or nobody's.
fn check_adoptable<T: Labelled>(thing: &T, live: &T::Live) -> Result<(), ProviderError> {
    if thing.is_nobodys(live) { Ok(()) } else { thing.check_ours(live) }
}

/// A name that is in use is so by what we wanted, if the answer to an earlier call was lost, or by
/// what somebody made after the plan had seen that there was nothing.
async fn create<T: Labelled>(
    thing: &T,
    step: &StepContext,
    after: &T::Spec,
) -> Result<Applied, ProviderError> {
    let failed = match thing.make(after).await {
        Ok(live) => return Ok(Applied::at(T::version(&live))),
        Err(failed) if failed.reason == Reason::Exists => failed,
        Err(failed) => return Err(failed.into()),
    };
    let live = thing.met(failed).await?;
    thing.check_ours(&live)?;
    if T::spec(&live) != *after {
        return Err(stale::made_by_another(thing.what()));
    }
    let made = change(thing, step, live, after, T::check_ours, None).await?;
    Ok(made.saying("was already there"))
}

/// Brings what is there to `after`.
async fn bring<T: Labelled>(
    thing: &T,
    step: &StepContext,
    after: &T::Spec,
    check: OwnerCheck<T>,
    planned: Planned<'_, T::Spec>,
) -> Result<Applied, ProviderError> {
    let live = thing.read().await?.ok_or_else(|| gone(thing))?;
    change(thing, step, live, after, check, Some(planned)).await
}

/// The same, starting from how it was just read.
async fn change<T: Labelled>(
    thing: &T,
    step: &StepContext,
    mut live: T::Live,
    after: &T::Spec,
    check: OwnerCheck<T>,
    planned: Option<Planned<'_, T::Spec>>,
) -> Result<Applied, ProviderError> {
    for _ in 0..TRIES {
        check(thing, &live)?;
        planned.as_ref().map_or(Ok(()), |planned| planned.check(thing, &live))?;
        let body = thing.changed(&live, after);
        let mut fields = T::fields(&T::spec(&live), after);
        if T::labels(&body) != T::labels(&live) {
            fields.push("labels");
        }
        if fields.is_empty() {
            return Ok(Applied::at(T::version(&live)).saying("was already so"));
        }
        step.ensure_held(&format!("changing {}", thing.what()))?;
        match thing.write(&live, body, fields).await {
            Ok(live) => return Ok(Applied::at(T::version(&live))),
            Err(failed) => {
                live = moved_on(thing, &live, failed).await?.ok_or_else(|| gone(thing))?;
            }
        }
    }
    Err(stale::busy(format!("changing {}", thing.what())))
}

/// Takes every label of ours off.
async fn disown<T: Labelled>(
    thing: &T,
    step: &StepContext,
    planned: Planned<'_, T::Spec>,
) -> Result<Applied, ProviderError> {
    let mut live = thing.read().await?;
    for _ in 0..TRIES {
        let Some(now) = live else { return Ok(Applied::gone().saying("was already gone")) };
        let mut labels = T::labels(&now);
        let marked = labels.len();
        labels.retain(|key, _| !key.starts_with(label::PREFIX));
        if labels.len() == marked {
            return Ok(Applied::at(T::version(&now)).saying("was already handed back"));
        }
        thing.check_ours(&now)?;
        planned.check(thing, &now)?;
        step.ensure_held(&format!("handing back {}", thing.what()))?;
        match thing.write(&now, T::bare(labels), vec!["labels"]).await {
            Ok(live) => return Ok(Applied::at(T::version(&live))),
            Err(failed) => live = moved_on(thing, &now, failed).await?,
        }
    }
    Err(stale::busy(format!("changing {}", thing.what())))
}

async fn delete<T: Labelled>(
    thing: &T,
    step: &StepContext,
    planned: Planned<'_, T::Spec>,
) -> Result<Applied, ProviderError> {
    let gone = || Applied::gone().saying("was already gone");
    let Some(mut live) = thing.read().await? else { return Ok(gone()) };
    for _ in 0..TRIES {
        thing.check_ours(&live)?;
        planned.check(thing, &live)?;
        step.ensure_held(&format!("deleting {}", thing.what()))?;
        match thing.delete(&live).await {
            Ok(()) => return Ok(Applied::gone()),
            Err(failed) => match moved_on(thing, &live, failed).await? {
                Some(now) => live = now,
                None => return Ok(gone()),
            },
        }
    }
    Err(stale::busy(format!("changing {}", thing.what())))
}

/// The thing as it is now (none if it is gone), if `failed` only says that it has moved on since it
/// was read. One status stands for that and for everything else that a server does not want to do
/// to a thing in its present state.
pub(crate) async fn moved_on<T: Labelled>(
    thing: &T,
    read: &T::Live,
    failed: CallFailed,
) -> Result<Option<T::Live>, ProviderError> {
    match failed.reason {
        Reason::Absent => return Ok(None),
        _ if failed.may_be_outrun() => {}
        _ => return Err(failed.into()),
    }
    let now = thing.read().await?;
    let same = now.as_ref().is_some_and(|now| T::version(now) == T::version(read));
    if same { Err(failed.into()) } else { Ok(now) }
}

/// The error that a thing is not there any more.
pub(crate) fn gone(thing: &impl Labelled) -> ProviderError {
    ProviderError::NotFound { what: thing.what() }
}
