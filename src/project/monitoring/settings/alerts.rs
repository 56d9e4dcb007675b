//! What is written about alerts and where they go.

use schemars::JsonSchema;
use serde::Deserialize;

/// What is changed about an alert.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// From which number on, in the unit of the alert; the usual one when not said.
    #[serde(default)]
    pub limit: Option<f64>,
    /// How long it must have been so; as long as usual when not said.
    #[serde(default)]
    #[schemars(extend("format" = "time-span"))]
    pub lasting: Option<String>,
    /// Where it goes, by keys of `tell`; to all of them when not said.
    #[serde(default)]
    pub tell: Option<Vec<String>>,
    /// Whether nobody is told, and nothing looked for.
    #[serde(default)]
    pub off: bool,
}

/// Where alerts go: one of the three.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Receiver {
    /// A service of PagerDuty, as in `{ key: pager }`.
    Pagerduty(PagerDuty),
    /// A channel of Slack, as in `{ webhook: slack, channel: "#platform" }`.
    Slack(Slack),
    /// People, by mail.
    Mail(Mail),
}

/// A service of PagerDuty.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PagerDuty {
    /// The key of the secret with the integration key of the service.
    pub key: String,
}

/// A channel of Slack.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Slack {
    /// The key of the secret with the address of the webhook.
    pub webhook: String,
    /// The channel, as in `#platform`.
    pub channel: String,
}

/// People, by mail.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// To whom.
    #[schemars(extend("items" = { "type": "string", "format": "mail-address" }))]
    pub to: Vec<String>,
    /// From whom.
    #[schemars(extend("format" = "mail-address"))]
    pub from: String,
    /// The server that takes the mail, with its port, as in `smtp.example.org:587`.
    pub server: String,
    /// Who sends, as the server knows them.
    pub user: String,
    /// The key of the secret with their password.
    pub password: String,
}

impl Receiver {
    /// The setting that names the secret, below which setting, and the key of the secret.
    pub(in crate::project::monitoring) fn secret(&self) -> (&'static str, &'static str, &str) {
        match self {
            Self::Pagerduty(it) => ("pagerduty", "key", &it.key),
            Self::Slack(it) => ("slack", "webhook", &it.webhook),
            Self::Mail(it) => ("mail", "password", &it.password),
        }
    }
}
