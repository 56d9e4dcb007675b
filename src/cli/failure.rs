//! What went wrong, for a person: printed once, at the very end.

use crate::apply::{ApplyError, Objection};
use crate::cli::exit::Exit;
use crate::cli::view::plan::counted;
use crate::kind::ProviderError;
use crate::ledger::LeaseError;
use std::error::Error;
use std::fmt;

/// Why a command did not do what it was asked, and what may help.
#[derive(Debug)]
pub struct Failure {
    /// What did not work.
    pub summary: String,
    /// Why, outermost first.
    pub causes: Vec<String>,
    /// What may help.
    pub hints: Vec<String>,
    /// How the program ends.
    pub exit: Exit,
}

impl Failure {
    /// A failure with a summary alone.
    pub fn new(exit: Exit, summary: impl Into<String>) -> Self {
        Self { summary: summary.into(), causes: Vec::new(), hints: Vec::new(), exit }
    }

    /// The same because of an error and whatever stands behind it.
    #[must_use]
    pub fn because(mut self, error: &dyn Error) -> Self {
        let mut cause = Some(error);
        while let Some(error) = cause {
            let said = error.to_string();
            // Some libraries say what stands behind an error in the error itself as well.
            if self.causes.last().is_none_or(|last| !last.contains(&said)) {
                self.causes.push(said);
            }
            cause = error.source();
        }
        self
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}", self.summary)?;
        self.causes.iter().try_for_each(|cause| writeln!(f, "  because {cause}"))?;
        self.hints.iter().try_for_each(|hint| writeln!(f, "hint: {hint}"))
    }
}

/// The clouds could not be read.
pub(crate) fn unreadable(errors: &[ProviderError]) -> Failure {
    let permission = errors.iter().any(ProviderError::is_permission);
    let exit = if permission { Exit::Permission } else { Exit::Error };
    let mut failure = Failure::new(exit, "cannot see what is there, so there is no plan");
    failure.causes = errors.iter().map(ToString::to_string).collect();
    if permission {
        failure = failure.hint("`leap-infra doctor` says which credentials are in use, and `leap-infra doctor --permissions plan` which rights a plan needs");
    }
    failure
}

/// Clouds would refuse steps of a plan; none was begun.
pub(crate) fn objected(objections: &[Objection]) -> Failure {
    let permission = objections.iter().any(|one| one.error.is_permission());
    let refused = |one: &Objection| matches!(one.error, ProviderError::Refused { .. });
    let exit = match (permission, objections.iter().any(refused)) {
        (true, _) => Exit::Permission,
        (false, true) => Exit::Refused,
        (false, false) => Exit::Error,
    };
    let steps = counted(objections.len(), "step");
    let summary = format!("{steps} would be refused, so nothing was changed");
    let causes = objections.iter().map(ToString::to_string).collect();
    let failure = Failure { causes, ..Failure::new(exit, summary) };
    match permission {
        true => failure.hint("`leap-infra doctor --clusters` says what you may do there"),
        false => failure,
    }
}

impl From<ApplyError> for Failure {
    fn from(error: ApplyError) -> Self {
        match &error {
            ApplyError::Refused(_) => Self::new(Exit::Refused, error.to_string()),
            ApplyError::Held { hold, .. } => {
                Self::new(Exit::Refused, format!("{error}; nothing was changed"))
                    .hint(format!("to go on all the same: {}", hold.release()))
            }
            ApplyError::Objections(all) => objected(all),
            ApplyError::Lease(LeaseError::Held { .. }) => Self::new(Exit::Locked, error.to_string())
                .hint("wait for it with --lock-timeout SECONDS; a lease ends one minute after its holder has died"),
            ApplyError::Lease(LeaseError::Store(cause)) | ApplyError::Ledger(cause) => {
                let exit = match cause {
                    ProviderError::Taken { .. } => Exit::Refused,
                    cause if cause.is_permission() => Exit::Permission,
                    _ => Exit::Error,
                };
                Self::new(exit, "the ledger cannot be used; no resource was changed").because(cause)
            }
        }
    }
}
