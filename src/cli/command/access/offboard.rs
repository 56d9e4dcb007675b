//! `access offboard`: somebody leaves.

use super::{DayArgs, a_day, unanswered};
use crate::cli::declaration::declaration_on;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ui::Ui;
use crate::cli::view::plan::counted;
use crate::model::{ResourceId, Stack};
use crate::project::Project;
use crate::project::access::{Edit, Verdict};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use time::Date;

/// End everything that somebody is in, in the files of members
///
/// Writes the last day into their entries and leaves everything else in the files as it was. Nothing
/// changes on GitHub before the next apply, which this says what it will do. What only GitHub
/// knows, it names.
///
/// For example: leap-infra access offboard ada
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Their login on GitHub
    login: String,
    /// Their last day; the day before when it is not given
    #[arg(long, value_name = "DATE", value_parser = a_day)]
    last_day: Option<Date>,
    #[command(flatten)]
    day: DayArgs,
}

/// Edits the files, and says what follows.
pub(super) fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let (login, today) = (&args.login, args.day.day());
    let (project, folder) = match args.day.project(ui)? {
        Ok(declared) => declared,
        Err(exit) => return Ok(exit),
    };
    let last = args.last_day.or(today.previous_day()).unwrap_or(today);
    let edits = project.offboard(login, last, today);
    edits.iter().try_for_each(write)?;
    let (after, wanted) = match declaration_on(&folder, today, ui) {
        Ok(declared) => declared,
        Err(exit) => return Ok(exit),
    };
    let gone = gone(&project, &wanted);
    let unknown = unknown(&after, login)?;
    if ui.json {
        ui.say(
            json!({
                "login": login,
                "last_day": last.to_string(),
                "files": edits.iter().map(|edit| &edit.shown).collect::<BTreeSet<_>>(),
                "next_apply_removes": gone,
                "not_declared": unknown,
            })
            .to_string(),
        );
    } else {
        ui.say(text(login, &edits, &gone, &unknown));
    }
    Ok(Exit::Ok)
}

/// Writes a file beside the old one, and then in its place.
fn write(edit: &Edit) -> Result<(), Failure> {
    let beside = edit.path.with_extension(format!("yaml.{}", std::process::id()));
    let written = fs::write(&beside, &edit.text).and_then(|()| fs::rename(&beside, &edit.path));
    written.map_err(|error| {
        _ = fs::remove_file(&beside);
        Failure::new(Exit::Error, format!("{} cannot be written", edit.shown)).because(&error)
    })
}

/// What was wanted before and is not any more.
fn gone(before: &Project, after: &Stack) -> BTreeSet<ResourceId> {
    let before = before.expand().ok();
    let before = before.iter().flat_map(|stack| stack.resources().keys());
    before.filter(|id| !after.resources().contains_key(*id)).cloned().collect()
}

/// What they may still have, as far as GitHub alone knows.
fn unknown(after: &Project, login: &str) -> Result<BTreeSet<String>, Failure> {
    let all: Vec<String> = after.environments().iter().map(|env| env.name.clone()).collect();
    let asked = after.asked(&all).map_err(unanswered)?;
    let has = asked.preview(login).into_iter().filter(|has| has.verdict != Verdict::No);
    Ok(has.flat_map(|has| has.by.into_keys()).collect())
}

fn text(
    login: &str,
    edits: &[Edit],
    gone: &BTreeSet<ResourceId>,
    unknown: &BTreeSet<String>,
) -> String {
    let mut lines = Vec::new();
    for edit in edits {
        let ends = edit.changes.iter().map(|left| {
            format!("{}:{}: {login}'s last day is {}", edit.shown, left.line, left.last)
        });
        lines.extend(ends);
    }
    if edits.is_empty() {
        lines.push(format!("{login} is in no file of members, or has left: nothing was changed."));
    }
    if !gone.is_empty() {
        lines.push(format!("\nThe next apply takes away {}:", counted(gone.len(), "membership")));
        lines.extend(gone.iter().map(|id| format!("  - {id}")));
    } else if !edits.is_empty() {
        lines.push("\nThe next apply takes nothing away yet.".to_owned());
    }
    if !unknown.is_empty() {
        let unknown: Vec<&str> = unknown.iter().map(String::as_str).collect();
        lines.push(format!(
            "\nWhat is in no file of members is left to you, if {login} has it: {}.",
            unknown.join(", ")
        ));
    }
    lines.join("\n")
}
