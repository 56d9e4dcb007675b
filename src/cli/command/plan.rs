//! `plan`: what would `apply` change?

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::session::{self, PlanArgs, Wanted};
use crate::cli::ui::Ui;

/// Show what `apply` would change
///
/// Reads the stack and the clouds, changes nothing, and prints the difference. Ends with 7 when
/// a guard refuses something.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    plan: PlanArgs,
    /// End with 2 when there are changes
    #[arg(long)]
    detailed_exitcode: bool,
}

/// Plans, and shows the plan.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let session = match session::open(args.plan.look(), ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let plan = session.plan(Wanted::Declared, &args.plan).await?;
    session.show(&plan, ui);
    Ok(match (plan.is_refused(), plan.steps.is_empty()) {
        (true, _) => Exit::Refused,
        (false, false) if args.detailed_exitcode => Exit::Pending,
        _ => Exit::Ok,
    })
}
