//! Charts: had from where the declaration says, and held against `stack.lock`.

use super::{Errand, Helm, archive, broken, finish};
use crate::kind::ProviderError;
use crate::project::releases::LockedChart;
use crate::providers::helm::helm_release::{Chart, folder_digest};
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long fetching a chart may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// A chart as it is named to `helm`: the archive, or the folder, that was held against the lock.
pub(super) async fn had(
    helm: &Helm,
    chart: &Chart,
    scratch: &Path,
) -> Result<Vec<OsString>, ProviderError> {
    let Some(path) = &chart.path else {
        let archive = pull(helm, chart, scratch).await?;
        let bytes = fs::read(&archive).map_err(|error| broken("the archive of a chart", &error))?;
        same(chart, &digest(&bytes))?;
        return Ok(vec![archive.into()]);
    };
    let folder = helm.folder.join(path);
    let now = folder_digest(&folder).map_err(|error| broken("the folder of a chart", &error))?;
    same(chart, &now)?;
    Ok(vec![folder.into()])
}

/// A chart by its name: for what stands in for `helm`, and has no use for an archive.
pub(super) fn named(chart: &Chart, folder: &Path) -> Vec<OsString> {
    let version = ["--version".into(), chart.version.as_str().into()];
    if let Some(path) = &chart.path {
        return vec![folder.join(path).into()];
    }
    match (&chart.repository, &chart.oci) {
        (Some(repository), _) => {
            let words = [chart.name.as_str().into(), "--repo".into(), repository.as_str().into()];
            words.into_iter().chain(version).collect()
        }
        (None, Some(oci)) => [oci.as_str().into()].into_iter().chain(version).collect(),
        (None, None) => vec![chart.name.as_str().into()],
    }
}

/// The digest of an archive, as `stack.lock` has it.
pub(super) fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", HEXLOWER.encode(&Sha256::digest(bytes)))
}

/// Fetches the archive of a chart into a folder.
pub(super) async fn pull(
    helm: &Helm,
    chart: &Chart,
    scratch: &Path,
) -> Result<PathBuf, ProviderError> {
    let into = scratch.join("chart");
    fs::create_dir_all(&into).map_err(|error| broken("a folder for a chart", &error))?;
    let what = format!("fetching chart {} {}", chart.name, chart.version);
    let mut command = helm.command();
    command.arg("pull").args(named(chart, &helm.folder)).arg("--destination").arg(&into);
    finish(command, Errand { what: &what, input: None, patience: PATIENCE }).await?;
    let mut files = fs::read_dir(&into).into_iter().flatten().flatten().map(|entry| entry.path());
    let archive = files.find(|path| path.extension().is_some_and(|ending| ending == "tgz"));
    let none = "helm said that it had it, and it is not there".to_owned();
    archive.ok_or(ProviderError::Unexpected { what, why: none })
}

fn same(chart: &Chart, now: &str) -> Result<(), ProviderError> {
    let Some(locked) = chart.digest.as_deref().filter(|locked| *locked != now) else {
        return Ok(());
    };
    let why = format!(
        "its digest is {now}, and {locked} is what was planned on: somebody changed what is behind \
         this version. If that is right, `leap-infra lock` takes it into stack.lock"
    );
    let what = format!("chart {} {}", chart.name, chart.version);
    Err(ProviderError::Refused { what, why })
}

impl Helm {
    /// What is behind the version of a chart now, for `stack.lock`.
    ///
    /// # Errors
    /// When it cannot be had, or cannot be read.
    pub async fn look_at(&self, chart: &Chart) -> Result<LockedChart, ProviderError> {
        let scratch = Self::scratch()?;
        let archive = pull(self, chart, scratch.path()).await?;
        let bytes = fs::read(&archive).map_err(|error| broken("the archive of a chart", &error))?;
        let what = format!("chart {} {}", chart.name, chart.version);
        let schema = archive::schema(&bytes);
        Ok(LockedChart {
            name: chart.name.clone(),
            version: chart.version.clone(),
            source: chart.source().to_owned(),
            digest: digest(&bytes),
            schema: schema.map_err(|why| ProviderError::Unexpected { what, why })?,
        })
    }
}
