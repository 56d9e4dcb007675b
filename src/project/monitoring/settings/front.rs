//! What is written about what lets people in.

use schemars::JsonSchema;
use serde::Deserialize;

/// What lets people in from outside: ingress-nginx.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ingress {
    /// The static address that it has, by its key in `addresses`; whichever Google gives it when not
    /// said.
    #[serde(default)]
    pub address: Option<String>,
    /// What hubs and others call it.
    #[serde(default = "nginx")]
    #[schemars(extend("format" = "namespace"))]
    pub class: String,
    /// How many of it there are.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 10))]
    pub replicas: u32,
}

/// Who has certificates signed: cert-manager with Let's Encrypt.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Certificates {
    /// Whom Let's Encrypt writes to when a certificate is about to end.
    #[schemars(extend("format" = "mail-address"))]
    pub mail: String,
    /// What hubs and others call it.
    #[serde(default = "production")]
    #[schemars(extend("format" = "namespace"))]
    pub issuer: String,
    /// Whether they are for trying out: no browser takes them, and one cannot ask for too many.
    #[serde(default)]
    pub trial: bool,
}

fn nginx() -> String {
    "nginx".to_owned()
}

fn production() -> String {
    "letsencrypt-prod".to_owned()
}

fn one() -> u32 {
    1
}
