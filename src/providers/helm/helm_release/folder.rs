//! The digest of a chart that lies in a folder: of what is in it, and not of when it was written.

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The digest of everything in a folder, by name.
///
/// # Errors
/// When the folder or something in it cannot be read.
pub fn folder_digest(folder: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    let mut digest = Sha256::new();
    for file in files {
        let name = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().into_owned();
        let bytes = fs::read(&file)?;
        digest.update(format!("{} {} ", name.len(), bytes.len()));
        digest.update(name.as_bytes());
        digest.update(&bytes);
    }
    Ok(format!("sha256:{}", HEXLOWER.encode(&digest.finalize())))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => collect(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_in_a_folder_is_another_one_when_any_file_of_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        fs::create_dir(folder.path().join("templates")).unwrap();
        write("Chart.yaml", "name: x");
        write("templates/a.yaml", "a: 1");
        let first = folder_digest(folder.path()).unwrap();
        assert_eq!(folder_digest(folder.path()).unwrap(), first);
        write("templates/a.yaml", "a: 2");
        assert_ne!(folder_digest(folder.path()).unwrap(), first);
    }
}
