//! `access page`: who may do what, for people who read no YAML.

use super::{DayArgs, unanswered};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ui::Ui;
use crate::render::{RenderError, page};

/// Write a page that says who may do what, for the people whom it concerns
///
/// It names people who are declared; publish it only where that is meant.
///
/// For example: leap-infra access page --html > access.html
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    day: DayArgs,
    /// As HTML in the place of Markdown
    #[arg(long)]
    html: bool,
}

/// Prints the page.
pub(super) fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let (project, _) = match args.day.project(ui)? {
        Ok(declared) => declared,
        Err(exit) => return Ok(exit),
    };
    let all: Vec<String> = project.environments().iter().map(|env| env.name.clone()).collect();
    let page = project.asked(&all).and_then(|asked| asked.page()).map_err(unanswered)?;
    let written = |error: RenderError| {
        Failure::new(Exit::Error, "the page cannot be written").because(&error)
    };
    ui.say(match (ui.json, args.html) {
        (true, _) => serde_json::json!(page).to_string(),
        (false, true) => page::html(&page).map_err(written)?,
        (false, false) => page::markdown(&page).map_err(written)?,
    });
    Ok(Exit::Ok)
}
