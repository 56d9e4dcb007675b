//! `schema`: what may stand in the project file.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ui::Ui;
use crate::project;

/// Print the JSON Schema of the project file, for editors
///
/// The first line of each file can point an editor at it:
/// `# yaml-language-server: $schema=../../schema/stack.json`
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Which files it describes
    #[arg(value_enum, default_value_t = Which::Stack)]
    which: Which,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum Which {
    /// The files of a stack
    Stack,
    /// The files under environments/
    Environment,
    /// The files that say who is in a category of people
    Members,
}

/// Prints the schema.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let schema = project::schema(match args.which {
        Which::Stack => project::Schema::Stack,
        Which::Environment => project::Schema::Environment,
        Which::Members => project::Schema::Members,
    });
    ui.say(format!("{schema:#}"));
    Ok(Exit::Ok)
}
