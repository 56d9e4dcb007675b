//! `access why-403`: why does a hub turn somebody away, and what is to be said to them?

use super::clouds::About;
use super::{Answer, AskArgs, Question};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::report::Report;
use crate::cli::ui::Ui;
use crate::cli::view::table::{Align, Table};
use crate::project::access::{Cause, Found, Letter, Turned};
use serde_json::json;

/// Say why a hub may answer somebody with 403, what to look at, and what to write to them
///
/// For example: leap-infra access why-403 ada prod
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Their login on GitHub
    login: String,
    /// The hub, by its key
    hub: String,
    /// What the message is about, if you know better than the declaration: one of the words in the
    /// second column of `--format markdown`, such as `application-not-approved`
    #[arg(long, value_name = "CAUSE", value_parser = turned)]
    cause: Option<Turned>,
    #[command(flatten)]
    ask: AskArgs,
}

fn turned(text: &str) -> Result<Turned, String> {
    let all = Turned::ALL;
    all.into_iter().find(|why| why.word() == text).ok_or_else(|| {
        let words: Vec<&str> = all.into_iter().map(Turned::word).collect();
        format!("expected one of {}", words.join(", "))
    })
}

/// Prints the causes, and the message.
pub(super) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let hub = format!("hubs/{}", args.hub.trim_start_matches("hubs/"));
    let answer =
        args.ask.answer(About::Thing(&hub), ui, |Question { stack, asked, day, .. }| {
            let Args { login, hub, .. } = args;
            let causes = asked.why_403(login, hub)?;
            let letter = asked.letter(login, hub, &causes, args.cause);
            let mut remarks = vec![format!("{}.", asked.who_is(login))];
            remarks.extend(shown(&letter));
            let report = Report {
                title: format!("{login} and a 403 of {hub} on {day}"),
                table: table(&causes),
                remarks,
                json: json!({
                    "stack": stack,
                    "login": login,
                    "hub": hub,
                    "as_of": day.to_string(),
                    "causes": causes,
                    "message": letter,
                }),
            };
            Ok(Answer { report, sentences: Some(sentences(&causes)) })
        });
    answer.await
}

/// The message, below a line that says what follows.
fn shown(letter: &Letter) -> impl Iterator<Item = String> {
    let about = letter.about.map(|why| format!(" ({why})")).unwrap_or_default();
    let first = format!("A message to send{about}:");
    let subject = format!("Subject: {}", letter.subject);
    [first, subject].into_iter().chain(letter.paragraphs.clone())
}

fn table(causes: &[Cause]) -> Table {
    let columns = [
        ("", Align::Left),
        ("cause", Align::Left),
        ("what", Align::Left),
        ("look at", Align::Yielding),
    ];
    let mut table = Table::new(&columns);
    for cause in causes {
        let (found, why) = (word(cause.found).to_owned(), cause.why.to_string());
        table.row(vec![found, why, cause.what.clone(), cause.help.clone()]);
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
