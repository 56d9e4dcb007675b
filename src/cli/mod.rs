//! Arguments, one file per command, views and progress. The only place that prints, reads the
//! environment or the clock, or exits.

pub mod carry_out;
pub mod command;
pub mod costs;
pub mod declaration;
pub mod doing;
pub mod earlier;
pub mod events;
pub mod exit;
pub mod failure;
pub mod gates;
pub mod helm;
pub mod machine;
pub mod marks;
pub(crate) mod parallelism;
pub mod planning;
pub mod progress;
mod rehearsal;
pub mod report;
pub mod saved;
pub mod secrets;
pub mod selection;
pub mod session;
pub mod target;
pub mod ui;
pub mod until;
pub mod view;

use clap::{Parser, Subcommand};
use events::Events;
use exit::Exit;
use failure::Failure;
use std::path::PathBuf;
use ui::Ui;

/// Provision a research computing platform from one declaration
///
/// Reads the stack's YAML files, looks at the live clouds (or at the sandbox inside this
/// program), shows the difference, and applies it in dependency order.
#[derive(Parser, Debug)]
#[command(name = "leap-infra", version, max_term_width = 100, after_help = AFTER_HELP)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Try it, no credentials needed:
  leap-infra plan stacks/leap      show what would change
  leap-infra apply stacks/leap     change it, in the sandbox
  leap-infra doctor                say which credentials would be used on the live clouds

Exit codes: 0 ok, 1 other error, 2 changes pending (plan --detailed-exitcode), 3 drift found,
4 declaration invalid, 5 authentication or permission, 6 partly applied, 7 refused by a guard,
8 plan is stale, 9 lease held by another, 124 timed out, 130 interrupted.";

/// What every command understands.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// Print results as JSON
    #[arg(long, global = true)]
    json: bool,
    /// Print without colours (also when NO_COLOR is set)
    #[arg(long, global = true)]
    no_color: bool,
    /// Say `create`, `update`, `delete` in place of signs, and draw no bars: for screen readers
    /// (also when TERM is dumb)
    #[arg(long, global = true, env = "LEAP_INFRA_WORDS", hide_env = true)]
    words: bool,
    /// Whether somebody may be asked; with `false`, what would ask fails instead
    #[arg(long, global = true, default_value_t = true, action = clap::ArgAction::Set, value_name = "BOOL", hide_default_value = true, hide_possible_values = true)]
    input: bool,
}

#[derive(Subcommand, Debug)]
enum Command {
    Validate(command::validate::Args),
    Plan(command::plan::Args),
    Apply(command::apply::Args),
    Destroy(command::destroy::Args),
    Rollback(command::rollback::Args),
    Adopt(command::adopt::Args),
    Disown(command::disown::Args),
    Discover(command::discover::Args),
    Drift(command::drift::Args),
    Show(command::show::Args),
    Explain(command::explain::Args),
    Schema(command::schema::Args),
    Lock(command::lock::Args),
    Sandbox(command::sandbox::Args),
    Conformance(command::conformance::Args),
    Selftest(command::selftest::Args),
    Doctor(command::doctor::Args),
    History(command::history::Args),
    Unlock(command::unlock::Args),
    Hold(command::hold::Args),
    Secret(command::secret::Args),
    Cost(command::cost::Args),
    Buckets(command::buckets::Args),
    Home(command::home::Args),
    Access(command::access::Args),
}

impl Command {
    /// Who is told of what happens: for commands that change something, in JSON.
    fn events(&self, ui: &Ui) -> Result<Events, Failure> {
        match self {
            Self::Apply(command::apply::Args { apply, .. })
            | Self::Destroy(command::destroy::Args { apply, .. })
            | Self::Rollback(command::rollback::Args { apply, .. }) => {
                Events::open(ui.json, apply.json_into())
            }
            Self::Adopt(command::adopt::Args { marks, .. })
            | Self::Disown(command::disown::Args { marks, .. }) => {
                Events::open(ui.json, marks.apply.json_into())
            }
            _ => Ok(Events::default()),
        }
    }
}

/// Which stack.
#[derive(clap::Args, Debug, Clone)]
pub struct StackArgs {
    /// The folder of the stack; the nearest `stack.yaml` upwards, or the only one under
    /// `stacks/`, when it is not given
    stack: Option<PathBuf>,
}

/// Runs the program: parses its arguments, does what they say, and says how it ended.
pub async fn run() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Error } else { Exit::Ok };
            _ = error.print();
            return exit;
        }
    };
    let Global { json, no_color, words, input } = cli.global;
    let mut ui = Ui::new(json, no_color, words, input);
    let outcome = match cli.command.events(&ui) {
        Ok(events) => {
            ui.events = events;
            dispatch(cli.command, &ui).await
        }
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(exit) => exit,
        Err(failure) => {
            ui.events.failed(&failure);
            ui.fail(&failure);
            failure.exit
        }
    }
}

async fn dispatch(command: Command, ui: &Ui) -> Result<Exit, Failure> {
    match command {
        Command::Validate(args) => command::validate::run(&args, ui),
        Command::Plan(args) => command::plan::run(&args, ui).await,
        Command::Apply(args) => command::apply::run(&args, ui).await,
        Command::Destroy(args) => command::destroy::run(&args, ui).await,
        Command::Rollback(args) => command::rollback::run(&args, ui).await,
        Command::Adopt(args) => command::adopt::run(&args, ui).await,
        Command::Disown(args) => command::disown::run(&args, ui).await,
        Command::Discover(args) => command::discover::run(&args, ui).await,
        Command::Drift(args) => command::drift::run(&args, ui).await,
        Command::Show(args) => command::show::run(&args, ui).await,
        Command::Explain(args) => command::explain::run(&args, ui),
        Command::Schema(args) => command::schema::run(&args, ui),
        Command::Lock(args) => command::lock::run(&args, ui).await,
        Command::Sandbox(args) => command::sandbox::run(&args, ui).await,
        Command::Conformance(args) => command::conformance::run(&args, ui).await,
        Command::Selftest(args) => command::selftest::run(&args, ui).await,
        Command::Doctor(args) => command::doctor::run(&args, ui).await,
        Command::History(args) => command::history::run(&args, ui).await,
        Command::Unlock(args) => command::unlock::run(&args, ui).await,
        Command::Hold(args) => command::hold::run(&args, ui).await,
        Command::Secret(args) => command::secret::run(&args, ui).await,
        Command::Cost(args) => command::cost::run(&args, ui).await,
        Command::Buckets(args) => command::buckets::run(&args, ui).await,
        Command::Home(args) => command::home::run(&args, ui).await,
        Command::Access(args) => command::access::run(&args, ui).await,
    }
}
