//! A turn of one's own: the lease on the environment that access belongs to, for what must not be
//! done by two at once and is no plan.

use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::machine;
use crate::cli::session::{connected, ledger, patience};
use crate::cli::target::Target;
use crate::cli::ui::Ui;
use crate::ledger::{Lease, LeaseError, Ledger};
use crate::project::Project;
use std::time::Duration;
use tokio::time::Instant;

/// The right to do something that nobody else does meanwhile.
pub(super) struct Turn {
    ledger: Ledger,
    lease: Lease,
}

impl Turn {
    /// Waits for the lease on `env`, at most so long, and takes it.
    pub(super) async fn take(
        target: &Target,
        project: &Project,
        env: &str,
        patience_for: Duration,
        ui: &Ui,
    ) -> Result<Self, Failure> {
        let ledger = ledger(&connected(target, ui).await?, project, patience(ui));
        ledger.ensure().await.map_err(|error| unusable(error.into()))?;
        let holder = machine::holder("notices");
        let lease = ledger.acquire(env, &holder, &machine::presence, patience_for).await;
        Ok(Self { lease: lease.map_err(unusable)?, ledger })
    }

    /// Whether it is still ours.
    pub(super) fn holds(&self) -> bool {
        Instant::now() < self.lease.term().ends()
    }

    /// Gives it back. Where that fails, it ends by itself.
    pub(super) async fn give_back(self) {
        _ = self.lease.release(&self.ledger).await;
    }
}

fn unusable(error: LeaseError) -> Failure {
    match error {
        LeaseError::Held { .. } => Failure::new(Exit::Locked, error.to_string())
            .hint("wait for it with --lock-timeout SECONDS; who was told is not told again"),
        LeaseError::Store(cause) => {
            let summary = "the ledger cannot be used, so nobody is told".to_owned();
            Failure { summary, ..unreadable(&[cause]) }
        }
    }
}
