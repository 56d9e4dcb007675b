//! A release that Helm was at work on and left so: killed, cut off, or still running somewhere.
//!
//! Helm lets nobody touch such a release, and nothing of its own ever frees it. Whether its holder
//! still runs, nobody can say; Helm changes the Secret when it ends, so it is watched for a while.
//! Then its holder counts as gone, and what was half done is taken back: a rollback to the last
//! revision that was deployed, or the removal of a first install.

use super::Status;
use super::apply::{Here, Standing};
use super::found::is_cut_off;
use crate::kind::ProviderError;
use crate::providers::helm::program::{rollback, uninstall};

/// How often a release is looked at that an apply of ours left: its lease is ours now, and a helm
/// that it started ends soon by itself.
const LOOKS_AT_OURS: u32 = 12;

/// How often one is looked at that somebody else may be at work on: for the five minutes that Helm
/// waits for hooks unless told otherwise.
const LOOKS_AT_OTHERS: u32 = 60;

/// The release when nobody is at work on it any more, and what was done about that, in words.
pub(super) async fn freed(
    here: &Here<'_>,
    standing: Standing,
) -> Result<(Option<Standing>, Option<String>), ProviderError> {
    let mut standing = standing;
    let mut looks = patience(&standing);
    while standing.release.status.is_pending() {
        if looks == 0 {
            return taken_back(here, &standing).await;
        }
        let what = format!("waiting for whoever is at work on release {}", here.step.id.name);
        (here.step.progress)(&what);
        here.step.pause(&what).await?;
        let Some(now) = here.standing().await? else { return Ok((None, None)) };
        looks = match now.resource_version == standing.resource_version {
            true => looks - 1,
            false => patience(&now),
        };
        standing = now;
    }
    Ok((Some(standing), None))
}

/// Whether the revision is one that an apply of ours was about to make tells how long to wait.
fn patience(standing: &Standing) -> u32 {
    match is_cut_off(&standing.release) {
        true => LOOKS_AT_OURS,
        false => LOOKS_AT_OTHERS,
    }
}

async fn taken_back(
    here: &Here<'_>,
    standing: &Standing,
) -> Result<(Option<Standing>, Option<String>), ProviderError> {
    let (revision, status) = (standing.release.revision, standing.release.status);
    let left = format!("revision {revision} was left {} by a Helm that is gone", status.word());
    let said = match (status, standing.before) {
        (Status::PendingInstall, _) | (_, None) => {
            let call = here.call("removing half of", uninstall(here.at)).await?;
            here.helm(call).await?;
            format!("{left}: it was removed, and installed anew")
        }
        (_, Some(before)) => {
            let call = here.call("rolling back", rollback(here.at, before)).await?;
            here.helm(call).await?;
            format!("{left}: it was rolled back to revision {before} first")
        }
    };
    (here.step.progress)(&said);
    Ok((here.standing().await?, Some(said)))
}
