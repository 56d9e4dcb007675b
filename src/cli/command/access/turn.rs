//! Telling people one run at a time: two that begin together would both find that nobody was told.

use crate::apply::ApplyError;
use crate::cli::failure::Failure;
use crate::cli::machine;
use crate::cli::session::{connected, ledger, patience};
use crate::cli::target::Target;
use crate::cli::ui::Ui;
use crate::ledger::{Lease, Ledger};
use crate::project::Project;
use std::time::Duration;

/// What the lease is on. It is none of the environments, so that notices wait for no apply; and no
/// environment can be called so.
const WHAT: &str = "access.notices";

/// The right to tell people, until it is given back.
pub(super) struct Turn {
    ledger: Ledger,
    lease: Lease,
}

impl Turn {
    /// Waits for it for at most so many seconds.
    pub(super) async fn take(
        project: &Project,
        target: &Target,
        seconds: u64,
        ui: &Ui,
    ) -> Result<Self, Failure> {
        let ledger = ledger(&connected(target, ui).await?, project, patience(ui));
        ledger.ensure().await.map_err(ApplyError::Ledger)?;
        let holder = machine::holder("access notices");
        let wait = Duration::from_secs(seconds);
        let lease = ledger.acquire(WHAT, &holder, &machine::presence, wait).await;
        Ok(Self { lease: lease.map_err(ApplyError::Lease)?, ledger })
    }

    /// Lets the next one go on. Where that fails, the lease ends by itself.
    pub(super) async fn give_back(self, ui: &Ui) {
        if let Err(error) = self.lease.release(&self.ledger).await {
            ui.remark(format!("note: the next run has to wait a minute: {error}"));
        }
    }
}
