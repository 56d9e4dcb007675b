//! What was applied, when and by whom; append-only.

use crate::kind::ProviderError;
use crate::ledger::{Condition, Holder, Ledger, Leftover, Written, decode, encode};
use crate::model::{Extent, Hold, Overrides, ResourceId};
use futures::stream::{StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How many entries are read at the same time.
const READS_AT_ONCE: usize = 16;

/// One apply of one environment; or a lease that was taken away, a hold made or released.
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
    /// The guards that a person overrode, and the reason that they gave.
    #[serde(flatten)]
    pub overrides: Overrides,
    /// What was held or released, if this is about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// The digest under which the files of the declaration are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
    /// The digest of what the declaration says of this environment, overlays included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub laid: Option<String>,
    /// For each environment, the digest of what the declaration says of it without overlays: what
    /// is promoted from one environment to the next.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub base: BTreeMap<String, String>,
    /// Whether all that was declared was to be applied.
    #[serde(default, skip_serializing_if = "Extent::is_whole")]
    pub extent: Extent,
    /// The apply whose declaration was gone back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_to: Option<String>,
    /// When it was written, by the server's clock; known once it was read.
    #[serde(skip)]
    pub written: Option<OffsetDateTime>,
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
    /// No apply: a person asked to leave something alone.
    Held,
    /// No apply: a person ended such a hold.
    Released,
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
    /// An entry that says no more than who, when, and how it ended.
    pub fn new(holder: Holder, began: String, outcome: Outcome) -> Self {
        Self {
            holder,
            began,
            commit: None,
            declaration: String::new(),
            outcome,
            steps: BTreeMap::new(),
            unlocked: None,
            overrides: Overrides::default(),
            hold: None,
            kept: None,
            laid: None,
            base: BTreeMap::new(),
            extent: Extent::Whole,
            back_to: None,
            written: None,
        }
    }

    /// Whether it changed the environment, or may have.
    pub fn is_a_run(&self) -> bool {
        !matches!(self.outcome, Outcome::Unlocked | Outcome::Held | Outcome::Released)
    }

    /// Whether everything that the declaration says of the environment was so at its end.
    pub fn is_complete(&self) -> bool {
        let applied = ["apply", "rollback"].contains(&self.holder.purpose.as_str());
        applied && self.outcome == Outcome::Done && self.extent == Extent::Whole
    }

    /// The entry of an apply that left its lease behind.
    fn died(left: &Leftover) -> Self {
        let renewed = left.renewed.replace_nanosecond(0).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let began = renewed.format(&Rfc3339).unwrap_or_default();
        Self::new(left.holder.clone(), began, Outcome::Died)
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
                Ok(entry) => {
                    let written = Some(object.updated);
                    history.entries.push((env, Entry { written, ..entry }));
                }
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

impl Ledger {
    /// The last entry of an environment that is about a run; none when there is none that can be
    /// read, or no ledger.
    ///
    /// # Errors
    /// When it cannot be told.
    pub async fn last_run(&self, env: &str) -> Result<Option<Entry>, ProviderError> {
        for path in self.list(&folder(env)).await?.into_iter().rev() {
            let Some(object) = self.read(&path).await? else { continue };
            let entry: Option<Entry> = decode(&path, &object.bytes).ok();
            if entry.as_ref().is_none_or(Entry::is_a_run) {
                return Ok(entry);
            }
        }
        Ok(None)
    }
}

fn folder(env: &str) -> String {
    format!("{env}/history/")
}
