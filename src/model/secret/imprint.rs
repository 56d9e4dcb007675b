//! What an object remembers of a secret, and how it is told whether it still holds.

use super::{Reference, Value};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use std::str::FromStr;

/// How long a salt is: as long as the output of the hash, as RFC 2104 advises for keys.
pub const SALT_BYTES: usize = 32;

/// A digest of a value under a salt that no two objects share: equal values look different, and
/// no list of usual values fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    salt: [u8; SALT_BYTES],
    hmac: Vec<u8>,
}

impl Fingerprint {
    /// The fingerprint of a value under a fresh random salt.
    pub fn new(value: &Value, salt: [u8; SALT_BYTES]) -> Self {
        Self { salt, hmac: keyed(&salt, value).finalize().into_bytes().to_vec() }
    }

    /// Whether this is the fingerprint of a value; takes equally long whatever the answer.
    pub fn fits(&self, value: &Value) -> bool {
        keyed(&self.salt, value).verify_slice(&self.hmac).is_ok()
    }
}

fn keyed(salt: &[u8], value: &Value) -> Hmac<Sha256> {
    let mut mac = Hmac::new_from_slice(salt).expect("HMAC takes keys of any length");
    mac.update(value.expose());
    mac
}

/// What an object remembers of the secret that was put into it, as an annotation holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imprint {
    /// A version in Secret Manager.
    Google {
        /// The project of the secret.
        project: String,
        /// The name of the secret.
        name: String,
        /// The number of the version.
        version: u64,
    },
    /// The fingerprint of a value from anywhere else.
    Value(Fingerprint),
}

impl Imprint {
    /// Whether a value, or a version in Secret Manager, is the one that was put in.
    pub fn of_google(&self, reference: &Reference, newest: u64) -> Comparison {
        let same = matches!((self, reference),
            (Self::Google { project, name, version }, Reference::Google { project: p, name: n })
                if (project, name, *version) == (p, n, newest));
        if same { Comparison::Same } else { Comparison::Differs }
    }

    /// Whether a value is the one that was put in.
    pub fn of_value(&self, value: &Value) -> Comparison {
        match self {
            Self::Value(fingerprint) if fingerprint.fits(value) => Comparison::Same,
            _ => Comparison::Differs,
        }
    }
}

impl fmt::Display for Imprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Google { project, name, version } => {
                write!(f, "google:projects/{project}/secrets/{name}/versions/{version}")
            }
            Self::Value(Fingerprint { salt, hmac }) => {
                write!(f, "hmac-sha256:{}:{}", HEXLOWER.encode(salt), HEXLOWER.encode(hmac))
            }
        }
    }
}

/// A text that no release of this program wrote as an imprint.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an imprint of a secret")]
pub struct ImprintError;

impl FromStr for Imprint {
    type Err = ImprintError;

    fn from_str(text: &str) -> Result<Self, ImprintError> {
        let parts: Vec<&str> = text.split([':', '/']).collect();
        match parts[..] {
            ["google", "projects", project, "secrets", name, "versions", version] => {
                let version = version.parse().map_err(|_| ImprintError)?;
                Ok(Self::Google { project: project.to_owned(), name: name.to_owned(), version })
            }
            ["hmac-sha256", salt, hmac] => {
                let bytes = |text: &str| HEXLOWER.decode(text.as_bytes()).ok();
                let salt = bytes(salt).and_then(|salt| salt.try_into().ok());
                let (salt, hmac) = salt.zip(bytes(hmac)).ok_or(ImprintError)?;
                Ok(Self::Value(Fingerprint { salt, hmac }))
            }
            _ => Err(ImprintError),
        }
    }
}

/// Whether what an object holds is what the secret is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// It is.
    Same,
    /// It is not, or the object does not say.
    Differs,
    /// It cannot be told from here. That is never a change.
    NotCompared {
        /// Why, in words, without the value.
        why: String,
    },
}

impl Comparison {
    /// Whether the object is to be written again.
    pub fn is_change(&self) -> bool {
        *self == Self::Differs
    }

    /// What a plan says of it, if there is anything to say.
    pub fn remark(&self) -> Option<String> {
        match self {
            Self::Same => None,
            Self::Differs => Some("secret: changed".to_owned()),
            Self::NotCompared { why } => Some(format!("secret: not compared ({why})")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        Value::new(text.into())
    }

    #[test]
    fn an_object_knows_its_value_again_and_no_other() {
        let imprint = Imprint::Value(Fingerprint::new(&value("old"), [7; SALT_BYTES]));
        let read: Imprint = imprint.to_string().parse().unwrap();
        assert_eq!(read, imprint);
        assert_eq!(read.of_value(&value("old")), Comparison::Same);
        assert_eq!(read.of_value(&value("new")), Comparison::Differs);
    }

    #[test]
    fn the_same_value_looks_different_in_two_objects_and_is_in_neither() {
        let [one, other] =
            [1, 2].map(|salt| Imprint::Value(Fingerprint::new(&value("canary"), [salt; 32])));
        assert_ne!(one.to_string(), other.to_string());
        assert_eq!(value("canary").unless_in(&one.to_string()), one.to_string());
    }

    #[test]
    fn secrets_in_secret_manager_are_compared_by_their_numbers() {
        let at = |name: &str| Reference::Google { project: "p".into(), name: name.into() };
        let imprint: Imprint = "google:projects/p/secrets/s/versions/3".parse().unwrap();
        assert_eq!(imprint.of_google(&at("s"), 3), Comparison::Same);
        assert_eq!(imprint.of_google(&at("s"), 4), Comparison::Differs);
        assert_eq!(imprint.of_google(&at("t"), 3), Comparison::Differs);
        assert_eq!(imprint.of_value(&value("x")), Comparison::Differs);
    }

    #[test]
    fn what_could_not_be_compared_is_never_a_change() {
        let comparison = Comparison::NotCompared { why: "no values are read here".into() };
        assert!(!comparison.is_change());
        assert_eq!(comparison.remark().unwrap(), "secret: not compared (no values are read here)");
    }

    #[test]
    fn any_other_text_is_no_imprint() {
        for text in ["", "hmac-sha256:00:00", "google:projects/p/secrets/s/versions/x", "x:y"] {
            assert_eq!(text.parse::<Imprint>(), Err(ImprintError), "{text}");
        }
    }
}
