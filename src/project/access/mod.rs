//! `access`: categories of people, who is in them, and what they give; and the questions that
//! people ask about that, answered from the declaration alone.
//!
//! `settings.rs` and `roster.rs` are what is written, `roll.rs` is who is in what on which day,
//! `rights.rs` is what a category gives. The rest is made of these three.

mod ask;
mod audience;
mod checks;
mod clouds;
mod edit;
mod expand;
mod given;
mod import;
mod moves;
mod notices;
mod page;
mod rights;
mod roll;
mod roster;
mod settings;
mod sight;
mod team;

pub use ask::{
    AskError, Asked, Cause, Change, Changed, Found, Has, Holder, Letter, Listed, Reason, Stands,
    Turned, Verdict, Who, Why, against,
};
pub use clouds::{InClouds, Otherwise, Pair};
pub use edit::{Edit, Left};
pub use import::Seen;
pub use notices::Notice;
pub use roster::{Member, MembersFile, Role};
pub use settings::{
    Access, BucketRight, Category, Children, Folder, MadeTeam, Members, Mode, Notices, NoticesTo,
    Notifications, OnHub, Privacy, Team, To,
};
pub use sight::{OnGitHub, Past, Sight};

pub(crate) use checks::{check, over};
pub(crate) use expand::expand;
pub(crate) use given::{Given, given};
pub(crate) use roll::{Holding, Placed as RollPlaced, Roll};
pub(crate) use roster::{MEMBERS, Rosters, load};
pub(crate) use team::github_team;
