//! `access preview`: what does somebody have, all of it together?

use super::clouds::About;
use super::{Answer, AskArgs, Question, Sighted, cell, row};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::report::Report;
use crate::cli::ui::Ui;
use crate::cli::view::table::{Align, Table};
use crate::project::access::{Has, Verdict};
use serde_json::json;
use std::collections::BTreeSet;

/// Show everything that somebody may do
///
/// For example: leap-infra access preview ada --as-of 2027-01-01
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Their login on GitHub
    login: String,
    #[command(flatten)]
    ask: AskArgs,
}

/// Prints what they have.
pub(super) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let answer = args.ask.answer(About::Everything, ui, |Question { stack, asked, day, sight }| {
        let login = &args.login;
        let has = asked.preview(login);
        let report = Report {
            title: format!("{stack}: what {login} has on {day}"),
            table: table(&has, sight),
            remarks: remarks(&has, asked.who_is(login)),
            json: json!({
                "stack": stack,
                "login": login,
                "as_of": day.to_string(),
                "has": has,
            }),
        };
        Ok(Answer { report, sentences: None })
    });
    answer.await
}

fn table(has: &[Has], sight: Sighted) -> Table {
    let columns = [
        ("", Align::Left),
        ("environment", Align::Left),
        ("what", Align::Yielding),
        ("may", Align::Left),
        ("as", Align::Left),
    ];
    let mut table = super::table(&columns, sight);
    for one in has {
        let by = one.by.iter().map(|(category, until)| match until {
            Some(until) => format!("{category} until {until}"),
            None => category.clone(),
        });
        let cells = vec![
            one.verdict.to_string(),
            cell(one.environment.as_deref()),
            one.what.clone(),
            one.level.clone(),
            by.collect::<Vec<_>>().join(", "),
        ];
        row(&mut table, cells, one.on_github, sight);
    }
    table
}

fn remarks(has: &[Has], who: String) -> Vec<String> {
    let through = has.iter().filter_map(|one| {
        Some(format!("{} of {}: through {}.", one.level, one.what, one.through.as_ref()?))
    });
    let through: BTreeSet<String> = through.collect();
    let nothing = has.is_empty().then(|| "Nothing that is declared.".to_owned());
    let perhaps = has.iter().any(|one| one.verdict == Verdict::Unknown);
    let perhaps = perhaps.then(|| {
        "What says perhaps hangs on teams whose members are not declared: GitHub alone knows."
            .to_owned()
    });
    [format!("{who}.")].into_iter().chain(nothing).chain(through).chain(perhaps).collect()
}
