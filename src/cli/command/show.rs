//! `show`: one resource, wanted and found; or a saved plan.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::planning::{DetailArgs, LookArgs};
use crate::cli::saved;
use crate::cli::session;
use crate::cli::target;
use crate::cli::ui::Ui;
use crate::cli::view::{self, outline};
use crate::model::{IdError, Owner, ResourceId, SpecMark};
use crate::plan::file::Saved;
use serde_json::json;
use std::path::Path;

/// Show one resource as it is declared and as it is, or a saved plan
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Its address, as plans show it below the name of the environment; or the file of a plan
    #[arg(value_name = "ENV:KIND/NAME|PLAN")]
    what: String,
    #[command(flatten)]
    look: LookArgs,
    #[command(flatten)]
    detail: DetailArgs,
}

/// Reads the clouds and prints both sides; or reads a file and prints the plan in it.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let ui = &args.detail.of(ui);
    let file = Path::new(&args.what);
    if saved::is_file(file) {
        return plan(&saved::read(file)?, ui);
    }
    let id: &ResourceId = &args.what.parse().map_err(|error: IdError| {
        let failure = Failure::new(Exit::Error, error.to_string());
        failure.hint(format!("nor is there a file `{}` with a saved plan", args.what))
    })?;
    let session = match session::open(&args.look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
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
        Owner::OtherStack(stack) => json!(format!("foreign: belongs to the stack {stack}")),
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
        ui.say(outline::text(&shown, &defaults, ui.look));
    }
    Ok(Exit::Ok)
}

fn plan(saved: &Saved, ui: &Ui) -> Result<Exit, Failure> {
    if ui.json {
        ui.say(saved.json());
        return Ok(Exit::Ok);
    }
    let (names, made) = (saved.environments.join(", "), &saved.made);
    ui.say(format!("{} ({names}) on {}", saved.stack, target::named(&made.target)));
    ui.say("");
    ui.say(view::plan::text(&saved.plan(), ui.look));
    ui.remark(format!("Planned {}; may be applied until {}.", made.as_of, made.expires_at));
    Ok(Exit::Ok)
}
