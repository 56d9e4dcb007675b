//! Puts our mark on a release and takes it off again: the labels of the Secret of its latest
//! revision, and nothing else. Helm is not run, so nothing restarts, and it carries the labels on to
//! the revisions that follow.

use super::Spec;
use super::apply::{Here, Standing};
use super::observe::{owner, version};
use crate::kind::{Applied, ProviderError, StepContext};
use crate::model::label;
use crate::providers::description::Marks;
use crate::providers::helm::Writer;
use crate::providers::helm::program::{CHART_LABEL, TURN_LABEL, chart_label};
use crate::providers::stale;
use serde_json::{Map, Value, json};

/// Everything of ours among the labels.
const OURS: [&str; 6] = [label::STACK, label::ENV, label::ID, label::SPEC, CHART_LABEL, TURN_LABEL];

/// Marks a release as ours, or hands it back.
pub(super) async fn mark(
    writer: &Writer,
    step: &StepContext,
    spec: &Spec,
    marks: Marks,
) -> Result<Applied, ProviderError> {
    let here = Here::of(writer, step, spec)?;
    let what = format!("release {}", step.id.name);
    let standing = here.standing().await?;
    let standing = standing.ok_or_else(|| ProviderError::NotFound { what: what.clone() })?;
    let owner = owner(&step.mark.stack, &step.id.name, &standing.release);
    if let Some(done) = marks.done(&owner, step)? {
        return Ok(Applied::at(version(&standing.release)).saying(done));
    }
    stale::check(&what, spec, None, &here.spec(&standing.release, spec))?;
    let mut labels: Map<String, Value> =
        OURS.iter().map(|key| ((*key).to_owned(), Value::Null)).collect();
    if marks == Marks::On {
        let ours = step.mark.labels().into_iter();
        labels.extend(ours.map(|(key, value)| (key, value.into())));
        labels.insert(CHART_LABEL.to_owned(), chart_label(&spec.chart).into());
    }
    relabel(&here, &standing, labels.into()).await?;
    Ok(Applied::at(version(&standing.release)))
}

/// Says that everything of a revision that we made is done.
pub(super) async fn finished(here: &Here<'_>, standing: &Standing) -> Result<(), ProviderError> {
    let spec = here.step.mark.spec.as_label();
    if standing.release.labels.get(label::SPEC).map(String::as_str) == Some(spec) {
        return Ok(());
    }
    relabel(here, standing, json!({ label::SPEC: spec })).await
}

/// Changes labels of the Secret of a revision, if it is still as it was read.
async fn relabel(here: &Here<'_>, standing: &Standing, labels: Value) -> Result<(), ProviderError> {
    here.step.ensure_held(&format!("marking release {}", here.step.id.name))?;
    let target = here.secret(standing.release.revision).await?;
    let fields = json!({
        "metadata": { "labels": labels, "resourceVersion": standing.resource_version },
    });
    here.writer.kubernetes.merge(&target, fields).await?;
    Ok(())
}
