//! Which files make up a stack, and where they are.

use crate::project::problem::{Findings, Problem, Range};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The file that makes a folder a stack.
pub(crate) const STACK_FILE: &str = "stack.yaml";

/// The folder that says what environments there are.
pub(crate) const ENVIRONMENTS: &str = "environments";

/// The folder that stacks are in, by convention.
const STACKS: &str = "stacks";

/// Why no stack was found.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// There is none, neither here nor above nor under `stacks/`.
    #[error("no stack found: there is no stack.yaml in {0} or above, and none under stacks/")]
    None(PathBuf),
    /// There are several, and none of them is the current folder.
    #[error("several stacks found, name one of them: {}", .0.join(", "))]
    Several(Vec<String>),
}

/// The stack that a person in the folder `start` means: the nearest `stack.yaml` upwards, else
/// the only one under the nearest `stacks/`.
///
/// # Errors
/// When there is none, or more than one.
pub fn find(start: &Path) -> Result<PathBuf, FindError> {
    let start = fs::canonicalize(start).unwrap_or_else(|_| start.to_owned());
    if let Some(folder) = start.ancestors().find(|folder| folder.join(STACK_FILE).is_file()) {
        return Ok(folder.to_owned());
    }
    let found = start.ancestors().find_map(|folder| {
        let stacks = stacks_in(&folder.join(STACKS));
        (!stacks.is_empty()).then_some(stacks)
    });
    match found.as_deref() {
        None => Err(FindError::None(start)),
        Some([only]) => Ok(only.clone()),
        Some(several) => {
            let name = |stack: &PathBuf| {
                let name = stack.file_name().unwrap_or_default().to_string_lossy();
                format!("{STACKS}/{name}")
            };
            Err(FindError::Several(several.iter().map(name).collect()))
        }
    }
}

fn stacks_in(folder: &Path) -> Vec<PathBuf> {
    let inside = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut stacks: Vec<PathBuf> = inside.filter(|path| path.join(STACK_FILE).is_file()).collect();
    stacks.sort();
    stacks
}

/// The files with this ending directly in a folder, by name; none if there is no such folder.
/// That it cannot be read is a problem: what is not seen would count as not declared.
pub(crate) fn listed(
    folder: &Path,
    shown: &Path,
    ends: &str,
    findings: &mut Findings,
) -> Vec<PathBuf> {
    ending(folder, ends).unwrap_or_else(|error| {
        let range = Range::file(&shown.to_string_lossy());
        let message = format!("the folder cannot be read: {error}");
        findings.push(Problem::error("unreadable-folder", &range, message));
        Vec::new()
    })
}

fn ending(folder: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.extension() == Some(OsStr::new(ending)) && !path.is_dir() && !hidden {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The nearest `environments/` above a stack that has files in it, and how it is shown. With
/// `top`, no higher than that.
pub(crate) fn environments_above(
    folder: &Path,
    shown: &Path,
    top: Option<&Path>,
) -> Option<(PathBuf, PathBuf)> {
    let folder = fs::canonicalize(folder).ok()?;
    let top = top.map(fs::canonicalize).transpose().ok()?;
    let mut shown = shown.to_owned();
    let inside = |above: &&Path| top.as_ref().is_none_or(|top| above.starts_with(top));
    for above in folder.ancestors().skip(1).take_while(inside) {
        shown = parent(&shown);
        let candidate = above.join(ENVIRONMENTS);
        if !ending(&candidate, "yaml").is_ok_and(|files| files.is_empty()) {
            return Some((candidate, shown.join(ENVIRONMENTS)));
        }
    }
    None
}

/// The folder above a shown one, which may be relative to where the command was run.
fn parent(shown: &Path) -> PathBuf {
    match shown.components().next_back() {
        Some(Component::Normal(_)) => shown.parent().map(Path::to_owned).unwrap_or_default(),
        Some(Component::RootDir) => shown.to_owned(),
        Some(Component::CurDir) | None => PathBuf::from(".."),
        Some(_) => shown.join(".."),
    }
}

/// How a file in a shown folder is shown.
pub(crate) fn shown(folder: &Path, file: &Path) -> String {
    let name = file.file_name().unwrap_or_default();
    let folder = folder.strip_prefix(".").unwrap_or(folder);
    folder.join(name).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_above_is_shown_from_where_the_command_was_run() {
        assert_eq!(parent(Path::new("stacks/leap")), Path::new("stacks"));
        assert_eq!(parent(Path::new("stacks")), Path::new(""));
        assert_eq!(parent(Path::new(".")), Path::new(".."));
        assert_eq!(parent(Path::new("..")), Path::new("../.."));
    }
}
