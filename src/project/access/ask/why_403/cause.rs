//! What makes a hub turn somebody away.

use serde::Serialize;
use std::fmt;

/// Something that makes a hub turn people away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// Whether it is the case.
    pub found: Found,
    /// What it is, in a word.
    pub why: Turned,
    /// What it is.
    pub what: String,
    /// What to do about it, or to look at.
    pub help: String,
}

/// Whether something is the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// It is.
    Yes,
    /// It may be: nothing that is declared tells.
    Possible,
    /// It is not.
    No,
}

/// Why a hub turns somebody away, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turned {
    /// They are in the team of no category that lets in.
    WrongTeam,
    /// Their time is over.
    TimeOver,
    /// Their time has not begun.
    NotYet,
    /// They are declared, and nobody has invited them.
    NotInvited,
    /// They are invited, and have not accepted.
    InvitationPending,
    /// They did not accept in time.
    InvitationExpired,
    /// They declined.
    InvitationDeclined,
    /// GitHub could not invite them.
    InvitationFailed,
    /// They are in a team below the one that the hub asks for.
    TeamBelow,
    /// Nothing is left that they may start.
    NoProfile,
    /// The organization does not let the hub see anybody's teams.
    ApplicationNotApproved,
    /// Their last login was before they were let in.
    EarlierLogin,
    /// They are logged in to GitHub as somebody else.
    OtherAccount,
}

impl Turned {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::WrongTeam,
        Self::TimeOver,
        Self::NotYet,
        Self::NotInvited,
        Self::InvitationPending,
        Self::InvitationExpired,
        Self::InvitationDeclined,
        Self::InvitationFailed,
        Self::TeamBelow,
        Self::NoProfile,
        Self::ApplicationNotApproved,
        Self::EarlierLogin,
        Self::OtherAccount,
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::WrongTeam => "wrong-team",
            Self::TimeOver => "time-over",
            Self::NotYet => "not-yet",
            Self::NotInvited => "not-invited",
            Self::InvitationPending => "invitation-pending",
            Self::InvitationExpired => "invitation-expired",
            Self::InvitationDeclined => "invitation-declined",
            Self::InvitationFailed => "invitation-failed",
            Self::TeamBelow => "team-below",
            Self::NoProfile => "no-profile",
            Self::ApplicationNotApproved => "application-not-approved",
            Self::EarlierLogin => "earlier-login",
            Self::OtherAccount => "other-account",
        }
    }
}

impl fmt::Display for Turned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
