//! `cost`: what a declaration costs in a month; and what was paid, as Google's bill says.

mod estimate;
mod report;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ui::Ui;

/// Say what a stack costs in a month, at the least and at the most
///
/// From its declaration and list prices, without looking at a cloud: the least machines of each
/// pool and the most, around the clock. With `report`: what was paid, from Google's billing export.
///
/// For example: leap-infra cost stacks/leap -e prod --parts
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    estimate: estimate::EstimateArgs,
}

#[derive(clap::Subcommand, Debug)]
enum What {
    Report(report::Args),
}

/// Estimates or reports.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    match &args.what {
        None => estimate::run(&args.estimate, ui),
        Some(What::Report(args)) => report::run(args, ui).await,
    }
}
