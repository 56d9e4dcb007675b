//! Which environments have which record, under which name, and where it leads.

use super::format;
use super::settings::{Kind, Record};
use crate::project::address;
use crate::project::addresses::reference;
use crate::project::declaration::Declaration;
use crate::project::layout::{Laid, shared_or_first};
use crate::project::managed::naming_key;
use crate::project::problem::Range;
use crate::project::tree::{Key, Node};
use std::collections::BTreeSet;

/// One record in one environment.
pub(super) struct Placed<'a> {
    /// The environment.
    pub(super) laid: &'a Laid,
    /// The short key and where it was written.
    pub(super) key: &'a Key,
    /// The settings as they were written.
    pub(super) node: &'a Node,
    /// The settings.
    pub(super) record: &'a Record,
    /// The name that people ask for.
    pub(super) domain: String,
    /// The type.
    pub(super) kind: Kind,
    /// The managed zone; none where people make it.
    pub(super) zone: Option<&'a str>,
}

impl Placed<'_> {
    /// Where a setting was written, or else the record's key.
    pub(super) fn range(&self, setting: &str) -> &Range {
        self.node.child(setting).map_or(&self.key.range, |node| &node.range)
    }

    /// The name in the cloud.
    pub(super) fn name(&self) -> String {
        let Self { domain, kind, .. } = self;
        match self.zone {
            Some(zone) => crate::providers::gcp::dns_record::record_name(zone, domain, kind.word()),
            None => format!("{domain}/{}", kind.word()),
        }
    }

    /// The key of the address that it points at, if it points at one of this stack.
    pub(super) fn address_key(&self) -> Option<&str> {
        self.record.to.all().first()?.strip_prefix("address:")
    }

    /// The address that it points at, `PROJECT/LOCATION/NAME`: the one of its own environment, else
    /// of the shared one, or the only one that there is.
    pub(super) fn address(&self, layout: &[Laid]) -> Option<String> {
        reference(layout, self.laid, self.address_key()?)
    }
}

/// Every record in every environment that has it.
pub(super) fn placed(layout: &[Laid]) -> Vec<Placed<'_>> {
    let default = shared_or_first(layout);
    let mut list = Vec::new();
    for laid in layout {
        let written = laid.tree.at(["dns", "records"]).map(Node::entries).unwrap_or_default();
        let dns = &laid.declaration.dns;
        for (key, node) in written {
            let Some(record) = dns.records.get(&key.name) else { continue };
            let environments = record.environments.as_ref().unwrap_or(&default);
            if environments.iter().any(|name| name == laid.env()) {
                let domain = domain(&key.name, record);
                let kind = record.kind.unwrap_or_else(|| format::usual(record.to.all()));
                let zone = record.zone.as_deref().or(dns.zone.as_deref());
                let zone = zone.filter(|_| record.zone.is_some() || !dns.by_hand);
                list.push(Placed { laid, key, node, record, domain, kind, zone });
            }
        }
    }
    list
}

/// Whether an environment has records in the zones of a project.
pub(crate) fn any(laid: &Laid, project: &str) -> bool {
    let Declaration { cloud, dns, .. } = &laid.declaration;
    let ours = |record: &Record| record.zone.is_some() || !dns.by_hand;
    cloud.project == project && dns.records.values().any(ours)
}

/// All names for which any environment has a record.
pub(super) fn names(layout: &[Laid]) -> BTreeSet<String> {
    placed(layout).into_iter().map(|it| it.domain).collect()
}

fn domain(key: &str, record: &Record) -> String {
    let key = naming_key(key, record.previously.as_deref());
    record.name.clone().unwrap_or_else(|| key.to_owned())
}

/// What a setting of a record is when it is not said and follows from something else.
pub(crate) fn derived(layout: &[Laid], laid: &Laid, key: &str, setting: &str) -> Option<String> {
    let record = laid.declaration.dns.records.get(key)?;
    match setting {
        "name" => Some(domain(key, record)),
        "type" => Some(format::usual(record.to.all()).word().to_owned()),
        "zone" => laid.declaration.dns.zone.clone(),
        "in" => Some(format!("[{}]", shared_or_first(layout).join(", "))),
        _ => None,
    }
}

/// Whether a text refers to an address of this stack.
pub(super) fn refers(text: &str) -> bool {
    text.strip_prefix("address:").is_some_and(|key| address::key(key, "address").is_ok())
}
