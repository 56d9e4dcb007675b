//! Cloud Monitoring, as far as its uptime checks and notification channels go: kept and listed, never
//! run and never written to.
//!
//! <https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.uptimeCheckConfigs>,
//! <https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.notificationChannels>

mod channel;
mod uptime;

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use http::request::Parts;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::rest::{self, Answer, Parameters};
use super::{Api, Label, World, serviceusage};

/// The name under which it is enabled.
const SERVICE: &str = "monitoring.googleapis.com";

/// The API.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Monitoring;

const TEMPLATES: &[&str] = &[
    "/v3/projects/{project}/uptimeCheckConfigs",
    "/v3/projects/{project}/uptimeCheckConfigs/{check}",
    "/v3/projects/{project}/notificationChannels",
    "/v3/projects/{project}/notificationChannels/{channel}",
];

/// What is the same of both collections, and what differs.
#[derive(Clone, Copy)]
struct Collection {
    /// What it is called in paths and lists.
    name: &'static str,
    /// What a single one is called where it is not found.
    thing: &'static str,
    /// Where they are kept.
    kept: &'static str,
    /// What a mask may name.
    may_change: &'static [&'static str],
    /// One with what is usual where nothing was said.
    complete: fn(&str, &Value) -> Value,
    /// Refuses what the API does not take.
    check: fn(&Value) -> Result<(), Refusal>,
    /// Refuses a change of what stays.
    stays: fn(&Value, &Value) -> Result<(), Refusal>,
    /// What the server makes a name of.
    stem: fn(&Value) -> String,
}

impl Api for Monitoring {
    fn name(&self) -> &'static str {
        "monitoring"
    }

    fn router(&self, world: World) -> Router {
        routes(&uptime::COLLECTION).merge(routes(&channel::COLLECTION)).with_state(world)
    }

    fn label(&self, parts: &Parts, _: &[u8]) -> Label {
        rest::label(parts, TEMPLATES)
    }
}

type Kept = State<World>;
type One = Path<(String, String)>;

fn routes(of: &'static Collection) -> Router<World> {
    let all = get(move |world: Kept, project: Path<String>, asked: Query<Parameters>| async move {
        list(of, &world, &project, &asked)
    })
    .post(move |world: Kept, project: Path<String>, Json(body): Json<Value>| async move {
        create(of, &world, &project, &body)
    });
    let one = get(move |world: Kept, path: One| async move { one(of, &world, &path) })
        .patch(move |world: Kept, path: One, asked: Query<Parameters>, Json(body): Json<Value>| {
            async move { update(of, &world, &path, &asked, &body) }
        })
        .delete(move |world: Kept, path: One| async move { delete(of, &world, &path) });
    Router::new()
        .route(&format!("/v3/projects/{{project}}/{}", of.name), all)
        .route(&format!("/v3/projects/{{project}}/{}/{{id}}", of.name), one)
}

impl Collection {
    fn key(&self, project: &str, id: &str) -> String {
        format!("monitoring/{}/{project}/{id}", self.kept)
    }

    fn missing(&self, project: &str, id: &str) -> Refusal {
        let (thing, name) = (self.thing, self.name);
        Refusal::not_found(format!("Could not find {thing}: projects/{project}/{name}/{id}"))
    }
}

fn list(of: &Collection, world: &World, project: &str, asked: &Parameters) -> Answer {
    serviceusage::needs(world, project, SERVICE)?;
    if asked.contains_key("filter") {
        return Err(Refusal::unimplemented("the sandbox does not filter lists").into());
    }
    let entries = world.store.read(|view| {
        let all = view.scan(&of.key(project, ""), "").map(|(_, one)| one.clone());
        Ok::<_, Refusal>(all.collect::<Vec<Value>>())
    })?;
    let total = entries.len();
    let mut page = rest::listed(world, asked, of.name, entries)?;
    page["totalSize"] = json!(total);
    Ok(Json(page))
}

fn one(of: &Collection, world: &World, (project, id): &(String, String)) -> Answer {
    serviceusage::needs(world, project, SERVICE)?;
    let kept = world
        .store
        .read(|view| view.value(&of.key(project, id)).ok_or_else(|| of.missing(project, id)))?;
    Ok(Json((*kept).clone()))
}

/// The server gives the name: what it makes of the thing, and a number.
fn create(of: &Collection, world: &World, project: &str, body: &Value) -> Answer {
    serviceusage::needs(world, project, SERVICE)?;
    let mut made = (of.complete)(project, body);
    (of.check)(&made)?;
    let stem = (of.stem)(&made);
    let number = crc32c::crc32c(format!("{project}/{stem}").as_bytes());
    Ok(Json(world.store.transact(|tx| {
        let mut id = format!("{stem}{number:08x}");
        while tx.value(&of.key(project, &id)).is_some() {
            id.push('x');
        }
        made["name"] = json!(format!("projects/{project}/{}/{id}", of.name));
        tx.put(of.key(project, &id), made.clone());
        Ok::<_, Refusal>(made.clone())
    })?))
}

fn update(
    of: &Collection,
    world: &World,
    (project, id): &(String, String),
    asked: &Parameters,
    body: &Value,
) -> Answer {
    serviceusage::needs(world, project, SERVICE)?;
    Ok(Json(world.store.transact(|tx| {
        let key = of.key(project, id);
        let live = tx.value(&key).ok_or_else(|| of.missing(project, id))?;
        let mut next = match asked.get("updateMask") {
            Some(mask) => {
                let mut next = (*live).clone();
                rest::masked(&mut next, body, mask, of.may_change)?;
                next
            }
            None => (of.complete)(project, body),
        };
        (of.stays)(&live, &next)?;
        next["name"] = live["name"].clone();
        (of.check)(&next)?;
        tx.put(key, next.clone());
        Ok::<_, Refusal>(next)
    })?))
}

fn delete(of: &Collection, world: &World, (project, id): &(String, String)) -> Answer {
    serviceusage::needs(world, project, SERVICE)?;
    world.store.transact(|tx| {
        tx.value(&of.key(project, id)).ok_or_else(|| of.missing(project, id))?;
        tx.remove(&of.key(project, id));
        Ok::<_, Refusal>(())
    })?;
    Ok(Json(json!({})))
}

/// Refuses labels that the API does not take.
fn user_labels(thing: &Value) -> Result<(), &'static str> {
    let all = thing["userLabels"].as_object();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
    let good = |text: &str| text.len() <= 63 && text.chars().all(allowed);
    let begins = |key: &str| key.starts_with(|c: char| c.is_ascii_lowercase());
    let fine = all
        .into_iter()
        .flatten()
        .all(|(key, value)| begins(key) && good(key) && value.as_str().is_some_and(good));
    if fine && all.is_none_or(|all| all.len() <= 64) {
        return Ok(());
    }
    Err("keys begin with a letter; keys and values have lower case letters, digits, - and _.")
}
