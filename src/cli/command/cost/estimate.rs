//! What a declaration costs in a month.

use crate::cli::StackArgs;
use crate::cli::costs::{prices, pricing};
use crate::cli::declaration::{chosen, declaration, folder};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::report::{Report, ReportArgs};
use crate::cli::ui::Ui;
use crate::cli::view::plan::counted;
use crate::cli::view::table::{Align, Table};
use crate::cost::{self, Bill, Charge, NOT_COUNTED, Origin, Part, Prices};
use crate::model::{Resource, Span};
use crate::project::Project;
use crate::providers;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Which stack, and how much is told of it.
#[derive(clap::Args, Debug)]
pub(super) struct EstimateArgs {
    #[command(flatten)]
    stack: StackArgs,
    /// The environments; all of them, in promotion order, when none is named
    #[arg(short, long, value_name = "NAME")]
    env: Vec<String>,
    /// Show what each thing is made up of
    #[arg(long)]
    parts: bool,
    #[command(flatten)]
    report: ReportArgs,
}

/// Prints what everything costs that is declared.
pub(super) fn run(args: &EstimateArgs, ui: &Ui) -> Result<Exit, Failure> {
    let ui = &args.report.of(ui);
    let folder = folder(&args.stack)?;
    let (project, stack) = match declaration(&folder, ui) {
        Ok(declared) => declared,
        Err(exit) => return Ok(exit),
    };
    let environments = chosen(&project, &args.env)?;
    let (prices, rules) = (prices(&folder)?, providers::registry());
    let section = |resource: &Resource| section(&project, resource);
    let bill = pricing(&project, &rules, &prices, |pricing| {
        cost::bill(&stack, &environments, section, pricing)
    });
    args.report.print(&report(&project, &environments, &bill, &prices, args.parts), ui);
    Ok(Exit::Ok)
}

fn section(project: &Project, resource: &Resource) -> String {
    project.section(&resource.source).unwrap_or("-").to_owned()
}

fn report(
    project: &Project,
    environments: &[String],
    bill: &Bill,
    prices: &Prices,
    parts: bool,
) -> Report {
    let names = environments.join(", ");
    let title = format!("{} ({names}): USD a month, at list prices", project.name());
    let limit = project.refuse_above();
    Report {
        title,
        table: table(bill, parts),
        remarks: remarks(bill, prices, limit.map(|limit| limit.to_string())),
        json: json!({
            "stack": project.name(),
            "environments": environments,
            "currency": "USD",
            "floor": bill.total.floor,
            "ceiling": bill.total.ceiling,
            "by_section": by_section(bill),
            "charges": bill.charges,
            "free": bill.free,
            "refuse_above": limit,
            "prices": origins(prices),
            "not_counted": NOT_COUNTED,
        }),
    }
}

/// What each section of each environment costs.
fn by_section(bill: &Bill) -> BTreeMap<&str, BTreeMap<&str, Span>> {
    let mut sums: BTreeMap<&str, BTreeMap<&str, Span>> = BTreeMap::new();
    for Charge { address, section, cost } in &bill.charges {
        let sum = sums.entry(&address.env).or_default().entry(section).or_default();
        *sum = *sum + cost.span;
    }
    sums
}

fn table(bill: &Bill, parts: bool) -> Table {
    let mut table = Table::new(&[
        ("environment", Align::Left),
        ("section", Align::Left),
        ("thing", Align::Yielding),
        ("at least", Align::Right),
        ("at most", Align::Right),
    ]);
    for Charge { address, section, cost } in &bill.charges {
        let (env, thing) = (address.env.clone(), address.local());
        table.row(vec![env, section.clone(), thing, least(cost), most(cost)]);
        for part in cost.parts.iter().filter(|_| parts) {
            table.row(part_row(part));
        }
    }
    let Span { floor, ceiling } = bill.total;
    let open = bill.charges.iter().any(|charge| !charge.cost.by_use.is_empty());
    let more = if open { "and what is put in" } else { "" }.to_owned();
    let total = ["total".to_owned(), String::new(), more];
    table.with_total(total.into_iter().chain([floor, ceiling].map(|it| it.to_string())).collect())
}

fn part_row(Part { what, least, most, span }: &Part) -> Vec<String> {
    let count = if least == most {
        number(*most)
    } else {
        format!("{} to {}", number(*least), number(*most))
    };
    let what = format!("  {count} {what}");
    vec![String::new(), String::new(), what, span.floor.to_string(), span.ceiling.to_string()]
}

/// With two places at most, and none where they are nothing.
fn number(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn least(cost: &cost::Cost) -> String {
    figure(cost, cost.span.floor.to_string())
}

/// What is put in has no most.
fn most(cost: &cost::Cost) -> String {
    match cost.by_use.is_empty() {
        true => figure(cost, cost.span.ceiling.to_string()),
        false => "by use".to_owned(),
    }
}

/// What has no price is not nothing.
fn figure(cost: &cost::Cost, figure: String) -> String {
    let nothing = cost.parts.is_empty() && cost.by_use.is_empty();
    if nothing && !cost.not_priced.is_empty() { "not priced".to_owned() } else { figure }
}

fn remarks(bill: &Bill, prices: &Prices, limit: Option<String>) -> Vec<String> {
    let all = |words: fn(&cost::Cost) -> &Vec<String>| {
        bill.charges.iter().flat_map(|charge| words(&charge.cost)).collect::<BTreeSet<_>>()
    };
    let mut remarks: Vec<String> = Vec::new();
    let by_use = all(|cost| &cost.by_use).into_iter();
    remarks.extend(by_use.map(|words| format!("By what is put in: {words}.")));
    let not_priced = all(|cost| &cost.not_priced).into_iter();
    remarks.extend(not_priced.map(|words| format!("Not priced, and in no total: {words}.")));
    if bill.free > 0 {
        remarks.push(format!("{} beside these, free by themselves.", counted(bill.free, "thing")));
    }
    remarks.extend(limit.map(|limit| {
        format!("A plan that raises the least above {limit} is refused (`budget.refuse_above`).")
    }));
    remarks.push(NOT_COUNTED.to_owned());
    remarks.push(format!(
        "List prices of {}; a table of your own in `tables/prices/` takes the place of one.",
        prices.as_of()
    ));
    remarks
}

fn origins(prices: &Prices) -> BTreeMap<&'static str, serde_json::Value> {
    let one =
        |Origin { table, as_of, source }| (table, json!({ "as_of": as_of, "source": source }));
    prices.origins().into_iter().map(one).collect()
}
