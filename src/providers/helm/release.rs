//! What Helm keeps of a release: Secrets in the release's namespace, one for each revision, named
//! `sh.helm.release.v1.RELEASE.vN`, of type `helm.sh/release.v1`.
//!
//! Such a Secret holds JSON, packed by gzip and written in base64; the API writes all of that in
//! base64 once more. Only what is needed is taken out of it, and what looks like a secret is left
//! behind: see [`super::redact`].
//! <https://helm.sh/docs/topics/advanced/#storage-backends>

use super::helm_release::Status;
use super::{manifest, redact};
use data_encoding::BASE64;
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::Read;

/// Which of them tell what there is now: a revision that another took the place of does not, nor one
/// that was uninstalled and left its history.
pub(crate) const SELECTOR: &str = "owner=helm,status notin (superseded,uninstalled)";

/// All revisions of one release.
pub(crate) fn selector(release: &str) -> String {
    format!("owner=helm,name={release}")
}

/// What their names begin with.
const PREFIX: &str = "sh.helm.release.v1.";

/// No release is larger than this when it is unpacked: the Secret holds at most 1 MiB.
const LARGEST: u64 = 64 * 1024 * 1024;

/// One revision of a release, without what is secret in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Release {
    /// Its name.
    pub(crate) name: String,
    /// The namespace that it is in.
    pub(crate) namespace: String,
    /// Which revision it is, counted from 1.
    pub(crate) revision: u64,
    /// How Helm left it.
    pub(crate) status: Status,
    /// The name of its chart.
    pub(crate) chart: String,
    /// The version of its chart.
    pub(crate) version: String,
    /// What was said to the chart, without secrets.
    pub(crate) values: Value,
    /// The objects that it is made of; none of those that are hooks.
    pub(crate) objects: Vec<Value>,
    /// The labels of its Secret, Helm's own included.
    pub(crate) labels: BTreeMap<String, String>,
}

/// Why a Secret is no release.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("Secret {name} is no release of Helm: {why}")]
pub(crate) struct ReleaseError {
    name: String,
    why: String,
}

/// The Secret of a revision.
pub(crate) fn secret_name(release: &str, revision: u64) -> String {
    format!("{PREFIX}{release}.v{revision}")
}

#[derive(Deserialize)]
struct Wire {
    name: String,
    namespace: String,
    version: u64,
    info: Option<WireInfo>,
    chart: Option<WireChart>,
    config: Option<Map<String, Value>>,
    #[serde(default)]
    manifest: String,
}

#[derive(Deserialize)]
struct WireInfo {
    status: Option<Value>,
}

#[derive(Deserialize)]
struct WireChart {
    metadata: Option<WireMetadata>,
}

#[derive(Default, Deserialize)]
struct WireMetadata {
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
}

impl Release {
    /// Reads a Secret as the API gives it. What is wanted of the values of a release, by its
    /// namespace and name, may be shown; of all else only what is no secret.
    ///
    /// # Errors
    /// When it is none that Helm made.
    pub(crate) fn read<'a>(
        secret: &Value,
        wanted: impl FnOnce(&str, &str) -> Option<&'a Value>,
    ) -> Result<Self, ReleaseError> {
        let name = text(secret, "/metadata/name");
        let failed = |why: String| ReleaseError { name: name.clone(), why };
        let wire = wire(secret).map_err(failed)?;
        let objects = manifest::objects(&wire.manifest, &wire.namespace);
        let objects = objects.map_err(|why| ReleaseError { name: name.clone(), why })?;
        let wanted = wanted(&wire.namespace, &wire.name);
        let values = Value::Object(wire.config.unwrap_or_default());
        let metadata = wire.chart.and_then(|chart| chart.metadata).unwrap_or_default();
        let status = wire.info.and_then(|info| info.status).unwrap_or_default();
        Ok(Self {
            name: wire.name,
            namespace: wire.namespace,
            revision: wire.version,
            status: Status::deserialize(status).unwrap_or(Status::Unknown),
            chart: metadata.name,
            version: metadata.version,
            values: redact::values(&values, wanted),
            objects,
            labels: labels(secret),
        })
    }
}

fn wire(secret: &Value) -> Result<Wire, String> {
    let packed = secret.pointer("/data/release").and_then(Value::as_str).ok_or("it holds none")?;
    let inner = decoded(packed.as_bytes())?;
    let bytes = decoded(&inner)?;
    serde_json::from_slice(&unpacked(&bytes)?)
        .map_err(|error| format!("what it holds has another form (column {})", error.column()))
}

fn decoded(text: &[u8]) -> Result<Vec<u8>, String> {
    BASE64.decode(text).map_err(|error| format!("it is not written in base64: {error}"))
}

/// What was packed with gzip; very old versions of Helm did not pack.
fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, String> {
    if !bytes.starts_with(&[0x1f, 0x8b, 0x08]) {
        return Ok(bytes.to_owned());
    }
    let mut plain = Vec::new();
    let read = GzDecoder::new(bytes).take(LARGEST + 1).read_to_end(&mut plain);
    read.map_err(|error| format!("it cannot be unpacked: {error}"))?;
    match plain.len() as u64 <= LARGEST {
        true => Ok(plain),
        false => Err(format!("it holds more than {} MiB", LARGEST / 1024 / 1024)),
    }
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn labels(secret: &Value) -> BTreeMap<String, String> {
    let labels = secret.pointer("/metadata/labels").and_then(Value::as_object);
    let labels = labels.into_iter().flatten();
    labels.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// The latest revision of each release, by namespace and name. What was uninstalled and left its
/// history behind is not there any more.
pub(crate) fn latest(all: Vec<Release>) -> BTreeMap<(String, String), Release> {
    let mut latest: BTreeMap<(String, String), Release> = BTreeMap::new();
    for release in all {
        let key = (release.namespace.clone(), release.name.clone());
        if latest.get(&key).is_none_or(|known| known.revision < release.revision) {
            latest.insert(key, release);
        }
    }
    latest.retain(|_, release| release.status != Status::Uninstalled);
    latest
}
