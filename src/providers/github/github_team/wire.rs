//! A team as GitHub has it, and as we do. Pure.

use crate::kind::Kind as _;
use crate::model::{Mark, Owner};
use crate::providers::description;
use crate::providers::github::github_team::{Members, Notifications, Privacy, Spec, Team};
use crate::providers::github::live::Team as Live;
use serde_json::{Value, json};

/// The settings of a team, and whose it is.
pub(crate) fn read(team: &Live, stack: &str, name: &str) -> (Spec, Owner) {
    let text = team.description.as_deref().unwrap_or_default();
    let (description, owner) = description::read(stack, Team::NAME, name, text);
    let spec = Spec {
        name: team.name.clone(),
        description,
        privacy: match team.privacy.as_deref() {
            Some("secret") => Privacy::Secret,
            _ => Privacy::Closed,
        },
        notifications: match team.notification_setting.as_deref() {
            Some("notifications_disabled") => Notifications::Disabled,
            _ => Notifications::Enabled,
        },
        parent: team.parent.as_ref().map(|parent| parent.slug.clone()),
        members: match &owner {
            Owner::Ours(_) => members(text),
            Owner::Foreign | Owner::OtherStack(_) => Members::Unmanaged,
        },
    };
    (spec, owner)
}

/// Whether a team carries the mark of the team that is declared as `name`.
pub(crate) fn is_marked(team: &Live, stack: &str, name: &str) -> bool {
    let text = team.description.as_deref().unwrap_or_default();
    matches!(description::read(stack, Team::NAME, name, text).1, Owner::Ours(_))
}

/// The description with a mark, and whose the people are.
pub(super) fn marked(spec: &Spec, mark: &Mark) -> String {
    let word = match spec.members {
        Members::Unmanaged => None,
        Members::AtLeast => Some("at-least"),
        Members::Exact => Some("exact"),
    };
    description::marked_with(&spec.description, mark, word)
}

fn members(description: &str) -> Members {
    match description::word(description) {
        Some("at-least") => Members::AtLeast,
        Some("exact") => Members::Exact,
        _ => Members::Unmanaged,
    }
}

/// What is sent to make or change a team.
pub(super) fn body(spec: &Spec, description: String, parent: Option<u64>) -> Value {
    json!({
        "name": spec.name,
        "description": description,
        "privacy": match spec.privacy {
            Privacy::Closed => "closed",
            Privacy::Secret => "secret",
        },
        "notification_setting": match spec.notifications {
            Notifications::Enabled => "notifications_enabled",
            Notifications::Disabled => "notifications_disabled",
        },
        "parent_team_id": parent,
    })
}
