//! The half of the client that cannot write.

use crate::kind::{Glance, NoSecrets, ProviderError};
use crate::model::Scope;
use crate::providers::failed::{CallFailed, Reason};
use crate::providers::gcp;
use crate::providers::kubernetes::client::{Call, Connection};
use crate::providers::kubernetes::cluster::Cluster;
use crate::providers::kubernetes::error::unreadable;
use crate::providers::kubernetes::types::{Catalogue, Extent, Served, Type, catalogue, part};
use crate::providers::memo::Memo;
use google_cloud_container_v1::model::cluster::Status;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// How many objects a page of a list has.
/// <https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks>
const PAGE: u32 = 500;

/// The objects of a list.
pub(crate) type Listed = Arc<Vec<Value>>;

/// What is asked for in a namespace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// Objects of this type.
    pub(crate) of: &'a Type,
    /// As much of them.
    pub(crate) extent: Extent,
    /// Those only whose labels fit this; all if it is empty.
    pub(crate) selector: &'a str,
}

/// Looks at what is in clusters and cannot change it. Lives for one run: what it has listed once,
/// it does not list again.
pub struct Reader {
    connection: Connection,
    google: Arc<gcp::Reader>,
    /// Tells whether secrets hold what they should.
    pub(crate) glance: Arc<dyn Glance>,
    catalogues: Memo<Arc<Catalogue>>,
    lists: Memo<Listed>,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reader({:?})", self.connection)
    }
}

impl Reader {
    /// A reader for one run; `google` tells which clusters there are.
    pub fn new(connection: &Connection, google: Arc<gcp::Reader>) -> Self {
        let (catalogues, lists) = (Memo::default(), Memo::default());
        let (connection, glance) = (connection.clone(), Arc::new(NoSecrets));
        Self { connection, google, glance, catalogues, lists }
    }

    /// The same, which asks `glance` about secrets.
    #[must_use]
    pub fn glancing(self, glance: Arc<dyn Glance>) -> Self {
        Self { glance, ..self }
    }

    /// Whether there is such a cluster, and something can be in it. One that is still being made,
    /// or on its way out, has nothing in it that counts.
    pub(crate) async fn is_there(
        &self,
        scope: &Scope<'_>,
        cluster: &Cluster,
    ) -> Result<bool, ProviderError> {
        let Cluster::Gke { project, location, name } = cluster else { return Ok(true) };
        let all = self.google.clusters.clusters(scope, project).await?;
        let live = all.iter().find(|it| it.name == *name && it.location == *location);
        let Some(live) = live else { return Ok(false) };
        let there = !matches!(live.status, Status::Provisioning | Status::Stopping);
        if there {
            self.connection.meet(cluster, live)?;
        }
        Ok(there)
    }

    /// The objects of a type in a namespace, or of all the cluster; none where the cluster or the
    /// type is not there (yet).
    ///
    /// # Errors
    /// [`ProviderError::Unreadable`] when it cannot be told.
    pub(crate) async fn list(
        &self,
        scope: &Scope<'_>,
        cluster: &Cluster,
        of: &Type,
        namespace: Option<&str>,
    ) -> Result<Listed, ProviderError> {
        let asked = Asked { of, extent: Extent::of(of), selector: "" };
        self.listed(scope, cluster, namespace, asked).await
    }

    /// Some objects of a namespace, or as much of them as is wanted.
    ///
    /// # Errors
    /// As [`Reader::list`].
    pub(crate) async fn listed(
        &self,
        scope: &Scope<'_>,
        cluster: &Cluster,
        namespace: Option<&str>,
        asked: Asked<'_>,
    ) -> Result<Listed, ProviderError> {
        if !self.is_there(scope, cluster).await? {
            return Ok(Listed::default());
        }
        let Asked { of, extent, selector } = asked;
        let what = match namespace {
            Some(namespace) => format!("the {of} objects of {}/{namespace}", cluster.name()),
            None => format!("the {of} objects of cluster {}", cluster.name()),
        };
        let ask = async || {
            let Some(served) = self.served(cluster, of).await? else {
                return Ok(Listed::default());
            };
            let namespace = namespace.filter(|_| served.namespaced);
            let path = served.collection(of, namespace);
            self.pages(cluster, asked, &what, &path).await
        };
        let key = format!(
            "{cluster} {of} {} {} {extent:?} {selector}",
            of.api_version,
            namespace.unwrap_or("-")
        );
        self.lists.answer(&key, ask).await
    }

    async fn pages(
        &self,
        cluster: &Cluster,
        Asked { of, extent, selector }: Asked<'_>,
        what: &str,
        path: &str,
    ) -> Result<Listed, ProviderError> {
        let (mut all, mut next) = (Vec::new(), String::new());
        loop {
            let mut path = format!("{path}?limit={PAGE}");
            for (name, value) in [("labelSelector", selector), ("continue", &next)] {
                if !value.is_empty() {
                    path = format!("{path}&{name}={}", part(value));
                }
            }
            let mut page =
                self.ask(cluster, &Call::get(what, path).accepting(extent.list())).await?;
            if let Some(Value::Array(items)) = page.get_mut("items").map(Value::take) {
                all.extend(items.into_iter().map(|item| extent.only(typed(item, of))));
            }
            page["metadata"]["continue"].as_str().unwrap_or_default().clone_into(&mut next);
            if next.is_empty() {
                return Ok(Arc::new(all));
            }
        }
    }

    /// Asks once more and more; what cannot be told is never taken to be absent.
    async fn ask(&self, cluster: &Cluster, call: &Call) -> Result<Value, ProviderError> {
        let retry = &self.connection.retry;
        let answer = retry.run(&call.what, None, || self.connection.send(cluster, call)).await;
        match answer {
            Ok(answer) => Ok(answer),
            Err(failed) => Err(hidden(failed, call)),
        }
    }

    /// How a server serves a type, if it does.
    async fn served(&self, cluster: &Cluster, of: &Type) -> Result<Option<Served>, ProviderError> {
        let what = format!("the types of {} in cluster {}", of.api_version, cluster.name());
        let ask = async || {
            let retry = &self.connection.retry;
            let all = retry.run(&what, None, || catalogue(&self.connection, cluster, of)).await;
            all.map(Arc::new).map_err(|failed| unreadable(failed, &what))
        };
        let key = format!("{cluster} {}", of.api_version);
        let all = self.catalogues.answer(&key, ask).await?;
        Ok(all.get(&of.kind).cloned())
    }
}

/// A collection that is served is there, so that it is not found says nothing of what is in it.
fn hidden(failed: CallFailed, call: &Call) -> ProviderError {
    match failed.reason {
        Reason::Absent => ProviderError::Unreadable {
            what: call.what.clone(),
            why: format!("{}, although the server serves it", failed.why()),
        },
        _ => unreadable(failed, &call.what),
    }
}

/// The objects of a list do not say of which type they are.
fn typed(mut item: Value, of: &Type) -> Value {
    item["apiVersion"] = of.api_version.clone().into();
    item["kind"] = of.kind.clone().into();
    item
}
