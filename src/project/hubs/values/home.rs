//! The values of what serves the homes' disk to people's servers by NFS, and keeps each home within
//! its quota.

use crate::project::disks::{self, Served};
use crate::project::hubs::made::Made;
use crate::project::hubs::quota::folder_of;
use crate::project::hubs::settings::Home;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The release that serves homes, and the name of its service.
pub(in crate::project::hubs) const RELEASE: &str = "home-nfs";

/// The disk of a hub's homes.
pub(in crate::project::hubs) fn disk<'a>(made: &Made<'a>, home: &Home) -> Option<Served<'a>> {
    disks::served(made.layout, &home.disk, made.placed.laid.env())
}

/// The values of the chart.
pub(in crate::project::hubs) fn values(made: &Made<'_>, disk: &Served<'_>) -> Value {
    let mut values = json!({
        "fullnameOverride": RELEASE,
        "gke": { "enabled": true, "volumeId": disk.volume },
        "autoResizer": { "enabled": true },
        "persistentVolume": { "size": format!("{}Gi", disk.size_gb) },
        "quotaEnforcer": { "enabled": made.quota().is_some() },
    });
    if let Some(quota) = made.quota() {
        let mut manager = json!({ "hard_quota": quota, "paths": ["/export"] });
        let others = made.quotas();
        if !others.is_empty() {
            let others = others.into_iter().map(|(login, gb)| (folder_of(&login), gb));
            let others: BTreeMap<String, f64> = others.collect();
            super::lay(&mut manager, json!({ "quota_overrides": others }));
        }
        super::lay(
            &mut values,
            json!({ "quotaEnforcer": { "config": { "QuotaManager": manager } } }),
        );
    }
    values
}
