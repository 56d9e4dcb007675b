//! Carries out one step on a set of records: one change of the zone, for exactly what was read just
//! before, in which the record and its mark go and come together.

use super::wire::{self, Name};
use super::{Spec, calls};
use crate::kind::{Applied, ProviderError, StepContext};
use crate::model::{Owner, Version};
use crate::providers::description::Marks;
use crate::providers::gcp::Writer;
use crate::providers::gcp::error::Reason;
use crate::providers::ownership::check_ours;
use crate::providers::stale;
use serde_json::Value;

/// How often a change is tried when others keep changing the same records.
const TRIES: usize = 5;

/// A record and its mark, as they are or as they shall be.
#[derive(Clone, Debug, Default, PartialEq)]
struct Pair {
    record: Option<Value>,
    mark: Option<Value>,
}

/// What a step works with: where, and the number of the address that is pointed at.
struct Work<'a> {
    writer: &'a Writer,
    step: &'a StepContext,
    name: Name<'a>,
}

pub(super) async fn create(
    writer: &Writer,
    step: &StepContext,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let work = Work::new(writer, step);
    let number = calls::number_now(writer, step, &after.address).await?;
    let next = work.next(after, number.as_deref());
    for _ in 0..TRIES {
        let now = work.look().await?;
        let Some(record) = &now.record else {
            // A mark alone: somebody took its record away.
            now.mark.as_ref().map_or(Ok(()), |mark| work.check_ours(mark))?;
            match work.write("creating", &now, &next).await? {
                Written::Done(applied) => return Ok(applied),
                Written::Outrun => continue,
            }
        };
        let mark = now.mark.as_ref().ok_or_else(|| taken(step))?;
        work.check_ours(mark)?;
        if Some(record) != next.record.as_ref() {
            return Err(stale::made_by_another(step.id.local()));
        }
        if let Written::Done(applied) = work.write("creating", &now, &next).await? {
            return Ok(applied.saying("was already there"));
        }
    }
    Err(stale::busy(step.id.local()))
}

fn taken(step: &StepContext) -> ProviderError {
    let why = "there is a record of this name and type, which does not belong to this stack";
    ProviderError::Taken { name: step.id.name.clone(), why: why.to_owned() }
}

pub(super) async fn update(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let work = Work::new(writer, step);
    let number = calls::number_now(writer, step, &after.address).await?;
    let next = work.next(after, number.as_deref());
    for _ in 0..TRIES {
        let now = work.look().await?;
        let mark = now.mark.as_ref();
        work.check_ours(mark.ok_or_else(|| ProviderError::NotFound { what: step.id.local() })?)?;
        if now.record != next.record {
            work.check(&now, before).await?;
        }
        if let Written::Done(applied) = work.write("changing", &now, &next).await? {
            return Ok(applied);
        }
    }
    Err(stale::busy(step.id.local()))
}

pub(super) async fn delete(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
) -> Result<Applied, ProviderError> {
    let work = Work::new(writer, step);
    for _ in 0..TRIES {
        let now = work.look().await?;
        let Some(mark) = &now.mark else {
            // Whatever is there without a mark is not ours (any more).
            return match now.record {
                None => Ok(Applied::gone().saying("was already gone")),
                Some(_) => Err(taken(step)),
            };
        };
        work.check_ours(mark)?;
        work.check(&now, before).await?;
        if let Written::Done(_) = work.write("deleting", &now, &Pair::default()).await? {
            return Ok(Applied::gone());
        }
    }
    Err(stale::busy(step.id.local()))
}

/// Puts our mark beside a record that is nobody's.
pub(super) async fn adopt(
    writer: &Writer,
    step: &StepContext,
    spec: &Spec,
) -> Result<Applied, ProviderError> {
    mark(writer, step, spec, Marks::On).await
}

/// Takes our mark away from beside a record.
pub(super) async fn disown(
    writer: &Writer,
    step: &StepContext,
    spec: &Spec,
) -> Result<Applied, ProviderError> {
    mark(writer, step, spec, Marks::Off).await
}

async fn mark(
    writer: &Writer,
    step: &StepContext,
    spec: &Spec,
    marks: Marks,
) -> Result<Applied, ProviderError> {
    let work = Work::new(writer, step);
    for _ in 0..TRIES {
        let now = work.look().await?;
        if now == Pair::default() {
            return Ok(Applied::gone().saying("was already gone"));
        }
        let owner = now.mark.as_ref().map_or(Owner::Foreign, |mark| work.owner(mark));
        if let Some(said) = marks.done(&owner, step)? {
            return Ok(Applied::at(version(&now)).saying(said));
        }
        work.check(&now, spec).await?;
        let mark = (marks == Marks::On).then(|| wire::mark(work.name, spec, step));
        let next = Pair { record: now.record.clone(), mark };
        if let Written::Done(applied) = work.write("marking", &now, &next).await? {
            return Ok(applied);
        }
    }
    Err(stale::busy(step.id.local()))
}

/// What came of a change.
enum Written {
    Done(Applied),
    /// Something was no longer as it was read, and nothing was changed.
    Outrun,
}

impl<'a> Work<'a> {
    fn new(writer: &'a Writer, step: &'a StepContext) -> Self {
        Self { writer, step, name: Name::of(&step.id.name) }
    }

    fn place(&self) -> (&'a str, &'a str) {
        (&self.step.place.project, self.name.zone)
    }

    /// The record and its mark as they are now.
    async fn look(&self) -> Result<Pair, ProviderError> {
        let Name { domain, kind, .. } = self.name;
        let (rest, place) = (&self.writer.rest, self.place());
        let record = calls::look(rest, place, domain, kind).await?;
        let mark = calls::look(rest, place, &self.name.of_mark(), "TXT").await?;
        Ok(Pair { record: record.map(|it| wire::told(&it)), mark: mark.map(|it| wire::told(&it)) })
    }

    /// As they shall be.
    fn next(&self, after: &Spec, number: Option<&str>) -> Pair {
        let record = wire::to_wire(self.name, after, number);
        Pair { record: Some(record), mark: Some(wire::mark(self.name, after, self.step)) }
    }

    fn owner(&self, mark: &Value) -> Owner {
        wire::owner(mark, &self.step.id.name, &self.step.mark.stack).1
    }

    fn check_ours(&self, mark: &Value) -> Result<(), ProviderError> {
        check_ours(&self.owner(mark), self.step).map(drop)
    }

    /// Checks that the record is what the plan saw.
    async fn check(&self, now: &Pair, before: &Spec) -> Result<(), ProviderError> {
        let number = match &*before.address {
            "" => None,
            address => calls::number_now(self.writer, self.step, address).await?,
        };
        let target = number.as_deref().map(|number| (before.address.as_str(), number));
        let nothing = wire::nothing(self.name);
        let seen = wire::from_wire(now.record.as_ref().unwrap_or(&nothing), target);
        stale::check(&self.step.id.local(), before, None, &seen)
    }

    /// Makes `now` into `next`, if it still is `now`.
    async fn write(&self, doing: &str, now: &Pair, next: &Pair) -> Result<Written, ProviderError> {
        let what = format!("{doing} {}", self.step.id.local());
        let (mut deletions, mut additions) = (Vec::new(), Vec::new());
        for (now, next) in [(&now.record, &next.record), (&now.mark, &next.mark)] {
            if now != next {
                deletions.extend(now.clone());
                additions.extend(next.clone());
            }
        }
        let done = || Applied::at(version(next));
        if deletions.is_empty() && additions.is_empty() {
            return Ok(Written::Done(done()));
        }
        let (rest, place) = (&self.writer.rest, self.place());
        self.step.ensure_held(&what)?;
        match calls::change(rest, place, &what, (deletions, additions)).await {
            Ok(change) => {
                calls::wait(rest, self.step, place, &what, change).await?;
                Ok(Written::Done(done()))
            }
            // The zone itself may be gone: only what has moved on is looked at again.
            Err(failed)
                if matches!(
                    failed.reason,
                    Reason::Precondition | Reason::Absent | Reason::Exists | Reason::Outrun
                ) && self.look().await? != *now =>
            {
                Ok(Written::Outrun)
            }
            Err(failed) => Err(failed.into()),
        }
    }
}

fn version(pair: &Pair) -> Version {
    let told = format!("{:?} {:?}", pair.record, pair.mark);
    Version(crate::model::base32_digest(told.as_bytes()))
}
