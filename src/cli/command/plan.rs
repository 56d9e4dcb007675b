//! `plan`: what would `apply` change?

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::planning::{PlanArgs, Wanted};
use crate::cli::saved;
use crate::cli::session;
use crate::cli::ui::Ui;
use crate::cli::view::markdown;
use std::path::PathBuf;

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
    /// Save the plan as a file: `show FILE` shows it again, `apply FILE` carries it out
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How the plan is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Have clusters say what of the plan they would refuse: a dry run of theirs, which takes the
    /// rights of an apply and changes nothing
    #[arg(long)]
    server_check: bool,
    /// For how long a saved plan may be applied
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    expires_in: u32,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// For a terminal
    Text,
    /// One document, as `--out` saves it
    Json,
    /// For a pull request: figures first, then what is most dangerous
    Markdown,
}

/// Plans, shows the plan, and saves it.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let ui = &args.plan.detail.of(&ui.printing_json(args.format == Format::Json));
    let session = match session::open(args.plan.look(), ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let plan = session.plan(Wanted::Declared, &args.plan).await?;
    if let Some(why) = session.without_helm(&plan).await {
        ui.remark(format!("note: this cannot be applied from here: {why}"));
    }
    let mut saved = session.saved(&plan, args.expires_in);
    saved.overrides = args.plan.overrides();
    if ui.json {
        ui.say(saved.json());
    } else if args.format == Format::Markdown {
        ui.say(markdown::text(&plan));
    } else {
        session.show(&plan, ui);
    }
    if args.server_check && !plan.is_refused() {
        session.rehearse(&plan, ui).await?;
    }
    if let Some(file) = &args.out {
        saved::write(&saved, file)?;
        ui.remark(format!("The plan was saved: leap-infra apply {}", file.display()));
    }
    Ok(match (plan.is_refused(), plan.steps.is_empty()) {
        (true, _) => Exit::Refused,
        (false, false) if args.detailed_exitcode => Exit::Pending,
        _ => Exit::Ok,
    })
}
