//! `apply`: make it so.

use crate::cli::carry_out::ApplyArgs;
use crate::cli::doing::Doing;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::planning::{PlanArgs, Wanted};
use crate::cli::saved::{self, OnStale};
use crate::cli::session;
use crate::cli::ui::Ui;
use std::path::Path;

/// Make the clouds what the stack says
///
/// Plans, shows the plan, asks, and carries it out in dependency order. Killed at any moment and
/// run again, it ends in the same place.
///
/// With a file from `plan --out` in place of the folder, carries out that plan and no other,
/// without asking. Ends with 8 when the declaration has changed since, or when something that the
/// plan relies on is no longer as it was.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
    /// Of a saved plan, leave out what is stale and whatever waits for that, and apply the rest
    #[arg(long)]
    continue_on_stale: bool,
}

/// Plans, asks, applies; or applies what was planned and saved before.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let ui = &args.plan.detail.of(ui);
    if let Some(file) = args.plan.look().path().filter(|path| saved::is_file(path)) {
        return planned(file, args, ui).await;
    }
    let session = match session::open(args.plan.look(), ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let plan = session.plan(Wanted::Declared, &args.plan).await?;
    session.show(&plan, ui);
    let doing = Doing::new("apply", args.plan.overrides());
    session.carry_out(&plan, &args.apply, doing, ui).await
}

async fn planned(file: &Path, args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let saved = saved::read(file)?;
    let look = args.plan.for_saved(&saved)?;
    let session = match session::open(&look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let on_stale = if args.continue_on_stale { OnStale::Continue } else { OnStale::Stop };
    let doing = Doing::new("apply", saved.overrides.clone().and(args.plan.overrides()));
    session.apply_saved(&saved, &args.apply, on_stale, doing, ui).await
}
