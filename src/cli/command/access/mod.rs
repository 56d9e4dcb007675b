//! `access`: who may do what. Answered from the declaration, and held against GitHub only where
//! somebody asks for that.

mod clouds;
mod import;
mod list;
mod look;
mod notices;
mod offboard;
mod page;
mod preview;
mod turn;
mod who_can;
mod why;
mod why_403;

use crate::cli::StackArgs;
use crate::cli::declaration::{chosen, declaration_on, folder};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::machine;
use crate::cli::report::{Report, ReportArgs};
use crate::cli::ui::Ui;
use crate::cli::view::table::{Align, Table};
use crate::project::Project;
use crate::project::access::{AskError, Asked, OnGitHub, Otherwise};
use crate::project::format::day;
use clouds::About;
use look::SightArgs;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use time::Date;

/// Ask who may do what, and change who does
///
/// From the declaration, without looking at a cloud. Who is in a team whose members are not
/// declared, GitHub alone knows: then that is said, or looked up with `--live`.
///
/// For example: leap-infra access who-can hubs/prod
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand, Debug)]
enum What {
    WhoCan(who_can::Args),
    Why(why::Args),
    List(list::Args),
    Preview(preview::Args),
    #[command(name = "why-403")]
    Why403(why_403::Args),
    Page(page::Args),
    Import(import::Args),
    Offboard(offboard::Args),
    Notices(notices::Args),
}

/// Answers.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    match &args.what {
        What::WhoCan(args) => who_can::run(args, ui).await,
        What::Why(args) => why::run(args, ui).await,
        What::List(args) => list::run(args, ui).await,
        What::Preview(args) => preview::run(args, ui).await,
        What::Why403(args) => why_403::run(args, ui).await,
        What::Page(args) => page::run(args, ui),
        What::Import(args) => import::run(args, ui).await,
        What::Offboard(args) => offboard::run(args, ui),
        What::Notices(args) => notices::run(args, ui).await,
    }
}

/// Which stack, and on which day.
#[derive(clap::Args, Debug)]
struct DayArgs {
    #[command(flatten)]
    stack: StackArgs,
    /// The day; today (in UTC) when it is not given
    #[arg(long, value_name = "DATE", value_parser = a_day)]
    as_of: Option<Date>,
}

/// Which stack, in which environments, on which day, and how the answer is printed.
#[derive(clap::Args, Debug)]
struct AskArgs {
    #[command(flatten)]
    day: DayArgs,
    /// The environments; all of them, in promotion order, when none is named
    #[arg(short, long, value_name = "NAME")]
    env: Vec<String>,
    #[command(flatten)]
    sight: SightArgs,
    #[command(flatten)]
    report: ReportArgs,
}

fn a_day(text: &str) -> Result<Date, String> {
    day(text).ok_or_else(|| "expected a date, as in 2026-01-31".to_owned())
}

impl DayArgs {
    fn day(&self) -> Date {
        self.as_of.unwrap_or_else(|| machine::moment().date())
    }

    /// The stack as it holds on the day, and its folder. The inner error is how the program ends
    /// where the declaration has problems.
    fn project(&self, ui: &Ui) -> Result<Result<(Project, PathBuf), Exit>, Failure> {
        let folder = folder(&self.stack)?;
        let declared = declaration_on(&folder, self.day(), ui);
        Ok(declared.map(|(project, _)| (project, folder)))
    }
}

impl AskArgs {
    /// Asks a question, and prints the answer.
    async fn answer(
        &self,
        about: About<'_>,
        ui: &Ui,
        ask: impl FnOnce(Question<'_>) -> Result<Answer, AskError>,
    ) -> Result<Exit, Failure> {
        let ui = &self.report.of(ui);
        let (project, folder) = match self.day.project(ui)? {
            Ok(declared) => declared,
            Err(exit) => return Ok(exit),
        };
        let environments = chosen(&project, &self.env)?;
        let asked = project.asked(&environments).map_err(unanswered)?;
        let looked = self.sight.look((&asked, about), (&project, &folder), &environments, ui);
        let looked = looked.await?;
        let asked = looked.as_ref().map_or(asked, |looked| asked.against(&looked.sight));
        let sight = if looked.is_some() { Sighted::Yes } else { Sighted::No };
        let question = Question { stack: project.name(), asked, day: self.day.day(), sight };
        let Answer { mut report, sentences } = ask(question).map_err(unanswered)?;
        if let Some(looked) = looked {
            report.title += &format!(", held against GitHub on {}", looked.place);
            report.json["looked_at"] = looked.word.into();
            tell_of_clouds(&mut report, about, &looked.clouds);
        }
        match sentences.filter(|_| self.report.is_text(ui)) {
            Some(sentences) => tell(&report, &sentences, ui),
            None => self.report.print(&report, ui),
        }
        Ok(Exit::Ok)
    }
}

/// A question's ground: a stack, what is declared of access, and the day.
struct Question<'a> {
    stack: &'a str,
    asked: Asked<'a>,
    day: Date,
    sight: Sighted,
}

/// Whether somebody looked at GitHub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sighted {
    Yes,
    No,
}

/// An answer, with sentences (and what stands below each) where it reads better so on a terminal.
struct Answer {
    report: Report,
    sentences: Option<Vec<(String, String)>>,
}

/// The failure when a question cannot be answered.
fn unanswered(error: AskError) -> Failure {
    let failure = Failure::new(Exit::Error, error.to_string());
    match error {
        AskError::NoSuchThing { nearest: Some(nearest), .. } => {
            failure.hint(format!("did you mean `{nearest}`?"))
        }
        AskError::NoSuchThing { .. } => failure.hint(
            "things are called `hubs/KEY`, `hubs/KEY/profiles/KEY/CHOICE`, `buckets/KEY`, \
             `folders/PATH`, `repositories/ORGANIZATION/NAME` and `home`",
        ),
        AskError::Nothing => failure.hint("docs/access.md says what can be said there"),
    }
}

/// Says what is otherwise in the clouds than declared.
fn tell_of_clouds(report: &mut Report, about: About<'_>, clouds: &Result<Vec<Otherwise>, Failure>) {
    match clouds {
        Ok(all) => {
            let told = all.iter().map(|it| format!("Otherwise than declared: {it}."));
            report.remarks.extend(told);
            if about.is_in_clouds() {
                report.json["otherwise"] = json!(all);
            }
        }
        Err(failure) => {
            let why = failure.causes.first().unwrap_or(&failure.summary);
            let told = format!("How buckets and hubs are in the clouds cannot be told: {why}.");
            report.remarks.push(told);
            report.json["otherwise"] = serde_json::Value::Null;
        }
    }
}

/// Words in a cell of a table; a dash where there are none.
fn cell(words: Option<&str>) -> String {
    words.unwrap_or("-").to_owned()
}

/// A table with a column for how things are on GitHub, where somebody looked.
fn table(columns: &[(&'static str, Align)], sight: Sighted) -> Table {
    let seen = (sight == Sighted::Yes).then_some(("on GitHub", Align::Left));
    Table::new(&columns.iter().copied().chain(seen).collect::<Vec<_>>())
}

/// A row of such a table.
fn row(table: &mut Table, cells: Vec<String>, on_github: Option<OnGitHub>, sight: Sighted) {
    let words = || on_github.map_or_else(|| "-".to_owned(), |it| it.to_string());
    let seen = (sight == Sighted::Yes).then(words);
    table.row(cells.into_iter().chain(seen).collect());
}

/// How many are otherwise on GitHub than declared.
fn differences(seen: impl IntoIterator<Item = OnGitHub>) -> Option<String> {
    let mut counts: BTreeMap<OnGitHub, usize> = BTreeMap::new();
    seen.into_iter().filter(|it| it.differs()).for_each(|it| *counts.entry(it).or_default() += 1);
    let words: Vec<String> = counts.iter().map(|(it, count)| format!("{count} {it}")).collect();
    (!words.is_empty()).then(|| format!("On GitHub otherwise than declared: {}.", words.join("; ")))
}

/// Tells a report as sentences, each with what stands below it.
fn tell(report: &Report, sentences: &[(String, String)], ui: &Ui) {
    ui.say(format!("{}\n\n", ui.look.paint.strong(&report.title)));
    for (sentence, below) in sentences {
        ui.say(ui.look.wrapped(sentence));
        ui.say(format!("{}\n\n", ui.look.indented(below)));
    }
    let remarks: Vec<String> = report.remarks.iter().map(|it| ui.look.wrapped(it)).collect();
    ui.say(remarks.join("\n\n"));
}
