//! Whether an object does what it is there for, for the types of which that can be told.

use crate::providers::kubernetes::types::Type;
use serde_json::Value;

/// How far an object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Readiness {
    /// It does what it is there for.
    Ready,
    /// Not yet; how far it is.
    NotYet(String),
    /// It will not by itself; why.
    Failed(String),
}

/// Whether objects of a type are waited for.
pub(crate) fn is_waited_for(of: &Type) -> bool {
    let known = ["Deployment.apps", "StatefulSet.apps", "DaemonSet.apps"];
    let definition = "CustomResourceDefinition.apiextensions.k8s.io";
    let qualified = of.qualified();
    known.contains(&qualified.as_str()) || qualified == definition
}

/// How far an object is.
pub(super) fn readiness(of: &Type, live: &Value) -> Readiness {
    match of.kind.as_str() {
        "CustomResourceDefinition" => match condition(live, "Established") {
            Some(("True", _)) => Readiness::Ready,
            _ => Readiness::NotYet("it is not served yet".to_owned()),
        },
        "DaemonSet" => {
            let wanted = number(live, "desiredNumberScheduled");
            counted(live, "updatedNumberScheduled", "numberAvailable", wanted)
        }
        "StatefulSet" => counted(live, "updatedReplicas", "readyReplicas", replicas(live)),
        "Deployment" => match condition(live, "Progressing") {
            Some(("False", why)) => Readiness::Failed(why.to_owned()),
            _ => counted(live, "updatedReplicas", "availableReplicas", replicas(live)),
        },
        _ => Readiness::Ready,
    }
}

fn counted(live: &Value, updated: &str, available: &str, wanted: u64) -> Readiness {
    let seen = live["status"]["observedGeneration"].as_u64().unwrap_or_default();
    let (updated, available) = (number(live, updated), number(live, available));
    if seen < live["metadata"]["generation"].as_u64().unwrap_or_default() {
        return Readiness::NotYet("the change is not seen yet".to_owned());
    }
    match updated.min(available) >= wanted {
        true => Readiness::Ready,
        false => Readiness::NotYet(format!("{} of {wanted} ready", updated.min(available))),
    }
}

fn replicas(live: &Value) -> u64 {
    live["spec"]["replicas"].as_u64().unwrap_or(1)
}

fn number(live: &Value, field: &str) -> u64 {
    live["status"][field].as_u64().unwrap_or_default()
}

fn condition<'a>(live: &'a Value, name: &str) -> Option<(&'a str, &'a str)> {
    let mut all = live["status"]["conditions"].as_array()?.iter();
    let found = all.find(|it| it["type"] == name)?;
    Some((found["status"].as_str()?, found["message"].as_str().unwrap_or("it says no more")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_deployment_is_ready_when_all_of_the_new_ones_are() {
        let of = Type::new("apps/v1", "Deployment");
        let live = |generation: u64, updated: u64, available: u64| {
            json!({
                "metadata": { "generation": generation }, "spec": { "replicas": 2 },
                "status": {
                    "observedGeneration": 1, "updatedReplicas": updated,
                    "availableReplicas": available,
                },
            })
        };
        assert_eq!(readiness(&of, &live(1, 2, 2)), Readiness::Ready);
        let not_yet = |text: &str| Readiness::NotYet(text.to_owned());
        assert_eq!(readiness(&of, &live(1, 1, 2)), not_yet("1 of 2 ready"));
        assert_eq!(readiness(&of, &live(2, 2, 2)), not_yet("the change is not seen yet"));
    }

    #[test]
    fn a_deployment_that_gives_up_says_why() {
        let of = Type::new("apps/v1", "Deployment");
        let failed = json!({ "type": "Progressing", "status": "False", "message": "no image" });
        let live = json!({ "status": { "conditions": [failed] } });
        assert_eq!(readiness(&of, &live), Readiness::Failed("no image".to_owned()));
    }
}
