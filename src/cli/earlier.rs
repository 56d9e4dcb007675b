//! The declaration of an earlier apply, out of the ledger.

use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::machine;
use crate::cli::session::Session;
use crate::cli::ui::Ui;
use crate::cli::view::problems;
use crate::ledger::{Entry, Kept, go_back};
use crate::model::ResourceId;
use crate::project::{self, Problems, Project};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path};

/// How much of a digest people get to see.
const SHORT: usize = 8;

/// What an environment goes back to.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// The environment.
    pub env: String,
    /// The apply whose declaration it was.
    pub apply: String,
    /// What was deleted since then.
    pub deleted_since: BTreeSet<ResourceId>,
}

/// The session with the declaration of an earlier apply in the place of that on disk. The inner
/// error is as in [`crate::cli::declaration::declaration`].
///
/// # Errors
/// When there is no such apply, or its declaration is not kept.
pub async fn session(
    mut session: Session,
    to: Option<&str>,
    ui: &Ui,
) -> Result<Result<(Session, Earlier), Exit>, Failure> {
    let [env] = session.environments.as_slice() else {
        let summary = "one environment goes back at a time";
        return Err(Failure::new(Exit::Error, summary).hint("name it, as in -e prod"));
    };
    let env = env.clone();
    let history = session.ledger.history(std::slice::from_ref(&env)).await;
    let history = history.map_err(|error| unreadable(&[error]))?;
    let entries: Vec<Entry> = history.entries.into_iter().map(|(_, entry)| entry).collect();
    let found = go_back(&entries, to, session.memory.rolled_back.get(&env));
    let found = found.map_err(|error| {
        Failure::new(Exit::Error, format!("{env} cannot go back: {error}"))
            .hint("`leap-infra history --full` names the applies, and --to APPLY chooses one")
    })?;
    let kept = session.ledger.kept(&found.kept).await.map_err(|error| unreadable(&[error]))?;
    let kept = kept.ok_or_else(|| {
        let apply = &found.apply;
        Failure::new(Exit::Error, format!("the ledger no longer keeps the declaration of {apply}"))
    })?;
    let digest: String = found.kept.chars().take(SHORT).collect();
    let shown = session.folder.join(format!("@{digest}"));
    let read = load(&kept, &shown).map_err(|error| {
        Failure::new(Exit::Error, "the earlier declaration cannot be read here").because(&error)
    })?;
    let read = read.map(|project| project.on(machine::moment().date()));
    let expanded = read.and_then(|project| project.expand().map(|stack| (project, stack)));
    let (project, stack) = match expanded {
        Ok(earlier) => earlier,
        Err(Problems { list, sources }) => {
            ui.remark("This release does not take the declaration of that apply any more:");
            ui.remark(problems::text(&list, &sources, ui.colours()));
            return Ok(Err(Exit::Invalid));
        }
    };
    same_stack(&session.project, &project, &env)?;
    ui.remark(format!("Back to the apply {} ({}).", found.apply, found.began));
    session.stack = stack.instead_of(&session.stack);
    session.project = project;
    let earlier = Earlier { env, apply: found.apply, deleted_since: found.deleted_since };
    Ok(Ok((session, earlier)))
}

/// What holds for the whole stack cannot be gone back on.
fn same_stack(now: &Project, then: &Project, env: &str) -> Result<(), Failure> {
    let refuse = |summary: String| Err(Failure::new(Exit::Error, summary));
    if (now.name(), now.ledger_bucket()) != (then.name(), then.ledger_bucket()) {
        let (name, bucket) = (then.name(), then.ledger_bucket());
        return refuse(format!("that was the stack {name} with its ledger in {bucket}"));
    }
    match then.environments().iter().any(|known| known.name == env) {
        true => Ok(()),
        false => refuse(format!("there was no environment {env} then")),
    }
}

/// Reads a declaration that was kept, in a folder that is gone afterwards.
fn load(kept: &Kept, shown: &Path) -> io::Result<Result<Project, Problems>> {
    let top = tempfile::tempdir()?;
    for (name, text) in &kept.files {
        let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if !inside {
            return Err(io::Error::other(format!("`{name}` is no path of a declaration")));
        }
        let file = top.path().join(name);
        file.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(file, text)?;
    }
    Ok(project::load_kept(top.path(), shown))
}
