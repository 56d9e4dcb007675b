//! The values of people's servers: variables, homes, accounts, and files in them.

use super::hub::EVERY;
use super::{builds, dask};
use crate::project::format::span;
use crate::project::hubs::made::Made;
use crate::project::hubs::settings::Per;
use crate::render::hub::WELCOME;
use serde_json::{Map, Value, json};

/// Where a home is in a server.
pub(super) const HOME: &str = "/home/jovyan";
/// The folder of the homes' disk that all can read.
pub(super) const SHARED: &str = "_shared";
/// The claim on the homes' disk.
pub(in crate::project::hubs) const CLAIM: &str = "home-nfs";
/// What makes the folders of a person before their server starts.
const OWNER: &str = "busybox:1.36.1";
/// The person in a server, and the group of its files.
const PERSON: u32 = 1000;

pub(super) fn values(made: &Made<'_>) -> Value {
    let hub = made.placed.hub;
    let mut values = json!({ "singleuser": {
        "startTimeout": span(&hub.start_within),
        "defaultUrl": "/lab",
        "extraEnv": variables(made),
        "extraFiles": files(made),
        "storage": storage(made),
        "initContainers": owners(made),
        // Accounts of the cloud are had from the metadata server, which GKE keeps safe by itself.
        "cloudMetadata": { "blockWithIptables": hub.identity.is_none() },
        "networkPolicy": { "egressAllowRules": { "cloudMetadataServer": hub.identity.is_some() } },
    } });
    let one = hub.identity.as_ref().filter(|account| account.per == Per::Hub);
    if let Some(acting) = one.and_then(|_| made.accounts().into_iter().next()) {
        super::lay(&mut values, json!({ "singleuser": { "serviceAccountName": acting.name } }));
    }
    if let Some(dask) = &hub.dask {
        super::lay(&mut values, dask::for_hub(made, dask));
    }
    if hub.builds.is_some() {
        super::lay(&mut values, builds::for_hub(made));
    }
    values
}

/// What every server knows. Where categories have accounts of their own, so do the variables.
fn variables(made: &Made<'_>) -> Value {
    let account = made.placed.hub.identity.as_ref().filter(|account| account.per == Per::Hub);
    json!(made.variables(account.and_then(|account| account.account.as_deref())))
}

fn storage(made: &Made<'_>) -> Value {
    let Some(home) = &made.placed.hub.home else {
        return json!({ "type": "none" });
    };
    let shared = json!({
        "name": "home",
        "mountPath": format!("{HOME}/shared"),
        "subPath": SHARED,
        "readOnly": true,
    });
    json!({
        "type": "static",
        "static": { "pvcName": CLAIM, "subPath": "{escaped_username}" },
        "extraVolumeMounts": home.shared.then_some(shared).into_iter().collect::<Vec<_>>(),
    })
}

/// What gives people their folders: the disk makes them as nobody's.
fn owners(made: &Made<'_>) -> Value {
    let Some(home) = &made.placed.hub.home else { return json!([]) };
    let shared = home.shared.then(|| SHARED.to_owned());
    let folders = made.given.folders().into_iter().map(|folder| folder.stored_as);
    let all = ["{escaped_username}".to_owned()].into_iter().chain(shared).chain(folders);
    let all: Vec<String> = all.map(|name| format!("\"/homes/{name}\"")).collect();
    let all = all.join(" ");
    let text = format!("mkdir -p {all} && chown {PERSON}:{PERSON} {all}");
    json!([{
        "name": "own-folders",
        "image": OWNER,
        "command": ["sh", "-c", text],
        "securityContext": { "runAsUser": 0 },
        "volumeMounts": [{ "name": "home", "mountPath": "/homes" }],
    }])
}

fn files(made: &Made<'_>) -> Value {
    let hub = made.placed.hub;
    let idle = span(&hub.cull.kernel_idle);
    let mut files = Map::new();
    let kernels = json!({
        "mountPath": "/usr/local/etc/jupyter/jupyter_server_config.json",
        "data": { "MappingKernelManager": {
            "cull_idle_timeout": idle,
            "cull_interval": EVERY,
            "cull_connected": true,
        } },
    });
    files.insert("jupyter_server_config.json".to_owned(), kernels);
    if hub.page.welcome_file {
        let text = made.text(WELCOME, &made.page());
        let path = format!("{HOME}/WELCOME.md");
        files.insert("welcome".to_owned(), json!({ "mountPath": path, "stringData": text }));
    }
    let own = hub.files.iter().map(|(name, file)| {
        let path = file.path.replacen('~', HOME, 1);
        (name.clone(), json!({ "mountPath": path, "stringData": file.text }))
    });
    files.extend(own);
    Value::Object(files)
}
