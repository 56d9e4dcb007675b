//! `buckets`: what lies in buckets.

mod counting;
mod usage;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ui::Ui;

/// Look at what lies in buckets
///
/// For example: leap-infra buckets usage -e prod --over 10GB --by user
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand, Debug)]
enum What {
    Usage(usage::Args),
}

/// Looks.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    match &args.what {
        What::Usage(args) => usage::run(args, ui).await,
    }
}
