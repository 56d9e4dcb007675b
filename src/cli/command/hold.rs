//! `hold`: leave something alone for a while.

use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::machine;
use crate::cli::planning::LookArgs;
use crate::cli::selection::no_such;
use crate::cli::session::{self, Session};
use crate::cli::ui::Ui;
use crate::cli::until::until;
use crate::kind::ProviderError;
use crate::ledger::{Entry, Outcome};
use crate::model::{Hold, Overrides, ResourceId};
use crate::plan::{self, Allowances};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Ask everybody to leave something alone for a while
///
/// Plans and applies refuse whatever would change it until then, and say who asked and why. For
/// example: leap-infra hold bucket:scratch --until '3 days' --reason 'the workshop is on'
#[derive(clap::Args, Debug)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["until", "release", "list"]))]
pub struct Args {
    /// What to leave alone, as `--target` names it; with --list, the folder of the stack
    #[arg(required_unless_present = "list")]
    address: Option<String>,
    #[command(flatten)]
    look: LookArgs,
    /// Until when: a day (to its end, UTC), a time, or a span such as `3 days`
    #[arg(long, value_name = "TIME", requires = "reason")]
    until: Option<String>,
    /// Why, for whoever is refused
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// End the hold on this address
    #[arg(long)]
    release: bool,
    /// Show what is held
    #[arg(long)]
    list: bool,
}

/// Shows, makes or ends holds.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let mut look = args.look.clone();
    if args.list && look.stack.stack.is_none() {
        look.stack.stack = args.address.as_ref().map(PathBuf::from);
    }
    let session = match session::open(&look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    match (&args.address, &args.until) {
        _ if args.list => list(&session, ui),
        (Some(address), Some(time)) => make(address, time, args, &session, ui).await,
        (Some(address), None) => release(address, args, &session, ui).await,
        (None, _) => Err(Failure::new(Exit::Error, "nothing was named to hold")),
    }
}

fn list(session: &Session, ui: &Ui) -> Result<Exit, Failure> {
    let (now, all) = (machine::moment(), &session.memory.holds);
    let here = all.iter().filter(|hold| session.environments.contains(&hold.env));
    let holds: Vec<&Hold> = here.filter(|hold| hold.is_in_force(now)).collect();
    if ui.json {
        ui.say(json!(holds).to_string());
    } else if holds.is_empty() {
        ui.say("Nothing is held.");
    } else {
        for hold in holds {
            ui.say(format!("{}: {}\n  {hold}", hold.env, hold.address));
            ui.say(format!("  to end it: {}", hold.release()));
        }
    }
    Ok(Exit::Ok)
}

/// Written down before it is told of: a hold that the history lacks is still obeyed and listed.
async fn make(
    address: &str,
    time: &str,
    args: &Args,
    session: &Session,
    ui: &Ui,
) -> Result<Exit, Failure> {
    let now = machine::moment();
    let until = until(time, now).map_err(|error| Failure::new(Exit::Error, error.to_string()))?;
    let reason = args.reason.clone().unwrap_or_default();
    if reason.trim().is_empty() {
        return Err(Failure::new(Exit::Error, "a hold needs a reason").hint("--reason \"…\""));
    }
    let named = named(address, session).await?;
    let holder = machine::holder("hold");
    session.ledger.ensure().await.map_err(not_written)?;
    for env in envs(&named) {
        let hold = Hold {
            env: env.to_owned(),
            address: address.to_owned(),
            named: named.iter().filter(|id| id.env == env).cloned().collect(),
            until,
            reason: reason.clone(),
            by: format!("{} on {}", holder.user, holder.host),
            since: machine::now(),
        };
        session.ledger.add_hold(&hold, now).await.map_err(not_written)?;
        write_down(session, &hold, Outcome::Held, Some(reason.clone())).await?;
        ui.say(format!("{env}: {address} is {hold}"));
        if let Some(lease) = session.memory.leases.get(env) {
            ui.remark(format!("note: {env} is being changed by {} now", lease.holder));
        }
    }
    Ok(Exit::Ok)
}

async fn release(address: &str, args: &Args, session: &Session, ui: &Ui) -> Result<Exit, Failure> {
    let of_address =
        |hold: &&Hold| hold.address == address && session.environments.contains(&hold.env);
    let held: Vec<&Hold> = session.memory.holds.iter().filter(of_address).collect();
    if held.is_empty() {
        let failure = Failure::new(Exit::Error, format!("there is no hold on `{address}`"));
        return Err(failure.hint("`leap-infra hold --list` shows them as they were written"));
    }
    for hold in held {
        // What nobody can read of later must not happen.
        write_down(session, hold, Outcome::Released, args.reason.clone()).await?;
        session.ledger.end_hold(&hold.env, address).await.map_err(not_written)?;
        ui.say(format!("{}: {address} is no longer held", hold.env));
    }
    Ok(Exit::Ok)
}

/// What an address means now, declared or there.
async fn named(address: &str, session: &Session) -> Result<BTreeSet<ResourceId>, Failure> {
    let world = session.world(&session.stack).await?;
    let allowances = Allowances::default();
    let request = session.request(&world, &allowances);
    plan::named(&request, &[address.to_owned()]).map_err(|error| no_such(&error))
}

fn envs(named: &BTreeSet<ResourceId>) -> BTreeSet<&str> {
    named.iter().map(|id| id.env.as_str()).collect()
}

async fn write_down(
    session: &Session,
    hold: &Hold,
    outcome: Outcome,
    reason: Option<String>,
) -> Result<(), Failure> {
    let entry = Entry {
        hold: Some(hold.clone()),
        overrides: Overrides { reason, ..Overrides::default() },
        ..Entry::new(machine::holder("hold"), machine::now(), outcome)
    };
    session.ledger.append(&hold.env, &entry).await.map_err(not_written)
}

fn not_written(error: ProviderError) -> Failure {
    unreadable(&[error])
}
