//! Carries out one step on one bucket.
//!
//! Every change of a bucket that exists reads it first, checks whose it is and whether it is
//! still what the plan saw, and is sent for exactly that metageneration. The server refuses it
//! when somebody was faster; then it is read and checked again.

use crate::kind::{Applied, ProviderError, StepContext};
use crate::model::{Version, label};
use crate::providers::gcp::Writer;
use crate::providers::gcp::error::{CallFailed, Reason};
use crate::providers::gcp::gcs_bucket::{Spec, check_ours, is_nobodys, wire};
use crate::providers::stale;
use google_cloud_storage::model::Bucket as Live;

/// How often a change is tried when others keep changing the same bucket.
const TRIES: usize = 5;

/// Makes a bucket, its mark in the same call.
pub(super) async fn create(
    writer: &Writer,
    step: &StepContext,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let name = &step.id.name;
    let bucket = wire::to_wire(after, wire::labels(after, &step.mark, None), Vec::new());
    match writer.create(&step.place.project, name, bucket).await {
        Ok(bucket) => Ok(Applied::at(version(&bucket))),
        Err(failed) if failed.reason == Reason::Exists => exists(writer, step, after, failed).await,
        Err(failed) => Err(failed.into()),
    }
}

/// The name was in use: by what we wanted if the answer to an earlier call was lost, else by what
/// somebody made after the plan had seen that there was nothing.
async fn exists(
    writer: &Writer,
    step: &StepContext,
    after: &Spec,
    failed: CallFailed,
) -> Result<Applied, ProviderError> {
    let name = &step.id.name;
    let bucket = match writer.bucket(name).await {
        Ok(Some(bucket)) => bucket,
        Ok(None) => {
            let (what, why) = (format!("creating bucket {name}"), "it is being deleted".to_owned());
            return Err(ProviderError::Transient { what, why, retry_after: None });
        }
        Err(hidden) if hidden.reason == Reason::Denied => {
            let (name, why) = (name.clone(), failed.why().to_owned());
            return Err(ProviderError::Taken { name, why });
        }
        Err(other) => return Err(other.into()),
    };
    check_ours(step, &bucket)?;
    let (live, _) = wire::from_wire(&bucket);
    if live != *after {
        return Err(ProviderError::Stale {
            what: format!("bucket {name}"),
            field: "it".to_owned(),
            before: "not there".to_owned(),
            now: "made with other settings, by another run".to_owned(),
        });
    }
    let applied = change(writer, step, bucket, after, check_ours, None).await?;
    Ok(applied.saying("was already there"))
}

/// Changes a bucket where it stands.
pub(super) async fn update(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
    after: &Spec,
    seen: &Version,
) -> Result<Applied, ProviderError> {
    let name = &step.id.name;
    let bucket = writer.bucket(name).await?.ok_or_else(|| gone(name))?;
    let planned = Planned { before, after: Some(after), seen };
    change(writer, step, bucket, after, check_ours, Some(planned)).await
}

/// Puts our mark on a bucket that carries nobody's.
pub(super) async fn adopt(
    writer: &Writer,
    step: &StepContext,
    spec: &Spec,
    seen: &Version,
) -> Result<Applied, ProviderError> {
    let name = &step.id.name;
    let bucket = writer.bucket(name).await?.ok_or_else(|| gone(name))?;
    let planned = Planned { before: spec, after: None, seen };
    change(writer, step, bucket, spec, check_adoptable, Some(planned)).await
}

/// Takes every label of ours off a bucket.
pub(super) async fn disown(
    writer: &Writer,
    step: &StepContext,
    spec: &Spec,
    seen: &Version,
) -> Result<Applied, ProviderError> {
    let name = &step.id.name;
    let planned = Planned { before: spec, after: None, seen };
    let mut bucket = writer.bucket(name).await?;
    for _ in 0..TRIES {
        let Some(now) = bucket else { return Ok(Applied::gone().saying("was already gone")) };
        let ours = |key: &String| key.starts_with(label::PREFIX);
        if is_nobodys(&now, &step.mark.stack) && !now.labels.keys().any(ours) {
            return Ok(Applied::at(version(&now)).saying("was already handed back"));
        }
        check_ours(step, &now)?;
        planned.check(name, &now)?;
        let labels = now.labels.clone().into_iter().filter(|(key, _)| !ours(key));
        let body = Live::new().set_labels(labels);
        step.ensure_held(&format!("handing back bucket {name}"))?;
        match writer.update(name, now.metageneration, body, vec!["labels"]).await {
            Ok(bucket) => return Ok(Applied::at(version(&bucket))),
            Err(failed) => bucket = moved_on(writer, name, &now, failed).await?,
        }
    }
    Err(busy(name))
}

/// What a plan relied on.
struct Planned<'a> {
    before: &'a Spec,
    after: Option<&'a Spec>,
    seen: &'a Version,
}

impl Planned<'_> {
    /// Checks that a bucket is what the plan saw, or (an answer was lost) what it shall become.
    fn check(&self, name: &str, bucket: &Live) -> Result<(), ProviderError> {
        if version(bucket) == *self.seen {
            return Ok(());
        }
        let (live, _) = wire::from_wire(bucket);
        if live == *self.before || self.after == Some(&live) {
            return Ok(());
        }
        Err(stale::of(format!("bucket {name}"), self.before, &live))
    }
}

/// Whether a step may be carried out on a bucket of this owner.
type OwnerCheck = fn(&StepContext, &Live) -> Result<(), ProviderError>;

/// Brings a bucket to `after`, starting from how it was just read.
async fn change(
    writer: &Writer,
    step: &StepContext,
    mut bucket: Live,
    after: &Spec,
    check_owner: OwnerCheck,
    planned: Option<Planned<'_>>,
) -> Result<Applied, ProviderError> {
    let name = &step.id.name;
    for _ in 0..TRIES {
        check_owner(step, &bucket)?;
        planned.as_ref().map_or(Ok(()), |planned| planned.check(name, &bucket))?;
        let (live, kept) = wire::from_wire(&bucket);
        let labels = wire::labels(after, &step.mark, Some(&bucket));
        let mut fields = wire::changed_fields(&live, after);
        if !labels.iter().eq(sorted(&bucket)) {
            fields.push("labels");
        }
        if fields.is_empty() {
            return Ok(Applied::at(version(&bucket)).saying("was already so"));
        }
        let body = wire::to_wire(after, labels, kept);
        step.ensure_held(&format!("changing bucket {name}"))?;
        match writer.update(name, bucket.metageneration, body, fields).await {
            Ok(bucket) => return Ok(Applied::at(version(&bucket))),
            Err(failed) => {
                let now = moved_on(writer, name, &bucket, failed).await?;
                bucket = now.ok_or_else(|| gone(name))?;
            }
        }
    }
    Err(busy(name))
}

/// Deletes a bucket, if it is empty.
pub(super) async fn delete(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
    seen: &Version,
) -> Result<Applied, ProviderError> {
    let name = &step.id.name;
    let Some(mut bucket) = writer.bucket(name).await? else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    let planned = Planned { before, after: None, seen };
    for _ in 0..TRIES {
        check_ours(step, &bucket)?;
        planned.check(name, &bucket)?;
        step.ensure_held(&format!("deleting bucket {name}"))?;
        match writer.delete(name, bucket.metageneration).await {
            Ok(()) => return Ok(Applied::gone()),
            Err(failed) => match moved_on(writer, name, &bucket, failed).await? {
                Some(now) => bucket = now,
                None => return Ok(Applied::gone().saying("was already gone")),
            },
        }
    }
    Err(busy(name))
}

/// The bucket as it is now (none if it is gone), if `failed` only says that it has moved on since
/// it was read. One status stands for that and for everything else that the server does not want
/// to do to a bucket in its present state.
async fn moved_on(
    writer: &Writer,
    name: &str,
    read: &Live,
    failed: CallFailed,
) -> Result<Option<Live>, ProviderError> {
    match failed.reason {
        Reason::Absent => return Ok(None),
        Reason::Precondition => {}
        _ => return Err(failed.into()),
    }
    let now = writer.bucket(name).await?;
    let same = now.as_ref().is_some_and(|now| now.metageneration == read.metageneration);
    if same { Err(failed.into()) } else { Ok(now) }
}

/// Ours already (an answer was lost), or nobody's.
fn check_adoptable(step: &StepContext, bucket: &Live) -> Result<(), ProviderError> {
    let free = is_nobodys(bucket, &step.mark.stack);
    if free { Ok(()) } else { check_ours(step, bucket) }
}

fn gone(name: &str) -> ProviderError {
    ProviderError::NotFound { what: format!("bucket {name}") }
}

fn busy(name: &str) -> ProviderError {
    let (what, why) = (format!("changing bucket {name}"), "others keep changing it".to_owned());
    ProviderError::Transient { what, why, retry_after: None }
}

fn sorted(bucket: &Live) -> impl Iterator<Item = (&String, &String)> {
    bucket.labels.iter().collect::<std::collections::BTreeMap<_, _>>().into_iter()
}

fn version(bucket: &Live) -> Version {
    Version(bucket.metageneration.to_string())
}
