//! Carries out one step on one budget. The mark is in the call that makes it. A change bears the etag
//! of what was read; the API checks none for a deletion.

use super::names::{self, Names, Wanted};
use super::{Spec, account, calls, name, wire};
use crate::kind::{Applied, ProviderError, StepContext};
use crate::model::Owner;
use crate::providers::description::Marks;
use crate::providers::gcp::Writer;
use crate::providers::gcp::client::CALL_TIMEOUT;
use crate::providers::gcp::error::Reason;
use crate::providers::ownership::check_ours;
use crate::providers::stale;
use serde_json::{Value, json};

/// How often a change is tried when others keep changing the same budget.
const TRIES: usize = 5;

/// A budget as it is now.
struct Live {
    wire: Value,
    spec: Spec,
    owner: Owner,
}

/// The budget of a step as it is now, ours or else the first of the name, and what the server calls
/// what it and `specs` speak of.
async fn look(
    writer: &Writer,
    step: &StepContext,
    specs: &[&Spec],
) -> Result<(Option<Live>, Names), ProviderError> {
    let what = format!("looking at {}", step.id.local());
    let account = account(&step.id.name);
    let mut all = calls::list_now(writer, &what, account).await?;
    all.retain(|live| wire::name_of(account, live) == step.id.name);
    let mut projects = names::projects(specs.iter().copied());
    projects.insert(step.place.project.clone());
    let mut names = Names::default();
    for project in &projects {
        let wanted = Wanted::of(&all).and(specs);
        names.learn(writer, project, &step.mark.stack, wanted).await?;
    }
    let mut all: Vec<Live> = all.into_iter().map(|wire| live(step, wire, &names)).collect();
    let ours = all.iter().position(|live| matches!(live.owner, Owner::Ours(_)));
    let first = ours.or((!all.is_empty()).then_some(0));
    Ok((first.map(|at| all.swap_remove(at)), names))
}

fn live(step: &StepContext, wire: Value, names: &Names) -> Live {
    let spec = wire::from_wire(&wire, names);
    let wanted = [step.mark.spec.as_label().to_owned()];
    let owner = wire::owner(&step.id.name, &wire, &spec, &step.mark.stack, &wanted);
    Live { wire, spec, owner }
}

pub(super) async fn create(
    writer: &Writer,
    step: &StepContext,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let what = format!("creating {}", step.id.local());
    let (live, names) = look(writer, step, &[after]).await?;
    // The server would make a second one of the same name.
    if let Some(live) = live {
        check_ours(&live.owner, step)?;
        if live.spec != *after {
            return Err(stale::made_by_another(step.id.local()));
        }
        return Ok(update(writer, step, after, after).await?.saying("was already there"));
    }
    let mut budget = wire::to_wire(after, &Value::Null, &names)?;
    budget["displayName"] = json!(marked(step));
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let made = calls::create(writer, &what, account(&step.id.name), budget).await?;
    Ok(Applied::at(wire::version(&made)))
}

/// The name that people see, with the mark of the step.
fn marked(step: &StepContext) -> String {
    name::marked(text(step), &step.id.name, &step.mark)
}

fn text(step: &StepContext) -> &str {
    step.id.name.split_once('/').map_or(&step.id.name, |(_, text)| text)
}

pub(super) async fn update(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let what = format!("changing {}", step.id.local());
    for _ in 0..TRIES {
        let (live, names) = look(writer, step, &[before, after]).await?;
        let live = live.ok_or_else(|| ProviderError::NotFound { what: step.id.local() })?;
        check_ours(&live.owner, step)?;
        stale::check(&step.id.local(), before, Some(after), &live.spec)?;
        let budget = wire::to_wire(after, &live.wire, &names)?;
        let mask = wire::changed(&live.spec, after);
        if let Some(applied) = write(writer, step, &what, budget, mask, &marked(step)).await? {
            return Ok(applied);
        }
    }
    Err(stale::busy(what))
}

/// Sends a changed budget; none if somebody was faster, so that it has to be looked at again.
async fn write(
    writer: &Writer,
    step: &StepContext,
    what: &str,
    mut budget: Value,
    mut mask: Vec<&'static str>,
    shown: &str,
) -> Result<Option<Applied>, ProviderError> {
    if wire::shown(&budget) != shown {
        budget["displayName"] = json!(shown);
        mask.push("displayName");
    }
    if mask.is_empty() {
        return Ok(Some(Applied::at(wire::version(&budget))));
    }
    step.ensure_held(what)?;
    match calls::patch(writer, what, &mask, budget).await {
        Ok(changed) => Ok(Some(Applied::at(wire::version(&changed)))),
        Err(failed) if failed.may_be_outrun() => Ok(None),
        Err(failed) => Err(failed.into()),
    }
}

/// The API checks no etag here, so the budget is read just before, and the lease has to last.
pub(super) async fn delete(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
) -> Result<Applied, ProviderError> {
    let what = format!("deleting {}", step.id.local());
    let gone = || Applied::gone().saying("was already gone");
    let (live, _) = look(writer, step, &[before]).await?;
    let Some(live) = live else { return Ok(gone()) };
    check_ours(&live.owner, step)?;
    stale::check(&step.id.local(), before, None, &live.spec)?;
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    match calls::delete(writer, &what, &live.wire).await {
        Ok(()) => Ok(Applied::gone()),
        Err(failed) if failed.reason == Reason::Absent => Ok(gone()),
        Err(failed) => Err(failed.into()),
    }
}

/// Puts our mark on what is nobody's, or takes it off again.
pub(super) async fn mark(
    writer: &Writer,
    step: &StepContext,
    spec: &Spec,
    marks: Marks,
) -> Result<Applied, ProviderError> {
    let what = format!("marking {}", step.id.local());
    for _ in 0..TRIES {
        let (live, _) = look(writer, step, &[spec]).await?;
        let Some(live) = live else {
            return Ok(Applied::gone().saying("was already gone"));
        };
        if let Some(said) = marks.done(&live.owner, step)? {
            return Ok(Applied::at(wire::version(&live.wire)).saying(said));
        }
        stale::check(&step.id.local(), spec, None, &live.spec)?;
        let shown = match marks {
            Marks::On => marked(step),
            Marks::Off => text(step).to_owned(),
        };
        if let Some(applied) = write(writer, step, &what, live.wire, vec![], &shown).await? {
            return Ok(applied);
        }
    }
    Err(stale::busy(what))
}
