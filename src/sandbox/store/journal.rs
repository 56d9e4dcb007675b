//! The folder of a store: an append-only file with a line of JSON per
//! transaction, and a lock file.
//!
//! A line is written by a single call while the lock is held, and a last line
//! without its line feed is what a killed process left: it is ignored, and cut
//! off before the next one is written. So `kill -9` at any instant leaves the
//! world before or after a transaction. Nothing is flushed to the disk itself:
//! a power cut may lose what was written last.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::transaction::Changes;
use super::{Content, StoreError};

/// Journals smaller than this are never worth rewriting.
const SMALL: u64 = 1 << 20;
/// A journal is rewritten when it is this many times as long as what it still says.
const WASTEFUL: u64 = 4;

/// The open journal, and how far it has been read.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    lock: File,
    file: File,
    read_to: u64,
    lines: usize,
}

/// Keeps other processes out until it is dropped.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // The lock goes with the handle anyway; this only makes it sooner.
        let _ = self.0.unlock();
    }
}

impl Journal {
    /// Opens it and reads it; `tidy` is called while other processes are kept out.
    pub(super) fn open(
        folder: &Path,
        content: &mut Content,
        tidy: impl FnOnce(&Content) -> Result<(), StoreError>,
    ) -> Result<Self, StoreError> {
        let fail = |source| StoreError::Files { path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(fail)?;
        let path = folder.join("journal.jsonl");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("lock"))
            .map_err(fail)?;
        let file = open_journal(&path).map_err(fail)?;
        let mut journal = Self { path, lock, file, read_to: 0, lines: 0 };
        let _lock = journal.take_lock()?;
        journal.reopen_if_replaced(content)?;
        journal.read_on(content)?;
        journal.compact_if_wasteful(content)?;
        tidy(content)?;
        Ok(journal)
    }

    /// Waits for the other processes, then reads what they wrote.
    pub(super) fn lock_and_catch_up(
        &mut self,
        content: &mut Arc<Content>,
    ) -> Result<Lock, StoreError> {
        let lock = self.take_lock()?;
        self.catch_up_if_behind(content)?;
        Ok(lock)
    }

    /// Reads what others wrote since. Two system calls when there is nothing new.
    pub(super) fn catch_up_if_behind(
        &mut self,
        content: &mut Arc<Content>,
    ) -> Result<(), StoreError> {
        let there = fs::metadata(&self.path).map_err(|source| self.failed(source))?;
        let here = self.file.metadata().map_err(|source| self.failed(source))?;
        if there.ino() != here.ino() || there.len() != self.read_to {
            let content = Arc::make_mut(content);
            self.reopen_if_replaced(content)?;
            self.read_on(content)?;
        }
        Ok(())
    }

    /// Adds a line. The caller holds the lock and has caught up.
    pub(super) fn append(&mut self, changes: &Changes) -> Result<(), StoreError> {
        let line = changes.to_line().map_err(|error| self.failed(error.into()))?;
        self.write(&line).map_err(|source| self.failed(source))?;
        self.read_to += line.len() as u64;
        self.lines += 1;
        Ok(())
    }

    /// Adds a line that forgets everything and says this instead.
    pub(super) fn append_replacement(&mut self, content: &Content) -> Result<(), StoreError> {
        self.append(&replacement(content))
    }

    fn write(&mut self, line: &[u8]) -> std::io::Result<()> {
        // Cuts off what a killed process left behind the last complete line.
        if self.file.metadata()?.len() != self.read_to {
            self.file.set_len(self.read_to)?;
        }
        self.file.seek(SeekFrom::Start(self.read_to))?;
        self.file.write_all(line)
    }

    fn take_lock(&self) -> Result<Lock, StoreError> {
        let lock = self.lock.try_clone().map_err(|source| self.failed(source))?;
        lock.lock().map_err(|source| self.failed(source))?;
        Ok(Lock(lock))
    }

    /// Another process may have written the journal anew, under the same name.
    fn reopen_if_replaced(&mut self, content: &mut Content) -> Result<(), StoreError> {
        let there = fs::metadata(&self.path).map_err(|source| self.failed(source))?.ino();
        let here = self.file.metadata().map_err(|source| self.failed(source))?.ino();
        if there != here {
            self.file = open_journal(&self.path).map_err(|source| self.failed(source))?;
            (self.read_to, self.lines) = (0, 0);
            content.clear();
        }
        Ok(())
    }

    fn read_on(&mut self, content: &mut Content) -> Result<(), StoreError> {
        let mut bytes = Vec::new();
        self.file
            .seek(SeekFrom::Start(self.read_to))
            .and_then(|_| self.file.read_to_end(&mut bytes))
            .map_err(|source| self.failed(source))?;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if line.last() != Some(&b'\n') {
                break;
            }
            let changes = Changes::from_line(line).map_err(|source| StoreError::Damaged {
                path: self.path.clone(),
                line: self.lines + 1,
                source,
            })?;
            changes.apply(content);
            self.read_to += line.len() as u64;
            self.lines += 1;
        }
        Ok(())
    }

    fn compact_if_wasteful(&mut self, content: &mut Content) -> Result<(), StoreError> {
        if self.read_to < SMALL || self.read_to < WASTEFUL * said(content) {
            return Ok(());
        }
        let line = replacement(content).to_line().map_err(|error| self.failed(error.into()))?;
        let new = self.path.with_extension("new");
        fs::write(&new, &line)
            .and_then(|()| fs::rename(&new, &self.path))
            .map_err(|source| self.failed(source))?;
        self.reopen_if_replaced(content)?;
        self.read_on(content)
    }

    fn failed(&self, source: std::io::Error) -> StoreError {
        StoreError::Files { path: self.path.clone(), source }
    }
}

/// How many bytes a content takes as text, nearly: its strings, and a bit for all else. Cheaper
/// than writing it, which matters each time that a large world is opened.
fn said(content: &Content) -> u64 {
    content.iter().map(|(key, value)| key.len() as u64 + text_of(value)).sum()
}

fn text_of(value: &Value) -> u64 {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 4,
        Value::String(text) => text.len() as u64 + 2,
        Value::Array(items) => items.iter().map(|item| text_of(item) + 1).sum::<u64>() + 2,
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| name.len() as u64 + text_of(value) + 4;
            fields.iter().map(field).sum::<u64>() + 2
        }
    }
}

fn open_journal(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)
}

fn replacement(content: &Content) -> Changes {
    let set = content.iter().map(|(key, value)| (key.clone(), Some(Arc::clone(value)))).collect();
    Changes { reset: true, set }
}
