//! Carries out one step on the access on a thing with labels, a bucket or a secret, one of which is
//! the sign that we granted something there: the label first, then all grants in one
//! read-modify-write of the policy, then what the label says.

use super::{Holder, Shift, Spec, granting, version};
use crate::kind::{Applied, Change, ProviderError, StepContext};
use crate::model::SpecMark;
use crate::providers::gcp::labelled::{Labelled, gone, moved_on};
use crate::providers::stale;

/// The label on a thing that we granted something on: the digest of what we granted.
pub const ACCESS: &str = "leap-infra-access";

/// How often a change is tried when others keep changing the same thing or policy.
const TRIES: usize = 8;

/// Carries out a step; `grants` are those that a spec means.
pub(crate) async fn apply<T: Labelled + Holder, S: Send>(
    thing: &T,
    step: &StepContext,
    change: Change<S>,
    grants: fn(&S) -> Spec,
) -> Result<Applied, ProviderError> {
    let (before, after) = match change {
        Change::Create { after } => (Spec::default(), grants(&after)),
        Change::Update { before, after, .. } => (grants(&before), grants(&after)),
        Change::Delete { before, .. } => {
            let before = grants(&before);
            return delete(thing, step, before).await;
        }
        Change::Adopt { spec, .. } => {
            let spec = grants(&spec);
            return adopt(thing, step, spec).await;
        }
        Change::Disown { .. } => return disown(thing, step).await,
        Change::Wait { .. } => return Err(step.nothing_to_wait_for("policies")),
    };
    update(thing, step, Shift::new(&before, &after)).await
}

/// Changes our grants, the first ones included.
async fn update<T: Labelled + Holder>(
    thing: &T,
    step: &StepContext,
    shift: Shift,
) -> Result<Applied, ProviderError> {
    let live = ours(thing).await?.ok_or_else(|| gone(thing))?;
    // Also when a digest is there: whoever is interrupted now shall be seen to have been.
    label(thing, step, live, Some(SpecMark::Unfinished.as_label())).await?;
    let policy = shift.carry_out(thing, step).await?.ok_or_else(|| gone(thing))?;
    // Read again: a change of its policy may give a thing another version.
    let live = ours(thing).await?.ok_or_else(|| gone(thing))?;
    label(thing, step, live, Some(step.mark.spec.as_label())).await?;
    Ok(Applied::at(version(&policy)))
}

/// Takes back our grants.
async fn delete<T: Labelled + Holder>(
    thing: &T,
    step: &StepContext,
    before: Spec,
) -> Result<Applied, ProviderError> {
    if ours(thing).await?.is_none() {
        return Ok(already_gone::<T>());
    }
    if !before.grants.is_empty() {
        Shift::new(&before, &Spec::default()).carry_out(thing, step).await?;
    }
    disown(thing, step).await
}

/// Makes grants that are there already ours: the label says so, and the policy stays as it is.
async fn adopt<T: Labelled + Holder>(
    thing: &T,
    step: &StepContext,
    spec: Spec,
) -> Result<Applied, ProviderError> {
    let live = ours(thing).await?.ok_or_else(|| gone(thing))?;
    let policy = granting(thing, &spec).await?;
    label(thing, step, live, Some(step.mark.spec.as_label())).await?;
    Ok(Applied::at(version(&policy)))
}

/// Takes the label off; what was granted stays granted.
async fn disown<T: Labelled>(thing: &T, step: &StepContext) -> Result<Applied, ProviderError> {
    let Some(live) = ours(thing).await? else { return Ok(already_gone::<T>()) };
    label(thing, step, live, None).await?;
    Ok(Applied::gone())
}

fn already_gone<T: Labelled>() -> Applied {
    Applied::gone().saying(format!("the {} was already gone", T::NOUN))
}

/// The thing as it is now, if it exists; refused unless it is ours.
async fn ours<T: Labelled>(thing: &T) -> Result<Option<T::Live>, ProviderError> {
    let live = thing.read().await?;
    live.iter().try_for_each(|live| thing.check_ours(live))?;
    Ok(live)
}

/// Sets the label of a thing that was just read, or removes it.
async fn label<T: Labelled>(
    thing: &T,
    step: &StepContext,
    mut live: T::Live,
    value: Option<&str>,
) -> Result<(), ProviderError> {
    for _ in 0..TRIES {
        let mut labels = T::labels(&live);
        if labels.get(ACCESS).map(String::as_str) == value {
            return Ok(());
        }
        match value {
            Some(value) => labels.insert(ACCESS.to_owned(), value.to_owned()),
            None => labels.remove(ACCESS),
        };
        step.ensure_held(&format!("labelling {}", thing.what()))?;
        match thing.write(&live, T::bare(labels), vec!["labels"]).await {
            Ok(_) => return Ok(()),
            Err(failed) => {
                live = moved_on(thing, &live, failed).await?.ok_or_else(|| gone(thing))?;
                thing.check_ours(&live)?;
            }
        }
    }
    Err(stale::busy(format!("changing the access on {}", thing.what())))
}
