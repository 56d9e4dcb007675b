//! What Helm keeps of a revision, and how: a Secret that holds JSON, packed and written in base64.
//! <https://helm.sh/docs/topics/advanced/#storage-backends>

use crate::sandbox::Clock;
use data_encoding::BASE64;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

/// The labels that are Helm's own.
const ITS_OWN: [&str; 6] = ["name", "owner", "status", "version", "createdAt", "modifiedAt"];

/// One revision.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) release: String,
    pub(super) namespace: String,
    pub(super) revision: u64,
    pub(super) status: String,
    pub(super) description: String,
    pub(super) first_deployed: String,
    pub(super) chart: String,
    pub(super) version: String,
    pub(super) values: Value,
    pub(super) objects: Vec<Value>,
    /// Labels that are not Helm's own.
    pub(super) labels: BTreeMap<String, String>,
}

/// What the Secret of a revision is called.
pub(super) fn secret_name(release: &str, revision: u64) -> String {
    format!("sh.helm.release.v1.{release}.v{revision}")
}

impl Record {
    /// The Secret that keeps it.
    pub(super) fn secret(&self, now: &str) -> Result<Value, String> {
        let text = self.json(now).to_string();
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(text.as_bytes()).map_err(|error| error.to_string())?;
        let packed = packed.finish().map_err(|error| error.to_string())?;
        let once = BASE64.encode(&packed);
        let mut labels: Map<String, Value> =
            self.labels.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect();
        labels.insert("name".to_owned(), self.release.as_str().into());
        labels.insert("owner".to_owned(), "helm".into());
        labels.insert("status".to_owned(), self.status.as_str().into());
        labels.insert("version".to_owned(), self.revision.to_string().into());
        Ok(json!({
            "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
            "metadata": {
                "name": secret_name(&self.release, self.revision),
                "namespace": self.namespace, "labels": labels,
            },
            "data": { "release": BASE64.encode(once.as_bytes()) },
        }))
    }

    fn json(&self, now: &str) -> Value {
        json!({
            "name": self.release,
            "namespace": self.namespace,
            "version": self.revision,
            "info": {
                "first_deployed": self.first_deployed, "last_deployed": now, "deleted": "",
                "description": self.description, "status": self.status,
            },
            "chart": {
                "metadata": { "apiVersion": "v2", "name": self.chart, "version": self.version },
                "lock": null, "templates": [], "values": {}, "schema": null, "files": null,
            },
            "config": self.values,
            "manifest": manifest(&self.objects),
        })
    }

    /// Reads the Secret of a revision.
    pub(super) fn read(secret: &Value) -> Option<Self> {
        let twice = secret.pointer("/data/release")?.as_str()?;
        let once = BASE64.decode(twice.as_bytes()).ok()?;
        let packed = BASE64.decode(&once).ok()?;
        let mut text = String::new();
        GzDecoder::new(packed.as_slice()).read_to_string(&mut text).ok()?;
        let record: Value = serde_json::from_str(&text).ok()?;
        let word = |pointer: &str| {
            record.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let labels = secret.pointer("/metadata/labels")?.as_object()?;
        let labels = labels.iter().filter(|(key, _)| !ITS_OWN.contains(&key.as_str()));
        let objects = objects(&word("/manifest"));
        Some(Self {
            release: word("/name"),
            namespace: word("/namespace"),
            revision: record["version"].as_u64()?,
            status: word("/info/status"),
            description: word("/info/description"),
            first_deployed: word("/info/first_deployed"),
            chart: word("/chart/metadata/name"),
            version: word("/chart/metadata/version"),
            values: record["config"].clone(),
            objects,
            labels: labels
                .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
                .collect(),
        })
    }
}

/// Objects as Helm keeps them: JSON is YAML.
fn manifest(objects: &[Value]) -> String {
    let document = |object: &Value| format!("---\n{object}\n");
    objects.iter().map(document).collect()
}

fn objects(manifest: &str) -> Vec<Value> {
    let documents = manifest.split("---\n").filter(|document| !document.trim().is_empty());
    documents.filter_map(|document| serde_json::from_str(document).ok()).collect()
}

/// The time, as records have it.
pub(super) fn now() -> String {
    Clock::real().now().rfc3339()
}
