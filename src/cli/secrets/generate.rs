//! Random bytes, and secrets made of them.

use crate::model::secret::Value;
use data_encoding::{BASE64, HEXLOWER};
use ring::rand::{SecureRandom, SystemRandom};

/// How a generated secret is written.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Two hexadecimal digits for each byte
    Hex,
    /// Base64 with padding
    Base64,
    /// Letters and digits, one for each byte asked for
    Alphanumeric,
}

const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// As many random bytes as the caller has room for.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the system has random bytes");
    bytes
}

/// A new secret of so many random bytes (letters, for [`Form::Alphanumeric`]).
pub fn generate(length: u16, form: Form) -> Value {
    let mut next = std::iter::repeat_with(random::<64>).flatten();
    let mut bytes = |count: u16| next.by_ref().take(count.into()).collect::<Vec<u8>>();
    Value::new(match form {
        Form::Hex => HEXLOWER.encode(&bytes(length)).into_bytes(),
        Form::Base64 => BASE64.encode(&bytes(length)).into_bytes(),
        Form::Alphanumeric => {
            // 248 is the largest multiple of 62 in a byte: what lies above would favour some.
            let fair = next.filter(|byte| *byte < 248);
            fair.take(length.into()).map(|byte| LETTERS[usize::from(byte) % 62]).collect()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_secret_has_the_length_and_the_signs_that_were_asked_for() {
        let [hex, base64, letters] = [Form::Hex, Form::Base64, Form::Alphanumeric]
            .map(|form| String::from_utf8(generate(32, form).expose().to_vec()).unwrap());
        assert_eq!((hex.len(), base64.len(), letters.len()), (64, 44, 32));
        assert!(hex.chars().all(|c| c.is_ascii_hexdigit()));
        assert!(letters.chars().all(|c| c.is_ascii_alphanumeric()));
        assert_ne!(generate(32, Form::Hex).expose(), generate(32, Form::Hex).expose());
    }
}
