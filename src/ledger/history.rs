//! What was applied, when and by whom; append-only.

use crate::kind::ProviderError;
use crate::ledger::{Condition, Holder, Ledger, Leftover, Written, decode, encode};
use crate::model::ResourceId;
use futures::stream::{StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How many entries are read at the same time.
const READS_AT_ONCE: usize = 16;

/// One apply of one environment, or one lease that was taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Who, where, and what for.
    pub holder: Holder,
    /// When it began, by the clock of the machine that applied: RFC 3339. For one that died, when
    /// it was last heard of, by the server's clock.
    pub began: String,
    /// The commit of the declaration, where it is under version control.
    pub commit: Option<String>,
    /// The digest of the declaration; empty where that is not known.
    pub declaration: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What became of each step.
    pub steps: BTreeMap<ResourceId, String>,
    /// Whose lease was taken away, if this is about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlocked: Option<Holder>,
    /// The reason that a person gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How an apply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything was done.
    Done,
    /// Something failed or was skipped.
    Partly,
    /// It was interrupted by a person.
    Interrupted,
    /// It died; written by whoever took its lease.
    Died,
    /// No apply: a person took another's lease away by force.
    Unlocked,
}

/// The history of some environments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The entries with their environment, newest first.
    pub entries: Vec<(String, Entry)>,
    /// Entries that this release cannot read, as paths in the ledger.
    pub unreadable: Vec<String>,
}

impl Entry {
    /// The entry of an apply that left its lease behind.
    fn died(left: &Leftover) -> Self {
        let renewed = left.renewed.replace_nanosecond(0).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        Self {
            holder: left.holder.clone(),
            began: renewed.format(&Rfc3339).unwrap_or_default(),
            commit: None,
            declaration: String::new(),
            outcome: Outcome::Died,
            steps: BTreeMap::new(),
            unlocked: None,
            reason: None,
        }
    }
}

impl Ledger {
    /// Adds an entry.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn append(&self, env: &str, entry: &Entry) -> Result<(), ProviderError> {
        let path = format!("{}{}-{}.json", folder(env), entry.began, entry.holder.apply);
        // An entry that is already there is our own: its answer was lost.
        let written = self.write(&path, &encode(entry), Condition::Absent).await?;
        match written {
            Written::Done { .. } | Written::Conflict => Ok(()),
        }
    }

    /// Writes down that the holder of a lease died, unless it had written its own entry before.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    pub async fn record_death(&self, env: &str, left: &Leftover) -> Result<(), ProviderError> {
        let ending = format!("-{}.json", left.holder.apply);
        let paths = self.list(&folder(env)).await?;
        if paths.iter().any(|path| path.ends_with(&ending)) {
            return Ok(());
        }
        self.append(env, &Entry::died(left)).await
    }

    /// What is remembered of these environments; nothing when there is no ledger.
    ///
    /// # Errors
    /// When it cannot be told.
    pub async fn history(&self, environments: &[String]) -> Result<History, ProviderError> {
        let mut paths = Vec::new();
        for env in environments {
            let listed = self.list(&folder(env)).await?;
            paths.extend(listed.into_iter().map(|path| (env.clone(), path)));
        }
        let reads = paths.into_iter().map(|(env, path)| async move {
            let object = self.read(&path).await?;
            Ok::<_, ProviderError>((env, path, object))
        });
        let read: Vec<_> =
            futures::stream::iter(reads).buffered(READS_AT_ONCE).try_collect().await?;
        let mut history = History::default();
        for (env, path, object) in read {
            let Some(object) = object else { continue };
            match decode(&path, &object.bytes) {
                Ok(entry) => history.entries.push((env, entry)),
                Err(_) => history.unreadable.push(path),
            }
        }
        // Of two that began in one second, the id tells which was first: it begins with the time.
        history.entries.sort_by(|(_, a), (_, b)| {
            (&b.began, &b.holder.apply).cmp(&(&a.began, &a.holder.apply))
        });
        Ok(history)
    }
}

fn folder(env: &str) -> String {
    format!("{env}/history/")
}
