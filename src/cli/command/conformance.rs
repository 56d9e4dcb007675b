//! `conformance`: the cloud's behaviour against what `docs/sandbox.md` says of it.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ui::Ui;
use crate::cli::view::conformance as view;
use crate::cli::{machine, target};
use crate::conformance::{self, Exchange, Limits, Report, Spending, Target, Wire};
use crate::sandbox::{self, Sandbox};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Compare how a cloud behaves with what docs/sandbox.md says
///
/// Plays a scenario for each line of the document. On Google Cloud it makes buckets in a
/// project of yours, which should hold nothing else, and takes them away again:
///
///   leap-infra conformance
///   leap-infra conformance --target http://127.0.0.1:8080
///   leap-infra conformance --target live --project throw-away --max-cost 5USD --record FILE
///   leap-infra conformance --replay FILE
///
/// Ends with 1 if anything was not as it is written.
#[derive(clap::Args, Debug)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// `sandbox` (a fresh one), the address of a server, or `live`
    #[arg(long, value_name = "WHERE", default_value = "sandbox")]
    target: String,
    /// The project that buckets are made in
    #[arg(long, default_value = "conformance", hide_default_value = true)]
    project: String,
    /// What a run may cost; at most what taking everything away leaves of it is spent
    #[arg(long, value_name = "AMOUNT", default_value = "1USD", value_parser = dollars)]
    max_cost: f64,
    /// How many calls a run may make, those that take everything away included
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    max_calls: u64,
    /// How long a run may take, with taking everything away
    #[arg(long, value_name = "N", default_value_t = 60)]
    max_minutes: u64,
    /// Play only these scenarios
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    only: Vec<String>,
    /// Write every call and its answer to a file, to compare with later
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Compare with what another target answered, as `--record` wrote it
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Only take away what an earlier run left, by the beginning of its names
    #[arg(long, value_name = "PREFIX", conflicts_with_all = ["only", "record", "replay"])]
    clean: Option<String>,
}

/// Plays the scenarios, takes away what they made, and prints how they went.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    check(args)?;
    let recorded = args.replay.as_deref().map(read).transpose()?;
    // Kept alive for as long as anything is asked of it.
    let (target, _sandbox) = open(args).await?;
    let wire = Wire::open(&target, &args.project).await.map_err(|error| broken(&error))?;
    if let Some(prefix) = &args.clean {
        let gone = conformance::clean(&wire, prefix).await.map_err(|error| broken(&error))?;
        ui.say(view::gone(&gone));
        return Ok(Exit::Ok);
    }
    let prefix = format!("{}{:x}", conformance::PREFIX, machine::since_1970().as_millis());
    if matches!(target, Target::Live { .. }) {
        ui.remark(format!("Everything made here is called {prefix}-…; after a crash, run `leap-infra conformance --target live --project {} --clean {prefix}`", args.project));
    }
    let limits = Limits {
        dollars: args.max_cost,
        calls: args.max_calls,
        time: Duration::from_secs(60 * args.max_minutes),
    };
    let spending = Arc::new(Mutex::new(Spending::new(limits)));
    let played = tokio::select! {
        played = conformance::run(&wire, &prefix, &args.only, &spending) => Some(played),
        _ = tokio::signal::ctrl_c() => None,
    };
    // Whatever happened: what was made goes away again, and what cannot go is named.
    let cleaned = conformance::clean(&wire, &prefix).await.map_err(|error| left(&error, &prefix));
    let report = match (played, cleaned) {
        (Some(Err(error)), Ok(_)) => return Err(broken(&error)),
        // Why it cannot be played is then why nothing can be taken away.
        (Some(Err(error)), Err(_)) => return Err(broken(&error).hint(clean_up(&prefix))),
        (_, Err(left)) => return Err(left),
        (None, Ok(_)) => return Ok(Exit::Interrupted),
        (Some(Ok(report)), Ok(_)) => report,
    };
    if let Some(file) = &args.record {
        write(file, &report.transcript)?;
    }
    ui.say(view::report(&report, &spending.lock().unwrap_or_else(PoisonError::into_inner), ui));
    Ok(compared(&report, recorded.as_deref(), ui))
}

/// How it ends: by what was recorded, if anything was given, else by the document.
fn compared(report: &Report, recorded: Option<&[Exchange]>, ui: &Ui) -> Exit {
    let fine = match recorded {
        None => report.outcomes.iter().all(conformance::Outcome::holds),
        Some(recorded) => {
            let differences = conformance::differences(recorded, &report.transcript);
            ui.remark_or_say(&view::differences(&differences));
            differences.is_empty()
        }
    };
    if fine { Exit::Ok } else { Exit::Error }
}

fn check(args: &Args) -> Result<(), Failure> {
    let known = conformance::ids();
    if let Some(id) = args.only.iter().find(|id| !known.contains(&id.as_str())) {
        let failure = Failure::new(Exit::Error, format!("there is no scenario `{id}`"));
        return Err(failure.hint(format!("there are {}", known.join(", "))));
    }
    if args.target == "live" && args.project == "conformance" {
        let failure = Failure::new(Exit::Error, "which project may be written to?");
        return Err(failure.hint("give one that holds nothing else: --project P"));
    }
    Ok(())
}

async fn open(args: &Args) -> Result<(Target, Option<Sandbox>), Failure> {
    match args.target.as_str() {
        "live" => {
            let credentials = machine::credentials().credentials().await.map_err(|error| {
                Failure::new(Exit::Permission, "nobody to be on Google Cloud").because(&error)
            })?;
            Ok((Target::Live { credentials }, None))
        }
        "sandbox" => {
            let sandbox = sandbox::start(target::options()).await;
            let sandbox = sandbox.map_err(|error| target::no_sandbox(&error))?;
            Ok((Target::Server { url: sandbox.url() }, Some(sandbox)))
        }
        url if url.starts_with("http://") || url.starts_with("https://") => {
            Ok((Target::Server { url: url.to_owned() }, None))
        }
        other => Err(Failure::new(Exit::Error, format!("`{other}` is no target"))
            .hint("there are `sandbox`, `live`, and addresses such as http://127.0.0.1:8080")),
    }
}

/// An amount of money, `5USD`.
fn dollars(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches("USD").trim_start_matches('$');
    match number.parse::<f64>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
        _ => Err("expected an amount in US dollars, such as 5USD".to_owned()),
    }
}

fn read(file: &Path) -> Result<Vec<Exchange>, Failure> {
    let failure = |error: &dyn Error| {
        Failure::new(Exit::Error, format!("cannot read the record {}", file.display()))
            .because(error)
            .hint("`leap-infra conformance --record FILE` writes one")
    };
    let text = std::fs::read_to_string(file).map_err(|error| failure(&error))?;
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().map_err(|error| failure(&error))
}

fn write(file: &Path, exchanges: &[Exchange]) -> Result<(), Failure> {
    let failure = |error: &dyn Error| {
        Failure::new(Exit::Error, format!("cannot write {}", file.display())).because(error)
    };
    let mut text = String::new();
    for exchange in exchanges {
        let line = serde_json::to_string(exchange).map_err(|error| failure(&error))?;
        text += &line;
        text.push('\n');
    }
    std::fs::write(file, text).map_err(|error| failure(&error))
}

fn broken(error: &dyn Error) -> Failure {
    Failure::new(Exit::Error, "the scenarios could not be played").because(error)
}

fn left(error: &dyn Error, prefix: &str) -> Failure {
    Failure::new(Exit::Error, format!("not everything called {prefix}-… was taken away"))
        .because(error)
        .hint(clean_up(prefix))
}

fn clean_up(prefix: &str) -> String {
    format!(
        "`leap-infra conformance --clean {prefix}` with the same target takes away what is left"
    )
}
