//! The calls of Cloud DNS, and the numbers of static addresses that records point at.
//!
//! <https://cloud.google.com/dns/docs/reference/rest/v1>

use crate::kind::{ProviderError, StepContext};
use crate::model::Scope;
use crate::providers::gcp::compute::{self, COMPUTE};
use crate::providers::gcp::error::{CallFailed, Purpose, Reason};
use crate::providers::gcp::identity::unless_off;
use crate::providers::gcp::rest::{Rest, RestApi, RestCall};
use crate::providers::gcp::{Reader, Writer};
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;

const DNS: RestApi = RestApi { host: "dns.googleapis.com", version: "dns/v1" };

/// What has to be enabled.
pub(super) const API: &str = "dns.googleapis.com";

/// The most record sets in a page.
const PAGE_SIZE: &str = "1000";

/// The first pause between two looks at a change; each further one is longer by half.
const SHORTEST_PAUSE: Duration = Duration::from_millis(5);

fn path(project: &str, zone: &str) -> String {
    format!("projects/{project}/managedZones/{zone}")
}

/// Every record set of a zone.
pub(super) async fn list(
    reader: &Reader,
    project: &str,
    zone: &str,
) -> Result<Vec<Value>, CallFailed> {
    let what = format!("the records of zone {zone} in project {project}");
    let list = || {
        let call = RestCall::get(&what, format!("{}/rrsets", path(project, zone)));
        reader.rest.list(DNS, call.with("maxResults", PAGE_SIZE), "rrsets")
    };
    reader.ask(&what, list).await
}

/// The names of the zones of a project.
pub(super) async fn zones(reader: &Reader, project: &str) -> Result<Vec<String>, CallFailed> {
    let what = format!("the zones of project {project}");
    let list = || {
        let call = RestCall::get(&what, format!("projects/{project}/managedZones"));
        reader.rest.list(DNS, call.with("maxResults", PAGE_SIZE), "managedZones")
    };
    let zones = reader.ask(&what, list).await?;
    Ok(zones.iter().filter_map(|zone| zone["name"].as_str().map(str::to_owned)).collect())
}

/// The record set of a name and type, if there is one.
pub(super) async fn look(
    rest: &Rest,
    (project, zone): (&str, &str),
    domain: &str,
    kind: &str,
) -> Result<Option<Value>, CallFailed> {
    let what = format!("looking at the {kind} record {domain}");
    let call = RestCall::get(&what, format!("{}/rrsets", path(project, zone)));
    let call = call.with("name", format!("{domain}.")).with("type", kind);
    Ok(rest.list(DNS, call, "rrsets").await?.into_iter().next())
}

/// Lets record sets go and others come, all or none; what goes must be exactly as it is told.
pub(super) async fn change(
    rest: &Rest,
    (project, zone): (&str, &str),
    what: &str,
    (deletions, additions): (Vec<Value>, Vec<Value>),
) -> Result<Value, CallFailed> {
    let path = format!("{}/changes", path(project, zone));
    let body = json!({ "deletions": deletions, "additions": additions });
    rest.call(DNS, &RestCall::change(what, Method::POST, path).sending(body)).await
}

/// Waits until all servers of a zone have a change.
pub(super) async fn wait(
    rest: &Rest,
    step: &StepContext,
    (project, zone): (&str, &str),
    what: &str,
    mut change: Value,
) -> Result<(), ProviderError> {
    let mut pause = SHORTEST_PAUSE;
    while change["status"] == "pending" {
        let id = change["id"].as_str().unwrap_or_default().to_owned();
        (step.progress)(&format!("waiting for the servers of zone {zone} to have change {id}"));
        step.pause_for(what, pause).await?;
        pause = pause.mul_f64(1.5);
        let path = format!("{}/changes/{id}", path(project, zone));
        change = rest.call(DNS, &RestCall::get(what, path)).await?;
    }
    Ok(())
}

/// A static address that a record points at, by its reference `PROJECT/LOCATION/NAME`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Target<'a> {
    project: &'a str,
    location: &'a str,
    name: &'a str,
}

impl<'a> Target<'a> {
    /// Reads a reference; none if it is none.
    fn of(address: &'a str) -> Option<Self> {
        let parts: Vec<&str> = address.split('/').collect();
        let [project, location, name] = parts.as_slice() else { return None };
        Some(Self { project, location, name })
    }
}

/// The number of an address as it was listed; none if it is not there (yet).
pub(crate) async fn number_of(
    reader: &Reader,
    scope: &Scope<'_>,
    address: &str,
) -> Result<Option<String>, ProviderError> {
    let Some(Target { project, location, name }) = Target::of(address) else { return Ok(None) };
    let listed = compute::listed(reader, project, "addresses").await;
    let listed = unless_off(listed, scope, project, compute::API)?.unwrap_or_default();
    let meant = |live: &&Value| live["name"] == name && compute::location(live) == location;
    let number = |live: &Value| live["address"].as_str().map(str::to_owned);
    Ok(listed.iter().find(meant).and_then(number))
}

/// The number of an address as it is now.
pub(super) async fn number_now(
    writer: &Writer,
    step: &StepContext,
    address: &str,
) -> Result<Option<String>, ProviderError> {
    let Some(Target { project, location, name }) = Target::of(address) else { return Ok(None) };
    let what = format!("address {name}, at which {} points", step.id.local());
    let place = compute::scope(location);
    let call = RestCall::get(&what, format!("projects/{project}/{place}/addresses/{name}"));
    let live = writer.rest.call(COMPUTE, &call).await?;
    let number = live["address"].as_str().filter(|number| !number.is_empty());
    let none = || CallFailed::because(Reason::ForNow, Purpose::Read, &what, "it has no number yet");
    Ok(Some(number.ok_or_else(none)?.to_owned()))
}
