//! `notification-channel`: an address of electronic mail that Google writes to, as of a budget.
//!
//! The name is `PROJECT/ADDRESS`: the server names a channel itself. How it is found and changed,
//! `monitoring/` says.

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Observation, Scope};
use crate::providers::gcp::monitoring::{self, Monitored};
use crate::providers::gcp::{Reader, Writer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The sort of channel that can be declared; others (Slack, telephones) hold secrets.
const EMAIL: &str = "email";

/// The complete settings of a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// What people see in lists.
    #[serde(default)]
    pub shown: String,
    /// Whether nothing is sent for now.
    #[serde(default)]
    pub disabled: bool,
    /// The labels that a person wrote; those of the mark are not among them.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

/// The kind `notification-channel`.
#[derive(Debug)]
pub enum Channel {}

/// The name of the channel of a project for an address.
pub fn channel_name(project: &str, address: &str) -> String {
    format!("{project}/{address}")
}

impl Kind for Channel {
    const NAME: &'static str = "notification-channel";
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        monitoring::observe::<Self>(reader, scope).await
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        monitoring::apply::<Self>(writer, step, change).await
    }
}

impl Monitored for Channel {
    const COLLECTION: &'static str = "notificationChannels";
    const THINGS: &'static str = "notification channels";

    fn is_one(live: &Value) -> bool {
        live["type"] == EMAIL && !address(live).is_empty()
    }

    fn name(project: &str, live: &Value) -> String {
        channel_name(project, address(live))
    }

    fn read(live: &Value) -> Spec {
        Spec {
            shown: live["displayName"].as_str().unwrap_or_default().to_owned(),
            // What is not said is on.
            disabled: live["enabled"] == Value::Bool(false),
            labels: monitoring::own_labels(live),
        }
    }

    fn write(name: &str, spec: &Spec, live: &Value) -> Value {
        let Spec { shown, disabled, labels: _ } = spec;
        let address = name.split_once('/').map_or(name, |(_, address)| address);
        let mut channel = if live.is_object() { live.clone() } else { json!({}) };
        channel["type"] = json!(EMAIL);
        channel["labels"]["email_address"] = json!(address);
        channel["displayName"] = json!(shown);
        channel["enabled"] = json!(!disabled);
        channel
    }

    fn labels(spec: &Spec) -> &BTreeMap<String, String> {
        &spec.labels
    }

    fn changed(before: &Spec, after: &Spec) -> Vec<&'static str> {
        let fields = [
            ("displayName", before.shown != after.shown),
            ("enabled", before.disabled != after.disabled),
        ];
        fields.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
    }
}

/// Where a channel writes to.
fn address(live: &Value) -> &str {
    live["labels"]["email_address"].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_read_back_and_the_address_is_the_name() {
        let labels = [("team".to_owned(), "hubs".to_owned())].into();
        let spec = Spec { shown: "The budget of leap".to_owned(), disabled: true, labels };
        let name = channel_name("leap-pangeo", "money@leap.example.org");
        let mut wire = Channel::write(&name, &spec, &Value::Null);
        wire["userLabels"] = json!({ "team": "hubs", "leap-infra-env": "shared" });
        assert!(Channel::is_one(&wire));
        assert_eq!(Channel::name("leap-pangeo", &wire), name);
        assert_eq!(Channel::read(&wire), spec);
    }

    #[test]
    fn a_channel_that_says_nothing_of_it_is_on_and_one_of_another_sort_is_left_alone() {
        let mail = json!({ "type": "email", "labels": { "email_address": "a@example.org" } });
        assert!(!Channel::read(&mail).disabled);
        assert!(!Channel::is_one(&json!({ "type": "slack", "labels": { "channel_name": "a" } })));
    }
}
