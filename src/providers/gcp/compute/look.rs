//! The calls of the compute API that only look.

use super::{COMPUTE, last};
use crate::providers::gcp::Reader;
use crate::providers::gcp::error::CallFailed;
use crate::providers::gcp::rest::{Rest, RestCall};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most that one page holds.
/// <https://cloud.google.com/compute/docs/reference/rest/v1/disks/aggregatedList>
const PAGE_SIZE: &str = "500";

/// What stands in the lists of all places of a project.
pub(crate) type Listed = Arc<Vec<Value>>;

/// A machine type, wherever it is to be had.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineType {
    /// How many CPUs it has, as the API counts them.
    pub cpus: u32,
    /// Its memory, in MiB.
    pub memory_mb: u32,
    /// The accelerators that it comes with, and how many.
    pub accelerators: Vec<(String, i64)>,
}

/// The zones that have an accelerator, by its type.
pub type Accelerators = BTreeMap<String, BTreeSet<String>>;

/// Everything of one collection in a project: in all zones, in all regions, and what is global.
pub(crate) async fn listed(
    reader: &Reader,
    project: &str,
    collection: &'static str,
) -> Result<Listed, CallFailed> {
    let ask = async || {
        let what = format!("listing the {collection} of project {project}");
        let list = || aggregated(&reader.rest, &what, project, collection);
        reader.ask(&what, list).await.map(Arc::new)
    };
    reader.compute.answer(&format!("{project}/{collection}"), ask).await
}

/// A place that does not answer fails the call: `returnPartialSuccess` is not asked for.
async fn aggregated(
    rest: &Rest,
    what: &str,
    project: &str,
    collection: &str,
) -> Result<Vec<Value>, CallFailed> {
    let (mut all, mut page) = (Vec::new(), String::new());
    loop {
        let call = RestCall::get(what, format!("projects/{project}/aggregated/{collection}"));
        let mut call = call.with("maxResults", PAGE_SIZE);
        if !page.is_empty() {
            call = call.with("pageToken", page);
        }
        let mut answer = rest.call(COMPUTE, &call).await?;
        let places = answer["items"].as_object_mut().map(std::mem::take).unwrap_or_default();
        for (_, mut place) in places {
            if let Some(Value::Array(things)) = place.get_mut(collection).map(Value::take) {
                all.extend(things);
            }
        }
        match answer["nextPageToken"].as_str() {
            None | Some("") => return Ok(all),
            Some(next) => page = next.to_owned(),
        }
    }
}

impl Reader {
    /// Every machine type that a project may use, by name.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn machine_types(
        &self,
        project: &str,
    ) -> Result<BTreeMap<String, MachineType>, crate::kind::ProviderError> {
        let all = listed(self, project, "machineTypes").await?;
        let small = |value: &Value| value.as_u64().and_then(|it| u32::try_from(it).ok());
        let read = |it: &Value| {
            let accelerators = it["accelerators"].as_array().into_iter().flatten().map(|one| {
                let kind = one["guestAcceleratorType"].as_str().unwrap_or_default();
                (kind.to_owned(), one["guestAcceleratorCount"].as_i64().unwrap_or(1))
            });
            let (cpus, memory_mb) = (small(&it["guestCpus"])?, small(&it["memoryMb"])?);
            let accelerators = accelerators.collect();
            let name = it["name"].as_str()?.to_owned();
            Some((name, MachineType { cpus, memory_mb, accelerators }))
        };
        Ok(all.iter().filter_map(read).collect())
    }

    /// The zones that have each type of accelerator.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn accelerators(
        &self,
        project: &str,
    ) -> Result<Accelerators, crate::kind::ProviderError> {
        let all = listed(self, project, "acceleratorTypes").await?;
        let mut zones = Accelerators::new();
        for one in all.iter() {
            let name = one["name"].as_str().unwrap_or_default().to_owned();
            zones.entry(name).or_default().insert(last(&one["zone"]).to_owned());
        }
        Ok(zones)
    }

    /// What a project may have in a region at most, by metric.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn quotas(
        &self,
        project: &str,
        region: &str,
    ) -> Result<BTreeMap<String, u64>, crate::kind::ProviderError> {
        let what = format!("the quotas of project {project} in {region}");
        let look = || async {
            let call = RestCall::get(&what, format!("projects/{project}/regions/{region}"));
            self.rest.call(COMPUTE, &call).await
        };
        let region = self.ask(&what, look).await?;
        let quotas = region["quotas"].as_array().into_iter().flatten();
        let read = |quota: &Value| {
            let limit = quota["limit"].as_f64().filter(|limit| *limit >= 0.0)?;
            Some((quota["metric"].as_str()?.to_owned(), limit as u64))
        };
        Ok(quotas.filter_map(read).collect())
    }
}
