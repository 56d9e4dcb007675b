//! Snapshots of disks, and disks that are made from one for a while. Planning never comes here.

use crate::kind::{ProviderError, Retry};
use crate::providers::gcp::client::Connection;
use crate::providers::gcp::compute::COMPUTE;
use crate::providers::gcp::error::{CallFailed, Reason};
use crate::providers::gcp::rest::{Rest, RestCall};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// The label of a disk that is there for a while only, with what for.
const TEMPORARY: &str = "leap-infra-temporary";

/// The first pause between two looks, and the longest; each further one is longer by half.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(10));

/// For how long a disk may be made or go.
const PATIENCE: Duration = Duration::from_secs(1800);

/// The snapshots of a project.
#[derive(Clone, Debug)]
pub struct Snapshots {
    rest: Rest,
    retry: Retry,
}

/// One snapshot of a disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Snapshot {
    /// When it was taken, as Google writes it.
    pub taken: String,
    /// Its name.
    pub name: String,
    /// The disk, `projects/P/zones/Z/disks/D`.
    pub disk: String,
    /// How large the disk was, in GB.
    pub size_gb: u64,
    /// Whether it is complete.
    pub ready: bool,
}

/// A disk that holds what a snapshot has.
#[derive(Clone, Debug)]
pub struct Copied {
    /// The project.
    pub project: String,
    /// The zone that it is in.
    pub zone: String,
    /// Its name.
    pub name: String,
    /// The snapshot, by its name.
    pub snapshot: String,
    /// What it is for, in small letters and hyphens.
    pub purpose: &'static str,
}

impl Copied {
    /// What clusters call it.
    pub fn volume(&self) -> String {
        let Self { project, zone, name, .. } = self;
        format!("projects/{project}/zones/{zone}/disks/{name}")
    }

    fn body(&self) -> Value {
        let Self { project, zone, name, snapshot, purpose } = self;
        json!({
            "name": name,
            "description": format!("Made from {snapshot} by leap-infra, which takes it away again."),
            "labels": { TEMPORARY: purpose },
            "sourceSnapshot": format!("projects/{project}/global/snapshots/{snapshot}"),
            "type": format!("projects/{project}/zones/{zone}/diskTypes/pd-balanced"),
        })
    }
}

impl Snapshots {
    /// The snapshots behind a connection.
    pub fn new(connection: &Connection) -> Self {
        Self { rest: connection.rest.clone(), retry: connection.retry.clone() }
    }

    /// Every snapshot of a project, the oldest first.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub async fn list(&self, project: &str) -> Result<Vec<Snapshot>, ProviderError> {
        let what = format!("the snapshots of project {project}");
        let (mut all, mut token) = (Vec::new(), String::new());
        loop {
            let call = || async {
                let call = RestCall::get(&what, format!("projects/{project}/global/snapshots"));
                let call = if token.is_empty() { call } else { call.with("pageToken", &*token) };
                self.rest.call(COMPUTE, &call).await
            };
            let page = self.retry.run(&what, None, call).await?;
            all.extend(page["items"].as_array().into_iter().flatten().filter_map(read));
            page["nextPageToken"].as_str().unwrap_or_default().clone_into(&mut token);
            if token.is_empty() {
                all.sort();
                return Ok(all);
            }
        }
    }

    /// Makes a disk from a snapshot, unless it is there, and waits until it can be used.
    ///
    /// # Errors
    /// When it cannot be made, or somebody else's disk has its name.
    pub async fn copy(&self, disk: &Copied) -> Result<(), ProviderError> {
        let what = format!("making the disk {} from the snapshot {}", disk.name, disk.snapshot);
        let path = format!("projects/{}/zones/{}/disks", disk.project, disk.zone);
        let (give_up, mut pause) = (Instant::now() + PATIENCE, PAUSES.0);
        loop {
            match self.find(disk).await? {
                Some(live) if live["labels"][TEMPORARY] != disk.purpose => {
                    let why = "there is a disk of this name that is not for that".to_owned();
                    return Err(ProviderError::Refused { what, why });
                }
                Some(live) if live["status"] == "READY" => return Ok(()),
                Some(live) if live["status"] == "FAILED" => {
                    let why = "Google says that it failed".to_owned();
                    return Err(ProviderError::Refused { what, why });
                }
                Some(_) => {}
                None => {
                    self.change(&what, Method::POST, &path, Some(disk.body())).await?;
                }
            }
            pause = wait(&what, pause, give_up).await?;
        }
    }

    /// Takes a disk away again that was made from a snapshot, and waits until it is gone. It may be
    /// attached to a machine for a while.
    ///
    /// # Errors
    /// When it does not go, or is not one that was made for this.
    pub async fn remove(&self, disk: &Copied) -> Result<(), ProviderError> {
        let what = format!("deleting the disk {}", disk.name);
        let path = disk.volume();
        let (give_up, mut pause) = (Instant::now() + PATIENCE, PAUSES.0);
        while let Some(live) = self.find(disk).await? {
            if live["labels"][TEMPORARY] != disk.purpose {
                let why = "there is a disk of this name that is not for that".to_owned();
                return Err(ProviderError::Refused { what, why });
            }
            let attached = live["users"].as_array().is_some_and(|users| !users.is_empty());
            if !attached && live["status"] != "DELETING" {
                self.change(&what, Method::DELETE, &path, None).await?;
            }
            pause = wait(&what, pause, give_up).await?;
        }
        Ok(())
    }

    async fn find(&self, disk: &Copied) -> Result<Option<Value>, ProviderError> {
        let what = format!("the disk {}", disk.name);
        let look = || async {
            match self.rest.call(COMPUTE, &RestCall::get(&what, disk.volume())).await {
                Ok(live) => Ok(Some(live)),
                Err(failed) if failed.reason == Reason::Absent => Ok(None),
                Err(failed) => Err(failed),
            }
        };
        Ok(self.retry.run(&what, None, look).await?)
    }

    /// Begins a change. That it was begun before, or is done, shows at the next look.
    async fn change(
        &self,
        what: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<(), CallFailed> {
        let call = || async {
            let call = RestCall::change(what, method.clone(), path);
            let call = match &body {
                Some(body) => call.sending(body.clone()),
                None => call,
            };
            match self.rest.call(COMPUTE, &call).await {
                Ok(_) => Ok(()),
                Err(failed) if matches!(failed.reason, Reason::Exists) => Ok(()),
                Err(failed) if method == Method::DELETE && failed.reason == Reason::Absent => {
                    Ok(())
                }
                Err(failed) => Err(failed),
            }
        };
        self.retry.run(what, None, call).await
    }
}

async fn wait(what: &str, pause: Duration, give_up: Instant) -> Result<Duration, ProviderError> {
    if Instant::now() + pause > give_up {
        let why = format!("it took longer than {} minutes", PATIENCE.as_secs() / 60);
        return Err(ProviderError::Refused { what: what.to_owned(), why });
    }
    tokio::time::sleep(pause).await;
    Ok(pause.mul_f64(1.5).min(PAUSES.1))
}

/// <https://cloud.google.com/compute/docs/reference/rest/v1/snapshots>
fn read(live: &Value) -> Option<Snapshot> {
    let (_, disk) = live["sourceDisk"].as_str()?.split_once("/projects/")?;
    let size = &live["diskSizeGb"];
    Some(Snapshot {
        taken: live["creationTimestamp"].as_str()?.to_owned(),
        name: live["name"].as_str()?.to_owned(),
        disk: format!("projects/{disk}"),
        size_gb: size.as_str().and_then(|it| it.parse().ok()).or(size.as_u64())?,
        ready: live["status"] == "READY",
    })
}
