//! `discover`: declare what is there.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::planning::LookArgs;
use crate::cli::session;
use crate::cli::ui::Ui;
use crate::cli::view::plan::counted;
use crate::project::Discovered;
use serde_json::json;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Write declarations for what is there and nothing declares
///
/// Looks through the projects of the stack and changes nothing. What carries the mark of another
/// stack is left out. The file says `manage: mark` for each thing, so that taking it in with
/// `adopt --all` changes no setting; comments say where it comes from and what cannot be said.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    look: LookArgs,
    /// Write into this file, which must not exist yet
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
}

/// Looks, and writes.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let session = match session::open_untitled(&args.look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let world = session.everything().await?;
    let found = session.project.discover(&world, &session.environments);
    let Some(text) = &found.text else {
        ui.remark("Everything that is there is declared, or belongs to others.");
        return Ok(Exit::Ok);
    };
    match &args.into {
        None if ui.json => ui.say(json!({ "yaml": text, "count": found.count }).to_string()),
        None => ui.say(text),
        Some(file) => write(&found, text, file, &session.folder)?,
    }
    for (section, range) in &found.elsewhere {
        ui.remark(format!("`{section}` is in {range}: put the entries below it there"));
    }
    if let Some(file) = &args.into {
        let things = counted(found.count, "thing");
        ui.remark(format!("{things} declared in {}", file.display()));
    }
    Ok(Exit::Ok)
}

/// Writes a file that was not there; in the stack's own folder only what the stack can take.
fn write(found: &Discovered, text: &str, file: &Path, stack: &Path) -> Result<(), Failure> {
    let failure = || Failure::new(Exit::Error, format!("{} was not written", file.display()));
    let above = file.parent().filter(|above| !above.as_os_str().is_empty());
    let same = |one: &Path| one.canonicalize().ok();
    let inside = same(above.unwrap_or(Path::new("."))) == same(stack);
    if let Some((section, range)) = found.elsewhere.first().filter(|_| inside) {
        let hint = format!(
            "`{section}` is in {range}, and a section is in one file: leave out --into and put the entries there"
        );
        return Err(failure().hint(hint));
    }
    let created = OpenOptions::new().write(true).create_new(true).open(file);
    let written = created.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| failure().because(&error))
}
