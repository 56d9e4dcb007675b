//! A made-up kind with a long operation: a loom, on a made-up API in the sandbox.
//!
//! The API does what the awkward ones do: making takes a while and returns an operation, only one
//! operation runs on a loom at a time, and a loom copies its labels onto the spools that it
//! brings along, which makes them look like ours.

use axum::extract::{Path, State};
use axum::routing::{delete, get};
use axum::{Json, Router};
use http::StatusCode;
use leap_infra::kind::{Applied, Change, Kind, Provider, ProviderError, StepContext};
use leap_infra::model::{
    Found, Mark, Observation, Owner, Place, Scope, Status, Transition, Version,
};
use leap_infra::sandbox::{Api, Label, StoreError, World};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// How many looks at an operation it takes until it has ended.
const LOOKS: u64 = 3;

/// How long one call may take.
const LONGEST_CALL: Duration = Duration::from_millis(200);

pub struct Loom;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoomSpec {
    pub width: u32,
    #[serde(default)]
    pub motor: Option<String>,
}

/// What a loom brings along.
pub struct Spool;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpoolSpec {}

#[derive(Clone)]
pub struct Client(pub String, pub reqwest::Client);

/// A small cloud.
impl Provider for Client {
    const WORD: &'static str = "toy";
    const AT_ONCE: Option<usize> = Some(3);
}

impl Client {
    pub fn new(url: &str) -> Self {
        // Fails when one was installed before, which is as good.
        _ = rustls::crypto::ring::default_provider().install_default();
        Self(format!("{url}/toy"), reqwest::Client::new())
    }

    async fn call(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, ProviderError> {
        let what = format!("{method} {path}");
        let mut request = self.1.request(method, format!("{}/{path}", self.0));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let transient =
            |why: String| ProviderError::Transient { what: what.clone(), why, retry_after: None };
        let response = request.send().await.map_err(|error| transient(error.to_string()))?;
        let status = response.status();
        let body: Value = response.json().await.map_err(|error| transient(error.to_string()))?;
        let why = body.to_string();
        match status.as_u16() {
            200 => Ok(body),
            404 => Err(ProviderError::NotFound { what }),
            409 => Err(ProviderError::Taken { name: path.to_owned(), why }),
            500.. => Err(transient(why)),
            _ => Err(ProviderError::Refused { what, why }),
        }
    }

    async fn wait(&self, step: &StepContext, operation: &str) -> Result<(), ProviderError> {
        loop {
            let path = format!("operations/{operation}");
            let seen = self.call(reqwest::Method::GET, &path, None).await?;
            if seen["done"] == json!(true) {
                return Ok(());
            }
            (step.progress)(&format!("waiting for {operation}"));
            step.pause(operation).await?;
        }
    }
}

fn found<S>(scope: &Scope<'_>, kind: &str, seen: &Value, spec: S) -> Found<S> {
    let name = seen["name"].as_str().unwrap().to_owned();
    let owner = Mark::owner(scope.stack, kind, &name, |key| seen["labels"][key].as_str());
    let status = match seen["operation"].as_str() {
        Some(operation) => Status::InProgress { operation: operation.to_owned() },
        None => Status::Ready,
    };
    let version = Version(seen["version"].to_string());
    Found { name, place: Place::project("p"), owner, spec, version, status, holds: None }
}

fn kept<S>(scope: &Scope<'_>, found: &Found<S>) -> bool {
    matches!(found.owner, Owner::Ours(_)) || scope.wanted.contains_key(found.name.as_str())
}

impl Kind for Loom {
    const NAME: &'static str = "loom";
    type Spec = LoomSpec;
    type Reader = Client;
    type Writer = Client;

    async fn observe(
        client: &Client,
        scope: &Scope<'_>,
    ) -> Result<Observation<LoomSpec>, ProviderError> {
        let all = client.call(reqwest::Method::GET, "looms", None).await?;
        let all = all.as_array().unwrap().iter();
        let spec = |seen: &Value| serde_json::from_value(seen["spec"].clone()).unwrap();
        let found = all.map(|seen| found(scope, Self::NAME, seen, spec(seen)));
        Ok(Observation {
            found: found.filter(|f| kept(scope, f)).collect(),
            ..Observation::default()
        })
    }

    async fn apply(
        client: &Client,
        step: &StepContext,
        change: Change<LoomSpec>,
    ) -> Result<Applied, ProviderError> {
        let path = format!("looms/{}", step.id.name);
        let body = |spec: &LoomSpec| Some(json!({ "spec": spec, "labels": step.mark.labels() }));
        let operation = match &change {
            Change::Create { after } => {
                match client.call(reqwest::Method::POST, &path, body(after)).await {
                    Err(ProviderError::Taken { .. }) => ours(client, step, &path).await?,
                    answer => answer?["operation"].as_str().map(str::to_owned),
                }
            }
            Change::Update { after, version, .. } => {
                let path = format!("{path}?version={}", version.0);
                let answer = client.call(reqwest::Method::PUT, &path, body(after)).await?;
                answer["operation"].as_str().map(str::to_owned)
            }
            Change::Adopt { spec, version } | Change::Disown { spec, version } => {
                let adopts = matches!(change, Change::Adopt { .. });
                let labels = if adopts { step.mark.labels() } else { BTreeMap::new() };
                let body = json!({ "spec": spec, "labels": labels });
                // What was begun before, and whose answer was lost, may still run.
                let now = client.call(reqwest::Method::GET, &path, None).await?;
                if let Some(running) = now["operation"].as_str() {
                    client.wait(step, running).await?;
                }
                let put = format!("{path}?version={}", version.0);
                let answer = client.call(reqwest::Method::PUT, &put, Some(body)).await?;
                answer["operation"].as_str().map(str::to_owned)
            }
            Change::Wait { operation, .. } => Some(operation.clone()),
            // The API checks no version on a deletion: what the plan saw is read again, and the
            // lease must last for as long as the call may take.
            Change::Delete { version, .. } => {
                let seen = match client.call(reqwest::Method::GET, &path, None).await {
                    Err(ProviderError::NotFound { .. }) => return Ok(Applied::gone()),
                    seen => seen?,
                };
                same(&path, &version.0, &seen["version"].to_string())?;
                step.ensure_lease(&format!("deleting {path}"), LONGEST_CALL)?;
                return match client.call(reqwest::Method::DELETE, &path, None).await {
                    Ok(_) | Err(ProviderError::NotFound { .. }) => Ok(Applied::gone()),
                    Err(error) => Err(error),
                };
            }
        };
        if let Some(operation) = operation {
            client.wait(step, &operation).await?;
        }
        Ok(Applied::gone())
    }

    fn transition(before: &LoomSpec, after: &LoomSpec) -> Transition {
        match before.width == after.width {
            true => Transition::InPlace,
            false => Transition::Replace("a loom has one width".into()),
        }
    }
}

fn same(path: &str, before: &str, now: &str) -> Result<(), ProviderError> {
    if before == now {
        return Ok(());
    }
    let (what, field) = (path.to_owned(), "version".to_owned());
    Err(ProviderError::Stale { what, field, before: before.to_owned(), now: now.to_owned() })
}

/// The answer to an earlier create was lost: what stands there must be ours; wait for it.
async fn ours(
    client: &Client,
    step: &StepContext,
    path: &str,
) -> Result<Option<String>, ProviderError> {
    let there = client.call(reqwest::Method::GET, path, None).await?;
    let mark = step.mark.labels();
    if serde_json::from_value::<BTreeMap<String, String>>(there["labels"].clone()).unwrap() != mark
    {
        let why = "it is not ours".to_owned();
        return Err(ProviderError::Taken { name: step.id.name.clone(), why });
    }
    Ok(there["operation"].as_str().map(str::to_owned))
}

impl Kind for Spool {
    const NAME: &'static str = "spool";
    type Spec = SpoolSpec;
    type Reader = Client;
    type Writer = Client;

    async fn observe(
        client: &Client,
        scope: &Scope<'_>,
    ) -> Result<Observation<SpoolSpec>, ProviderError> {
        let all = client.call(reqwest::Method::GET, "spools", None).await?;
        let all = all.as_array().unwrap().iter();
        let found = all.map(|seen| found(scope, Self::NAME, seen, SpoolSpec {}));
        Ok(Observation {
            found: found.filter(|f| kept(scope, f)).collect(),
            ..Observation::default()
        })
    }

    async fn apply(
        client: &Client,
        step: &StepContext,
        _: Change<SpoolSpec>,
    ) -> Result<Applied, ProviderError> {
        let path = format!("spools/{}", step.id.name);
        client.call(reqwest::Method::DELETE, &path, None).await.map(|_| Applied::gone())
    }
}

/// The made-up API.
pub struct ToyApi;

impl Api for ToyApi {
    fn name(&self) -> &'static str {
        "toy"
    }

    fn router(&self, world: World) -> Router {
        let one = get(read).post(create).put(update).delete(remove);
        Router::new()
            .route("/toy/looms", get(list_looms))
            .route("/toy/looms/{name}", one)
            .route("/toy/spools", get(list_spools))
            .route("/toy/spools/{name}", delete(remove_spool))
            .route("/toy/operations/{name}", get(look))
            .with_state(world)
    }

    fn label(&self, parts: &http::request::Parts, _: &[u8]) -> Label {
        Label::of_http(parts)
    }
}

type Answer = (StatusCode, Json<Value>);

fn ok(value: Value) -> Answer {
    (StatusCode::OK, Json(value))
}

fn refuse(status: u16, message: &str) -> Answer {
    (StatusCode::from_u16(status).unwrap(), Json(json!({ "error": message })))
}

fn all(world: &World, prefix: &str) -> Answer {
    let list = world.store.read(|view| {
        Ok::<_, StoreError>(
            view.scan(prefix, "").map(|(_, value)| value.clone()).collect::<Vec<_>>(),
        )
    });
    ok(json!(list.unwrap()))
}

async fn list_looms(State(world): State<World>) -> Answer {
    all(&world, "toy/loom/")
}

async fn list_spools(State(world): State<World>) -> Answer {
    all(&world, "toy/spool/")
}

async fn read(State(world): State<World>, Path(name): Path<String>) -> Answer {
    let loom =
        world.store.read(|view| Ok::<_, StoreError>(view.value(&format!("toy/loom/{name}"))));
    loom.unwrap().map_or_else(|| refuse(404, "no such loom"), |loom| ok((*loom).clone()))
}

async fn create(
    State(world): State<World>,
    Path(name): Path<String>,
    Json(body): Json<Value>,
) -> Answer {
    let key = format!("toy/loom/{name}");
    let answer = world.store.transact(|tx| {
        if tx.value(&key).is_some() {
            return Ok::<_, StoreError>(refuse(409, "a loom of this name exists"));
        }
        let operation = format!("make-{name}");
        let (spec, labels) = (&body["spec"], &body["labels"]);
        tx.put(format!("toy/operation/{operation}"), json!({ "loom": name, "looks": 0 }));
        // What a loom brings along carries the loom's labels.
        tx.put(format!("toy/spool/{name}-1"), json!({ "name": format!("{name}-1"), "labels": labels, "version": 1 }));
        let loom = json!({ "name": name, "spec": spec, "labels": labels, "version": 1, "operation": operation });
        tx.put(key.clone(), loom.clone());
        Ok(ok(loom))
    });
    answer.unwrap()
}

async fn update(
    State(world): State<World>,
    Path(name): Path<String>,
    axum::extract::Query(query): axum::extract::Query<BTreeMap<String, String>>,
    Json(body): Json<Value>,
) -> Answer {
    let key = format!("toy/loom/{name}");
    let answer = world.store.transact(|tx| {
        let Some(loom) = tx.value(&key) else {
            return Ok::<_, StoreError>(refuse(404, "no such loom"));
        };
        if !loom["operation"].is_null() {
            return Ok(refuse(400, "an operation is running on this loom"));
        }
        if query.get("version") != Some(&loom["version"].to_string()) {
            return Ok(refuse(412, "the loom has changed"));
        }
        let operation = format!("change-{name}");
        tx.put(format!("toy/operation/{operation}"), json!({ "loom": name, "looks": 0 }));
        let version = loom["version"].as_u64().unwrap() + 1;
        let loom = json!({ "name": name, "spec": body["spec"], "labels": body["labels"], "version": version, "operation": operation });
        tx.put(key.clone(), loom.clone());
        Ok(ok(loom))
    });
    answer.unwrap()
}

async fn remove(State(world): State<World>, Path(name): Path<String>) -> Answer {
    let key = format!("toy/loom/{name}");
    let answer = world.store.transact(|tx| {
        if tx.value(&key).is_none() {
            return Ok::<_, StoreError>(refuse(404, "no such loom"));
        }
        tx.remove(&key);
        tx.remove(&format!("toy/spool/{name}-1"));
        Ok(ok(json!({})))
    });
    answer.unwrap()
}

async fn remove_spool(State(world): State<World>, Path(name): Path<String>) -> Answer {
    let removed = world.store.transact(|tx| {
        tx.remove(&format!("toy/spool/{name}"));
        Ok::<_, StoreError>(ok(json!({})))
    });
    removed.unwrap()
}

/// Looking at an operation is what makes time pass for it.
async fn look(State(world): State<World>, Path(name): Path<String>) -> Answer {
    let key = format!("toy/operation/{name}");
    let answer = world.store.transact(|tx| {
        let Some(operation) = tx.value(&key) else {
            return Ok::<_, StoreError>(ok(json!({ "done": true })));
        };
        let looks = operation["looks"].as_u64().unwrap() + 1;
        if looks < LOOKS {
            let loom = &operation["loom"];
            tx.put(key.clone(), json!({ "loom": loom, "looks": looks }));
            return Ok(ok(json!({ "done": false })));
        }
        tx.remove(&key);
        let loom_key = format!("toy/loom/{}", operation["loom"].as_str().unwrap());
        if let Some(loom) = tx.value(&loom_key) {
            let mut loom = (*loom).clone();
            loom.as_object_mut().unwrap().remove("operation");
            tx.put(loom_key, loom);
        }
        Ok(ok(json!({ "done": true })))
    });
    answer.unwrap()
}
