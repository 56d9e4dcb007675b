//! `access list`: who is in what, and until when?

use super::clouds::About;
use super::{Answer, AskArgs, Question, Sighted, cell, differences, row};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::report::Report;
use crate::cli::ui::Ui;
use crate::cli::view::plan::counted;
use crate::cli::view::table::{Align, Table};
use crate::project::access::{Listed, Role};
use crate::project::format::seconds;
use serde_json::json;
use std::collections::BTreeSet;

/// List who is declared to be in a category, and until when
///
/// For example: leap-infra access list --category research --expiring 30d
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The category; all of them when none is named
    #[arg(long, value_name = "KEY")]
    category: Option<String>,
    /// Only who leaves within this time, as in `30d` or `6 weeks`
    #[arg(long, value_name = "SPAN", value_parser = days)]
    expiring: Option<i64>,
    #[command(flatten)]
    ask: AskArgs,
}

/// The days of a span of time: `30d`, `4w`, `30 days`.
fn days(text: &str) -> Result<i64, String> {
    let long = match text.strip_suffix('d') {
        Some(number) if number.parse::<u32>().is_ok() => format!("{number} days"),
        _ => match text.strip_suffix('w') {
            Some(number) => format!("{number} weeks"),
            None => text.to_owned(),
        },
    };
    let days = seconds(&long).ok().and_then(|seconds| i64::try_from(seconds / 86_400).ok());
    days.ok_or_else(|| "expected a span of time, as in 30d or 6 weeks".to_owned())
}

/// Prints the list.
pub(super) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let answer = args.ask.answer(About::Teams, ui, |Question { stack, asked, day, sight }| {
        let category = args.category.as_deref();
        let listed = asked.list(category, args.expiring)?;
        let open = asked.open(category);
        let of = category.map(|key| format!(" of {key}")).unwrap_or_default();
        let soon = args.expiring.map(|days| format!(", leaving within {}", counted_days(days)));
        let report = Report {
            title: format!("{}: people{of} on {day}{}", stack, soon.unwrap_or_default()),
            table: table(&listed, sight),
            remarks: remarks(&listed, &open, sight),
            json: json!({
                "stack": stack,
                "as_of": day.to_string(),
                "people": listed,
                "not_declared": open.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
            }),
        };
        Ok(Answer { report, sentences: None })
    });
    answer.await
}

fn counted_days(days: i64) -> String {
    usize::try_from(days).map_or_else(|_| days.to_string(), |days| counted(days, "day"))
}

fn table(listed: &BTreeSet<Listed>, sight: Sighted) -> Table {
    let columns = [
        ("category", Align::Left),
        ("who", Align::Left),
        ("since", Align::Left),
        ("until", Align::Left),
        ("", Align::Left),
        ("note", Align::Yielding),
        ("declared", Align::Left),
    ];
    let mut table = super::table(&columns, sight);
    for one in listed {
        let role = if one.role == Role::Maintainer { ", maintains" } else { "" };
        let name = one.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        let cells = vec![
            one.category.clone(),
            format!("{}{name}", one.login),
            cell(one.since.as_deref()),
            cell(one.until.as_deref()),
            format!("{}{role}", one.stands),
            one.note.clone().unwrap_or_default(),
            one.declared.clone(),
        ];
        row(&mut table, cells, one.on_github, sight);
    }
    table
}

fn remarks(
    listed: &BTreeSet<Listed>,
    open: &BTreeSet<(String, String)>,
    sight: Sighted,
) -> Vec<String> {
    let nobody = listed.is_empty().then(|| "Nobody.".to_owned());
    let teams: Vec<String> = open.iter().map(|(key, team)| format!("{key} ({team})")).collect();
    let others = (!teams.is_empty() && sight == Sighted::No).then(|| {
        let teams = teams.join(", ");
        format!("Beside these there may be others, whom GitHub alone knows, in: {teams}.")
    });
    let differ = differences(listed.iter().filter_map(|one| one.on_github));
    nobody.into_iter().chain(others).chain(differ).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_written_short_or_long() {
        assert_eq!(days("30d"), Ok(30));
        assert_eq!(days("6 weeks"), Ok(42));
        assert_eq!(days("2w"), Ok(14));
        assert!(days("soon").is_err());
    }
}
