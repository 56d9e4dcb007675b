//! Brings a home back from a snapshot.

use super::copying::Copying;
use super::{Found, Whose, of_disk, open};
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::machine;
use crate::cli::session::Session;
use crate::cli::ui::Ui;
use crate::kind::ProviderError;
use crate::ledger::{Lease, LeaseError};
use crate::project::hubs::{Homes, Lost};
use crate::providers::gcp::{Snapshot, Snapshots};
use std::time::Duration;

/// Copy somebody's home as it was into a new folder of their home, `~/restored-DAY`
///
/// A disk is made from the snapshot, a job in the hub's namespace copies the home from there, and
/// both are taken away again. Nothing that is there now is changed. Killed at any moment and run
/// again, it goes on.
///
/// For example: leap-infra home restore ada --from homes-20261128 -e prod
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    whose: Whose,
    /// The snapshot, by its name: `home snapshots` lists them
    #[arg(long, value_name = "SNAPSHOT")]
    from: String,
    /// For how many seconds another who changes the environment is waited for
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    lock_timeout: u64,
}

/// Brings back.
pub(super) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let Found { session, homes, quota } = match open(&args.whose, ui).await? {
        Ok(found) => found,
        Err(exit) => return Ok(exit),
    };
    let snapshots = Snapshots::new(&session.connection);
    let all = snapshots.list(&homes.project).await.map_err(|error| unreadable(&[error]))?;
    let snapshot = snapshot(&all, &homes, &args.from)?;
    let lost = Lost {
        login: &args.whose.login,
        snapshot: &snapshot.name,
        day: snapshot.taken.get(..10).unwrap_or(&snapshot.taken),
        size_gb: snapshot.size_gb,
        quota,
    };
    let lease = lease(&session, &homes.env, args.lock_timeout).await?;
    let copying = Copying::new(&session, &homes, &lost, snapshots);
    let outcome = tokio::select! {
        outcome = copying.run(ui) => outcome,
        () = lease.lost() => Err(ProviderError::Refused {
            what: format!("bringing back the home of {}", lost.login),
            why: "somebody else took over the lease; run it again".to_owned(),
        }),
    };
    // A lease that cannot be given back expires by itself.
    _ = lease.release(&session.ledger).await;
    match outcome {
        Ok(()) => {
            ui.say(format!("~/restored-{} is in the home of {}.", lost.day, lost.login));
            Ok(Exit::Ok)
        }
        Err(error) => Err(failed(&lost, &error)),
    }
}

/// The snapshot that is meant, if it is one of the disk of these homes.
fn snapshot<'a>(all: &'a [Snapshot], homes: &Homes, name: &str) -> Result<&'a Snapshot, Failure> {
    let refused = |summary: String| {
        let failure = Failure::new(Exit::Refused, summary);
        match of_disk(all, homes).iter().find(|it| it.ready) {
            Some(newest) => failure.hint(format!("the newest of this disk is {}", newest.name)),
            None => failure.hint("there is no complete snapshot of this disk"),
        }
    };
    let Some(found) = all.iter().find(|it| it.name == name) else {
        return Err(refused(format!("there is no snapshot {name}")));
    };
    if found.disk != homes.volume {
        let disk = &found.disk;
        return Err(refused(format!("{name} is a snapshot of {disk}, where these homes are not")));
    }
    match found.ready {
        true => Ok(found),
        false => Err(refused(format!("the snapshot {name} is not complete"))),
    }
}

/// Nobody else changes the environment meanwhile.
async fn lease(session: &Session, env: &str, seconds: u64) -> Result<Lease, Failure> {
    session.ledger.ensure().await.map_err(|error| unreadable(&[error]))?;
    let (holder, patience) = (machine::holder("home restore"), Duration::from_secs(seconds));
    let lease = session.ledger.acquire(env, &holder, &machine::presence, patience).await;
    lease.map_err(|error| match error {
        LeaseError::Held { .. } => Failure::new(Exit::Locked, error.to_string()),
        LeaseError::Store(error) => unreadable(&[error]),
    })
}

fn failed(lost: &Lost<'_>, error: &ProviderError) -> Failure {
    let exit = match error {
        _ if error.is_permission() => Exit::Permission,
        ProviderError::Refused { .. } => Exit::Refused,
        _ => Exit::Error,
    };
    let summary = format!("the home of {} was not brought back", lost.login);
    Failure::new(exit, summary).because(error).hint("run it again: it goes on where it was")
}
