//! Everything the sandbox knows: one sorted map from keys to JSON values,
//! changed in transactions.
//!
//! In memory, or kept in a folder (see [`journal`]), where several processes
//! may share it. It knows nothing of buckets; the APIs choose their keys.

mod files;
mod journal;
mod transaction;

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::view::View;
use files::Files;
use journal::Journal;
use transaction::Changes;
pub use transaction::Transaction;

/// How many changes can be taken back, for calls that are shown what was before.
const REMEMBERED: usize = 64;

/// The content: keys such as `gcs/bucket/scratch`, in order.
pub(super) type Content = BTreeMap<String, Arc<Value>>;

/// Why the store could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system refused.
    #[error("cannot keep the sandbox in {}", path.display())]
    Files {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The journal holds something that this program did not write.
    #[error("line {line} of {} is not one of the sandbox's; `sandbox reset` starts anew", path.display())]
    Damaged {
        /// The journal.
        path: PathBuf,
        /// The number of the line, from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// The transactional map; clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    content: Arc<Content>,
    journal: Option<Journal>,
    files: Files,
    /// How many bytes of files were written since the last sweep.
    unswept: u64,
    /// How to take back the last changes of this process, the oldest first; none where nobody
    /// asks for that.
    past: Option<VecDeque<Changes>>,
}

impl Store {
    /// A store that lives and dies with this process.
    pub fn in_memory() -> Self {
        Self::with(Arc::default(), None, Files::default())
    }

    /// Opens the store in a folder, which is made if need be.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let mut content = Content::new();
        let files = Files::in_folder(folder);
        let journal = Journal::open(folder, &mut content, |content| files.sweep(content))?;
        Ok(Self::with(Arc::new(content), Some(journal), files))
    }

    fn with(content: Arc<Content>, journal: Option<Journal>, files: Files) -> Self {
        let inner = Inner { content, journal, files, unswept: 0, past: None };
        Self { inner: Arc::new(Mutex::new(inner)) }
    }

    /// Does some reading and writing, all or nothing: an error undoes all of it.
    ///
    /// Nobody else reads or writes meanwhile, in this process or another.
    pub fn transact<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut inner = self.locked();
        if let Some(back) = View::current().back {
            return work(&mut Transaction::new(&inner.before(back), &inner.files));
        }
        let Inner { content, journal, files, unswept, past } = &mut *inner;
        let _lock = match journal {
            Some(journal) => Some(journal.lock_and_catch_up(content)?),
            None => None,
        };
        let mut transaction = Transaction::new(content, files);
        let outcome = work(&mut transaction);
        *unswept += transaction.kept_bytes();
        let changes = transaction.into_changes();
        let outcome = outcome?;
        if !changes.is_empty() {
            if let Some(journal) = journal {
                journal.append(&changes)?;
            }
            if let Some(past) = past {
                past.extend([changes.undone(content)]);
                past.drain(..past.len().saturating_sub(REMEMBERED));
            }
            changes.apply(Arc::make_mut(content));
        }
        if Files::is_wasteful(*unswept) {
            files.sweep(content)?;
            *unswept = 0;
        }
        Ok(outcome)
    }

    /// Reads without writing; sees what other processes have written so far.
    ///
    /// Writers of this process wait meanwhile: a reader with a copy of its own would make the
    /// next writer copy the whole map first.
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut inner = self.locked();
        inner.catch_up()?;
        match View::current().back {
            Some(back) => work(&Transaction::new(&inner.before(back), &inner.files)),
            None => work(&Transaction::new(&inner.content, &inner.files)),
        }
    }

    /// From now on, keeps what is needed to show what was before the last changes; or stops.
    pub(super) fn look_back(&self, keep: bool) {
        self.locked().past = keep.then(VecDeque::new);
    }

    /// Forgets everything, also the files that an earlier state could be restored with.
    pub fn reset(&self) -> Result<(), StoreError> {
        self.put_in_place(Arc::default(), |inner| inner.files.sweep(&inner.content))
    }

    /// Returns everything as it is now; cheap, since it is copied only once either side changes.
    pub(super) fn content(&self) -> Result<Arc<Content>, StoreError> {
        let mut inner = self.locked();
        inner.catch_up()?;
        Ok(Arc::clone(&inner.content))
    }

    /// Puts this in place of everything.
    pub(super) fn replace(&self, with: Arc<Content>) -> Result<(), StoreError> {
        self.put_in_place(with, |_| Ok(()))
    }

    fn put_in_place(
        &self,
        with: Arc<Content>,
        afterwards: impl FnOnce(&Inner) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut inner = self.locked();
        let Inner { content, journal, past, .. } = &mut *inner;
        past.iter_mut().for_each(VecDeque::clear);
        let _lock = match journal {
            Some(journal) => {
                let lock = journal.lock_and_catch_up(content)?;
                journal.append_replacement(&with)?;
                Some(lock)
            }
            None => None,
        };
        *content = with;
        afterwards(&inner)
    }

    /// A panic in a transaction leaves the content as it was, so the lock stays usable.
    fn locked(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Takes in what other processes have written so far.
    fn catch_up(&mut self) -> Result<(), StoreError> {
        match &mut self.journal {
            Some(journal) => journal.catch_up_if_behind(&mut self.content),
            None => Ok(()),
        }
    }

    /// The content as it was before the last so many changes, as far as they are remembered.
    fn before(&self, changes: usize) -> Content {
        let mut content = (*self.content).clone();
        let past = self.past.iter().flatten().rev().take(changes);
        past.for_each(|undo| undo.clone().apply(&mut content));
        content
    }
}

#[cfg(test)]
mod tests;
