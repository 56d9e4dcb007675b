//! What a plan that goes back to an earlier declaration cannot bring back.

use crate::model::ResourceId;
use crate::plan::{Action, Plan, Refused};
use std::collections::BTreeSet;
use std::fmt;

/// Something that stays as it is now, or as good as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stays {
    /// The resource.
    pub id: ResourceId,
    /// Why.
    pub why: String,
}

impl fmt::Display for Stays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, why } = self;
        write!(f, "{id} {why}")
    }
}

/// What does not come back, in the order of addresses. `deleted` are the resources that were
/// deleted since the declaration that the plan goes back to.
pub fn stays(plan: &Plan, deleted: &BTreeSet<ResourceId>) -> Vec<Stays> {
    let made = plan.steps.iter().filter(|step| step.action == Action::Create);
    let emptied = made.filter_map(|step| {
        let why = match (&step.replaces, deleted.contains(&step.id)) {
            (Some(_), _) => "is deleted and made again: what is in it now is lost",
            (None, true) => "was deleted since and is made again: what was in it then is gone",
            (None, false) => return None,
        };
        Some(Stays { id: step.id.clone(), why: why.to_owned() })
    });
    let refused = plan.refusals.iter().map(|refusal| {
        let why = match &refusal.why {
            Refused::Impossible(why) => format!("cannot go back: {why}"),
            Refused::Replacement { why, .. } => {
                format!("goes back only if it is deleted and made again ({why})")
            }
            Refused::Protected(_) | Refused::Holds { remade: None, .. } => {
                "was made since and stays".to_owned()
            }
            Refused::Holds { remade: Some(why), .. } => {
                format!("goes back only once it is empty ({why})")
            }
            Refused::Held(hold) => format!("stays as it is: {hold}"),
            other => format!("stays as it is: it {other}"),
        };
        Stays { id: refusal.id.clone(), why }
    });
    let mut all: Vec<Stays> = emptied.chain(refused).collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}
