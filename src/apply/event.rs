//! What happens while a plan is applied, told as it happens and summed up at the end.

use crate::kind::{ProviderError, Retried};
use crate::ledger::Holder;
use crate::model::ResourceId;
use crate::plan::Action;
use std::time::Duration;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A lease of a dead or expired holder was taken over.
    TookOver {
        /// The environment.
        env: String,
        /// Whose it was.
        from: Holder,
    },
    /// A lease was lost: another took it over, or it could not be renewed in time. Nothing new is
    /// begun.
    LeaseLost {
        /// The environment.
        env: String,
    },
    /// Steps that their clouds could not be asked about before the first change, since what they
    /// stand on is made by the same plan.
    Unasked {
        /// How many.
        steps: usize,
    },
    /// A step began.
    Began {
        /// The resource.
        id: ResourceId,
        /// What is done to it.
        action: Action,
    },
    /// A step that takes long has something to say.
    Progress {
        /// The resource.
        id: ResourceId,
        /// What it says.
        note: String,
    },
    /// A call is tried again.
    Retry {
        /// The resource.
        id: ResourceId,
        /// What failed, and how long is waited.
        retried: Retried,
    },
    /// A step ended, in whichever way.
    Ended {
        /// The resource.
        id: ResourceId,
        /// What was done to it.
        action: Action,
        /// How it ended.
        result: Result,
        /// How long it took.
        took: Duration,
    },
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Result {
    /// Done; with a remark, if there is one.
    Done(Option<String>),
    /// It failed.
    Failed(ProviderError),
    /// It was not begun, because something that it waits for did not end well.
    Blocked(ResourceId),
    /// It was not begun, because an earlier environment did not end well.
    BlockedBy {
        /// That environment.
        env: String,
    },
    /// It was not begun, because the run was interrupted or the lease was lost.
    NotBegun,
}

/// What became of every step, in the order of the plan.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Each step's resource, action and end.
    pub steps: Vec<(ResourceId, Action, Result)>,
    /// Whether a person interrupted the run.
    pub interrupted: bool,
    /// Whether the lease was lost on the way.
    pub lease_lost: bool,
    /// Why the ledger could not be written at the end, if it could not: the steps count all the
    /// same, and the next apply tidies up.
    pub ledger_error: Option<ProviderError>,
}

impl Report {
    /// How many steps were done.
    pub fn done(&self) -> usize {
        self.steps.iter().filter(|(.., result)| matches!(result, Result::Done(_))).count()
    }

    /// The steps that failed.
    pub fn failed(&self) -> impl Iterator<Item = (&ResourceId, &ProviderError)> {
        self.steps.iter().filter_map(|(id, _, result)| match result {
            Result::Failed(error) => Some((id, error)),
            _ => None,
        })
    }

    /// How many steps were not begun.
    pub fn skipped(&self) -> usize {
        self.steps.len() - self.done() - self.failed().count()
    }

    /// Whether everything was done.
    pub fn is_complete(&self) -> bool {
        self.done() == self.steps.len()
    }
}
