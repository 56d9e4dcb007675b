//! `home`: the homes of people on hubs.

mod copying;
mod restore;
mod snapshots;
mod until;
mod usage;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::planning::LookArgs;
use crate::cli::session::{self, Session};
use crate::cli::ui::Ui;
use crate::project::hubs::Homes;
use crate::providers::gcp::Snapshot;

/// See how full homes are and what they can be brought back from, and bring one back
///
/// For example: leap-infra home snapshots ada -e prod
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand, Debug)]
enum What {
    Snapshots(snapshots::Args),
    Restore(restore::Args),
    Usage(usage::Args),
}

/// Whose home, and where.
#[derive(clap::Args, Debug)]
struct Whose {
    /// Whose home it is, by the login
    login: String,
    #[command(flatten)]
    look: LookArgs,
    /// The hub, by its key, where there are several with homes
    #[arg(long, value_name = "KEY")]
    hub: Option<String>,
}

/// The homes among which somebody's is, and how much that may hold.
struct Found {
    session: Session,
    homes: Homes,
    quota: Option<f64>,
}

/// Lists, or brings back.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    match &args.what {
        What::Snapshots(args) => snapshots::run(args, ui).await,
        What::Restore(args) => restore::run(args, ui).await,
        What::Usage(args) => usage::run(args, ui).await,
    }
}

/// The home that is meant; the inner error as in [`session::open`].
async fn open(whose: &Whose, ui: &Ui) -> Result<Result<Found, Exit>, Failure> {
    let session = match session::open(&whose.look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(Err(exit)),
    };
    let homes = chosen(whose, &session)?;
    let Some(quota) = session.project.home_quota(&homes, &whose.login) else {
        let summary = format!("{} cannot have a home on `{}`", whose.login, homes.hub);
        let hint = format!("`leap-infra access preview {}` says what they have", whose.login);
        return Err(Failure::new(Exit::Error, summary).hint(hint));
    };
    Ok(Ok(Found { session, homes, quota }))
}

fn chosen(whose: &Whose, session: &Session) -> Result<Homes, Failure> {
    let all = session.environments.iter().flat_map(|env| session.project.homes(env));
    let (wanted, others): (Vec<Homes>, Vec<Homes>) =
        all.partition(|it| whose.hub.as_ref().is_none_or(|hub| *hub == it.hub));
    let mut wanted = wanted.into_iter();
    match (wanted.next(), wanted.next()) {
        (Some(homes), None) => Ok(homes),
        (Some(one), Some(other)) => {
            let (one, other) = (told(&one), told(&other));
            let summary = format!("there are homes on {one} and on {other}");
            Err(Failure::new(Exit::Error, summary).hint("choose one with --hub or -e"))
        }
        (None, _) => {
            let known: Vec<String> = others.iter().map(told).collect();
            let failure = Failure::new(Exit::Error, "there is no such hub with homes here");
            Err(match known.is_empty() {
                true => failure,
                false => failure.hint(format!("there are homes on {}", known.join(", "))),
            })
        }
    }
}

fn told(homes: &Homes) -> String {
    format!("`{}` in {}", homes.hub, homes.env)
}

/// The snapshots of the disk that homes are on, the newest first.
fn of_disk<'a>(all: &'a [Snapshot], homes: &Homes) -> Vec<&'a Snapshot> {
    all.iter().rev().filter(|it| it.disk == homes.volume).collect()
}
