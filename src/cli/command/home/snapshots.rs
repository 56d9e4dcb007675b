//! What somebody's home can be brought back from.

use super::{Found, Whose, of_disk, open};
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::ui::Ui;
use crate::cli::view::table::{Align, Table};
use crate::providers::gcp::{Snapshot, Snapshots};
use serde_json::json;

/// List the snapshots that somebody's home can be brought back from, the newest first
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    whose: Whose,
}

/// Lists.
pub(super) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let Found { session, homes, .. } = match open(&args.whose, ui).await? {
        Ok(found) => found,
        Err(exit) => return Ok(exit),
    };
    let all = Snapshots::new(&session.connection).list(&homes.project).await;
    let all = all.map_err(|error| unreadable(&[error]))?;
    let here = of_disk(&all, &homes);
    if ui.json {
        ui.say(json!(here.iter().map(|it| told(it)).collect::<Vec<_>>()).to_string());
        return Ok(Exit::Ok);
    }
    if here.is_empty() {
        ui.remark(format!("There is no snapshot of `{}`, the disk of these homes.", homes.disk));
        return Ok(Exit::Ok);
    }
    let mut table =
        Table::new(&[("taken", Align::Left), ("snapshot", Align::Left), ("disk", Align::Right)]);
    for it in &here {
        let state = if it.ready { "" } else { ", being taken" };
        table.row(vec![it.taken.clone(), it.name.clone(), format!("{} GB{state}", it.size_gb)]);
    }
    ui.say(table.text(ui.look).trim_end());
    let Some(newest) = here.iter().find(|it| it.ready) else { return Ok(Exit::Ok) };
    let (login, name) = (&args.whose.login, &newest.name);
    ui.remark(format!(
        "leap-infra home restore {login} --from {name} copies that day's home into a new folder."
    ));
    Ok(Exit::Ok)
}

fn told(it: &Snapshot) -> serde_json::Value {
    json!({ "snapshot": it.name, "taken": it.taken, "disk_gb": it.size_gb, "ready": it.ready })
}
