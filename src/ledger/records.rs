//! Footprint and claims: where we ever wrote, and what we added to what others write as well.

use crate::kind::ProviderError;
use crate::ledger::{Condition, Ledger, Leftover, Written, decode, encode};
use crate::model::{Claims, Footprint, Had, Hold, Place, ResourceId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What the ledger keeps of one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    /// Everywhere that we ever wrote to, recorded before the first write.
    pub footprint: BTreeSet<Where>,
    /// What we added inside objects that others write to, recorded before it is added.
    pub claims: BTreeMap<ResourceId, BTreeSet<String>>,
    /// The earlier declaration that the environment was brought back to, until a later one is
    /// applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rolled_back: Option<RolledBack>,
    /// What the environment has, or may have where an apply did not tell; none where that was not
    /// remembered from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub had: Option<BTreeMap<ResourceId, Had>>,
    /// What a newer release keeps here as well; it is written back as it was read.
    #[serde(flatten)]
    pub newer: BTreeMap<String, Value>,
}

/// An environment was brought back to an earlier declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolledBack {
    /// The apply whose declaration it was.
    pub to: String,
    /// The digest of what that declaration says of the environment.
    pub laid: String,
    /// Who did it.
    pub by: String,
    /// When: RFC 3339.
    pub at: String,
}

/// One kind in one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Where {
    /// The kind.
    pub kind: String,
    /// The place.
    pub place: Place,
}

/// Everything that the ledger remembers, as planning wants it.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// Everywhere that we ever wrote to.
    pub footprint: Footprint,
    /// What we added inside objects that others write to.
    pub claims: Claims,
    /// The leases that are held or were left behind, by environment.
    pub leases: BTreeMap<String, Leftover>,
    /// What people asked to leave alone, also where that has ended.
    pub holds: Vec<Hold>,
    /// The environments that were brought back to an earlier declaration.
    pub rolled_back: BTreeMap<String, RolledBack>,
    /// What each environment has or had; those are missing of which it was not remembered.
    pub had: BTreeMap<String, BTreeMap<ResourceId, Had>>,
}

impl Ledger {
    /// Reads what there is to remember of these environments; three reads for each.
    ///
    /// # Errors
    /// When it cannot be told. A ledger that does not exist remembers nothing.
    pub async fn recall(&self, environments: &[String]) -> Result<Memory, ProviderError> {
        let reads = environments.iter().map(|env| async move {
            let (records, lease, holds) =
                futures::try_join!(self.records(env), self.leftover(env), self.holds(env))?;
            Ok::<_, ProviderError>((env.clone(), records.0, lease, holds))
        });
        let mut memory = Memory::default();
        for (env, records, lease, holds) in futures::future::try_join_all(reads).await? {
            let written = records.footprint.into_iter().map(|w| (w.kind, w.place));
            memory.footprint.extend(written);
            memory.claims.extend(records.claims);
            memory.holds.extend(holds);
            memory.rolled_back.extend(records.rolled_back.map(|back| (env.clone(), back)));
            memory.had.extend(records.had.map(|had| (env.clone(), had)));
            memory.leases.extend(lease.map(|lease| (env, lease)));
        }
        Ok(memory)
    }

    /// The records of an environment and the condition under which they may be written again.
    pub(crate) async fn records(&self, env: &str) -> Result<(Records, Condition), ProviderError> {
        let path = path(env);
        match self.read(&path).await? {
            None => Ok((Records::default(), Condition::Absent)),
            Some(object) => {
                let records = decode(&path, &object.bytes)?;
                Ok((records, Condition::Generation(object.generation)))
            }
        }
    }

    /// Writes the records of an environment; returns the condition for the next write.
    pub(crate) async fn write_records(
        &self,
        env: &str,
        records: &Records,
        condition: Condition,
    ) -> Result<Condition, ProviderError> {
        let path = path(env);
        match self.write(&path, &encode(records), condition).await? {
            Written::Done { generation, .. } => Ok(Condition::Generation(generation)),
            // The answer to our own write may have been lost and the write tried again.
            Written::Conflict => match self.records(env).await? {
                (current, condition) if current == *records => Ok(condition),
                _ => Err(ProviderError::Stale {
                    what: format!("the ledger's {path}"),
                    field: "content".to_owned(),
                    before: "what this apply read".to_owned(),
                    now: "written by another".to_owned(),
                }),
            },
        }
    }
}

fn path(env: &str) -> String {
    format!("{env}/records.json")
}
