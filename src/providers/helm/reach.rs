//! How the program reaches a cluster, and the Secrets of one release as they are now.

use super::release::selector;
use super::{Access, Writer};
use crate::kind::ProviderError;
use crate::model::secret;
use crate::providers::failed::Purpose;
use crate::providers::kubernetes::client::{Call, Reached};
use crate::providers::kubernetes::cluster::Cluster;
use crate::providers::kubernetes::types::part;
use http::HeaderValue;
use http::header::AUTHORIZATION;
use serde_json::Value;
use std::sync::Arc;

impl Writer {
    /// How a cluster is reached, for a run of the program that does `what`.
    ///
    /// # Errors
    /// When the cluster is not there, or nobody says who we are.
    pub(super) async fn access(
        &self,
        cluster: &Cluster,
        what: &str,
    ) -> Result<Access, ProviderError> {
        let call = Call { purpose: Purpose::Write, ..Call::get(what, "") };
        let connection = &self.kubernetes.connection;
        match connection.reached(cluster, &call).await? {
            Reached::Context(name) => Ok(Access::Context(name)),
            Reached::Address { server, authority } => {
                let headers = connection.authorization(cluster, &call).await?;
                let token = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
                let token = token.and_then(|all| all.strip_prefix(b"Bearer "));
                let token = token.map(|token| Arc::new(secret::Value::new(token.to_vec())));
                Ok(Access::Direct { server, authority, token })
            }
        }
    }

    /// The Secrets of all revisions of a release.
    ///
    /// # Errors
    /// When it cannot be told which there are.
    pub(super) async fn revisions(
        &self,
        cluster: &Cluster,
        namespace: &str,
        release: &str,
    ) -> Result<Vec<Value>, ProviderError> {
        let what = format!("the revisions of release {}/{namespace}/{release}", cluster.name());
        let path = format!(
            "/api/v1/namespaces/{}/secrets?labelSelector={}",
            part(namespace),
            part(&selector(release))
        );
        let answer = self.kubernetes.connection.send(cluster, &Call::get(what, path)).await;
        match answer?["items"].take() {
            Value::Array(items) => Ok(items),
            _ => Ok(Vec::new()),
        }
    }
}
