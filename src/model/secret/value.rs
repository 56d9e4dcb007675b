//! A value that cannot be shown.

use data_encoding::{BASE64, BASE64URL, HEXLOWER};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use secrecy::{ExposeSecret, SecretSlice};
use std::fmt;

/// The value of a secret. It is wiped when it is dropped, and cannot be printed, compared,
/// cloned or serialised.
pub struct Value(SecretSlice<u8>);

impl Value {
    /// Takes these bytes in.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }

    /// The bytes, for whoever puts them where they belong.
    pub fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }

    /// What somebody else said, if it does not hold the value in any usual writing. Servers and
    /// programs may repeat what they were sent.
    pub fn unless_in(&self, said: &str) -> String {
        if self.is_in(said) {
            "(not shown: what was said holds the secret)".to_owned()
        } else {
            said.to_owned()
        }
    }

    fn is_in(&self, text: &str) -> bool {
        let bytes = self.expose();
        if bytes.is_empty() {
            return false;
        }
        let plain = String::from_utf8_lossy(bytes);
        let quoted = serde_json::Value::from(&*plain).to_string();
        let writings = [
            plain.trim_end().to_owned(),
            plain.escape_debug().to_string(),
            quoted.trim_matches('"').to_owned(),
            BASE64.encode(bytes).trim_end_matches('=').to_owned(),
            BASE64URL.encode(bytes).trim_end_matches('=').to_owned(),
            percent_encode(bytes, NON_ALPHANUMERIC).to_string(),
        ];
        let hex = HEXLOWER.encode(bytes);
        writings.iter().any(|writing| text.contains(writing.as_str()))
            || text.to_lowercase().contains(&hex)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value(not shown)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "canary \"7f3a\"/é";

    #[test]
    fn a_value_is_not_printed_even_by_a_panic() {
        let value = Value::new(CANARY.into());
        let panic = std::panic::catch_unwind(|| panic!("{value:?}")).unwrap_err();
        let said = panic.downcast_ref::<String>().unwrap();
        assert_eq!(said, "Value(not shown)");
    }

    #[test]
    fn what_others_say_is_hidden_when_it_repeats_the_value_in_any_writing() {
        let value = Value::new(CANARY.into());
        let bytes = CANARY.as_bytes();
        let said = [
            format!("bad value {CANARY}"),
            format!("bad value {CANARY:?}"),
            serde_json::json!({ "value": CANARY }).to_string(),
            format!("data={}", BASE64.encode(bytes)),
            HEXLOWER.encode(bytes).to_uppercase(),
            percent_encode(bytes, NON_ALPHANUMERIC).to_string(),
        ];
        for said in said {
            let shown = value.unless_in(&said);
            assert!(shown.contains("not shown"), "{said}: {shown}");
        }
        assert_eq!(value.unless_in("quota exceeded"), "quota exceeded");
    }
}
