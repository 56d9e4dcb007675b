//! A kubeconfig for one call: only its owner may read it, and it goes away with the call.

use crate::providers::helm::Access;
use data_encoding::BASE64;
use serde_json::{Map, Value, json};
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Only the owner reads and writes.
const PRIVATE: u32 = 0o600;

/// Writes how a cluster is reached into a folder.
pub(super) fn write(folder: &Path, access: &Access) -> io::Result<PathBuf> {
    let path = folder.join("kubeconfig");
    let options = OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(&path);
    options?.write_all(text(access).to_string().as_bytes())?;
    Ok(path)
}

/// <https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/>
fn text(access: &Access) -> Value {
    let (mut cluster, mut user) = (Map::new(), Map::new());
    if let Access::Direct { server, authority, token } = access {
        cluster.insert("server".to_owned(), server.as_str().into());
        if let Some(authority) = authority {
            let authority = BASE64.encode(authority);
            cluster.insert("certificate-authority-data".to_owned(), authority.into());
        }
        if let Some(token) = token {
            let token = String::from_utf8_lossy(token.expose()).into_owned();
            user.insert("token".to_owned(), token.into());
        }
    }
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{ "name": "it", "cluster": cluster }],
        "users": [{ "name": "us", "user": user }],
        "contexts": [{ "name": "here", "context": { "cluster": "it", "user": "us" } }],
        "current-context": "here",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secret;
    use std::os::unix::fs::PermissionsExt as _;
    use std::sync::Arc;

    #[test]
    fn nobody_else_may_read_how_the_cluster_is_reached() {
        let folder = tempfile::tempdir().unwrap();
        let token = Some(Arc::new(secret::Value::new(b"token".to_vec())));
        let server = "https://10.0.0.1".to_owned();
        let authority = Some(b"-----BEGIN CERTIFICATE-----".to_vec());
        let file = write(folder.path(), &Access::Direct { server, authority, token }).unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, PRIVATE);
        let text: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        assert_eq!(text["users"][0]["user"]["token"], "token");
        assert_eq!(text["clusters"][0]["cluster"]["server"], "https://10.0.0.1");
    }
}
