//! `rollback`: back to what was declared before.

use crate::cli::carry_out::ApplyArgs;
use crate::cli::doing::Doing;
use crate::cli::earlier;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::planning::{PlanArgs, Wanted};
use crate::cli::session;
use crate::cli::ui::Ui;
use crate::plan;

/// Go back to the declaration of an earlier apply
///
/// Plans what was declared then for one environment, shows the plan and what cannot go back,
/// asks, and carries it out. The files on disk stay as they are. Without --to it goes back to the
/// last complete apply of another declaration than the current one.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
    /// The apply to go back to, as `history --full` names it
    #[arg(long, value_name = "APPLY")]
    to: Option<String>,
}

/// Finds the declaration, plans, asks, applies.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let session = match session::open(args.plan.look(), ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let (session, earlier) = match earlier::session(session, args.to.as_deref(), ui).await? {
        Ok(earlier) => earlier,
        Err(exit) => return Ok(exit),
    };
    let plan = session.plan(Wanted::Declared, &args.plan).await?;
    session.show(&plan, ui);
    let stays = plan::stays(&plan, &earlier.deleted_since);
    if !stays.is_empty() && !ui.json {
        ui.say("What cannot go back:");
        stays.iter().for_each(|stays| ui.say(format!("  {stays}")));
        ui.say("");
    }
    let doing = Doing::new("rollback", args.plan.overrides());
    let doing = Doing { back_to: Some(earlier.apply), ..doing };
    let exit = session.carry_out(&plan, &args.apply, doing, ui).await?;
    if exit == Exit::Ok && !plan.steps.is_empty() {
        let env = &earlier.env;
        ui.remark(format!("The files on disk are ahead of {env} now; they were not changed."));
    }
    Ok(exit)
}
