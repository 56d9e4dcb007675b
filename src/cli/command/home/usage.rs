//! How full the disks of homes are.

use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::planning::LookArgs;
use crate::cli::report::{Report, ReportArgs};
use crate::cli::session::{self, Session};
use crate::cli::ui::Ui;
use crate::cli::view::table::{Align, Table};
use crate::project::hubs::Homes;
use crate::providers::kubernetes::cluster::Cluster;
use crate::providers::kubernetes::filled::{Filled, filled};
use serde_json::json;

/// How wide a bar is.
const BAR: usize = 20;

/// A proposed size is a multiple of so many GB.
const ROUND: f64 = 50.0;

/// Show how full the disks of homes are, and propose how large they should be
///
/// A disk never shrinks, so nothing grows by itself: this says what to write, and the next apply
/// makes the disk larger. Asks the kubelet of the machine that serves the disk.
///
/// For example: leap-infra home usage -e prod --below 10
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    look: LookArgs,
    /// Propose more where less than this part of a disk is free, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..100))]
    below: u8,
    /// By how much it should grow, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 20, value_parser = clap::value_parser!(u8).range(1..=100))]
    by: u8,
    #[command(flatten)]
    report: ReportArgs,
}

/// A disk, how full it is, and how large it should be.
struct Row {
    homes: Homes,
    filled: Option<Filled>,
    proposed: Option<u32>,
}

/// Looks, and proposes.
pub(super) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let ui = &args.report.of(ui);
    let session = match session::open_untitled(&args.look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let mut rows = Vec::new();
    for homes in session.environments.iter().flat_map(|env| session.project.homes(env)) {
        rows.push(row(args, &session, homes).await?);
    }
    args.report.print(&report(session.stack.name(), args, &rows), ui);
    Ok(Exit::Ok)
}

async fn row(args: &Args, session: &Session, homes: Homes) -> Result<Row, Failure> {
    let connection = &session.connections.kubernetes;
    let filled = match Cluster::parse(&homes.cluster) {
        Some(cluster) => filled(connection, &cluster, &homes.volume).await,
        None => Ok(None),
    };
    let filled = filled.map_err(|error| unreadable(&[error]))?;
    let full = filled.filter(|it| it.free_percent() < f64::from(args.below));
    let proposed = full.map(|_| larger(homes.size_gb, args.by));
    Ok(Row { homes, filled, proposed })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are small")]
fn larger(size: u32, by: u8) -> u32 {
    let wanted = f64::from(size) * (1.0 + f64::from(by) / 100.0);
    ((wanted / ROUND).ceil() * ROUND) as u32
}

fn report(stack: &str, args: &Args, rows: &[Row]) -> Report {
    let mut table = Table::new(&[
        ("hub", Align::Left),
        ("disk", Align::Left),
        ("size", Align::Right),
        ("used", Align::Right),
        ("", Align::Left),
    ]);
    let mut remarks = Vec::new();
    for Row { homes, filled, proposed } in rows {
        let (used, bar) = match filled {
            Some(it) => (format!("{} GB", it.used >> 30), bar(*it)),
            None => ("?".to_owned(), "nothing that runs has it".to_owned()),
        };
        let (hub, size) = (format!("{}/{}", homes.env, homes.hub), format!("{} GB", homes.size_gb));
        table.row(vec![hub, homes.disk.clone(), size, used, bar]);
        remarks.extend(proposed.map(|size| {
            format!(
                "Less than {} % of `{}` in {} are free. To let it grow, write `size: {size} GB` below \
                 `disks.{}`.",
                args.below, homes.disk, homes.env, homes.disk
            )
        }));
    }
    let json = rows.iter().map(told).collect::<Vec<_>>();
    Report { title: format!("{stack}: disks of homes"), table, remarks, json: json!(json) }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a percentage")]
fn bar(filled: Filled) -> String {
    let used = 100.0 - filled.free_percent();
    let full = ((used / 100.0 * BAR as f64).round() as usize).min(BAR);
    format!("{}{} {used:.0} %", "#".repeat(full), ".".repeat(BAR - full))
}

fn told(row: &Row) -> serde_json::Value {
    let Row { homes, filled, proposed } = row;
    json!({
        "environment": homes.env,
        "hub": homes.hub,
        "disk": homes.disk,
        "size_gb": homes.size_gb,
        "used_bytes": filled.map(|it| it.used),
        "bytes": filled.map(|it| it.size),
        "proposed_gb": proposed,
    })
}
