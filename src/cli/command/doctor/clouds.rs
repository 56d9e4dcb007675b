//! What `doctor` asks the clouds: quotas, and what machines there are.

use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::machine;
use crate::cli::planning::LookArgs;
use crate::cli::session::{self, Session};
use crate::cli::ui::Ui;
use crate::project::clusters::{FreshMachine, Origin};
use crate::providers::gcp::{Accelerators, MachineType, Reader};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Holds declared quotas against those of the regions.
pub(super) async fn quotas(look: &LookArgs, ui: &Ui) -> Result<Exit, Failure> {
    let session = match session::open(look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let reader = Reader::new(&session.connection);
    let (mut entries, mut short) = (Vec::new(), false);
    for (project, region, declared) in declared(&session) {
        let real = reader.quotas(&project, &region).await.map_err(|error| unreadable(&[error]))?;
        if !ui.json {
            ui.say(format!("{region} in {project}"));
        }
        for (metric, declared) in declared {
            let real = real.get(&metric).copied();
            short |= real.is_none_or(|real| real < declared);
            if !ui.json {
                ui.say(format!("  {metric}   {}", told(declared, real)));
            }
            entries.push(json!({
                "project": project, "region": region, "metric": metric,
                "declared": declared, "real": real,
            }));
        }
    }
    if ui.json {
        ui.say(json!({ "quotas": entries }).to_string());
    } else if entries.is_empty() {
        ui.say("No quota is declared here: see `quotas` in the project file.");
    }
    Ok(if short { Exit::Error } else { Exit::Ok })
}

type Declared = BTreeMap<String, u64>;
type Machines = BTreeMap<String, FreshMachine>;

/// What is declared of each region, once for each project.
fn declared(session: &Session) -> BTreeSet<(String, String, Declared)> {
    let mut all = BTreeSet::new();
    for env in &session.environments {
        let project = session.project.project(env);
        for (region, quotas) in session.project.quotas(env) {
            all.insert((project.to_owned(), region.clone(), quotas.clone()));
        }
    }
    all
}

fn told(declared: u64, real: Option<u64>) -> String {
    match real {
        None => format!("{declared} declared, and there is no such quota"),
        Some(real) if real < declared => {
            format!("{declared} declared, and it is {real}: declare {real}, or ask Google for more")
        }
        Some(real) if real > declared => format!("{declared} declared, and it is {real}"),
        Some(_) => format!("{declared}"),
    }
}

/// Writes the tables of machines and accelerators of a stack anew.
pub(super) async fn tables(look: &LookArgs, ui: &Ui) -> Result<Exit, Failure> {
    let session = match session::open(look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let first = session.environments.first().map(String::as_str).unwrap_or_default();
    let project = session.project.project(first);
    let (machines, accelerators) = fresh(&session, project).await?;
    let now = machine::now();
    let as_of = now.split('T').next().unwrap_or_default();
    let source = match session.target() {
        "live" => format!("https://compute.googleapis.com, as project {project} sees it"),
        _ => "the sandbox, where machines are made up".to_owned(),
    };
    let origin = Origin { as_of, source: &source };
    let files = session.project.fresh_tables(&machines, &accelerators, origin);
    for (file, text) in &files {
        write(&session.folder.join(file), text)?;
    }
    let names: Vec<String> =
        files.iter().map(|(file, _)| session.folder.join(file).display().to_string()).collect();
    let (types, kinds) = (machines.len(), accelerators.len());
    if ui.json {
        let counts = json!({ "files": names, "machines": types, "accelerators": kinds });
        ui.say(counts.to_string());
    } else {
        let files = names.join(" and ");
        ui.say(format!("{types} machine types and {kinds} accelerators are now in {files}."));
        if session.target() != "live" {
            ui.say("They are the sandbox's: say --live for Google's, or remove the files.");
        }
    }
    Ok(Exit::Ok)
}

/// What machines and accelerators there are, as a project sees it.
async fn fresh(session: &Session, project: &str) -> Result<(Machines, Accelerators), Failure> {
    let reader = Reader::new(&session.connection);
    let cannot = |error| unreadable(&[error]);
    let machines = reader.machine_types(project).await.map_err(cannot)?;
    let machines = machines.into_iter().map(|(name, machine)| {
        let MachineType { cpus, memory_mb, accelerators } = machine;
        (name, FreshMachine { cpus, memory_mb, accelerators })
    });
    let accelerators = reader.accelerators(project).await.map_err(cannot)?;
    Ok((machines.collect(), accelerators))
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    let folder = file.parent().map_or(Ok(()), fs::create_dir_all);
    folder.and_then(|()| fs::write(file, text)).map_err(|error| {
        Failure::new(Exit::Error, format!("{} was not written", file.display())).because(&error)
    })
}
