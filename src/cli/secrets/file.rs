//! A secret in a file: beside the stack or at an absolute path, readable by its owner (and
//! perhaps group) only. One line feed at the end is not part of it.

use crate::model::secret::Value;
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

/// The most that Secret Manager takes, and more than any secret needs.
/// <https://cloud.google.com/secret-manager/quotas#content_limits>
pub(super) const LARGEST: u64 = 64 * 1024;

/// Reads the secret at a path as it was declared; why not, in words.
pub(super) fn read(folder: &Path, path: &str) -> Result<Value, String> {
    let found = inside(folder, path)?;
    let meta = fs::metadata(&found).map_err(|error| words(&error))?;
    if !meta.is_file() {
        return Err("it is no file".to_owned());
    }
    if meta.permissions().mode() & 0o007 != 0 {
        return Err("everybody on this machine may use it: say `chmod o= FILE`".to_owned());
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(&found).map_err(|error| words(&error))?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| words(&error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("it is larger than {LARGEST} bytes"));
    }
    Ok(without_line_feed(bytes))
}

/// The file that a declaration names. Relative paths stay in the stack, whatever links there are.
pub(super) fn inside(folder: &Path, path: &str) -> Result<PathBuf, String> {
    let declared = Path::new(path);
    if declared.is_absolute() {
        return Ok(declared.to_owned());
    }
    let outside = || "it leaves the folder of the stack: write an absolute path".to_owned();
    if declared.components().any(|part| part == Component::ParentDir) {
        return Err(outside());
    }
    let found = folder.join(declared).canonicalize().map_err(|error| words(&error))?;
    let folder = folder.canonicalize().map_err(|error| words(&error))?;
    if found.starts_with(folder) { Ok(found) } else { Err(outside()) }
}

/// Takes one line feed from the end: editors and `echo` put it there.
pub(super) fn without_line_feed(mut bytes: Vec<u8>) -> Value {
    for end in [&b"\r\n"[..], b"\n"] {
        if bytes.ends_with(end) {
            bytes.truncate(bytes.len() - end.len());
            break;
        }
    }
    Value::new(bytes)
}

fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it is not there".to_owned(),
        io::ErrorKind::PermissionDenied => "we may not read it".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(mode: u32, content: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.txt");
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        folder
    }

    #[test]
    fn one_line_feed_at_the_end_is_not_part_of_it() {
        for (content, expected) in [("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), ("a ", "a ")] {
            let folder = stack(0o600, content);
            assert_eq!(read(folder.path(), "key.txt").unwrap().expose(), expected.as_bytes());
        }
    }

    #[test]
    fn what_everybody_may_read_is_no_secret() {
        let folder = stack(0o644, "canary");
        let why = read(folder.path(), "key.txt").unwrap_err();
        assert!(why.contains("chmod o=") && !why.contains("canary"), "{why}");
        assert!(read(stack(0o640, "canary").path(), "key.txt").is_ok());
    }

    #[test]
    fn a_path_stays_in_the_stack_unless_it_is_absolute() {
        let (folder, other) = (stack(0o600, "in"), stack(0o600, "out"));
        let target = other.path().join("key.txt");
        assert!(read(folder.path(), "../key.txt").unwrap_err().contains("absolute path"));
        std::os::unix::fs::symlink(&target, folder.path().join("link")).unwrap();
        assert!(read(folder.path(), "link").unwrap_err().contains("absolute path"));
        assert!(read(folder.path(), target.to_str().unwrap()).is_ok());
        assert_eq!(read(folder.path(), "none").unwrap_err(), "it is not there");
    }
}
