//! `show`: one resource, wanted and found.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::session::{self, LookArgs};
use crate::cli::ui::Ui;
use crate::cli::view::outline;
use crate::model::{Owner, ResourceId, SpecMark};
use serde_json::json;

/// Show one resource as it is declared and as it is
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Its address, as plans show it below the name of the environment
    #[arg(value_name = "ENV:KIND/NAME")]
    address: ResourceId,
    #[command(flatten)]
    look: LookArgs,
}

/// Reads the clouds and prints both sides.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let session = match session::open(&args.look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let id = &args.address;
    let world = session.world(&session.stack).await?;
    let wanted = session.stack.resources().get(id);
    let found = world.kinds.get(&id.kind).and_then(|seen| seen.find(&id.name));
    if wanted.is_none() && found.is_none() {
        let failure = Failure::new(Exit::Error, format!("{id} is neither declared nor there"));
        return Err(failure.hint("`leap-infra plan` lists what would be made, with its address"));
    }
    let owner = found.map(|found| match &found.owner {
        Owner::Ours(mark) => json!({
            "stack": mark.stack, "environment": mark.env,
            "last_applied": match &mark.spec {
                SpecMark::Applied(digest) => json!(digest),
                SpecMark::Unfinished => json!("unfinished"),
            },
        }),
        Owner::Foreign => json!("foreign: does not carry the mark of this stack"),
    });
    let shown = json!({
        "address": id.to_string(),
        "declared_at": wanted.map(|wanted| wanted.source.to_string()),
        "declared": wanted.map(|wanted| &wanted.spec),
        "live": found.map(|found| &found.spec),
        "owner": owner,
        "version": found.map(|found| &found.version.0),
    });
    if ui.json {
        ui.say(shown.to_string());
    } else {
        let defaults = wanted.map(|wanted| &wanted.spec).or(found.map(|found| &found.spec));
        let defaults = defaults.map(|spec| session.defaults(&id.kind, spec)).unwrap_or_default();
        ui.say(outline::text(&shown, &defaults));
    }
    Ok(Exit::Ok)
}
