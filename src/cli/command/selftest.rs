//! `selftest`: does running again repair it? On the person's own declaration, in a fresh sandbox.

use crate::cli::StackArgs;
use crate::cli::declaration::{declaration, folder};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::helm::Helm;
use crate::cli::secrets::Resolver;
use crate::cli::session::ledger_bucket;
use crate::cli::ui::Ui;
use crate::cli::view::selftest::{CrashTest, Failed, FaultTest};
use crate::providers::gcp::Connection;
use crate::sandbox::{Chaos, Mishap};
use crate::selftest::{Ending, Platform, Point, Rehearsal, Way};
use indicatif::{ProgressBar, ProgressStyle};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Try whether an apply of this stack survives being killed, and a cloud that misbehaves
///
/// In a sandbox in memory that is made for it: neither the live clouds nor the stack's own sandbox
/// are touched. Ends with 1 when something was not repaired by running again, and says how to see
/// that once more.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand, Debug)]
enum What {
    Crash(CrashArgs),
    Faults(FaultArgs),
}

/// Kill an apply at every call, three ways, and run it again
#[derive(clap::Args, Debug)]
struct CrashArgs {
    #[command(flatten)]
    stack: StackArgs,
    /// Only every n-th crash point
    #[arg(long, value_name = "N", default_value = "1")]
    every: NonZeroUsize,
    /// At most so many crash points, spread evenly
    #[arg(long, value_name = "N")]
    max: Option<NonZeroUsize>,
    /// Only this call
    #[arg(long, value_name = "K")]
    call: Option<u64>,
    /// Only this way to die: before-effect, before-answer, after-answer
    #[arg(long, value_name = "WAY")]
    way: Option<Way>,
    /// Begin nothing new after this many seconds
    #[arg(long, value_name = "SECONDS")]
    time_limit: Option<u64>,
}

/// Apply while calls go wrong by chance, and run it again when they no longer do
#[derive(clap::Args, Debug)]
struct FaultArgs {
    #[command(flatten)]
    stack: StackArgs,
    /// The seed of the first run; each further run has the next one
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many runs
    #[arg(long, value_name = "R", default_value_t = 20)]
    runs: u64,
    /// Which part of the calls goes wrong, in per cent
    #[arg(long, value_name = "P", default_value_t = 5, value_parser = clap::value_parser!(u8).range(0..=100))]
    percent: u8,
    /// Begin nothing new after this many seconds
    #[arg(long, value_name = "SECONDS")]
    time_limit: Option<u64>,
}

/// Does one of the two.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    match &args.what {
        What::Crash(args) => crash(args, ui).await,
        What::Faults(args) => faults(args, ui).await,
    }
}

async fn crash(args: &CrashArgs, ui: &Ui) -> Result<Exit, Failure> {
    let (folder, platform) = match platform(&args.stack, ui).await? {
        Ok(platform) => platform,
        Err(exit) => return Ok(exit),
    };
    let rehearsal = Rehearsal::of(&platform).await.map_err(|why| undisturbed(&why))?;
    let (all, chosen) = args.chosen(rehearsal.points());
    let mut test = CrashTest::new(rehearsal.calls(), all, chosen.len());
    let watch = Watch::new(ui, chosen.len(), args.time_limit);
    for point in chosen.into_iter().take_while(|_| watch.goes_on()) {
        let outcome = rehearsal.recovers(point).await;
        let Point { call, way } = point;
        let again = format!("selftest crash {} --call {call} --way {way}", folder.display());
        test.tried(outcome.map_err(|why| Failed { at: point.to_string(), why, again }));
        watch.tried();
    }
    watch.bar.finish_and_clear();
    ui.say(if ui.json { test.json() } else { test.text() });
    Ok(if test.failed().is_empty() { Exit::Ok } else { Exit::Error })
}

async fn faults(args: &FaultArgs, ui: &Ui) -> Result<Exit, Failure> {
    let FaultArgs { stack, seed, runs, percent, time_limit } = args;
    let (folder, platform) = match platform(stack, ui).await? {
        Ok(platform) => platform,
        Err(exit) => return Ok(exit),
    };
    let rehearsal = Rehearsal::of(&platform).await.map_err(|why| undisturbed(&why))?;
    let mut test = FaultTest::new(*seed, *runs, *percent);
    let watch = Watch::new(ui, usize::try_from(*runs).unwrap_or(usize::MAX), *time_limit);
    for seed in (*seed..seed.saturating_add(*runs)).take_while(|_| watch.goes_on()) {
        let chaos = Chaos { seed, rate: f64::from(*percent) / 100.0, of: Mishap::all() };
        let again = format!(
            "selftest faults {} --seed {seed} --runs 1 --percent {percent}",
            folder.display()
        );
        match rehearsal.endures(chaos).await {
            Ok(endured) => test.endured(endured.ending == Ok(Ending::Complete), endured.calls),
            Err(why) => test.failed(Failed { at: format!("seed {seed}"), why, again }),
        }
        watch.tried();
    }
    watch.bar.finish_and_clear();
    ui.say(if ui.json { test.json() } else { test.text() });
    Ok(if test.failures().is_empty() { Exit::Ok } else { Exit::Error })
}

/// The stack in a sandbox of its own; the inner error is how the program ends when the declaration
/// has problems.
async fn platform(args: &StackArgs, ui: &Ui) -> Result<Result<(PathBuf, Platform), Exit>, Failure> {
    let folder = folder(args)?;
    let (project, stack) = match declaration(Path::new(&folder), ui) {
        Ok(declared) => declared,
        Err(exit) => return Ok(Err(exit)),
    };
    let ledger = ledger_bucket(&project);
    let no_platform = |error: &dyn std::error::Error| {
        Failure::new(Exit::Error, "there is nothing to test it on").because(error)
    };
    let helm = Arc::new(Helm::of_sandbox(&folder).map_err(|error| no_platform(&error))?);
    let secrets = |google: &Connection| Resolver::new(&folder, google).supplying();
    let platform = Platform::new(stack, ledger, helm, secrets).await;
    let platform = platform.map_err(|error| no_platform(&error))?;
    Ok(Ok((folder, platform)))
}

fn undisturbed(why: &str) -> Failure {
    let mut failure = Failure::new(Exit::Error, "the stack cannot be applied even undisturbed");
    failure.causes = vec![why.to_owned()];
    failure.hint("`leap-infra plan` shows what is refused")
}

impl CrashArgs {
    /// How many points there are of the chosen calls and ways, and those that are tried.
    fn chosen(&self, points: Vec<Point>) -> (usize, Vec<Point>) {
        let Self { every, max, call, way, .. } = self;
        let meant = |point: &Point| {
            call.is_none_or(|call| call == point.call) && way.is_none_or(|way| way == point.way)
        };
        let meant: Vec<Point> = points.into_iter().filter(meant).collect();
        let step = max.map_or(1, |max| meant.len().div_ceil(max.get())).max(every.get());
        (meant.len(), meant.into_iter().step_by(step).collect())
    }
}

/// The bar, and the time.
struct Watch {
    bar: ProgressBar,
    until: Option<Instant>,
}

impl Watch {
    fn new(ui: &Ui, total: usize, limit: Option<u64>) -> Self {
        let bar = if ui.live { ProgressBar::new(total as u64) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{bar:30} {pos} of {len}  {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, until: limit.map(|seconds| Instant::now() + Duration::from_secs(seconds)) }
    }

    fn goes_on(&self) -> bool {
        self.until.is_none_or(|until| Instant::now() < until)
    }

    fn tried(&self) {
        self.bar.inc(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: CrashArgs,
    }

    fn chosen(words: &str) -> (usize, usize) {
        let points = (1..=10).flat_map(|call| Way::ALL.map(|way| Point { call, way })).collect();
        let line = Line::try_parse_from(words.split(' ')).unwrap();
        let (all, chosen) = line.args.chosen(points);
        (all, chosen.len())
    }

    #[test]
    fn points_are_left_out_evenly() {
        assert_eq!(chosen("x"), (30, 30));
        assert_eq!(chosen("x --every 4"), (30, 8));
        assert_eq!(chosen("x --max 10"), (30, 10));
        assert_eq!(chosen("x --max 7"), (30, 6));
        assert_eq!(chosen("x --call 3"), (3, 3));
        assert_eq!(chosen("x --call 3 --way before-answer"), (1, 1));
        assert_eq!(chosen("x --call 99"), (0, 0));
    }
}
