//! What was paid, from the billing export.

use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::machine;
use crate::cli::planning::LookArgs;
use crate::cli::report::{Report, ReportArgs};
use crate::cli::session::{self, Session};
use crate::cli::ui::Ui;
use crate::cli::view::table::{Align, Table};
use crate::model::Usd;
use crate::providers::gcp::{BillingExport, ExportTable, Spent};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use time::{Month, OffsetDateTime};

/// Say what was paid in a month, by hub, category or user
///
/// Reads the detailed billing export in BigQuery that `billing.export` names. GKE tells hubs and
/// people apart once its cost allocation is on; what has no label stands in a line of its own.
///
/// For example: leap-infra cost report --by user --month 2026-10 --format markdown
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    look: LookArgs,
    /// By what it is told apart
    #[arg(long, value_enum, default_value_t = By::Hub)]
    by: By,
    /// The month, as in 2026-10; the last whole one when it is not given
    #[arg(long, value_name = "YEAR-MONTH")]
    month: Option<InvoiceMonth>,
    #[command(flatten)]
    report: ReportArgs,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// By namespace: each hub has its own
    Hub,
    /// By category of access
    Category,
    /// By person
    User,
}

impl By {
    fn word(self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::Category => "category",
            Self::User => "user",
        }
    }
}

/// A month of an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct InvoiceMonth {
    year: i32,
    month: u8,
}

impl FromStr for InvoiceMonth {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits =
            |text: &str, count| text.len() == count && text.chars().all(|c| c.is_ascii_digit());
        let parts =
            text.split_once('-').filter(|(year, month)| digits(year, 4) && digits(month, 2));
        let parts = parts.and_then(|(year, month)| Some((year.parse().ok()?, month.parse().ok()?)));
        match parts {
            Some((year, month @ 1..=12)) => Ok(Self { year, month }),
            _ => Err("expected a year and a month, as in 2026-10".to_owned()),
        }
    }
}

impl InvoiceMonth {
    /// The last month that is over.
    fn before(moment: OffsetDateTime) -> Self {
        let last = moment.month().previous();
        let year = moment.year() - i32::from(last == Month::December);
        Self { year, month: last.into() }
    }

    /// As people write it.
    fn text(self) -> String {
        format!("{:04}-{:02}", self.year, self.month)
    }
}

/// What was paid under one name, in one currency.
type Sums = BTreeMap<(String, String), (f64, f64)>;

/// Asks BigQuery, and prints the answer.
pub(super) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let ui = &args.report.of(ui);
    let session = match session::open_untitled(&args.look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let month = args.month.unwrap_or_else(|| InvoiceMonth::before(machine::moment()));
    let sums = paid(&session, args.by, &month.text().replace('-', "")).await?;
    args.report.print(&report(session.stack.name(), args.by, month, &sums), ui);
    Ok(Exit::Ok)
}

/// What was paid, from every export of the chosen environments.
async fn paid(session: &Session, by: By, month: &str) -> Result<Sums, Failure> {
    let questions: BTreeSet<_> = session
        .environments
        .iter()
        .filter_map(|env| session.project.export(env))
        .map(|(export, labels)| {
            let label = match by {
                By::Hub => labels.hub,
                By::Category => labels.category,
                By::User => labels.user,
            };
            (export.project, export.dataset, export.table, label)
        })
        .collect();
    if questions.is_empty() {
        let failure = Failure::new(Exit::Invalid, "no billing export is declared");
        return Err(failure.hint("say where it is: `billing: { export: PROJECT.DATASET }`"));
    }
    let (export, mut sums) = (BillingExport::new(&session.connection), Sums::new());
    for (project, dataset, table, label) in &questions {
        let spent = export.by_label(ExportTable { project, dataset, table }, label, month).await;
        for Spent { name, currency, cost, credits } in
            spent.map_err(|error| unreadable(&[error]))?
        {
            let sum = sums.entry((name, currency)).or_default();
            *sum = (sum.0 + cost, sum.1 + credits);
        }
    }
    Ok(sums)
}

fn report(stack: &str, by: By, month: InvoiceMonth, sums: &Sums) -> Report {
    let mut rows: Vec<Row<'_>> = sums.iter().map(Row::new).collect();
    rows.sort_by(|a, b| (b.paid, a.name).cmp(&(a.paid, b.name)));
    let currencies: BTreeSet<&str> = rows.iter().map(|row| row.currency).collect();
    let mut table = Table::new(&[
        (by.word(), Align::Yielding),
        ("currency", Align::Left),
        ("cost", Align::Right),
        ("credits", Align::Right),
        ("paid", Align::Right),
    ]);
    rows.iter().for_each(|row| table.row(row.cells()));
    if currencies.len() == 1 {
        let sum = |of: fn(&Row<'_>) -> Usd| plain(rows.iter().map(of).sum());
        let currency = currencies.iter().copied().collect();
        table = table.with_total(vec![
            "total".to_owned(),
            currency,
            sum(|row| row.cost),
            sum(|row| row.credits),
            sum(|row| row.paid),
        ]);
    }
    let (month, word) = (month.text(), by.word());
    let nothing = rows.is_empty().then(|| format!("Nothing was written down for {month} (yet)."));
    let entry = |row: &Row<'_>| {
        json!({ word: row.name, "currency": row.currency, "cost": row.cost,
            "credits": row.credits, "paid": row.paid })
    };
    let json = json!({ "stack": stack, "month": month, "by": word,
        "rows": rows.iter().map(entry).collect::<Vec<_>>() });
    let title = format!("{stack}: what was paid in {month}, by {word}");
    Report { title, table, remarks: nothing.into_iter().collect(), json }
}

/// A line of the report.
struct Row<'a> {
    name: &'a str,
    currency: &'a str,
    cost: Usd,
    credits: Usd,
    paid: Usd,
}

impl<'a> Row<'a> {
    fn new(((name, currency), (cost, credits)): (&'a (String, String), &(f64, f64))) -> Self {
        let (cost, credits) = (Usd::dollars(*cost), Usd::dollars(*credits));
        Self { name, currency, cost, credits, paid: cost + credits }
    }

    fn cells(&self) -> Vec<String> {
        let name = if self.name.is_empty() { "(no label)" } else { self.name };
        let amounts = [self.cost, self.credits, self.paid].map(plain);
        [name.to_owned(), self.currency.to_owned()].into_iter().chain(amounts).collect()
    }
}

/// An amount in any currency: the sign of the dollar left out.
fn plain(amount: Usd) -> String {
    amount.to_string().replace('$', "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::{Date, Time};

    #[test]
    fn a_month_is_written_with_its_year() {
        assert_eq!("2026-10".parse(), Ok(InvoiceMonth { year: 2026, month: 10 }));
        for wrong in ["2026-13", "2026-1", "october", "26-10", "2026-10-01", ""] {
            assert!(wrong.parse::<InvoiceMonth>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_last_whole_month_of_january_is_in_the_year_before() {
        let day = Date::from_calendar_date(2027, Month::January, 1).unwrap();
        let month = InvoiceMonth::before(day.with_time(Time::MIDNIGHT).assume_utc());
        assert_eq!(month.text(), "2026-12");
    }
}
