//! `access why-403`: why does a hub turn somebody away?

use super::{Answer, AskArgs, Question};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::report::Report;
use crate::cli::ui::Ui;
use crate::cli::view::table::{Align, Table};
use crate::project::access::{Cause, Found};
use serde_json::json;

/// Say why a hub may answer somebody with 403, and what to look at
///
/// For example: leap-infra access why-403 ada prod
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Their login on GitHub
    login: String,
    /// The hub, by its key
    hub: String,
    #[command(flatten)]
    ask: AskArgs,
}

/// Prints the causes.
pub(super) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let answer = args.ask.answer(ui, |Question { stack, asked, day, .. }| {
        let Args { login, hub, .. } = args;
        let causes = asked.why_403(login, hub)?;
        let report = Report {
            title: format!("{login} and a 403 of {hub} on {day}"),
            table: table(&causes),
            remarks: vec![format!("{}.", asked.who_is(login))],
            json: json!({
                "stack": stack,
                "login": login,
                "hub": hub,
                "as_of": day.to_string(),
                "causes": causes,
            }),
        };
        Ok(Answer { report, sentences: Some(sentences(&causes)) })
    });
    answer.await
}

fn table(causes: &[Cause]) -> Table {
    let mut table =
        Table::new(&[("", Align::Left), ("cause", Align::Left), ("look at", Align::Yielding)]);
    for cause in causes {
        table.row(vec![word(cause.found).to_owned(), cause.what.clone(), cause.help.clone()]);
    }
    table
}

fn sentences(causes: &[Cause]) -> Vec<(String, String)> {
    let sentence =
        |cause: &Cause| (format!("{}: {}", word(cause.found), cause.what), cause.help.clone());
    causes.iter().map(sentence).collect()
}

fn word(found: Found) -> &'static str {
    match found {
        Found::Yes => "found",
        Found::Possible => "possible",
        Found::No => "ruled out",
    }
}
