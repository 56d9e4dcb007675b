//! An App of GitHub: proves who it is with its key, for a token of one of its installations. Opens no
//! connection itself.
//!
//! <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app>

use crate::model::secret::Value;
use crate::providers::github::client::Token;
use data_encoding::{BASE64, BASE64URL_NOPAD};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::json;
use std::fmt;
use std::time::Duration;

/// How far the clocks may be apart, and how long a proof holds: less than the ten minutes that
/// GitHub allows.
const BEFORE: Duration = Duration::from_secs(60);
const AFTER: Duration = Duration::from_secs(9 * 60);

/// An App that is installed in an organization.
#[derive(Clone)]
pub struct App {
    /// Its number, or its client id.
    pub id: String,
    /// The number of its installation.
    pub installation: u64,
    /// Its private key, in PEM.
    pub key: Token,
    /// Tells the time, counted from 1970.
    pub clock: fn() -> Duration,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, installation, key: _, clock: _ } = self;
        write!(f, "App({id}, installation {installation})")
    }
}

impl App {
    /// A proof that we are the App, which holds for some minutes.
    ///
    /// # Errors
    /// In words, when the key is none.
    pub(crate) fn proof(&self) -> Result<Value, String> {
        let key =
            pair(self.key.expose()).ok_or("the private key of the App is no RSA key in PEM")?;
        let now = (self.clock)();
        let claims = json!({
            "iat": now.saturating_sub(BEFORE).as_secs(),
            "exp": (now + AFTER).as_secs(),
            "iss": self.id,
        });
        let part = |text: String| BASE64URL_NOPAD.encode(text.as_bytes());
        let head = part(json!({ "alg": "RS256", "typ": "JWT" }).to_string());
        let signed = format!("{head}.{}", part(claims.to_string()));
        let mut signature = vec![0; key.public().modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| "the private key of the App signs nothing")?;
        let proof = format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature));
        Ok(Value::new(proof.into_bytes()))
    }
}

/// A key as GitHub gives it out (PKCS #1), or as other programs write it again (PKCS #8).
fn pair(pem: &[u8]) -> Option<RsaKeyPair> {
    let text = std::str::from_utf8(pem).ok()?;
    let lines = || text.lines().map(str::trim);
    let body: String = lines().filter(|line| !line.starts_with("-----")).collect();
    let der = BASE64.decode(body.as_bytes()).ok()?;
    let is_bare = lines().any(|line| line == "-----BEGIN RSA PRIVATE KEY-----");
    if is_bare { RsaKeyPair::from_der(&der) } else { RsaKeyPair::from_pkcs8(&der) }.ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn what_is_no_key_is_told_without_being_shown() {
        for key in ["", "canary", "-----BEGIN KEY-----\nY2FuYXJ5\n-----END KEY-----"] {
            let key = Arc::new(Value::new(key.as_bytes().to_vec()));
            let app = App { id: "1".into(), installation: 2, key, clock: || Duration::ZERO };
            let why = app.proof().unwrap_err();
            assert_eq!(why, "the private key of the App is no RSA key in PEM");
            assert_eq!(format!("{app:?}"), "App(1, installation 2)");
        }
    }
}
