//! `lock`: what is behind the version of each chart.

use crate::cli::StackArgs;
use crate::cli::declaration::{declaration, folder};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::helm::Helm;
use crate::cli::ui::Ui;
use crate::project::releases::{Lock, LockedChart};
use crate::project::{LOCK_FILE, Project};
use crate::providers::helm::helm_release::Chart;
use serde_json::json;
use std::collections::BTreeSet;

/// Write down what is behind each chart's version: its digest, and what its values may be
///
/// Fetches every chart of the stack that is not in a folder, with the program `helm`, and writes
/// `stack.lock` beside `stack.yaml`. Commit it: a chart with another digest is refused from then on,
/// and values are checked without a network.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    stack: StackArgs,
}

/// Looks at every chart, and writes the file.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let folder = folder(&args.stack)?;
    let (project, stack) = match declaration(&folder, ui) {
        Ok(declared) => declared,
        Err(exit) => return Ok(exit),
    };
    let charts: BTreeSet<_> = stack
        .resources()
        .values()
        .filter(|resource| resource.id.kind == "helm-release")
        .filter_map(|resource| resource.spec.get("chart").map(ToString::to_string))
        .collect();
    let charts = charts.iter().filter_map(|chart| serde_json::from_str::<Chart>(chart).ok());
    let helm = Helm::real(&folder);
    let mut lock = Lock::default();
    for chart in charts.filter(|chart| chart.path.is_none()) {
        let looked = helm.look_at(&chart).await;
        let locked = looked.map_err(|error| {
            Failure::new(Exit::Error, "stack.lock was not written").because(&error)
        })?;
        tell(&project, &locked, ui);
        lock.charts.push(locked);
    }
    let failed = |error: &dyn std::error::Error| {
        Failure::new(Exit::Error, "stack.lock was not written").because(error)
    };
    if lock.charts.is_empty() && project.lock().charts.is_empty() {
        if !ui.json {
            ui.say("No release of this stack has a chart that is fetched from somewhere.");
        }
        return Ok(Exit::Ok);
    }
    let text = lock.text().map_err(|error| failed(&error))?;
    let file = folder.join(LOCK_FILE);
    std::fs::write(&file, text).map_err(|error| failed(&error))?;
    if !ui.json {
        ui.say(format!("{} charts are in {}.", lock.charts.len(), file.display()));
    }
    Ok(Exit::Ok)
}

/// Says what a chart is, and whether it was another one before.
fn tell(project: &Project, locked: &LockedChart, ui: &Ui) {
    let LockedChart { name, version, source, digest, schema } = locked;
    let before = project.lock().find(name, version, source).map(|it| it.digest.as_str());
    if ui.json {
        let line = json!({ "chart": name, "version": version, "source": source, "digest": digest,
            "before": before, "has_schema": schema.is_some() });
        ui.say(line.to_string());
        return;
    }
    let moved = match before {
        Some(before) if before != digest => {
            format!("\n  it was {before}: another chart took its place")
        }
        _ => String::new(),
    };
    let says = if schema.is_some() { "" } else { "\n  it does not say what its values may be" };
    ui.say(format!("{name} {version}   {digest}{moved}{says}"));
}
