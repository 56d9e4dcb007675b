//! Asks a server whether it would take an object: by the same call, as a dry run, which goes through
//! validation and admission and keeps nothing.
//!
//! <https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run>

use super::{InCluster, Located, body};
use crate::kind::{Change, ProviderError, Rehearsed, StepContext};
use crate::providers::failed::Reason;
use crate::providers::kubernetes::Writer;
use crate::providers::kubernetes::writer::unknown;

/// Asks about one step; only what is made or changed can be asked about.
pub(crate) async fn rehearse<K: InCluster>(
    writer: &Writer,
    step: &StepContext,
    change: &Change<K::Spec>,
) -> Result<Rehearsed, ProviderError> {
    let (Change::Create { after } | Change::Update { after, .. }) = change else {
        return Ok(Rehearsed::Unasked);
    };
    let Some(located) = K::located(&step.id.name, after) else { return Ok(Rehearsed::Unasked) };
    let Located { cluster, of, namespace, name } = located;
    let at = match writer.served(&cluster, &of, namespace.as_deref(), &name).await {
        Ok(Some(at)) => at,
        Ok(None) if writer.is_there(&cluster).await? => {
            return Ok(too_soon(unknown(&cluster, &of)));
        }
        Ok(None) => return Ok(Rehearsed::Unasked),
        // All of a cluster that is not there is made after it.
        Err(failed) if failed.reason == Reason::Absent => return Ok(Rehearsed::Unasked),
        Err(failed) => return Err(failed.into()),
    };
    let content = K::content(step, &step.id.name, after).await?;
    match writer.rehearse(&at, body::marked(content.manifest, &step.mark)).await {
        Ok(_) => Ok(Rehearsed::Accepted),
        // Nobody can tell what would be in a namespace that is not there (yet).
        Err(failed) if failed.reason == Reason::Absent => Ok(too_soon(failed.why().to_owned())),
        Err(failed) => Err(failed.into()),
    }
}

fn too_soon(why: String) -> Rehearsed {
    Rehearsed::TooSoon { why }
}
