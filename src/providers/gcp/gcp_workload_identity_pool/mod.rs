//! `gcp-workload-identity-pool`: outsiders, such as CI jobs, that may act in a project without keys.
//!
//! The name is `PROJECT/POOL`. See `providers::gcp::federation`.

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Need, Observation, Owner, Scope};
use crate::providers::description;
use crate::providers::gcp::federation::{self, Federated};
use crate::providers::gcp::gcp_service::{Service, service_name};
use crate::providers::gcp::identity::{IAM, unless_off};
use crate::providers::gcp::{Reader, Writer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The complete settings of a pool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// What people see in lists; at most 32 characters.
    #[serde(default)]
    pub display_name: String,
    /// What it is for; at most 100 bytes, since the mark is kept beside it.
    #[serde(default)]
    pub description: String,
    /// Whether nobody gets in by it.
    #[serde(default)]
    pub disabled: bool,
}

/// The kind `gcp-workload-identity-pool`.
#[derive(Debug)]
pub enum Pool {}

/// The name of a pool of a project.
pub fn pool_name(project: &str, pool: &str) -> String {
    format!("{project}/{pool}")
}

impl Kind for Pool {
    const NAME: &'static str = "gcp-workload-identity-pool";
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        let mut observation = Observation::default();
        let projects: BTreeSet<&str> = scope.places.iter().map(|it| it.project.as_str()).collect();
        for project in projects {
            let listed = federation::pools(reader, project).await;
            let listed = unless_off(listed, scope, project, IAM)?.unwrap_or_default();
            for live in listed.iter() {
                let found = federation::found::<Self>(live, scope.stack, project);
                let wanted = scope.wanted.contains_key(found.name.as_str());
                if wanted || matches!(found.owner, Owner::Ours(_)) {
                    observation.found.push(found);
                } else if found.owner == Owner::Foreign && found.is_there() {
                    observation.strangers.push(found);
                }
            }
        }
        Ok(observation)
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        federation::apply::<Self>(writer, step, change).await
    }

    fn needs(name: &str, _spec: &Spec) -> BTreeSet<Need> {
        let project = name.split('/').next().unwrap_or_default();
        [Need::refers(Service::NAME, service_name(project, IAM))].into()
    }
}

impl Federated for Pool {
    const ID: &'static str = "workloadIdentityPoolId";
    const FIELDS: &'static str = "displayName,description,disabled";

    fn read(live: &Value) -> (Spec, String) {
        let text = |key: &str| live[key].as_str().unwrap_or_default().to_owned();
        let disabled = live["disabled"].as_bool().unwrap_or_default();
        let spec = Spec { display_name: text("displayName"), description: String::new(), disabled };
        (spec, text("description"))
    }

    fn described(spec: Spec, description: String) -> Spec {
        Spec { description, ..spec }
    }

    fn body(spec: &Spec, step: &StepContext) -> Value {
        let Spec { display_name, description, disabled } = spec;
        let description = description::marked(description, &step.mark);
        json!({ "displayName": display_name, "description": description, "disabled": disabled })
    }
}
