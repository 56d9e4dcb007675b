//! Keeps what must not lie in the journal in clear: sealed with a key that lies beside it, in a
//! file of its own that only its owner may read.
//!
//! Whoever has the whole folder can open it. It is there so that a journal that is copied, shown
//! or searched gives nothing away, not to guard real secrets.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use data_encoding::BASE64;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};

use super::StoreError;
use super::refusal::{Code, Refusal};

/// The bytes of a key.
const KEY_LEN: usize = 32;

/// Seals and opens; clones share the key.
#[derive(Clone)]
pub struct Vault {
    key: Arc<LessSafeKey>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// The vault of the sandbox in a folder; without one its key dies with this process.
    pub(super) fn open(folder: Option<&Path>) -> Result<Self, StoreError> {
        let key = match folder {
            None => random(),
            Some(folder) => in_file(folder)
                .map_err(|source| StoreError::Files { path: folder.to_owned(), source })?,
        };
        let key = UnboundKey::new(&CHACHA20_POLY1305, &key).expect("a key of this cipher's length");
        Ok(Self { key: Arc::new(LessSafeKey::new(key)) })
    }

    /// Seals some bytes for a place; they open nowhere else.
    pub(super) fn seal(&self, place: &str, bytes: &[u8]) -> Result<String, Refusal> {
        let nonce: [u8; NONCE_LEN] = random();
        let mut sealed = bytes.to_vec();
        let key = Nonce::assume_unique_for_key(nonce);
        self.key
            .seal_in_place_append_tag(key, Aad::from(place.as_bytes()), &mut sealed)
            .map_err(|_| broken())?;
        Ok(BASE64.encode(&[&nonce[..], &sealed].concat()))
    }

    /// Opens what was sealed for a place.
    pub(super) fn opened(&self, place: &str, sealed: &str) -> Result<Vec<u8>, Refusal> {
        let bytes = BASE64.decode(sealed.as_bytes()).map_err(|_| broken())?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN).ok_or_else(broken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken())?;
        let mut sealed = sealed.to_vec();
        let aad = Aad::from(place.as_bytes());
        let plain = self.key.open_in_place(nonce, aad, &mut sealed).map_err(|_| broken())?;
        Ok(plain.to_vec())
    }
}

fn broken() -> Refusal {
    let message = "the sandbox cannot open what it sealed: its file `key` is not the one of then";
    Refusal { code: Code::Internal, ..Refusal::unimplemented(message) }
}

pub(super) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the system has random bytes");
    bytes
}

/// The key in the file of a folder; made by whichever process comes first.
fn in_file(folder: &Path) -> io::Result<[u8; KEY_LEN]> {
    let path = folder.join("key");
    if let Some(key) = read(&path)? {
        return Ok(key);
    }
    let draft = folder.join(format!("key.{}", BASE64.encode(&random::<6>()).replace('/', "-")));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(&random::<KEY_LEN>())?;
    // Fails if another process was faster; then its key counts.
    let linked = fs::hard_link(&draft, &path);
    fs::remove_file(&draft)?;
    match read(&path)? {
        Some(key) => Ok(key),
        None => Err(linked.err().unwrap_or_else(|| io::ErrorKind::NotFound.into())),
    }
}

fn read(path: &Path) -> io::Result<Option<[u8; KEY_LEN]>> {
    match fs::read(path) {
        Ok(bytes) => match bytes.try_into() {
            Ok(key) => Ok(Some(key)),
            Err(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "`key` is no key")),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_place_and_with_the_key_of_its_folder_only() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Vault::open(Some(folder.path())).unwrap();
        let sealed = open().seal("a", b"canary").unwrap();
        assert_eq!(open().opened("a", &sealed).unwrap(), b"canary");
        assert!(open().opened("b", &sealed).is_err());
        assert!(Vault::open(None).unwrap().opened("a", &sealed).is_err());
        assert_ne!(open().seal("a", b"canary").unwrap(), sealed);
    }

    #[test]
    fn only_its_owner_may_read_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        Vault::open(Some(folder.path())).unwrap();
        let mode = fs::metadata(folder.path().join("key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
