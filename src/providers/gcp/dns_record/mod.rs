//! `dns-record`: a set of records of one name and type, in a managed zone that is there.
//!
//! The name is `ZONE/NAME/TYPE`. A record carries no labels, so a text record beside it carries the
//! mark, `_leap-infra-TYPE.NAME`: both come, change and go in one change of the zone, all or none.
//! Records of others in the same zone are never touched.

mod apply;
mod calls;
mod observe;
mod wire;

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Need, Observation, Scope};
use crate::providers::gcp::gce_address::Address;
use crate::providers::gcp::{Reader, Writer};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

pub(crate) use calls::number_of;
pub(crate) use wire::read;
pub use wire::{TYPES, record_name};

/// The complete settings of a set of records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// What it says, as a person writes it: `192.0.2.1`, `10 mail.example.org`.
    #[serde(default)]
    pub data: BTreeSet<String>,
    /// The static address that it points at instead, `PROJECT/LOCATION/NAME`; else empty.
    #[serde(default)]
    pub address: String,
    /// For how long others may remember it, in seconds.
    pub ttl: u32,
}

/// The kind `dns-record`.
#[derive(Debug)]
pub enum DnsRecord {}

impl Kind for DnsRecord {
    const NAME: &'static str = "dns-record";
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        observe::observe(reader, scope).await
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        match change {
            Change::Create { after } => apply::create(writer, step, &after).await,
            Change::Update { before, after, .. } => {
                apply::update(writer, step, &before, &after).await
            }
            Change::Delete { before, .. } => apply::delete(writer, step, &before).await,
            Change::Adopt { spec, .. } => apply::adopt(writer, step, &spec).await,
            Change::Disown { spec, .. } => apply::disown(writer, step, &spec).await,
            Change::Wait { .. } => Err(step.nothing_to_wait_for("records")),
        }
    }

    /// An alias stands alone: it takes up every type of its name.
    fn takes_up(name: &str) -> BTreeSet<String> {
        let Some((domain, kind)) = name.rsplit_once('/') else { return BTreeSet::new() };
        let types = TYPES.iter().filter(|other| kind == "CNAME" || **other == kind);
        types.map(|kind| format!("{domain}/{kind}")).collect()
    }

    /// The number of an address is known once that is there.
    fn needs(_name: &str, spec: &Spec) -> BTreeSet<Need> {
        let address = spec.address.rsplit('/').next().filter(|name| !name.is_empty());
        address.map(|name| Need::refers(Address::NAME, name)).into_iter().collect()
    }
}
