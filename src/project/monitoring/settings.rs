//! The types of what is written about what watches a cluster. `settings/` has those of alerts, and of
//! what lets people in.

mod alerts;
mod front;

pub use alerts::{Alert, Mail, PagerDuty, Receiver, Slack};
pub use front::{Certificates, Ingress};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What watches a cluster. Every part that is written is made, and no other: `{ prometheus: {} }` is
/// Prometheus with its usual settings and all alerts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Monitoring {
    /// The environments that have it, as in `[shared]`; `shared` (else the first) when not said.
    #[serde(default, rename = "in")]
    pub environments: Option<Vec<String>>,
    /// The cluster, by its key; the only one that is declared when not said.
    #[serde(default)]
    pub cluster: Option<String>,
    /// The namespace that all of it is in.
    #[serde(default = "support")]
    #[schemars(extend("format" = "namespace"))]
    pub namespace: String,
    /// The pool that it runs on, by its key; the first with the role `core` when not said.
    #[serde(default)]
    pub on: Option<String>,
    /// What measures, keeps what it measured, and finds what is wrong.
    #[serde(default)]
    pub prometheus: Option<Prometheus>,
    /// Where people look at what was measured.
    #[serde(default)]
    pub grafana: Option<Grafana>,
    /// Where alerts go, by a short key: each of them hears of every alert that does not say otherwise.
    #[serde(default)]
    pub tell: BTreeMap<String, Receiver>,
    /// What is changed about an alert, by its name, as in `hub-slow: { limit: 120 }`. What is not
    /// written is as usual.
    #[serde(default)]
    pub alerts: BTreeMap<String, Alert>,
    /// What lets people in from outside: ingress-nginx.
    #[serde(default)]
    pub ingress: Option<Ingress>,
    /// Who has certificates signed: cert-manager with Let's Encrypt.
    #[serde(default)]
    pub certificates: Option<Certificates>,
    /// Whether programs that mine are ended wherever they run: cryptnono.
    #[serde(default)]
    pub mining_guard: bool,
    /// Whether hubs tell who is in which team, so that use can be told by category:
    /// jupyterhub-groups-exporter.
    #[serde(default)]
    pub usage_by_category: bool,
    /// The versions of the charts, as in `{ grafana: 9.2.10 }`; those that this program was made with
    /// when not said.
    #[serde(default)]
    pub charts: BTreeMap<String, String>,
    /// Values of the charts that nothing here stands for, by the name of the chart: laid over all
    /// others, last.
    #[serde(default)]
    pub values: BTreeMap<String, Map<String, Value>>,
}

/// What measures: Prometheus.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Prometheus {
    /// How large its disk is. It only grows.
    #[serde(default = "hundred_gigabytes")]
    #[schemars(extend("format" = "disk-size"))]
    pub disk: String,
    /// How much memory is set aside for it, which is also the most that it may use.
    #[serde(default = "four_gigabytes")]
    #[schemars(extend("format" = "volume"))]
    pub memory: String,
    /// The most CPUs that it may use, a fifth of which is set aside for it.
    #[serde(default = "two")]
    #[schemars(range(min = 0.1, max = 64))]
    pub cpu: f64,
    /// How long it keeps what it measured.
    #[serde(default = "year")]
    #[schemars(extend("format" = "time-span"))]
    pub retention: String,
    /// How often it measures.
    #[serde(default = "minute")]
    #[schemars(extend("format" = "time-span"))]
    pub every: String,
    /// Where it can be asked from outside; nowhere when not said.
    #[serde(default)]
    #[schemars(extend("format" = "hub-domain"))]
    pub domain: Option<String>,
    /// The key of the secret with who may ask it from outside, lines as `htpasswd` writes them.
    #[serde(default)]
    pub readers: Option<String>,
}

/// Where people look at what was measured: Grafana.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grafana {
    /// Where it is found, as in `grafana.leap.example.org`.
    #[schemars(extend("format" = "hub-domain"))]
    pub domain: String,
    /// The key of the secret with the password of its administrator, `admin`.
    pub admin_password: String,
    /// How people log in; only its administrator does when not said.
    #[serde(default)]
    pub login_with: Option<GrafanaLogin>,
    /// The categories, by their keys in `access`, that may look.
    #[serde(default)]
    pub viewers: Vec<String>,
    /// The categories that may change dashboards as well.
    #[serde(default)]
    pub editors: Vec<String>,
    /// The categories that may do everything.
    #[serde(default)]
    pub admins: Vec<String>,
    /// How large the disk of its dashboards is. It only grows.
    #[serde(default = "ten_gigabytes")]
    #[schemars(extend("format" = "disk-size"))]
    pub disk: String,
}

/// How people log in to Grafana.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum GrafanaLogin {
    /// With GitHub, by an application of the organization.
    Github {
        /// The public id of the application, as in `Ov23li…`.
        client_id: String,
        /// The key of the secret that goes with it.
        client_secret: String,
    },
}

fn support() -> String {
    "support".to_owned()
}

fn hundred_gigabytes() -> String {
    "100 GB".to_owned()
}

fn ten_gigabytes() -> String {
    "10 GB".to_owned()
}

fn four_gigabytes() -> String {
    "4 GB".to_owned()
}

fn two() -> f64 {
    2.0
}

fn year() -> String {
    "366 days".to_owned()
}

fn minute() -> String {
    "1 minute".to_owned()
}
