//! `drift`: what did others change?

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::planning::LookArgs;
use crate::cli::selection::{TargetArgs, no_such};
use crate::cli::session;
use crate::cli::ui::Ui;
use crate::cli::view::drift;
use crate::model::ResourceId;
use crate::plan::{self, Allowances, Request, Targets};
use std::collections::BTreeSet;

/// Show what others changed since the last apply
///
/// Reads the stack and the clouds, and changes nothing. Ends with 3 when something of ours is no
/// longer as it was last applied, or gone. What only the declaration changed is pending: `plan` shows it.
/// Where it cannot be told who changed something, that is said, and is no drift.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    look: LookArgs,
    #[command(flatten)]
    targets: TargetArgs,
}

/// Looks, and tells drift from the rest.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let session = match session::open(&args.look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let world = session.world(&session.stack).await?;
    let allowances = Allowances::default();
    let request = session.request(&world, &allowances);
    let mut drifted = plan::drift(&request).remembering(&session.memory.had);
    let targets = args.targets.targets()?;
    if targets != Targets::default() {
        drifted = drifted.of(&chosen(&request, &targets)?);
    }
    if ui.json {
        ui.say(serde_json::to_string(&drifted).unwrap_or_default());
    } else {
        ui.say(drift::text(&drifted, &session.environments, ui.look));
    }
    Ok(if drifted.is_some() { Exit::Drift } else { Exit::Ok })
}

/// What was named, without what needs it: each object drifts by itself.
fn chosen(request: &Request<'_>, targets: &Targets) -> Result<BTreeSet<ResourceId>, Failure> {
    let named =
        |patterns: &[String]| plan::named(request, patterns).map_err(|error| no_such(&error));
    let only = match targets.only.is_empty() {
        true => named(&["*".to_owned()])?,
        false => named(&targets.only)?,
    };
    Ok(&only - &named(&targets.not)?)
}
