//! The types of what is written about logging in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How people log in; say exactly one.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Login {
    /// With GitHub. Who may log in, and what they may start, is what `access` gives.
    Github(GitHub),
    /// With the account of a university, through CILogon. Everybody who may log in may start
    /// everything.
    Cilogon(CiLogon),
    /// With any name, for trying things out. Everybody may start everything.
    Dummy(Dummy),
}

/// Logging in with GitHub.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GitHub {
    /// The id of the OAuth application. It is no secret.
    pub client_id: String,
    /// Its secret, by the key in `secrets`.
    pub client_secret: String,
    /// How often the teams of a person who works are read again.
    #[serde(default = "hour")]
    #[schemars(extend("format" = "time-span"))]
    pub refresh: String,
    /// For how long what was read last still holds when GitHub does not answer.
    #[serde(default = "three_days")]
    #[schemars(extend("format" = "time-span"))]
    pub stale_after: String,
    /// Where GitHub is, for an Enterprise Server.
    #[serde(default)]
    pub url: Option<String>,
}

/// Logging in with the account of a university.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CiLogon {
    /// The id of the client.
    pub client_id: String,
    /// Its secret, by the key in `secrets`.
    pub client_secret: String,
    /// Who may log in: the address of an identity provider, and the domain that its people have,
    /// as in `{ "https://idp.columbia.edu/idp/shibboleth": columbia.edu }`.
    pub providers: std::collections::BTreeMap<String, String>,
}

/// Logging in with any name.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dummy {
    /// The password of everybody, by the key in `secrets`.
    pub password: String,
}

impl Login {
    /// The secret that logging in needs, by its key, and what the hub calls it.
    pub fn secret(&self) -> (&str, &'static str) {
        match self {
            Self::Github(it) => (&it.client_secret, "OAUTH_CLIENT_SECRET"),
            Self::Cilogon(it) => (&it.client_secret, "OAUTH_CLIENT_SECRET"),
            Self::Dummy(it) => (&it.password, "DUMMY_PASSWORD"),
        }
    }
}

fn hour() -> String {
    "1 hour".to_owned()
}

fn three_days() -> String {
    "3 days".to_owned()
}
