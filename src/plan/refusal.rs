//! What is said of a refusal, and what a person can say to go on.

use crate::plan::{Refusal, Refused};
use std::fmt;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign => write!(
                f,
                "exists and does not carry the mark of this stack: take it in, declare another \
                 name, or remove it yourself"
            ),
            Self::OtherStack(stack) => write!(
                f,
                "belongs to the stack {stack}: declare another name, or hand it back there first"
            ),
            Self::Taken(why) => write!(f, "the name is in use elsewhere ({why}): choose another"),
            Self::OtherEnvironment(env) => {
                write!(
                    f,
                    "belongs to the environment {env} of this stack: declare it there, or destroy it there first"
                )
            }
            Self::Protected(why) => write!(f, "would be deleted, but is protected ({why})"),
            Self::Holds { what, remade } => {
                f.write_str("would be deleted")?;
                remade.iter().try_for_each(|why| write!(f, " and made again ({why})"))?;
                write!(f, ", but {what}; move or remove them yourself, then run again")
            }
            Self::Replacement { why, at_stake } => {
                write!(f, "would be deleted and made again ({why})")?;
                at_stake.iter().try_for_each(|stake| write!(f, "; {stake}"))
            }
            Self::Impossible(why) => write!(f, "cannot be changed: {why}"),
            Self::Blocked(need) => {
                write!(f, "needs {need}, which is not there: apply {} first", need.env)
            }
            Self::StillNeeded(by) => write!(
                f,
                "would be deleted, but {by} is declared and needs it: take it out there too, or \
                 declare this again"
            ),
            Self::Held(hold) => write!(f, "is {hold}; --exclude leaves it out"),
            Self::Renamed { from, key } => write!(
                f,
                "looks like {} under another name, which nothing declares any more: if it is the \
                 same one, write `{}` here, and it stays; a new name would be a new, empty one",
                from.local(),
                key.as_ref().map_or(format!("name: {}", from.short_name()), |key| {
                    format!("previously: {key}")
                })
            ),
            Self::LooksLike(like) => write!(
                f,
                "is not there, but {} is, which carries no mark and looks like it: if that is the \
                 one, write `name: {}` here and take it in, or there will be two",
                like.local(),
                like.short_name()
            ),
            Self::NotThere => f.write_str("is not there, so there is nothing to take in"),
            Self::ObservedOnly => f.write_str(
                "is declared with `manage: observe`, so it is not even marked: write `manage: \
                 mark` to have it marked and nothing else",
            ),
            Self::LastMaintainer => f.write_str(
                "is the last who maintains the team: let somebody else maintain it first",
            ),
            Self::Ourselves => f.write_str(
                "is whoever applies this: let somebody else do it, who stays in the team",
            ),
            Self::Exact(leaving) => {
                let leaving: Vec<&str> = leaving.iter().map(String::as_str).collect();
                write!(
                    f,
                    "has members who are not declared, and `exact` would remove them: {}",
                    leaving.join(", ")
                )
            }
            Self::StillDeclared => f.write_str(
                "is still managed: write `manage: observe` there first, so that no apply touches \
                 it; once it is handed back, delete its lines",
            ),
        }
    }
}

impl Refusal {
    /// The words to say to go on all the same, where that is possible.
    pub fn words(&self) -> Option<String> {
        match &self.why {
            Refused::Protected(_) => Some(format!("--dangerous-delete {}", self.id)),
            Refused::Replacement { .. } => Some(format!("--dangerous-replace {}", self.id)),
            Refused::Held(hold) => Some(hold.release()),
            Refused::Renamed { .. } | Refused::LooksLike(_) => {
                Some(format!("--dangerous-create {}", self.id))
            }
            Refused::Exact(_) => Some(format!("--dangerous-exact {}", self.id)),
            _ => None,
        }
    }

    /// The command that takes in what stands in the way, where something can be taken in.
    pub fn adoption(&self) -> Option<String> {
        match &self.why {
            Refused::Foreign => Some(format!("leap-infra adopt {}", self.id)),
            Refused::LooksLike(like) => Some(format!("leap-infra adopt {like}")),
            _ => None,
        }
    }
}
