//! What the clouds say to a plan before its first change: all that they would refuse, at once.
//!
//! Nothing is changed by asking, though it takes the rights of whoever changes things. Most clouds
//! cannot be asked; see [`crate::kind::Kind::rehearse`].

use crate::apply::step::{Surroundings, change, context, retry};
use crate::apply::{Event, Options};
use crate::kind::{Actors, ProviderError, Rehearsed};
use crate::model::{ResourceId, Source};
use crate::plan::{Action, Plan, Step};
use futures::stream::{self, StreamExt as _};
use std::fmt;
use std::sync::Arc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// A step that would not be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// The resource.
    pub id: ResourceId,
    /// The line that declares it.
    pub source: Option<Source>,
    /// What its cloud says.
    pub error: ProviderError,
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(source) = &self.source {
            write!(f, "{source}: ")?;
        }
        write!(f, "{}: {}", self.id, self.error)
    }
}

/// What clouds say to a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rehearsal {
    /// How many steps would be carried out, as far as their clouds can tell.
    pub accepted: usize,
    /// What would be refused.
    pub objections: Vec<Objection>,
    /// What cannot be asked yet, and why not.
    pub too_soon: Vec<(ResourceId, String)>,
}

impl Rehearsal {
    fn add(&mut self, step: &Step, outcome: Result<Rehearsed, ProviderError>) {
        let error = match outcome {
            Ok(Rehearsed::Unasked) => return,
            Ok(Rehearsed::Accepted) => return self.accepted += 1,
            Ok(Rehearsed::TooSoon { why }) if !step.waits_for.is_empty() => {
                return self.too_soon.push((step.id.clone(), why));
            }
            // Nothing in this plan makes what is missing.
            Ok(Rehearsed::TooSoon { why }) => ProviderError::Refused { what: step.id.local(), why },
            Err(error) => error,
        };
        let (id, source) = (step.id.clone(), step.source.clone());
        self.objections.push(Objection { id, source, error });
    }
}

/// Asks about every step of a plan, as many at a time as would be carried out.
pub async fn rehearse(
    plan: &Plan,
    actors: &Actors,
    options: &Options,
    emit: Arc<dyn Fn(Event) + Send + Sync>,
) -> Rehearsal {
    let surroundings = &Surroundings {
        stack: plan.stack.clone(),
        actors: actors.clone(),
        options: options.clone(),
        cancel: CancellationToken::new(),
        emit,
    };
    let one = |step| async move { (step, ask(surroundings, plan, step).await) };
    let asked = stream::iter(&plan.steps).map(one).buffered(options.parallelism.altogether);
    let mut rehearsal = Rehearsal::default();
    for (step, outcome) in asked.collect::<Vec<_>>().await {
        rehearsal.add(step, outcome);
    }
    rehearsal
}

async fn ask(
    surroundings: &Surroundings,
    plan: &Plan,
    step: &Step,
) -> Result<Rehearsed, ProviderError> {
    // What has to go first would only be in the way.
    if needs_room(plan, step) {
        return Ok(Rehearsed::Unasked);
    }
    // No lease is needed for what changes nothing.
    let context = context(surroundings, step, Arc::new(Instant::now));
    let change = change(step)?;
    let attempt = || surroundings.actors.rehearse(&context, change.clone());
    retry(surroundings, step).run(&step.id.to_string(), Some(context.deadline), attempt).await
}

/// Whether what a step makes is made anew, or in the place of something that goes first.
fn needs_room(plan: &Plan, step: &Step) -> bool {
    let goes = |at: &usize| {
        plan.steps
            .get(*at)
            .is_some_and(|first| first.action == Action::Delete && first.id.kind == step.id.kind)
    };
    step.replaces.is_some() || step.waits_for.iter().any(goes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objection_names_the_line_that_declares_the_thing() {
        let objection = Objection {
            id: ResourceId::new("prod", "kubernetes-object", "lab/hubs/ConfigMap/motd"),
            source: Some(Source { file: "stack.yaml".into(), line: 7, column: 5 }),
            error: ProviderError::Refused { what: "applying it".into(), why: "too long".into() },
        };
        assert_eq!(
            objection.to_string(),
            "stack.yaml:7: prod:kubernetes-object/lab/hubs/ConfigMap/motd: applying it was refused: \
             too long"
        );
    }
}
