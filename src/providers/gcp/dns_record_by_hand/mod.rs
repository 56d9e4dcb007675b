//! `dns-record-by-hand`: a record that people make, wherever their names are kept. Nothing here makes
//! one: a plan says which to make, until the world sees it.
//!
//! The name is `NAME/TYPE`. Whether it is there, a public resolver tells.

mod resolve;

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext, digest};
use crate::model::{
    Found, Mark, Need, Observation, Owner, Resource, Scope, SpecMark, Status, Version,
};
use crate::providers::gcp::dns_record::number_of;
use crate::providers::gcp::gce_address::Address;
use crate::providers::gcp::reader::AT_ONCE;
use crate::providers::gcp::{Reader, Writer};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The complete settings of a record that people make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// What it says, as a person writes it: `192.0.2.1`, `10 mail.example.org`.
    #[serde(default)]
    pub data: BTreeSet<String>,
    /// The static address that it points at instead, `PROJECT/LOCATION/NAME`; else empty.
    #[serde(default)]
    pub address: String,
}

/// The kind `dns-record-by-hand`.
#[derive(Debug)]
pub enum ByHand {}

impl Kind for ByHand {
    const NAME: &'static str = "dns-record-by-hand";
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    /// Nothing carries a mark here, so only what is wanted is looked for.
    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        let wanted: Vec<Resource> = scope.wanted.values().map(|it| (*it).clone()).collect();
        let looks = wanted.into_iter().map(|resource| found(reader, scope, resource));
        let found = stream::iter(looks).buffered(AT_ONCE).try_collect::<Vec<_>>().await?;
        let found = found.into_iter().flatten().collect();
        Ok(Observation { found, ..Observation::default() })
    }

    /// Nothing of this is ever planned.
    async fn apply(
        _writer: &Writer,
        _step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        Ok(match change {
            Change::Update { version, .. }
            | Change::Adopt { version, .. }
            | Change::Disown { version, .. } => Applied::at(version),
            Change::Create { .. } | Change::Wait { .. } | Change::Delete { .. } => {
                Applied::gone().saying("is for people to do")
            }
        })
    }

    fn needs(_name: &str, spec: &Spec) -> BTreeSet<Need> {
        let address = spec.address.rsplit('/').next().filter(|name| !name.is_empty());
        address.map(|name| Need::refers(Address::NAME, name)).into_iter().collect()
    }
}

/// What is wanted, as it is if the world sees it, and else as something that people must see to.
async fn found(
    reader: &Reader,
    scope: &Scope<'_>,
    resource: Resource,
) -> Result<Option<Found<Spec>>, ProviderError> {
    let Ok(spec) = Spec::deserialize(&resource.spec) else { return Ok(None) };
    let mark = Mark {
        stack: scope.stack.to_owned(),
        env: resource.id.env.clone(),
        id: Mark::id_of(ByHand::NAME, &resource.id.name),
        spec: SpecMark::Applied(digest::<ByHand>(&spec)),
    };
    Ok(Some(Found {
        status: status(reader, scope, &resource.id.name, &spec).await?,
        name: resource.id.name,
        place: resource.place,
        owner: Owner::Ours(mark),
        spec,
        version: Version("by hand".to_owned()),
        holds: None,
    }))
}

/// Whether the world sees a record, and if not, what is to be done. Nothing is ever done about it
/// here, so a resolver that does not answer stops no plan.
async fn status(
    reader: &Reader,
    scope: &Scope<'_>,
    name: &str,
    spec: &Spec,
) -> Result<Status, ProviderError> {
    let (domain, kind) = name.rsplit_once('/').unwrap_or((name, "A"));
    let mut data = spec.data.clone();
    if !spec.address.is_empty() {
        let address = spec.address.rsplit('/').next().unwrap_or_default();
        match number_of(reader, scope, &spec.address).await? {
            Some(number) => _ = data.insert(number),
            None => {
                let what = format!(
                    "make this record: {domain} {kind}, with the number of address {address}; \
                     `plan` says it once that is there"
                );
                return Ok(Status::Waiting { what });
            }
        }
    }
    let wanted = format!("{domain} {kind} {}", said(&data));
    let what = match resolve::resolve(reader, domain, kind).await {
        Ok(seen) if seen == data => return Ok(Status::Ready),
        Ok(seen) if seen.is_empty() => format!("make this record: {wanted}"),
        Ok(seen) => format!("change this record: {wanted}; it says {} now", said(&seen)),
        Err(failed) => {
            format!("make sure of this record: {wanted}; it could not be looked up ({failed})")
        }
    };
    Ok(Status::Waiting { what })
}

fn said(data: &BTreeSet<String>) -> String {
    data.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
