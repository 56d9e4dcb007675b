//! What a declaration says about money, and what it takes to price it.

use crate::model::{Expected, ResourceId, Source, Usd};
use crate::project::Project;
use crate::project::billing::{self, Export, Labels};
use crate::project::buckets;
use crate::project::budget;
use crate::project::layout::Laid;
use std::collections::BTreeMap;

/// A bucket of the declaration, for looking at what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredBucket {
    /// Its environment.
    pub env: String,
    /// Its short key.
    pub key: String,
    /// Its name in the cloud.
    pub name: String,
    /// The cloud project that it is in.
    pub project: String,
    /// Whether whoever reads pays for it.
    pub requester_pays: bool,
    /// Whether what is old is deleted from it, as with scratch data.
    pub deletes_by_age: bool,
}

impl Project {
    /// Above which least monthly cost a plan is refused.
    pub fn refuse_above(&self) -> Option<Usd> {
        budget::refuse_above(&self.layout[0])
    }

    /// What is expected of things that take whatever is put in.
    pub fn expected(&self) -> BTreeMap<ResourceId, Expected> {
        let mut expected = BTreeMap::new();
        buckets::expected(&self.layout, &mut expected);
        expected
    }

    /// The CPUs, as they are paid for, and the memory in GB of a type of machine.
    pub fn machine_size(&self, machine: &str) -> Option<(f64, f64)> {
        self.layout[0].tables.size(machine)
    }

    /// Where what an environment costs is written down, and by which labels it is told apart.
    pub fn export(&self, env: &str) -> Option<(Export, Labels)> {
        let laid = self.laid(env)?;
        Some((billing::export(laid)?, laid.declaration.billing.labels.clone()))
    }

    /// The top-level section in which something was written.
    pub fn section(&self, source: &Source) -> Option<&str> {
        self.layout.iter().find_map(|laid| section(laid, source))
    }

    /// Every bucket of these environments.
    pub fn buckets(&self, environments: &[String]) -> Vec<DeclaredBucket> {
        let placed = buckets::placed(&self.layout);
        let here = placed.list.iter().filter(|it| environments.iter().any(|e| e == it.laid.env()));
        here.map(|placed| declared(placed)).collect()
    }
}

fn declared(placed: &buckets::Placed<'_>) -> DeclaredBucket {
    DeclaredBucket {
        env: placed.laid.env().to_owned(),
        key: placed.key.name.clone(),
        name: placed.name.clone(),
        project: placed.laid.declaration.cloud.project.clone(),
        requester_pays: placed.bucket.requester_pays,
        deletes_by_age: placed.bucket.delete_after_days.is_some(),
    }
}

/// The last section of a file that begins no later than a line.
fn section<'a>(laid: &'a Laid, source: &Source) -> Option<&'a str> {
    let before =
        laid.tree.entries().iter().filter(|(key, _)| {
            *key.range.file == *source.file && key.range.start.line <= source.line
        });
    let last = before.max_by_key(|(key, _)| key.range.start.line)?;
    Some(&last.0.name)
}
