//! Exit codes: a published contract.

use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All is well.
    Ok = 0,
    /// Something else went wrong.
    Error = 1,
    /// There are changes (`plan --detailed-exitcode`).
    Pending = 2,
    /// Something drifted (`drift`).
    Drift = 3,
    /// The declaration is invalid.
    Invalid = 4,
    /// Authentication or permission.
    Permission = 5,
    /// Only a part was applied.
    Partly = 6,
    /// A guard refused it.
    Refused = 7,
    /// What a plan relies on is no longer so.
    Stale = 8,
    /// Another holds the lease.
    Locked = 9,
    /// It took too long.
    TimedOut = 124,
    /// A person interrupted it.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
