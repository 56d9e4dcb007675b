//! Which stack, which of its environments, and what they declare.

use crate::cli::StackArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::machine;
use crate::cli::ui::Ui;
use crate::cli::view::plan::counted;
use crate::cli::view::problems;
use crate::model::Stack;
use crate::project::{self, Problems, Project};
use std::path::{Path, PathBuf};
use time::Date;

/// The folder of the stack.
///
/// # Errors
/// When it cannot be told which one is meant.
pub fn folder(args: &StackArgs) -> Result<PathBuf, Failure> {
    if let Some(folder) = &args.stack {
        return Ok(folder.clone());
    }
    let here = std::env::current_dir().map_err(|error| {
        Failure::new(Exit::Error, "the current folder cannot be used").because(&error)
    })?;
    let found = project::find(&here).map_err(|error| {
        Failure::new(Exit::Invalid, error.to_string()).hint("name it: leap-infra plan stacks/leap")
    })?;
    Ok(from(&here, &found))
}

/// A path as one would write it from a folder: `../..` and not from the root.
fn from(here: &Path, there: &Path) -> PathBuf {
    let above = here.ancestors().position(|folder| there.starts_with(folder));
    let shared = above.and_then(|above| here.ancestors().nth(above));
    match (above, shared.and_then(|shared| there.strip_prefix(shared).ok())) {
        (Some(0), Some(rest)) if rest.as_os_str().is_empty() => PathBuf::from("."),
        (Some(above), Some(rest)) => (0..above).map(|_| "..").collect::<PathBuf>().join(rest),
        _ => there.to_owned(),
    }
}

/// The declaration of the stack in a folder and everything that it wants; when it has problems,
/// they are printed.
///
/// # Errors
/// How the program ends when there are problems.
pub fn declaration(folder: &Path, ui: &Ui) -> Result<(Project, Stack), Exit> {
    declaration_on(folder, machine::moment().date(), ui)
}

/// The same as it holds on a day.
///
/// # Errors
/// How the program ends when there are problems.
pub fn declaration_on(folder: &Path, day: Date, ui: &Ui) -> Result<(Project, Stack), Exit> {
    let loaded = project::load(folder, folder).map(|project| project.on(day));
    match loaded.and_then(|project| project.expand().map(|stack| (project, stack))) {
        Ok((project, stack)) => {
            if !project.warnings().is_empty() && !ui.json {
                ui.remark(problems::text(project.warnings(), project.sources(), ui.colours()));
                ui.remark("");
            }
            Ok((project, stack))
        }
        Err(Problems { list, sources }) => {
            ui.events.problems(&list);
            if ui.json && !ui.events.on_stdout() {
                ui.say(problems::json(&list).to_string());
            } else if !ui.json {
                ui.remark(problems::text(&list, &sources, ui.colours()));
                ui.remark(format!("{} found.", counted(list.len(), "problem")));
            }
            Err(Exit::Invalid)
        }
    }
}

/// A name that must be one of these.
///
/// # Errors
/// When it is none of them; the nearest is named.
pub fn known<'a>(name: &str, names: &[&'a str]) -> Result<&'a str, Failure> {
    if let Some(known) = names.iter().find(|known| **known == name) {
        return Ok(known);
    }
    let nearest = names
        .iter()
        .max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
    let summary = format!("there is no environment `{name}`: there are {}", names.join(", "));
    let failure = Failure::new(Exit::Error, summary);
    Err(match nearest {
        Some(nearest) => failure.hint(format!("did you mean `{nearest}`?")),
        None => failure,
    })
}

/// The environments of these names, or all of them, in promotion order.
///
/// # Errors
/// When there is no such environment.
pub fn chosen(project: &Project, named: &[String]) -> Result<Vec<String>, Failure> {
    let names: Vec<&str> = project.environments().iter().map(|env| env.name.as_str()).collect();
    named.iter().try_for_each(|name| known(name, &names).map(drop))?;
    let chosen = names.iter().filter(|name| named.is_empty() || named.iter().any(|n| n == *name));
    Ok(chosen.map(|name| (*name).to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_is_named_as_one_would_from_here() {
        let from = |here: &str| from(Path::new(here), Path::new("/a/stacks/leap"));
        assert_eq!(from("/a"), Path::new("stacks/leap"));
        assert_eq!(from("/a/stacks/leap"), Path::new("."));
        assert_eq!(from("/a/stacks/leap/environments"), Path::new("../"));
        assert_eq!(from("/a/b"), Path::new("../stacks/leap"));
    }
}
