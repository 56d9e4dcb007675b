//! What is made, waited for and taken away again to bring a home back. Everything has a name that
//! follows from the home and the snapshot, so whatever an earlier run left is found and used.

use super::until::until;
use crate::cli::session::Session;
use crate::cli::ui::Ui;
use crate::kind::{ProviderError, Retry};
use crate::project::hubs::{Homes, Lost};
use crate::providers::gcp::{Copied, Snapshots};
use crate::providers::kubernetes::cluster::Cluster;
use crate::providers::kubernetes::types::Type;
use crate::providers::kubernetes::writer::{Owned, Target, Writer};
use serde_json::Value;
use std::time::Duration;

/// For how long a home may be copied.
const COPY: Duration = Duration::from_secs(6 * 3600);

/// For how long anything else may be made or go.
const REST: Duration = Duration::from_secs(1800);

/// One home on its way back.
pub(super) struct Copying<'a> {
    snapshots: Snapshots,
    writer: Writer,
    retry: Retry,
    homes: &'a Homes,
    disk: Copied,
    objects: [Value; 3],
}

impl<'a> Copying<'a> {
    /// What it takes to bring a home back.
    pub(super) fn new(
        session: &Session,
        homes: &'a Homes,
        lost: &Lost<'_>,
        snapshots: Snapshots,
    ) -> Self {
        let disk = Copied {
            project: homes.project.clone(),
            zone: homes.zone.clone(),
            name: homes.name_of(lost),
            snapshot: lost.snapshot.to_owned(),
            purpose: "home-restore",
        };
        let connection = &session.connections.kubernetes;
        Self {
            objects: homes.restoring(lost, &disk.volume()),
            writer: Writer::new(connection),
            retry: connection.retry.clone(),
            snapshots,
            homes,
            disk,
        }
    }

    /// Makes, waits, and takes away; that also when the copy was refused.
    pub(super) async fn run(&self, ui: &Ui) -> Result<(), ProviderError> {
        ui.remark(format!("Making the disk {} from {} …", self.disk.name, self.disk.snapshot));
        until(&self.disk.name, REST, async || self.snapshots.copied(&self.disk).await).await?;
        ui.remark(format!("Copying in the namespace {} …", self.homes.namespace));
        let mut targets = Vec::new();
        for object in &self.objects {
            targets.push(self.make(object).await?);
        }
        let [.., job] = &targets[..] else { return Ok(()) };
        until(&job.to_string(), COPY, async || self.has_ended(job).await).await?;
        let failure = self.failure(job).await?;
        ui.remark("Taking away what was made for that …");
        for target in targets.iter().rev() {
            until(&target.to_string(), REST, async || self.is_gone(target).await).await?;
        }
        until(&self.disk.name, REST, async || self.snapshots.removed(&self.disk).await).await?;
        let what = "copying the home".to_owned();
        failure.map_or(Ok(()), |why| Err(ProviderError::Refused { what, why }))
    }

    /// Makes an object, unless it is there.
    async fn make(&self, object: &Value) -> Result<Target, ProviderError> {
        let target = self.target(object).await?;
        let make = || async {
            if self.writer.find(&target).await?.is_none() {
                self.writer.apply(&target, object.clone(), Owned::Respected).await?;
            }
            Ok::<(), ProviderError>(())
        };
        self.retry.run(&target.to_string(), None, make).await?;
        Ok(target)
    }

    async fn target(&self, object: &Value) -> Result<Target, ProviderError> {
        let metadata = &object["metadata"];
        let name = metadata["name"].as_str().unwrap_or_default();
        let (Some(cluster), Some(of)) = (Cluster::parse(&self.homes.cluster), Type::of(object))
        else {
            let what = format!("cluster {}", self.homes.cluster);
            return Err(ProviderError::NotFound { what });
        };
        let namespace = metadata["namespace"].as_str();
        let find = || self.writer.target(&cluster, &of, namespace, name);
        self.retry.run(name, None, find).await
    }

    async fn look(&self, job: &Target, condition: &str) -> Result<bool, ProviderError> {
        let find = || self.writer.find(job);
        let Some(live) = self.retry.run(&job.to_string(), None, find).await? else {
            return Err(ProviderError::NotFound { what: job.to_string() });
        };
        let mut all = live["status"]["conditions"].as_array().into_iter().flatten();
        Ok(all.any(|it| it["type"] == condition && it["status"] == "True"))
    }

    async fn has_ended(&self, job: &Target) -> Result<bool, ProviderError> {
        Ok(self.look(job, "Complete").await? || self.look(job, "Failed").await?)
    }

    /// Why a job failed, if it did.
    async fn failure(&self, job: &Target) -> Result<Option<String>, ProviderError> {
        match self.look(job, "Failed").await? {
            true => Ok(Some(self.why(job).await?)),
            false => Ok(None),
        }
    }

    /// What the program of a job said at its end.
    async fn why(&self, job: &Target) -> Result<String, ProviderError> {
        let list = || self.writer.pods(job);
        let pods = self.retry.run(&job.to_string(), None, list).await?;
        let said = pods.iter().find_map(|pod| {
            pod["status"]["containerStatuses"][0]["state"]["terminated"]["message"].as_str()
        });
        Ok(said.map_or("the job failed and did not say why", str::trim).to_owned())
    }

    /// Deletes an object; whether it is gone by now.
    async fn is_gone(&self, target: &Target) -> Result<bool, ProviderError> {
        let remove = || async {
            let Some(live) = self.writer.find(target).await? else { return Ok(true) };
            if live["metadata"]["deletionTimestamp"].is_null() {
                self.writer.delete(target, &live).await?;
            }
            Ok::<bool, ProviderError>(false)
        };
        self.retry.run(&target.to_string(), None, remove).await
    }
}
