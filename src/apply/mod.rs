//! The scheduler: runs a plan against the clouds, and decides nothing.
//!
//! [`apply`] takes the leases, writes down what it is about to claim, runs the steps in their
//! order, and tidies up. [`rehearse`] asks before that what the clouds would say. Killed at any
//! instant and run again with a new plan, it ends in the same world.

mod event;
mod journal;
mod parallelism;
mod rehearsal;
mod run;
mod schedule;
mod step;

pub use event::{Event, Report, Result as StepResult};
pub use journal::About;
pub use parallelism::Parallelism;
pub use rehearsal::{Objection, Rehearsal, rehearse};
pub use run::{ApplyError, Options, Run, apply};
