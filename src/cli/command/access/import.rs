//! `access import`: declare who is in a team.

use super::{look, unanswered};
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::machine;
use crate::cli::planning::LookArgs;
use crate::cli::session::{self, Session};
use crate::cli::ui::Ui;
use crate::cli::view::plan::counted;
use crate::project::access::Seen;
use crate::providers::github::Reader;
use serde_json::json;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Write a file of members for who is in the team of a category now
///
/// Looks at GitHub and changes nothing there. The file declares nobody before the category says
/// `members: { at-least: FILE }` or `{ exact: FILE }`.
///
/// For example: leap-infra access import research --live
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The category
    category: String,
    #[command(flatten)]
    look: LookArgs,
    /// Write into this file below the stack's folder, which must not exist yet;
    /// `people/CATEGORY.yaml` when it is not given
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
}

/// Looks, and writes.
pub(super) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let session = match session::open_untitled(&args.look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let category = &args.category;
    let (organization, slug, declared) = session.project.team_of(category).map_err(unanswered)?;
    let seen = seen(&session, &organization, &slug).await?;
    let title = format!("Who was in {organization}:{slug} on {}.", machine::moment().date());
    let text = session.project.members_file(&seen, &title);
    let into =
        args.into.clone().unwrap_or_else(|| PathBuf::from(format!("people/{category}.yaml")));
    let file = session.folder.join(&into);
    write(&file, &text).map_err(|error| {
        let summary = format!("{} was not written", file.display());
        Failure::new(Exit::Error, summary).because(&error)
    })?;
    let said = format!("members: {{ at-least: {} }}", into.display());
    if ui.json {
        let file = file.display().to_string();
        ui.say(json!({ "file": file, "count": seen.len(), "declare": said }).to_string());
    } else {
        let people = counted(seen.len(), "login");
        ui.say(format!("{people} written into {}.", file.display()));
        ui.say(format!("To declare them, write `{said}` for `{category}` ({declared})."));
    }
    Ok(Exit::Ok)
}

async fn seen(session: &Session, organization: &str, slug: &str) -> Result<Vec<Seen>, Failure> {
    let people = Reader::new(&session.github).people(organization, slug).await;
    let people = people.map_err(|error| unreadable(&[error]))?;
    Ok(people.iter().map(look::seen).collect())
}

/// Writes a file that was not there.
fn write(file: &Path, text: &str) -> io::Result<()> {
    file.parent().map_or(Ok(()), fs::create_dir_all)?;
    let created = OpenOptions::new().write(true).create_new(true).open(file);
    created.and_then(|mut file| file.write_all(text.as_bytes()))
}
