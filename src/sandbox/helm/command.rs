//! What the commands do, in the order in which Helm does it: the record of a revision is made before
//! its first object, and says how it ended after the last.

use super::api::{Api, called};
use super::arguments::Upgrade;
use super::record::{Record, now, secret_name};
use super::{outline, render};
use serde_json::Value;
use std::collections::BTreeMap;

/// A namespace of a cluster.
pub(super) struct Here {
    pub(super) api: Api,
    pub(super) namespace: String,
}

/// Where charts come from that are not in a folder: nowhere.
const FOLDERS: [&str; 2] = ["/", "."];

impl Here {
    /// `helm upgrade --install`.
    pub(super) async fn upgrade(&self, wanted: &Upgrade, input: &str) -> Result<String, String> {
        let values: Value = serde_json::from_str(input).map_err(|error| {
            format!("failed to parse -: error converting YAML to JSON: {error}")
        })?;
        let history = self.history(&wanted.release).await?;
        let last = history.last();
        if last.is_some_and(|last| last.status.starts_with("pending-")) {
            let words = "another operation (install/upgrade/rollback) is in progress";
            return Err(format!("UPGRADE FAILED: {words}"));
        }
        let earlier = history.iter().rev().find(|record| record.status == "deployed").or(last);
        let earlier = earlier.filter(|record| record.status != "uninstalled");
        let record = self.next(wanted, values, last, earlier)?;
        let known = earlier.map(|record| record.objects.clone()).unwrap_or_default();
        let record = self.carry_out(record, &known, &history).await?;
        self.prune(&wanted.release, wanted.history).await?;
        Ok(format!("Release \"{}\" has been upgraded. Happy Helming!\n", record.release))
    }

    /// The revision that is to be made.
    fn next(
        &self,
        wanted: &Upgrade,
        values: Value,
        last: Option<&Record>,
        earlier: Option<&Record>,
    ) -> Result<Record, String> {
        let mut labels: BTreeMap<String, String> =
            earlier.map(|record| record.labels.clone()).unwrap_or_default();
        for (key, value) in &wanted.labels {
            match value {
                Some(value) => _ = labels.insert(key.clone(), value.clone()),
                None => _ = labels.remove(key),
            }
        }
        let (chart, version, objects) = if FOLDERS.iter().any(|it| wanted.chart.starts_with(it)) {
            render::folder(&wanted.chart, &wanted.release, &self.namespace, &values)?
        } else {
            let name = wanted.chart.rsplit('/').next().unwrap_or_default().to_owned();
            let version = wanted.version.clone().unwrap_or_else(|| "0.0.0".to_owned());
            let objects = outline::objects(&name, &wanted.release, &version, &values);
            (name, version, objects)
        };
        let status = if earlier.is_some() { "pending-upgrade" } else { "pending-install" };
        Ok(Record {
            release: wanted.release.clone(),
            namespace: self.namespace.clone(),
            revision: last.map_or(1, |last| last.revision + 1),
            status: status.to_owned(),
            description: "Preparing upgrade".to_owned(),
            first_deployed: earlier.map_or_else(now, |record| record.first_deployed.clone()),
            chart,
            version,
            values,
            objects,
            labels,
        })
    }

    /// Makes a revision: its record, its objects, and then the records of all revisions as they are.
    async fn carry_out(
        &self,
        mut record: Record,
        known: &[Value],
        history: &[Record],
    ) -> Result<Record, String> {
        self.api.create(&self.namespace, &record.secret(&now())?).await?;
        if let Err(why) = self.objects(&record.objects, known).await {
            record.status = "failed".to_owned();
            record.description = format!("Upgrade \"{}\" failed: {why}", record.release);
            self.api.replace(&self.namespace, &record.secret(&now())?).await?;
            return Err(format!("UPGRADE FAILED: {why}"));
        }
        for old in history.iter().filter(|old| old.status == "deployed") {
            let old = Record { status: "superseded".to_owned(), ..old.clone() };
            self.api.replace(&self.namespace, &old.secret(&now())?).await?;
        }
        record.status = "deployed".to_owned();
        record.description = "Upgrade complete".to_owned();
        self.api.replace(&self.namespace, &record.secret(&now())?).await?;
        Ok(record)
    }

    async fn objects(&self, wanted: &[Value], known: &[Value]) -> Result<(), String> {
        for object in wanted {
            self.api.apply(&self.marked(object), &self.namespace).await?;
        }
        let gone = known.iter().filter(|old| !wanted.iter().any(|new| called(new) == called(old)));
        for object in gone {
            self.api.delete(object, &self.namespace).await?;
        }
        Ok(())
    }

    /// An object with what Helm writes on each of its own.
    fn marked(&self, object: &Value) -> Value {
        let mut object = object.clone();
        object["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "Helm".into();
        let annotations = &mut object["metadata"]["annotations"];
        annotations["meta.helm.sh/release-namespace"] = self.namespace.as_str().into();
        object
    }

    /// `helm rollback`: a new revision with what an earlier one was.
    pub(super) async fn rollback(&self, release: &str, revision: u64) -> Result<String, String> {
        let history = self.history(release).await?;
        let last = history.last().ok_or("release: not found")?;
        let target = history.iter().find(|record| record.revision == revision);
        let target = target.ok_or("release: not found")?;
        let record = Record {
            revision: last.revision + 1,
            status: "pending-rollback".to_owned(),
            description: format!("Rollback to {revision}"),
            ..target.clone()
        };
        let old = Record { status: "superseded".to_owned(), ..last.clone() };
        self.api.replace(&self.namespace, &old.secret(&now())?).await?;
        self.carry_out(record, &last.objects, &history).await?;
        Ok("Rollback was a success! Happy Helming!\n".to_owned())
    }

    /// `helm uninstall`, which keeps no history.
    pub(super) async fn uninstall(&self, release: &str) -> Result<String, String> {
        let history = self.history(release).await?;
        let Some(last) = history.last() else {
            return Err(format!("uninstall: Release not loaded: {release}: release: not found"));
        };
        let leaving = Record { status: "uninstalling".to_owned(), ..last.clone() };
        self.api.replace(&self.namespace, &leaving.secret(&now())?).await?;
        for object in last.objects.iter().rev() {
            self.api.delete(object, &self.namespace).await?;
        }
        for record in &history {
            self.api.forget(&self.namespace, &secret_name(release, record.revision)).await?;
        }
        Ok(format!("release \"{release}\" uninstalled\n"))
    }

    /// Every revision of a release, the latest last.
    async fn history(&self, release: &str) -> Result<Vec<Record>, String> {
        let selector = format!("owner%3Dhelm,name%3D{release}");
        let secrets = self.api.secrets(&self.namespace, &selector).await?;
        let mut records: Vec<Record> = secrets.iter().filter_map(Record::read).collect();
        records.sort_by_key(|record| record.revision);
        Ok(records)
    }

    async fn prune(&self, release: &str, most: usize) -> Result<(), String> {
        let history = self.history(release).await?;
        let surplus = history.len().saturating_sub(most.max(1));
        let old = history.iter().filter(|record| record.status != "deployed").take(surplus);
        for record in old {
            self.api.forget(&self.namespace, &secret_name(release, record.revision)).await?;
        }
        Ok(())
    }
}
