//! Bytes that are too large for the journal: files beside it, named after their content.
//!
//! A file is written under another name and then renamed, while the store's lock is held and
//! before the line that mentions it. So what a killed process leaves behind is a file that
//! nothing mentions: [`Files::sweep`] removes it. Nothing is flushed to the disk itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Content, StoreError};

/// The field under which values mention a file.
pub(super) const FIELD: &str = "file";

/// So many bytes are written before somebody looks for what is no longer mentioned.
const SWEEP_AFTER: u64 = 256 << 20;

/// Where the files are.
#[derive(Debug)]
pub(super) enum Files {
    /// They live and die with the process.
    Memory(Mutex<BTreeMap<String, Bytes>>),
    /// A folder, made with the first file.
    Folder(PathBuf),
}

impl Default for Files {
    fn default() -> Self {
        Self::Memory(Mutex::default())
    }
}

impl Files {
    /// The files beside the journal in `folder`.
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self::Folder(folder.join("files"))
    }

    /// Keeps these bytes and returns their name; the caller holds the store's lock.
    pub(super) fn keep(&self, bytes: &Bytes) -> Result<String, StoreError> {
        let name = HEXLOWER.encode(&Sha256::digest(bytes));
        match self {
            Self::Memory(files) => {
                locked(files).entry(name.clone()).or_insert_with(|| bytes.clone());
            }
            Self::Folder(folder) => {
                let path = folder.join(&name);
                write(folder, &path, bytes).map_err(|source| StoreError::Files { path, source })?;
            }
        }
        Ok(name)
    }

    /// Reads this part of the bytes that have this name.
    pub(super) fn read(&self, name: &str, part: Range<u64>) -> Result<Bytes, StoreError> {
        match self {
            Self::Memory(files) => {
                let bytes = locked(files).get(name).cloned();
                let bounds = index(part.start)..index(part.end);
                let there = bytes.filter(|bytes| bounds.end <= bytes.len());
                let gone = || StoreError::Files {
                    path: name.into(),
                    source: io::ErrorKind::NotFound.into(),
                };
                Ok(there.ok_or_else(gone)?.slice(bounds))
            }
            Self::Folder(folder) => {
                let path = folder.join(name);
                read(&path, part).map_err(|source| StoreError::Files { path, source })
            }
        }
    }

    /// Removes what nothing mentions; the caller holds the store's lock.
    pub(super) fn sweep(&self, content: &Content) -> Result<(), StoreError> {
        let mut mentioned = BTreeSet::new();
        content.values().for_each(|value| mentions(value, &mut mentioned));
        match self {
            Self::Memory(files) => locked(files).retain(|name, _| mentioned.contains(&**name)),
            Self::Folder(folder) => sweep_folder(folder, &mentioned)
                .map_err(|source| StoreError::Files { path: folder.clone(), source })?,
        }
        Ok(())
    }

    /// Says whether it is time to sweep, having written so many bytes since.
    pub(super) fn is_wasteful(written: u64) -> bool {
        written > SWEEP_AFTER
    }
}

fn write(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    let unfinished = path.with_extension("unfinished");
    fs::write(&unfinished, bytes)?;
    fs::rename(unfinished, path)
}

fn read(path: &Path, part: Range<u64>) -> io::Result<Bytes> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(part.start))?;
    let mut bytes = vec![0; index(part.end.saturating_sub(part.start))];
    file.read_exact(&mut bytes)?;
    Ok(bytes.into())
}

fn sweep_folder(folder: &Path, mentioned: &BTreeSet<&str>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        if !entry.file_name().to_str().is_some_and(|name| mentioned.contains(name)) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn mentions<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| mentions(item, found)),
        Value::Object(fields) => {
            if let Some(Value::String(name)) = fields.get(FIELD) {
                found.insert(name);
            }
            fields.values().for_each(|field| mentions(field, found));
        }
        _ => {}
    }
}

fn index(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

/// No code that can panic runs while it is held.
fn locked<T>(files: &Mutex<T>) -> MutexGuard<'_, T> {
    files.lock().unwrap_or_else(PoisonError::into_inner)
}
