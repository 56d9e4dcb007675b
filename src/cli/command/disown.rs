//! `disown`: hand back what is ours.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::marks::{Marks, MarksArgs};
use crate::cli::session::{self, Session};
use crate::cli::ui::Ui;
use crate::plan::Plan;
use std::collections::BTreeSet;

/// Take our marks off something, which stays as it is
///
/// Changes marks and nothing else, and says which lines of the declaration to delete then. What is
/// still managed is refused: write `manage: observe` there first, so that no apply in between
/// deletes it or makes it anew.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    pub(crate) marks: MarksArgs,
}

/// Plans, shows the plan, asks, carries it out, and says what is left to do.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let (look, addresses) = args.marks.meant()?;
    if addresses.is_empty() {
        let failure = Failure::new(Exit::Error, "what shall be handed back?");
        return Err(failure.hint("name it: leap-infra disown prod:gcs-bucket/leap-old"));
    }
    let session = match session::open(&look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let plan = session.marks(Marks::Disown, &addresses).await?;
    session.show(&plan, ui);
    let exit = session.carry_out(&plan, &args.marks.apply, "disown", ui).await?;
    if exit == Exit::Ok && !plan.steps.is_empty() {
        rest(&session, &plan).iter().for_each(|line| ui.remark_or_say(line));
    }
    Ok(exit)
}

/// What stays, and what to do about the declaration.
fn rest(session: &Session, plan: &Plan) -> Vec<String> {
    let things = plan.steps.iter().map(|step| format!("  {}", step.id));
    let mut lines = vec!["Handed back, and still there with all that is in it:".into()];
    lines.extend(things);
    lines.push("No apply touches it any more.".into());
    let mut written = BTreeSet::new();
    for step in &plan.steps {
        let Some(source) = &step.source else { continue };
        let Some(entry) = session.project.written(&step.id.env, source) else { continue };
        let others = session.stack.resources().values();
        let others = others.filter(|other| other.source == *source && other.id.env != step.id.env);
        let others: Vec<&str> = others.map(|other| other.id.env.as_str()).collect();
        let mut line = format!("Now delete from the declaration: {entry}");
        if !others.is_empty() {
            line += &format!("; or write `in: [{}]` there to keep it elsewhere", others.join(", "));
        }
        written.insert(line);
    }
    lines.extend(written);
    lines
}
