//! One writer at a time: a lease that expires by the server's clock.

use crate::kind::ProviderError;
use crate::ledger::{Condition, Holder, Ledger, Presence, Written, decode, encode};
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::watch;
use tokio::time::Instant;

/// How long leases last. All who share a ledger must agree on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How long a lease lasts after it was last written.
    pub lasts: Duration,
    /// How often a lease is written again.
    pub renew_every: Duration,
    /// How long to wait before looking again at a lease that another holds.
    pub look_again: Duration,
}

impl Default for Terms {
    /// Renewed four times in its life, so that three may fail.
    fn default() -> Self {
        let [lasts, renew_every, look_again] = [60, 15, 2].map(Duration::from_secs);
        Self { lasts, renew_every, look_again }
    }
}

/// Why there is no lease.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Another holds it.
    #[error("{env} is being changed by {holder}, since {age} s")]
    Held {
        /// The environment.
        env: String,
        /// Who holds it.
        holder: Holder,
        /// For how long it has not been renewed, in seconds by the server's clock.
        age: i64,
    },
    /// The ledger could not be read or written.
    #[error("the ledger cannot be used")]
    Store(#[from] ProviderError),
}

/// A lease that somebody left behind or still holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Who.
    pub holder: Holder,
    /// When it was last renewed.
    pub renewed: OffsetDateTime,
    pub(crate) generation: i64,
}

/// The right to change one environment, renewed in the background until it is released.
#[derive(Debug)]
pub struct Lease {
    /// The environment.
    pub env: String,
    /// Whose lease was taken over, if the one before us died.
    pub taken_over_from: Option<Leftover>,
    term: Term,
    stop: watch::Sender<bool>,
    renewal: tokio::task::JoinHandle<()>,
}

/// Tells the time of day, as a duration since any moment that stays the same.
///
/// [`Instant`] may stand still while a machine sleeps, and the time of day may be set: a lease
/// has ended as soon as either of them says so.
/// <https://doc.rust-lang.org/std/time/struct.Instant.html#os-specific-behaviors>
pub type WallClock = fn() -> Duration;

/// When a lease ends, as its renewal moves that on.
#[derive(Clone, Debug)]
pub struct Term {
    state: watch::Receiver<State>,
    wall: WallClock,
}

impl Term {
    /// When the lease ends if it is not renewed any more; not later than now once it was lost.
    pub fn ends(&self) -> Instant {
        let State { ends, wall_ends, .. } = *self.state.borrow();
        ends.min(Instant::now() + wall_ends.saturating_sub((self.wall)()))
    }
}

/// What the renewal knows.
#[derive(Clone, Copy, Debug)]
struct State {
    generation: i64,
    /// When the lease ends if it is not renewed; in the past once it was lost.
    ends: Instant,
    /// The same by the time of day.
    wall_ends: Duration,
}

impl Ledger {
    /// The lease on an environment, if there is one.
    ///
    /// # Errors
    /// When it cannot be told.
    pub async fn leftover(&self, env: &str) -> Result<Option<Leftover>, ProviderError> {
        let path = path(env);
        let Some(object) = self.read(&path).await? else { return Ok(None) };
        let holder = decode(&path, &object.bytes)?;
        Ok(Some(Leftover { holder, renewed: object.updated, generation: object.generation }))
    }

    /// Takes the lease on an environment: at once when nobody has it, when its holder is a dead
    /// process of this machine, or when it has expired by the server's clock; else waits for it
    /// for at most `patience`.
    ///
    /// # Errors
    /// [`LeaseError::Held`] when another still has it after that.
    pub async fn acquire(
        &self,
        env: &str,
        holder: &Holder,
        presence: &(dyn Fn(&Holder) -> Presence + Sync),
        patience: Duration,
    ) -> Result<Lease, LeaseError> {
        let (give_up, path) = (Instant::now() + patience, &path(env));
        let (mut condition, mut taken_over_from) = (Condition::Absent, None);
        loop {
            let sent = Instant::now();
            let written = self.write(path, &encode(holder), condition).await?;
            if let Written::Done { generation, .. } = written {
                return Ok(self.hold(env, holder, generation, sent, taken_over_from));
            }
            let Some(current) = self.leftover(env).await? else {
                condition = Condition::Absent;
                continue;
            };
            let age = self.age(env, &current).await?;
            let expired = self.has_expired(age);
            // Our own apply id: the answer to our write was lost.
            let ours = current.holder.apply == holder.apply;
            if ours || expired || presence(&current.holder) == Presence::Dead {
                condition = Condition::Generation(current.generation);
                taken_over_from = (!ours).then_some(current);
            } else if Instant::now() + self.terms.look_again > give_up {
                return Err(LeaseError::Held { env: env.to_owned(), holder: current.holder, age });
            } else {
                tokio::time::sleep(self.terms.look_again).await;
                condition = Condition::Absent;
            }
        }
    }

    /// For how long a lease has not been renewed, in seconds by the server's clock.
    ///
    /// # Errors
    /// When that clock cannot be read.
    pub async fn age(&self, env: &str, leftover: &Leftover) -> Result<i64, ProviderError> {
        Ok((self.now(env).await? - leftover.renewed).whole_seconds())
    }

    /// Whether a lease of that age, in seconds, has ended.
    pub fn has_expired(&self, age: i64) -> bool {
        age >= self.terms.lasts.as_secs().cast_signed()
    }

    /// Takes a lease away from its holder, whose next renewal then fails. Does nothing when the
    /// lease was renewed or given back since it was looked at; says whether it is gone.
    ///
    /// # Errors
    /// When it cannot be told.
    pub async fn unlock(&self, env: &str, leftover: &Leftover) -> Result<bool, ProviderError> {
        self.delete(&path(env), leftover.generation).await?;
        let left = self.leftover(env).await?;
        Ok(left.is_none_or(|left| left.holder.apply != leftover.holder.apply))
    }

    /// The generation of a lease that is ours although we do not know it: the answer to the write
    /// was lost. None when the lease is another's, or gone.
    async fn own_generation(
        &self,
        env: &str,
        holder: &Holder,
    ) -> Result<Option<i64>, ProviderError> {
        let current = self.leftover(env).await?.filter(|it| it.holder.apply == holder.apply);
        Ok(current.map(|current| current.generation))
    }

    /// The server's clock, read off an object that is written for the purpose.
    ///
    /// # Errors
    /// When that cannot be written.
    pub async fn now(&self, env: &str) -> Result<OffsetDateTime, ProviderError> {
        let path = format!("{env}/clock");
        match self.write(&path, &[], Condition::Always).await? {
            Written::Done { updated, .. } => Ok(updated),
            Written::Conflict => {
                let why = "an unconditional write met a conflict".to_owned();
                Err(ProviderError::Unexpected { what: path, why })
            }
        }
    }

    fn hold(
        &self,
        env: &str,
        holder: &Holder,
        generation: i64,
        sent: Instant,
        taken_over_from: Option<Leftover>,
    ) -> Lease {
        let Terms { lasts, .. } = self.terms;
        // When it was sent is not known by the time of day, which may therefore say a little later.
        let wall_ends = (self.wall)() + lasts;
        let state = State { generation, ends: sent + lasts, wall_ends };
        let (publish, state) = watch::channel(state);
        let (stop, stopped) = watch::channel(false);
        let renewal = renew(self.clone(), env.to_owned(), holder.clone(), publish, stopped);
        let renewal = tokio::spawn(renewal);
        Lease {
            env: env.to_owned(),
            taken_over_from,
            term: Term { state, wall: self.wall },
            stop,
            renewal,
        }
    }
}

async fn renew(
    ledger: Ledger,
    env: String,
    holder: Holder,
    state: watch::Sender<State>,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            () = tokio::time::sleep(ledger.terms.renew_every) => {}
        }
        let (sent, wall, known) = (Instant::now(), (ledger.wall)(), *state.borrow());
        let condition = Condition::Generation(known.generation);
        let Terms { lasts, .. } = ledger.terms;
        let (ends, wall_ends) = (sent + lasts, wall + lasts);
        let renewed = match ledger.write(&path(&env), &encode(&holder), condition).await {
            Ok(Written::Done { generation, .. }) => Ok(Some(generation)),
            Ok(Written::Conflict) => ledger.own_generation(&env, &holder).await,
            Err(error) => Err(error),
        };
        match renewed {
            Ok(Some(generation)) => _ = state.send_replace(State { generation, ends, wall_ends }),
            Ok(None) => {
                state.send_replace(State { ends: sent, ..known });
                return;
            }
            // Tried again at the next turn, as long as the lease lasts.
            Err(_) => {}
        }
    }
}

impl Lease {
    /// When the lease ends, for whoever must ask again and again.
    pub fn term(&self) -> Term {
        self.term.clone()
    }

    /// Returns when the lease is lost: another took it over, or it could not be renewed in time.
    pub async fn lost(&self) {
        let mut state = self.term.state.clone();
        loop {
            let ends = state.borrow_and_update().ends;
            tokio::select! {
                () = tokio::time::sleep_until(ends) => return,
                changed = state.changed() => if changed.is_err() {
                    return tokio::time::sleep_until(ends).await;
                },
            }
        }
    }

    /// Gives the lease back.
    ///
    /// # Errors
    /// When it cannot be told whether it was given back; it then expires by itself.
    pub async fn release(self, ledger: &Ledger) -> Result<(), ProviderError> {
        self.stop.send_replace(true);
        // The renewal ends between two writes, so the generation that it leaves is the last.
        _ = self.renewal.await;
        let generation = self.term.state.borrow().generation;
        ledger.delete(&path(&self.env), generation).await
    }
}

fn path(env: &str) -> String {
    format!("{env}/lease.json")
}
