//! `drift`: what did others change?

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::planning::LookArgs;
use crate::cli::session;
use crate::cli::ui::Ui;
use crate::cli::view::drift;
use crate::plan::{self, Allowances};

/// Show what others changed since the last apply
///
/// Reads the stack and the clouds, and changes nothing. Ends with 3 when something of ours is no
/// longer as it was last applied. What only the declaration changed is pending: `plan` shows it.
/// Where it cannot be told who changed something, that is said, and is no drift.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    look: LookArgs,
}

/// Looks, and tells drift from the rest.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let session = match session::open(&args.look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let world = session.world(&session.stack).await?;
    let drifted = plan::drift(&session.request(&world, &Allowances::default()));
    if ui.json {
        ui.say(serde_json::to_string(&drifted).unwrap_or_default());
    } else {
        ui.say(drift::text(&drifted, &session.environments, ui.look));
    }
    Ok(if drifted.drifted.is_empty() { Exit::Ok } else { Exit::Drift })
}
