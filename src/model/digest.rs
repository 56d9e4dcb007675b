//! Short digests that fit into a label value.

use data_encoding::{Encoding, Specification};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// How many base32 characters of a SHA-256 digest are kept: 26 x 5 = 130 bits.
const DIGEST_CHARACTERS: usize = 26;

/// RFC 4648 base32 in lower case and without padding, as label values need it.
static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    specification.encoding().expect("32 distinct symbols are a valid encoding")
});

/// The first 130 bits of the SHA-256 of `bytes`, as 26 lower-case base32 characters.
pub fn base32_digest(bytes: &[u8]) -> String {
    let mut text = BASE32.encode(&Sha256::digest(bytes));
    text.truncate(DIGEST_CHARACTERS);
    text
}

/// The digest of a spec with default-valued fields left out, so that a release which adds a
/// field with a default changes no digest: `<schema version>-<26 base32 characters>`.
pub fn spec_digest(version: u32, spec: &Value, defaults: &Map<String, Value>) -> String {
    let Value::Object(fields) = spec else { return digest_of(version, spec) };
    let told = |(name, value): &(&String, &Value)| defaults.get(*name) != Some(*value);
    let told: Map<String, Value> =
        fields.iter().filter(told).map(|(name, value)| (name.clone(), value.clone())).collect();
    digest_of(version, &Value::Object(told))
}

fn digest_of(version: u32, value: &Value) -> String {
    format!("{version}-{}", base32_digest(value.to_string().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_new_field_at_its_default_changes_no_digest() {
        let defaults = json!({ "versioning": false }).as_object().cloned().unwrap();
        let before = json!({ "location": "US" });
        let after = json!({ "location": "US", "versioning": false });
        assert_eq!(spec_digest(1, &before, &defaults), spec_digest(1, &after, &defaults));
    }

    #[test]
    fn a_digest_fits_a_label_value() {
        let digest = spec_digest(1, &json!({ "location": "US" }), &Map::new());
        assert_eq!(digest.len(), 28);
        assert!(digest.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
    }
}
