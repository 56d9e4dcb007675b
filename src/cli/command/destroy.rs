//! `destroy`: take everything away again.

use crate::cli::carry_out::ApplyArgs;
use crate::cli::doing::Doing;
use crate::cli::exit::Exit;
use crate::cli::failure::{self, Failure};
use crate::cli::planning::{PlanArgs, Wanted};
use crate::cli::session;
use crate::cli::ui::Ui;

/// Delete everything that this stack owns
///
/// Plans towards nothing in the chosen environments, shows the plan, asks, and carries it out.
/// What does not carry the stack's mark is left alone, and so is the ledger.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
    /// Remove the ledger too (history, leases) once nothing is left
    #[arg(long)]
    with_ledger: bool,
}

/// Plans towards nothing, asks, applies.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let ui = &args.plan.detail.of(ui);
    let session = match session::open(args.plan.look(), ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let plan = session.plan(Wanted::Nothing, &args.plan).await?;
    session.show(&plan, ui);
    let doing = Doing::new("destroy", args.plan.overrides());
    let exit = session.carry_out(&plan, &args.apply, doing, ui).await?;
    if args.with_ledger && exit == Exit::Ok {
        let removed = session.ledger.remove().await;
        removed.map_err(|error| failure::unreadable(&[error]))?;
        ui.remark("The ledger was removed.");
    }
    Ok(exit)
}
