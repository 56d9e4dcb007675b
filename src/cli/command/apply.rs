//! `apply`: make it so.

use crate::cli::carry_out::ApplyArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::session::{self, PlanArgs, Wanted};
use crate::cli::ui::Ui;

/// Make the clouds what the stack says
///
/// Plans, shows the plan, asks, and carries it out in dependency order. Killed at any moment and
/// run again, it ends in the same place.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
}

/// Plans, asks, applies.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let session = match session::open(args.plan.look(), ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let plan = session.plan(Wanted::Declared, &args.plan).await?;
    session.show(&plan, ui);
    session.carry_out(&plan, &args.apply, "apply", ui).await
}
