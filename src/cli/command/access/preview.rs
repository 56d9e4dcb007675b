//! `access preview`: what does somebody have, all of it together?

use super::clouds::About;
use super::{Answer, AskArgs, Question, Sighted, cell, row, unanswered};
use crate::cli::declaration::{chosen, declaration_on};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::report::Report;
use crate::cli::ui::Ui;
use crate::cli::view::table::{Align, Table};
use crate::project::access::{AskError, Change, Changed, Has, Verdict, against};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Show everything that somebody may do
///
/// With --against, what they gain and lose by the declaration in this folder compared to that in
/// another one, as of another branch: `git worktree add ../before main`.
///
/// For example: leap-infra access preview ada --as-of 2027-01-01
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Their login on GitHub
    login: String,
    /// The folder of the same stack as it was before; only what differs is shown
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["look", "live"])]
    against: Option<PathBuf>,
    #[command(flatten)]
    ask: AskArgs,
}

/// Prints what they have, or what changes.
pub(super) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    match &args.against {
        Some(folder) => compared(args, folder, ui).await,
        None => shown(args, ui).await,
    }
}

async fn shown(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
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

/// Prints what they gain and lose compared to another declaration.
async fn compared(args: &Args, folder: &Path, ui: &Ui) -> Result<Exit, Failure> {
    let before = match declaration_on(folder, args.ask.day.day(), &args.ask.report.of(ui)) {
        Ok((before, _)) => before,
        Err(exit) => return Ok(exit),
    };
    let environments = chosen(&before, &args.ask.env)?;
    let had = match before.asked(&environments) {
        Ok(asked) => asked.preview(&args.login),
        Err(AskError::Nothing) => Vec::new(),
        Err(error) => return Err(unanswered(error)),
    };
    let answer =
        args.ask.answer(About::Everything, ui, |Question { stack, asked, day, .. }| {
            let login = &args.login;
            let changes = against(&asked.preview(login), &had);
            let report = Report {
                title: format!("{stack}: what changes for {login}, on {day}"),
                table: differences(&changes),
                remarks: vec![format!("{}.", asked.who_is(login)), counted(&changes)],
                json: json!({
                    "stack": stack,
                    "login": login,
                    "as_of": day.to_string(),
                    "against": folder.display().to_string(),
                    "changes": changes,
                }),
            };
            Ok(Answer { report, sentences: None })
        });
    answer.await
}

fn differences(changes: &[Changed]) -> Table {
    let columns = [
        ("", Align::Left),
        ("environment", Align::Left),
        ("what", Align::Yielding),
        ("may", Align::Left),
        ("as", Align::Left),
    ];
    let mut table = Table::new(&columns);
    for Changed { change, has, was } in changes.iter().filter(|it| it.change != Change::Same) {
        let sign = match change {
            Change::Gained => "+",
            Change::Lost => "-",
            Change::Otherwise => "~",
            Change::Same => "",
        };
        let perhaps = if has.verdict == Verdict::Unknown { " (perhaps)" } else { "" };
        let was = was.as_ref().map(|was| format!("{} -> ", by(was))).unwrap_or_default();
        table.row(vec![
            sign.to_owned(),
            cell(has.environment.as_deref()),
            has.what.clone(),
            format!("{}{perhaps}", has.level),
            was + &by(has),
        ]);
    }
    table
}

/// How much changes.
fn counted(changes: &[Changed]) -> String {
    let count = |change| changes.iter().filter(|it| it.change == change).count();
    let (gained, lost) = (count(Change::Gained), count(Change::Lost));
    let (otherwise, same) = (count(Change::Otherwise), count(Change::Same));
    format!("{gained} gained, {lost} lost, {otherwise} for other reasons, {same} as before.")
}

/// As what they have something, and until when.
fn by(has: &Has) -> String {
    let by = has.by.iter().map(|(category, until)| match until {
        Some(until) => format!("{category} until {until}"),
        None => category.clone(),
    });
    by.collect::<Vec<_>>().join(", ")
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
        let cells = vec![
            one.verdict.to_string(),
            cell(one.environment.as_deref()),
            one.what.clone(),
            one.level.clone(),
            by(one),
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
