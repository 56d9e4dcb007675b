//! `history`: what was applied, when, by whom, and how it ended.

use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::planning::LookArgs;
use crate::cli::session;
use crate::cli::ui::Ui;
use crate::cli::view::history::{self, Detail};
use serde_json::{Value, json};

/// Show what was applied, by whom, and how it ended
///
/// Newest first, from the ledger of the stack. An apply that died is written down by whoever
/// applies next.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    look: LookArgs,
    /// Show every step
    #[arg(long)]
    full: bool,
}

/// Reads the ledger and prints it.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let session = match session::open(&args.look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let history = session.ledger.history(&session.environments).await;
    let history = history.map_err(|error| unreadable(&[error]))?;
    if ui.json {
        let entry = |(env, entry)| {
            let mut value = json!(entry);
            value["environment"] = json!(env);
            value["counts"] = json!(history::figures(entry));
            value
        };
        let entries: Vec<Value> = history.entries.iter().map(|(env, e)| entry((env, e))).collect();
        ui.say(json!({ "entries": entries, "unreadable": history.unreadable }).to_string());
    } else {
        let detail = if args.full { Detail::Steps } else { Detail::Figures };
        ui.say(history::text(&history, detail));
    }
    Ok(Exit::Ok)
}
