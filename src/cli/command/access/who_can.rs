//! `access who-can`: who may do something?

use super::clouds::About;
use super::{Answer, AskArgs, Question, Sighted, cell, differences, row};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::report::Report;
use crate::cli::ui::Ui;
use crate::cli::view::table::{Align, Table};
use crate::project::access::{Holder, Who};
use serde_json::json;
use std::collections::BTreeSet;

/// Say who may log in to a hub, start a profile, read or write a bucket
///
/// For example: leap-infra access who-can buckets/persistent --write -e prod
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The thing, as in `hubs/prod`, `hubs/prod/profiles/gpu` or `buckets/persistent`
    thing: String,
    /// Only who may change it
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    ask: AskArgs,
}

/// Prints who may.
pub(super) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let answer =
        args.ask.answer(About::Thing(&args.thing), ui, |Question { stack, asked, day, sight }| {
            let holders = asked.who_can(&args.thing, args.write)?;
            let thing = &args.thing;
            let what = if args.write { "may change" } else { "may do something with" };
            let report = Report {
                title: format!("{stack}: who {what} {thing} on {day}"),
                table: table(&holders, sight),
                remarks: remarks(&holders),
                json: json!({
                    "stack": stack,
                    "thing": thing,
                    "as_of": day.to_string(),
                    "write": args.write,
                    "holders": holders,
                }),
            };
            Ok(Answer { report, sentences: None })
        });
    answer.await
}

fn table(holders: &BTreeSet<Holder>, sight: Sighted) -> Table {
    let columns = [
        ("environment", Align::Left),
        ("who", Align::Yielding),
        ("may", Align::Left),
        ("as", Align::Left),
        ("until", Align::Left),
        ("declared", Align::Left),
    ];
    let mut table = super::table(&columns, sight);
    for holder in holders {
        let cells = vec![
            cell(holder.environment.as_deref()),
            holder.who.to_string(),
            holder.level.clone(),
            cell(holder.category.as_deref()),
            cell(holder.until.as_deref()),
            holder.declared.clone(),
        ];
        row(&mut table, cells, holder.on_github, sight);
    }
    table
}

fn remarks(holders: &BTreeSet<Holder>) -> Vec<String> {
    let mut remarks = BTreeSet::new();
    for holder in holders {
        let category = cell(holder.category.as_deref());
        let through = holder.through.iter();
        remarks.extend(through.map(|way| format!("As {category}: through {way}.")));
        let only_if = holder.only_if.iter();
        remarks.extend(only_if.map(|what| format!("As {category}: only if {what}.")));
    }
    let open = holders.iter().any(|holder| matches!(holder.who, Who::Team(_)));
    let open = open.then(|| {
        "Who is in a team whose members are not declared, or not all, GitHub alone knows."
            .to_owned()
    });
    let nobody = holders.is_empty().then(|| "Nobody.".to_owned());
    let seen: BTreeSet<_> = holders.iter().map(|it| (&it.who, it.on_github)).collect();
    let differ = differences(seen.into_iter().filter_map(|(_, on_github)| on_github));
    remarks.into_iter().chain(open).chain(nobody).chain(differ).collect()
}
