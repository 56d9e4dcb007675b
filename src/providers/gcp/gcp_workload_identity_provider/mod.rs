//! `gcp-workload-identity-provider`: who says who the outsiders of a pool are, and which of them
//! are let in.
//!
//! The name is `PROJECT/POOL/PROVIDER`. See `providers::gcp::federation`.

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Depth, Need, Observation, Owner, Scope};
use crate::providers::description;
use crate::providers::gcp::federation::{self, Federated};
use crate::providers::gcp::gcp_workload_identity_pool::Pool;
use crate::providers::gcp::identity::{IAM, unless_off};
use crate::providers::gcp::{Reader, Writer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The complete settings of a provider of OpenID Connect tokens.
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
    /// Who signs the tokens, `https://token.actions.githubusercontent.com`.
    pub issuer: String,
    /// For whom tokens must be made out; for the provider itself if empty.
    #[serde(default)]
    pub audiences: Vec<String>,
    /// What of a token becomes which attribute, `google.subject` from `assertion.sub`.
    pub attributes: BTreeMap<String, String>,
    /// Which tokens are let in, in the Common Expression Language; all if empty.
    #[serde(default)]
    pub condition: String,
}

/// The kind `gcp-workload-identity-provider`.
#[derive(Debug)]
pub enum Provider {}

impl Kind for Provider {
    const NAME: &'static str = "gcp-workload-identity-provider";
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    /// Looks into the pools that are ours, and those of wanted providers; into those that are
    /// nobody's only where everything is looked at.
    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        let mut observation = Observation::default();
        let parents: BTreeSet<&str> =
            scope.wanted.keys().filter_map(|name| Some(name.rsplit_once('/')?.0)).collect();
        let projects: BTreeSet<&str> = scope.places.iter().map(|it| it.project.as_str()).collect();
        for project in projects {
            let listed = federation::pools(reader, project).await;
            let listed = unless_off(listed, scope, project, IAM)?.unwrap_or_default();
            for live in listed.iter() {
                let pool = federation::found::<Pool>(live, scope.stack, project);
                let looked_into = match pool.owner {
                    Owner::Ours(_) => true,
                    Owner::Foreign => scope.depth == Depth::Whole,
                    Owner::OtherStack(_) => false,
                };
                if !pool.is_there() || !looked_into && !parents.contains(pool.name.as_str()) {
                    continue;
                }
                for live in federation::providers(reader, &pool.name).await? {
                    let found = federation::found::<Self>(&live, scope.stack, project);
                    let wanted = scope.wanted.contains_key(found.name.as_str());
                    if wanted || matches!(found.owner, Owner::Ours(_)) {
                        observation.found.push(found);
                    } else if found.owner == Owner::Foreign && found.is_there() {
                        observation.strangers.push(found);
                    }
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
        let pool = name.rsplit_once('/').map_or(name, |(pool, _)| pool);
        [Need::inside(Pool::NAME, pool)].into()
    }
}

impl Federated for Provider {
    const ID: &'static str = "workloadIdentityPoolProviderId";
    const FIELDS: &'static str =
        "displayName,description,disabled,attributeMapping,attributeCondition,oidc";

    fn read(live: &Value) -> (Spec, String) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mapping = live["attributeMapping"].as_object().into_iter().flatten();
        let audiences = live["oidc"]["allowedAudiences"].as_array().into_iter().flatten();
        let spec = Spec {
            display_name: text(&live["displayName"]),
            description: String::new(),
            disabled: live["disabled"].as_bool().unwrap_or_default(),
            issuer: text(&live["oidc"]["issuerUri"]),
            audiences: audiences.map(text).collect(),
            attributes: mapping.map(|(key, value)| (key.clone(), text(value))).collect(),
            condition: text(&live["attributeCondition"]),
        };
        (spec, text(&live["description"]))
    }

    fn described(spec: Spec, description: String) -> Spec {
        Spec { description, ..spec }
    }

    fn body(spec: &Spec, step: &StepContext) -> Value {
        let Spec { display_name, description, disabled, issuer, audiences, attributes, condition } =
            spec;
        json!({
            "displayName": display_name,
            "description": description::marked(description, &step.mark),
            "disabled": disabled,
            "attributeMapping": attributes,
            "attributeCondition": condition,
            "oidc": { "issuerUri": issuer, "allowedAudiences": audiences },
        })
    }
}
