//! `unlock`: whose lease it is, and how to take it away.

use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::machine;
use crate::cli::planning::LookArgs;
use crate::cli::session::{self, Session};
use crate::cli::ui::Ui;
use crate::kind::ProviderError;
use crate::ledger::{Entry, Leftover, Outcome, Presence};
use crate::model::Overrides;
use serde_json::json;
use std::collections::BTreeMap;

/// Show who is changing an environment, and take its lease away
///
/// Takes away only what a dead process left behind or what has expired, unless --force says
/// otherwise. With no environment named it only shows. It is rarely needed: `apply` takes such a
/// lease over by itself.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    look: LookArgs,
    /// Take it away although its holder may still be at work; needs --reason
    #[arg(long, requires = "reason")]
    force: bool,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// How often a lease that is renewed meanwhile is tried to be taken away.
const TRIES: usize = 5;

/// What is known of a lease.
struct Held {
    env: String,
    lease: Leftover,
    age: i64,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Dead,
    Alive,
    Expired,
    Valid,
}

/// Looks, says what it found, and takes away what may go.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let session = match session::open(&args.look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let held = held(&session).await.map_err(|error| unreadable(&[error]))?;
    if ui.json {
        ui.say(json!(held.iter().map(Held::json).collect::<Vec<_>>()).to_string());
    } else {
        held.iter().for_each(|held| ui.say(held.text()));
    }
    if held.is_empty() {
        ui.remark("Nobody is changing anything here.");
        return Ok(Exit::Ok);
    }
    if !args.look.names_environments() {
        ui.remark("Nothing was taken away: name an environment with -e.");
        return Ok(Exit::Ok);
    }
    if let Some(held) = held.iter().find(|held| !args.force && !held.may_go()) {
        let summary =
            format!("the lease on {} was not taken away: {}", held.env, held.state.text());
        return Err(Failure::new(Exit::Locked, summary)
            .hint(format!("ask {} first", held.lease.holder))
            .hint("to go on all the same: --force --reason \"…\""));
    }
    for held in &held {
        take_away(args, &session, held).await?;
        ui.remark(format!("The lease on {} was taken away.", held.env));
    }
    Ok(Exit::Ok)
}

async fn held(session: &Session) -> Result<Vec<Held>, ProviderError> {
    let mut all = Vec::new();
    let leases: BTreeMap<&String, &Leftover> = session.memory.leases.iter().collect();
    for env in &session.environments {
        let Some(&lease) = leases.get(env) else { continue };
        let age = session.ledger.age(env, lease).await?;
        let state = match machine::presence(&lease.holder) {
            Presence::Dead => State::Dead,
            Presence::Alive => State::Alive,
            Presence::PerhapsAlive if session.ledger.has_expired(age) => State::Expired,
            Presence::PerhapsAlive => State::Valid,
        };
        all.push(Held { env: env.clone(), lease: lease.clone(), age, state });
    }
    Ok(all)
}

/// Written into the history first: what nobody can read of later must not happen.
async fn take_away(args: &Args, session: &Session, held: &Held) -> Result<(), Failure> {
    let failed = |error| {
        Failure::new(Exit::Error, format!("the lease on {} was not taken away", held.env))
            .because(&error)
    };
    if held.may_go() {
        session.ledger.record_death(&held.env, &held.lease).await.map_err(failed)?;
    }
    if args.force {
        let entry = Entry {
            commit: machine::commit(&session.folder),
            declaration: session.project.digest(),
            unlocked: Some(held.lease.holder.clone()),
            overrides: Overrides { reason: args.reason.clone(), ..Overrides::default() },
            ..Entry::new(machine::holder("unlock"), machine::now(), Outcome::Unlocked)
        };
        session.ledger.append(&held.env, &entry).await.map_err(failed)?;
    }
    let mut lease = held.lease.clone();
    for _ in 0..TRIES {
        if session.ledger.unlock(&held.env, &lease).await.map_err(failed)? {
            return Ok(());
        }
        // Renewed since it was looked at: its holder is at work.
        match session.ledger.leftover(&held.env).await.map_err(failed)? {
            Some(renewed) if args.force => lease = renewed,
            Some(_) => break,
            None => return Ok(()),
        }
    }
    let summary = format!("the lease on {} was not taken away: it was just renewed", held.env);
    Err(Failure::new(Exit::Locked, summary))
}

impl State {
    fn text(self) -> &'static str {
        match self {
            Self::Dead => "its process on this machine is gone",
            Self::Alive => "its process still runs on this machine",
            Self::Expired => "it has expired",
            Self::Valid => "it has not expired, and we cannot see whether its process still runs",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::Alive => "alive",
            Self::Expired => "expired",
            Self::Valid => "valid",
        }
    }
}

impl Held {
    fn may_go(&self) -> bool {
        matches!(self.state, State::Dead | State::Expired)
    }

    fn text(&self) -> String {
        let Self { env, lease, age, state } = self;
        let who = &lease.holder;
        format!("{env} is held by {who}\n  last renewed {age} s ago; {}", state.text())
    }

    fn json(&self) -> serde_json::Value {
        let Self { env, lease, age, state } = self;
        json!({
            "environment": env, "holder": lease.holder, "age_seconds": age, "state": state.word(),
        })
    }
}
