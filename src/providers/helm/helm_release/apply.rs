//! Carries out one step on a release.
//!
//! A revision that we make says `unfinished` in its labels until its objects are ready, so an apply
//! that was killed anywhere is repaired by running again: Helm is run once more only if what it left
//! is not what was wanted.

use super::found::seen;
use super::observe::{owner, version};
use super::{Spec, Status, marks, objects, parts, stuck};
use crate::kind::{Applied, ProviderError, StepContext};
use crate::model::{Mark, Owner, SpecMark};
use crate::providers::helm::Writer;
use crate::providers::helm::program::{
    At, CHART_LABEL, Call, TURN_LABEL, chart_label, labels, uninstall, upgrade,
};
use crate::providers::helm::release::{Release, secret_name};
use crate::providers::kubernetes::cluster::Cluster;
use crate::providers::kubernetes::types::Type;
use crate::providers::kubernetes::writer::Target;
use crate::providers::ownership::check_ours;
use crate::providers::stale;
use serde_json::Value;
use std::time::Duration;

/// How long one run of Helm may take, the hooks of a chart included.
const PATIENCE: Duration = Duration::from_secs(900);

/// A release, and who changes it in which step.
pub(super) struct Here<'a> {
    pub(super) writer: &'a Writer,
    pub(super) step: &'a StepContext,
    pub(super) cluster: Cluster,
    pub(super) at: At<'a>,
    /// The values of the step: what of those that stand is no secret, as it was for the plan.
    values: &'a Value,
}

/// The latest revision as it is now, with the version of its Secret.
pub(super) struct Standing {
    pub(super) release: Release,
    pub(super) resource_version: String,
    /// The latest of the earlier revisions that was deployed, if one was.
    pub(super) before: Option<u64>,
}

impl<'a> Here<'a> {
    pub(super) fn of(
        writer: &'a Writer,
        step: &'a StepContext,
        spec: &'a Spec,
    ) -> Result<Self, ProviderError> {
        let cluster = Cluster::parse(&spec.cluster).ok_or_else(|| ProviderError::Unexpected {
            what: step.id.to_string(),
            why: format!("`{}` is no cluster", spec.cluster),
        })?;
        let (namespace, release) = parts(&step.id.name);
        Ok(Self { writer, step, cluster, at: At { namespace, release }, values: &spec.values })
    }

    /// The latest revision; none if there is no such release, or only its history.
    pub(super) async fn standing(&self) -> Result<Option<Standing>, ProviderError> {
        let At { namespace, release } = self.at;
        let secrets = self.writer.revisions(&self.cluster, namespace, release).await?;
        let unexpected = |error: crate::providers::helm::release::ReleaseError| {
            ProviderError::Unexpected { what: self.step.id.to_string(), why: error.to_string() }
        };
        let mut all: Vec<(Release, String)> = Vec::new();
        for secret in &secrets {
            let read = Release::read(secret, |_, _| Some(self.values)).map_err(unexpected)?;
            let resource_version = secret["metadata"]["resourceVersion"].as_str();
            all.push((read, resource_version.unwrap_or_default().to_owned()));
        }
        all.sort_by_key(|(release, _)| release.revision);
        let Some((release, resource_version)) = all.pop() else { return Ok(None) };
        if release.status == Status::Uninstalled {
            return Ok(None);
        }
        let deployed = |status| matches!(status, Status::Deployed | Status::Superseded);
        let before = all.iter().rev().find(|(earlier, _)| deployed(earlier.status));
        let before = before.map(|(earlier, _)| earlier.revision);
        Ok(Some(Standing { release, resource_version, before }))
    }

    /// The settings of a revision, as far as one can tell without a look at its objects.
    pub(super) fn spec(&self, release: &Release, like: &Spec) -> Spec {
        let seen = seen(&self.cluster, release, Some(like));
        let values = crate::providers::helm::redact::values(&seen.values, Some(&like.values));
        Spec { values, objects: like.objects.clone(), ..seen }
    }

    /// The Secret of a revision.
    pub(super) async fn secret(&self, revision: u64) -> Result<Target, ProviderError> {
        let At { namespace, release } = self.at;
        let name = secret_name(release, revision);
        self.writer.kubernetes.target(&self.cluster, &Type::secret(), Some(namespace), &name).await
    }

    /// Runs Helm, as long as the lease is ours.
    pub(super) async fn helm(&self, call: Call) -> Result<String, ProviderError> {
        self.step.ensure_held(&call.what)?;
        self.writer.program.run(&call).await
    }

    /// A call of Helm about this release.
    pub(super) async fn call(
        &self,
        doing: &str,
        arguments: Vec<String>,
    ) -> Result<Call, ProviderError> {
        let what = format!("{doing} release {}", self.step.id.name);
        let access = self.writer.access(&self.cluster, &what).await?;
        let (chart, input, newer) = (None, None, Vec::new());
        Ok(Call { what, access, arguments, chart, input, newer, patience: PATIENCE })
    }
}

/// Makes a release that was not there.
pub(super) async fn create(
    writer: &Writer,
    step: &StepContext,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let here = Here::of(writer, step, after)?;
    let Some(standing) = here.standing().await? else {
        return deploy(&here, None, after, after).await;
    };
    ours(&here, &standing)?;
    let (standing, said) = stuck::freed(&here, standing).await?;
    if let Some(standing) = &standing
        && !made_by_this(&here, standing, after)
    {
        let now = here.spec(&standing.release, after);
        // What failed is ours to try again; anything else was made by somebody with other settings.
        let failed = Spec { status: Status::Deployed, ..now.clone() } == *after;
        if now != *after && !failed && said.is_none() {
            return Err(stale::made_by_another(format!("release {}", step.id.name)));
        }
    }
    let applied = deploy(&here, standing, after, after).await?;
    Ok(with(applied, said))
}

/// Changes a release.
pub(super) async fn update(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let here = Here::of(writer, step, after)?;
    let what = format!("release {}", step.id.name);
    let standing = here.standing().await?;
    let standing = standing.ok_or_else(|| ProviderError::NotFound { what: what.clone() })?;
    ours(&here, &standing)?;
    let (standing, said) = stuck::freed(&here, standing).await?;
    if let Some(standing) = standing.as_ref().filter(|_| said.is_none()) {
        let now = here.spec(&standing.release, before);
        let wanted = here.spec(&standing.release, after);
        if wanted != *after && now.status == before.status {
            stale::check(&what, before, Some(after), &now)?;
        }
    }
    let applied = deploy(&here, standing, before, after).await?;
    Ok(with(applied, said))
}

/// Removes a release with everything that its chart made.
pub(super) async fn delete(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
) -> Result<Applied, ProviderError> {
    let here = Here::of(writer, step, before)?;
    let Some(standing) = here.standing().await? else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    ours(&here, &standing)?;
    let now = here.spec(&standing.release, before);
    if now.status != Status::Uninstalling && !now.status.is_pending() {
        stale::check(&format!("release {}", step.id.name), before, None, &now)?;
    }
    let call = here.call("uninstalling", uninstall(here.at)).await?;
    here.helm(call).await?;
    Ok(Applied::gone())
}

/// Has Helm deploy it unless it did already, waits until it is ready, and says that it is done.
async fn deploy(
    here: &Here<'_>,
    standing: Option<Standing>,
    before: &Spec,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let made = standing.as_ref().is_some_and(|standing| made_by_this(here, standing, after));
    let remark = made.then_some("was already deployed");
    if !made || !before.objects.is_empty() {
        let last = standing.map_or(0, |standing| standing.release.revision);
        run(here, last + 1, before, after).await?;
    }
    let standing = here.standing().await?.ok_or_else(|| ProviderError::Unexpected {
        what: format!("upgrading release {}", here.step.id.name),
        why: "Helm said that it was deployed, and it is not there".to_owned(),
    })?;
    objects::ready(here, &standing.release).await?;
    marks::finished(here, &standing).await?;
    let applied = Applied::at(version(&standing.release));
    Ok(remark.map_or(applied.clone(), |remark| applied.saying(remark)))
}

/// `helm upgrade --install`.
async fn run(
    here: &Here<'_>,
    revision: u64,
    before: &Spec,
    after: &Spec,
) -> Result<(), ProviderError> {
    let unfinished = Mark { spec: SpecMark::Unfinished, ..here.step.mark.clone() };
    let labels = labels(&unfinished, &after.chart, revision);
    let doing = if revision == 1 { "installing" } else { "upgrading" };
    let mut call = here.call(doing, upgrade(here.at, &labels)).await?;
    call.chart = Some(after.chart.clone());
    call.input = Some(after.values.to_string());
    if !before.objects.is_empty() {
        // The plan showed which fields others had changed.
        call.newer.push("--force-conflicts".to_owned());
    }
    (here.step.progress)(&format!(
        "helm is {} ({} {})",
        call.what, after.chart.name, after.chart.version
    ));
    here.helm(call).await.map(drop)
}

/// Whether a revision is the one that this step is to make, and an earlier try made it.
fn made_by_this(here: &Here<'_>, standing: &Standing, after: &Spec) -> bool {
    let release = &standing.release;
    let label = |key: &str| release.labels.get(key).map(String::as_str);
    release.status == Status::Deployed
        && label(TURN_LABEL) == Some(release.revision.to_string().as_str())
        && label(CHART_LABEL) == Some(chart_label(&after.chart).as_str())
        && here.spec(release, after) == Spec { objects: Default::default(), ..after.clone() }
}

/// Refuses a release that is not ours.
fn ours(here: &Here<'_>, standing: &Standing) -> Result<(), ProviderError> {
    let owner: Owner = owner(&here.step.mark.stack, &here.step.id.name, &standing.release);
    check_ours(&owner, here.step).map(drop)
}

fn with(applied: Applied, said: Option<String>) -> Applied {
    match said {
        Some(said) => applied.saying(said),
        None => applied,
    }
}
