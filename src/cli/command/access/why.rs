//! `access why`: why may somebody do something, or why not?

use super::clouds::About;
use super::{Answer, AskArgs, Question, Sighted, cell, row};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::report::Report;
use crate::cli::ui::Ui;
use crate::cli::view::table::{Align, Table};
use crate::project::access::{Reason, Verdict, Why};
use serde_json::json;

/// Say why somebody may do something, or why not
///
/// For example: leap-infra access why ada hubs/prod
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Their login on GitHub
    login: String,
    /// The thing, as in `hubs/prod`
    thing: String,
    #[command(flatten)]
    ask: AskArgs,
}

/// Prints the reasons.
pub(super) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let answer =
        args.ask.answer(About::Thing(&args.thing), ui, |Question { stack, asked, day, sight }| {
            let Args { login, thing, .. } = args;
            let why = asked.why(login, thing)?;
            let report = Report {
                title: format!("{login} and {thing} on {day}: {}", why.verdict),
                table: table(&why, sight),
                remarks: remarks(&why, asked.who_is(login)),
                json: json!({
                    "stack": stack,
                    "login": login,
                    "thing": thing,
                    "as_of": day.to_string(),
                    "verdict": why.verdict,
                    "reasons": why.reasons,
                }),
            };
            Ok(Answer { report, sentences: Some(sentences(&why)) })
        });
    answer.await
}

fn table(why: &Why, sight: Sighted) -> Table {
    let columns = [
        ("", Align::Left),
        ("environment", Align::Left),
        ("may", Align::Left),
        ("because", Align::Yielding),
        ("given", Align::Left),
    ];
    let mut table = super::table(&columns, sight);
    for reason in &why.reasons {
        let cells = vec![
            reason.verdict.to_string(),
            cell(reason.environment.as_deref()),
            reason.level.clone(),
            reason.because.clone(),
            reason.declared.clone(),
        ];
        row(&mut table, cells, reason.on_github, sight);
    }
    table
}

fn sentences(why: &Why) -> Vec<(String, String)> {
    let sentence = |reason: &Reason| {
        let Reason { verdict, category, level, .. } = reason;
        let place = reason.environment.as_ref().map(|env| format!(" in {env}")).unwrap_or_default();
        let declared = &reason.declared;
        (format!("{verdict}: {level}{place}, as {category} ({declared})"), reason.because.clone())
    };
    why.reasons.iter().map(sentence).collect()
}

fn remarks(why: &Why, who: String) -> Vec<String> {
    let nothing = why.reasons.is_empty().then(|| "No category gives it to anybody.".to_owned());
    let perhaps = (why.verdict == Verdict::Unknown)
        .then(|| "It cannot be told from the declaration: ask GitHub, as said above.".to_owned());
    [format!("{who}.")].into_iter().chain(nothing).chain(perhaps).collect()
}
