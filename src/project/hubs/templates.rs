//! The texts of hubs: those that are shipped, with those of the stack in their place.

use crate::project::problem::{Findings, Problem, Range, Sources};
use crate::project::words::nearest;
use crate::render::hub::{FOLDER, Templates};
use std::collections::BTreeMap;
use std::path::Path;

/// The templates of a stack.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    /// What they say.
    pub(crate) texts: Templates,
    /// Where those stand that are the stack's own.
    pub(crate) own: BTreeMap<String, String>,
}

impl Texts {
    /// A line of a template that is the stack's own.
    pub(super) fn line(&self, name: &str, line: u32) -> Option<Range> {
        let mut range = Range::file(self.own.get(name)?);
        let before = usize::try_from(line.saturating_sub(1)).unwrap_or_default();
        let before = self.texts.text(name).split_inclusive('\n').take(before);
        range.start.offset = before.map(str::len).sum();
        range.start.line = line;
        range.end = range.start;
        Some(range)
    }
}

/// Reads the templates in the stack's own folder.
pub(crate) fn load(
    folder: &Path,
    shown: &Path,
    sources: &mut Sources,
    findings: &mut Findings,
) -> Texts {
    let mut texts = Texts::default();
    let Ok(entries) = std::fs::read_dir(folder.join(FOLDER)) else { return texts };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "hbs"));
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let file = shown.join(FOLDER).join(&name).display().to_string();
        if !Templates::names().contains(&name.as_str()) {
            findings.push(unknown(&name, &file));
            continue;
        }
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                sources.insert(file.as_str().into(), text.as_str().into());
                texts.texts.put(&name, text);
                texts.own.insert(name, file);
            }
            Err(error) => {
                let message = format!("this template cannot be read: {error}");
                findings.push(Problem::error("template", &Range::file(&file), message));
            }
        }
    }
    texts
}

fn unknown(name: &str, file: &str) -> Problem {
    let message = format!("there is no template `{name}` that this could take the place of");
    let near = nearest(name, Templates::names()).map(|near| format!("did you mean `{near}`?"));
    Problem::error("template", &Range::file(file), message).suggest(near)
}
