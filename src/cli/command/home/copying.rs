//! What is made, waited for and taken away again to bring a home back. Everything has a name that
//! follows from the home and the snapshot, so whatever an earlier run left is found and used.

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
use tokio::time::Instant;

/// The first pause between two looks, and the longest; each further one is longer by half.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(10));

/// For how long a home may be copied.
const PATIENCE: Duration = Duration::from_secs(6 * 3600);

/// One home on its way back.
pub(super) struct Copying<'a> {
    snapshots: Snapshots,
    writer: Writer,
    retry: Retry,
    homes: &'a Homes,
    disk: Copied,
    objects: [Value; 3],
}

/// How a job stands.
enum Job {
    Running,
    Done,
    Failed(String),
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
        self.snapshots.copy(&self.disk).await?;
        ui.remark(format!("Copying in the namespace {} …", self.homes.namespace));
        let mut targets = Vec::new();
        for object in &self.objects {
            targets.push(self.make(object).await?);
        }
        let [.., job] = &targets[..] else { return Ok(()) };
        let outcome = self.ended(job).await?;
        ui.remark("Taking away what was made for that …");
        for target in targets.iter().rev() {
            self.remove(target).await?;
        }
        self.snapshots.remove(&self.disk).await?;
        match outcome {
            Job::Failed(why) => {
                Err(ProviderError::Refused { what: "copying the home".to_owned(), why })
            }
            Job::Running | Job::Done => Ok(()),
        }
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

    /// Waits until a job has ended.
    async fn ended(&self, job: &Target) -> Result<Job, ProviderError> {
        let (give_up, mut pause) = (Instant::now() + PATIENCE, PAUSES.0);
        loop {
            match self.look(job).await? {
                Job::Running if Instant::now() < give_up => {}
                Job::Running => {
                    let hours = PATIENCE.as_secs() / 3600;
                    let why = format!("the job has not ended after {hours} hours");
                    return Err(ProviderError::Refused { what: job.to_string(), why });
                }
                ended => return Ok(ended),
            }
            tokio::time::sleep(pause).await;
            pause = pause.mul_f64(1.5).min(PAUSES.1);
        }
    }

    async fn look(&self, job: &Target) -> Result<Job, ProviderError> {
        let find = || self.writer.find(job);
        let Some(live) = self.retry.run(&job.to_string(), None, find).await? else {
            return Err(ProviderError::NotFound { what: job.to_string() });
        };
        let holds = |kind: &str| {
            let mut all = live["status"]["conditions"].as_array().into_iter().flatten();
            all.any(|it| it["type"] == kind && it["status"] == "True")
        };
        if holds("Complete") {
            return Ok(Job::Done);
        }
        match holds("Failed") {
            true => Ok(Job::Failed(self.why(job).await?)),
            false => Ok(Job::Running),
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

    /// Deletes an object, and waits until it is gone.
    async fn remove(&self, target: &Target) -> Result<(), ProviderError> {
        let (give_up, mut pause) = (Instant::now() + PATIENCE, PAUSES.0);
        loop {
            let remove = || async {
                let Some(live) = self.writer.find(target).await? else { return Ok(true) };
                if live["metadata"]["deletionTimestamp"].is_null() {
                    self.writer.delete(target, &live).await?;
                }
                Ok::<bool, ProviderError>(false)
            };
            if self.retry.run(&target.to_string(), None, remove).await? {
                return Ok(());
            }
            if Instant::now() > give_up {
                let why = "it does not go".to_owned();
                return Err(ProviderError::Refused { what: target.to_string(), why });
            }
            tokio::time::sleep(pause).await;
            pause = pause.mul_f64(1.5).min(PAUSES.1);
        }
    }
}
