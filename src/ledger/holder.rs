//! Who holds a lease.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Who holds a lease: enough for another person to go and ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The id of the apply.
    pub apply: String,
    /// The person, as the operating system knows them.
    pub user: String,
    /// The machine.
    pub host: String,
    /// The process on that machine.
    pub process: u32,
    /// When that process started, in whatever unit its system counts, so that a process number
    /// that was given out again is not taken for it.
    pub started: String,
    /// What it is for, `apply` or `destroy`.
    pub purpose: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {} (process {}, {})", self.user, self.host, self.process, self.purpose)
    }
}

/// What is known of the process that holds a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It ran on this machine and is gone.
    Dead,
    /// It runs on this machine.
    Alive,
    /// It runs on another machine, where we cannot look.
    PerhapsAlive,
}
