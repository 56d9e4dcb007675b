//! `validate`: is the declaration sound?

use crate::cli::StackArgs;
use crate::cli::declaration;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ui::Ui;
use crate::cli::view::plan::counted;
use crate::cli::view::problems;

/// Check the declaration, for every environment, without any network
///
/// Finds all problems at once: unknown keys, dangling references, names that the cloud will not
/// take, names that meet across environments. Ends with 4 when there are any.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    stack: StackArgs,
}

/// Checks, and says what was checked.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let (project, stack) = match declaration::declaration(&declaration::folder(&args.stack)?, ui) {
        Ok(declared) => declared,
        Err(exit) => return Ok(exit),
    };
    if ui.json {
        ui.say(problems::json(project.warnings()).to_string());
    } else {
        let resources = counted(stack.resources().len(), "resource");
        let environments = stack.environments().join(", ");
        ui.say(format!("{} is valid: {resources} in {environments}.", stack.name()));
    }
    Ok(Exit::Ok)
}
