//! `adopt`: take in what runs already.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::marks::{Marks, MarksArgs};
use crate::cli::saved;
use crate::cli::session;
use crate::cli::ui::Ui;
use std::path::PathBuf;

/// Mark what is declared and runs already as ours
///
/// Changes marks and nothing else: no setting, no data, nothing restarts. Shows for each thing what
/// a later plan would change, asks, and carries it out. What belongs to another stack is refused.
/// With --all, everything that is declared, there, and not ours yet.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    pub(crate) marks: MarksArgs,
    /// Everything that is declared and there
    #[arg(long)]
    all: bool,
    /// Save the plan as a file that `apply` carries out, and change nothing
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// For how long a saved plan may be applied, in hours.
const EXPIRES_IN: u32 = 24;

/// Plans marks, shows the plan, asks, and carries it out.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let (look, addresses) = args.marks.meant()?;
    if args.all != addresses.is_empty() {
        let failure = Failure::new(Exit::Error, "what shall be adopted?");
        return Err(failure.hint("name addresses, or say --all for everything that is declared"));
    }
    let session = match session::open(&look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let plan = session.marks(Marks::Adopt, &addresses).await?;
    session.show(&plan, ui);
    if let Some(file) = &args.out {
        saved::write(&session.saved(&plan, EXPIRES_IN), file)?;
        ui.remark(format!("The plan was saved: leap-infra apply {}", file.display()));
        return Ok(if plan.is_refused() { Exit::Refused } else { Exit::Ok });
    }
    session.carry_out(&plan, &args.marks.apply, "adopt", ui).await
}
