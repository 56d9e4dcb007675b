//! The homes of a hub as whoever looks after them sees them: on which disk they are, how much each
//! may hold, and what brings one back from a snapshot.

use super::made::Made;
use super::placed::placed;
use super::quota::folder_of;
use super::values::home;
use super::values::servers::CLAIM;
use crate::project::layout::Laid;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// What copies a home.
const COPIER: &str = "busybox:1.36.1";

/// The script that copies one.
const SCRIPT: &str = include_str!("restore.sh");

/// What copying is called, and labelled with.
const PURPOSE: &str = "home-restore";

/// The homes of one hub.
#[derive(Clone, Debug)]
pub struct Homes {
    /// The hub, by its key.
    pub hub: String,
    /// The environment.
    pub env: String,
    /// The cluster, as Google writes it.
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// The project of the disk.
    pub project: String,
    /// The disk, by its key.
    pub disk: String,
    /// What clusters call the disk, `projects/P/zones/Z/disks/D`.
    pub volume: String,
    /// A zone that it can be attached in.
    pub zone: String,
    /// Its declared size, in GB.
    pub size_gb: u32,
}

/// Whose home is brought back, and from what.
#[derive(Clone, Copy, Debug)]
pub struct Lost<'a> {
    /// The login.
    pub login: &'a str,
    /// The snapshot, by its name.
    pub snapshot: &'a str,
    /// The day on which it was taken, `2026-11-28`.
    pub day: &'a str,
    /// How large the disk was, in GB.
    pub size_gb: u64,
    /// How much the home may hold, in GB.
    pub quota: Option<f64>,
}

/// The homes of every hub of an environment that has some.
pub(crate) fn homes(layout: &[Laid], env: &str) -> Vec<Homes> {
    let all = placed(layout);
    let here = all.iter().filter(|placed| placed.laid.env() == env);
    here.filter_map(|placed| of(&Made::of(placed, layout)?)).collect()
}

fn of(made: &Made<'_>) -> Option<Homes> {
    let disk_key = &made.placed.hub.home.as_ref()?.disk;
    let disk = home::disk(made, made.placed.hub.home.as_ref()?)?;
    Some(Homes {
        hub: made.placed.key.name.clone(),
        env: made.placed.laid.env().to_owned(),
        cluster: made.cluster.place(),
        namespace: made.namespace().to_owned(),
        project: made.placed.laid.declaration.cloud.project.clone(),
        disk: disk_key.clone(),
        zone: disk.zones.first()?.clone(),
        volume: disk.volume,
        size_gb: disk.size_gb,
    })
}

/// How much somebody's home on a hub may hold, in GB: nothing where that is not limited; the outer
/// one is nothing where somebody cannot have a home there.
pub(crate) fn quota_of(layout: &[Laid], homes: &Homes, login: &str) -> Option<Option<f64>> {
    let all = placed(layout);
    let mut here = all.iter().filter(|it| it.laid.env() == homes.env && it.key.name == homes.hub);
    let made = Made::of(here.next()?, layout)?;
    let declared = made.placed.laid.declaration.people.values();
    let mut logins = declared.filter_map(|person| Some(&person.github.as_ref()?.login));
    let known = logins.any(|it| it.eq_ignore_ascii_case(login));
    if !known && !made.given.may_log_in(login) {
        return None;
    }
    let own = made.quotas().get(&login.to_lowercase()).copied();
    Some(own.or_else(|| made.quota()))
}

impl Homes {
    /// What bringing a home back is called: the same for the same home and snapshot, so that what
    /// was begun is found again.
    pub fn name_of(&self, lost: &Lost<'_>) -> String {
        let told =
            format!("{} {} {} {}", self.volume, self.hub, lost.login.to_lowercase(), lost.snapshot);
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(told.as_bytes())[..8]);
        format!("{PURPOSE}-{digest}")
    }

    /// The volume on the disk that was made from the snapshot, the claim on it, and the job that
    /// copies the home from there; in the order in which they are made.
    pub fn restoring(&self, lost: &Lost<'_>, volume: &str) -> [Value; 3] {
        let name = self.name_of(lost);
        let size = json!({ "storage": format!("{}Gi", lost.size_gb) });
        let labels = json!({ "app.kubernetes.io/managed-by": "leap-infra", "leap-infra-temporary": PURPOSE });
        let persistent = json!({
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": { "name": name, "labels": labels },
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "capacity": size,
                "claimRef": { "namespace": self.namespace, "name": name },
                "csi": { "driver": "pd.csi.storage.gke.io", "fsType": "xfs", "volumeHandle": volume },
                // The disk has the identity of the one that it was made from, which may be mounted
                // on the same machine.
                "mountOptions": ["nouuid"],
                "persistentVolumeReclaimPolicy": "Retain",
                "storageClassName": "",
            },
        });
        let claim = json!({
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": { "name": name, "namespace": self.namespace, "labels": labels },
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "resources": { "requests": size },
                "storageClassName": "",
                "volumeName": name,
            },
        });
        let job = json!({
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": { "name": name, "namespace": self.namespace, "labels": labels },
            "spec": {
                "backoffLimit": 0,
                "template": {
                    "metadata": { "labels": labels },
                    "spec": pod(lost, &name),
                },
            },
        });
        [persistent, claim, job]
    }
}

fn pod(lost: &Lost<'_>, claim: &str) -> Value {
    let quota = lost.quota.map(|gb| format!("{:.0}", gb * f64::from(1 << 20))).unwrap_or_default();
    let variable = |name: &str, value: String| json!({ "name": name, "value": value });
    json!({
        "restartPolicy": "Never",
        "automountServiceAccountToken": false,
        "containers": [{
            "name": "copy",
            "image": COPIER,
            "command": ["sh", "-c", SCRIPT],
            "env": [
                variable("HOME_FOLDER", folder_of(lost.login)),
                variable("INTO", format!("restored-{}", lost.day)),
                variable("QUOTA_KB", quota),
            ],
            "securityContext": { "runAsUser": 0 },
            "terminationMessagePolicy": "FallbackToLogsOnError",
            "volumeMounts": [
                { "name": "snapshot", "mountPath": "/snapshot", "readOnly": true },
                { "name": "homes", "mountPath": "/homes" },
            ],
        }],
        "volumes": [
            { "name": "snapshot", "persistentVolumeClaim": { "claimName": claim } },
            { "name": "homes", "persistentVolumeClaim": { "claimName": CLAIM } },
        ],
    })
}
