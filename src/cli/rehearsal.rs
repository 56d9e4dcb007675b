//! `plan --server-check`: what clusters say to a plan that nobody applies yet.

use crate::apply::{self, Options, Rehearsal};
use crate::cli::failure::{Failure, objected};
use crate::cli::progress::unasked;
use crate::cli::session::{Session, patience};
use crate::cli::ui::Ui;
use crate::cli::view::plan::counted;
use crate::plan::Plan;
use crate::providers;
use std::sync::Arc;

impl Session {
    /// Asks whoever can be asked what it would refuse of a plan, and says what came of it. This is
    /// the only part of a plan that uses what can write, and it changes nothing.
    ///
    /// # Errors
    /// When something would be refused, with all that would.
    pub(crate) async fn rehearse(&self, plan: &Plan, ui: &Ui) -> Result<(), Failure> {
        let options = Options { retry: patience(ui), ..Options::default() };
        let (actors, silent) = (providers::actors(&self.connections), Arc::new(|_| {}));
        let rehearsal = apply::rehearse(plan, &actors, &options, silent).await;
        if !rehearsal.objections.is_empty() {
            return Err(objected(&rehearsal.objections));
        }
        ui.remark(told(&rehearsal));
        Ok(())
    }
}

fn told(rehearsal: &Rehearsal) -> String {
    let Rehearsal { accepted, objections: _, too_soon } = rehearsal;
    let mut lines = vec![match (accepted, too_soon.len()) {
        (0, 0) => "server check: nothing here can be asked about".to_owned(),
        (0, _) => "server check: nothing can be asked about yet".to_owned(),
        (some, _) => format!("server check: {} would be accepted", counted(*some, "change")),
    }];
    if !too_soon.is_empty() {
        lines.push(unasked(too_soon.len()));
        lines.extend(too_soon.iter().map(|(id, why)| format!("  {id}: {why}")));
    }
    lines.join("\n")
}
