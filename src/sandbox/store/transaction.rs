//! One unit of reading and writing on the map.

use std::collections::BTreeMap;
use std::ops::{Bound, Range};
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::files::Files;
use super::{Content, StoreError};

/// What a transaction changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    /// Whether everything before is forgotten first.
    pub(super) reset: bool,
    /// The new values; none where the key is removed.
    pub(super) set: BTreeMap<String, Option<Arc<Value>>>,
}

/// How changes are written: a line of the journal.
#[derive(Serialize)]
struct LineOut<'a> {
    reset: bool,
    set: BTreeMap<&'a str, Option<&'a Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineIn {
    #[serde(default)]
    reset: bool,
    #[serde(default)]
    set: BTreeMap<String, Option<Value>>,
}

impl Changes {
    /// Writes one line, with its line feed.
    pub(super) fn to_line(&self) -> Result<Vec<u8>, serde_json::Error> {
        let set = self.set.iter().map(|(key, value)| (key.as_str(), value.as_deref())).collect();
        let mut line = serde_json::to_vec(&LineOut { reset: self.reset, set })?;
        line.push(b'\n');
        Ok(line)
    }

    pub(super) fn from_line(line: &[u8]) -> Result<Self, serde_json::Error> {
        let LineIn { reset, set } = serde_json::from_slice(line)?;
        let set = set.into_iter().map(|(key, value)| (key, value.map(Arc::new))).collect();
        Ok(Self { reset, set })
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.reset && self.set.is_empty()
    }

    /// What takes these changes back from `content`, on which they were not made yet.
    pub(super) fn undone(&self, content: &Content) -> Self {
        let set = self.set.keys().map(|key| (key.clone(), content.get(key).cloned())).collect();
        Self { reset: false, set }
    }

    pub(super) fn apply(self, content: &mut Content) {
        if self.reset {
            content.clear();
        }
        for (key, value) in self.set {
            match value {
                Some(value) => content.insert(key, value),
                None => content.remove(&key),
            };
        }
    }
}

/// A view of the map, with the changes made so far on top.
#[derive(Debug)]
pub struct Transaction<'a> {
    content: &'a Content,
    files: &'a Files,
    changes: Changes,
    kept: u64,
}

impl<'a> Transaction<'a> {
    pub(super) fn new(content: &'a Content, files: &'a Files) -> Self {
        Self { content, files, changes: Changes::default(), kept: 0 }
    }

    /// How many bytes were kept in files.
    pub(super) fn kept_bytes(&self) -> u64 {
        self.kept
    }

    /// Keeps bytes beside the map, and returns their name. They stay as long as a value of the
    /// map has an object with the name in its field `file`.
    pub fn keep(&mut self, bytes: &Bytes) -> Result<String, StoreError> {
        self.kept += bytes.len() as u64;
        self.files.keep(bytes)
    }

    /// Reads a part of bytes that were kept.
    pub fn kept(&self, name: &str, part: Range<u64>) -> Result<Bytes, StoreError> {
        self.files.read(name, part)
    }

    pub(super) fn into_changes(self) -> Changes {
        self.changes
    }

    /// Returns the value of a key.
    pub fn value(&self, key: &str) -> Option<Arc<Value>> {
        match self.changes.set.get(key) {
            Some(changed) => changed.clone(),
            None => self.content.get(key).cloned(),
        }
    }

    /// Gives a key a value.
    pub fn put(&mut self, key: impl Into<String>, value: Value) {
        self.changes.set.insert(key.into(), Some(Arc::new(value)));
    }

    /// Removes a key, if it is there.
    pub fn remove(&mut self, key: &str) {
        if self.value(key).is_some() {
            self.changes.set.insert(key.to_owned(), None);
        }
    }

    /// Returns what was there, in order, of the keys that begin with `prefix`
    /// and come after `after`. Sees the world as of the transaction's start.
    pub fn scan(
        &self,
        prefix: &str,
        after: &str,
    ) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        let content = self.content;
        let from = match after {
            "" => Bound::Included(prefix),
            after => Bound::Excluded(after),
        };
        let prefix = prefix.to_owned();
        content
            .range::<str, _>((from, Bound::Unbounded))
            .take_while(move |(key, _)| key.starts_with(&prefix))
            .map(|(key, value)| (key.as_str(), &**value))
    }
}
