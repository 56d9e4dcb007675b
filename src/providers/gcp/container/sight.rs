//! The calls that only look, each once in a run.

use crate::kind::{Kind as _, ProviderError, Retry};
use crate::model::Scope;
use crate::providers::gcp::client::Connection;
use crate::providers::gcp::error::{CallFailed, Purpose, Reason};
use crate::providers::gcp::gcp_service::{Service, service_name};
use crate::providers::gcp::gke_cluster;
use crate::providers::memo::Memo;
use google_cloud_container_v1::client::ClusterManager;
use google_cloud_container_v1::model::{Cluster, Operation};
use std::sync::Arc;

/// Looks at clusters. One list has all clusters of a project with all their pools, so the calls
/// of a plan do not grow with either.
#[derive(Debug)]
pub(crate) struct Sight {
    client: ClusterManager,
    retry: Retry,
    clusters: Memo<Arc<Vec<Cluster>>>,
    operations: Memo<Arc<Vec<Operation>>>,
}

impl Sight {
    pub(crate) fn new(connection: &Connection) -> Self {
        let (client, retry) = (connection.clusters.clone(), connection.retry.clone());
        Self { client, retry, clusters: Memo::default(), operations: Memo::default() }
    }

    /// All clusters of a project, in whichever location; none, if the API is off and the stack
    /// enables it.
    pub(crate) async fn clusters(
        &self,
        scope: &Scope<'_>,
        project: &str,
    ) -> Result<Arc<Vec<Cluster>>, ProviderError> {
        let what = format!("the clusters of project {project}");
        let ask = async || {
            let call = || list(&self.client, project, &what);
            let answer = self.retry.run(&what, None, call).await;
            let enabled = service_name(project, gke_cluster::API);
            match answer {
                Err(failed)
                    if failed.reason == Reason::ApiOff
                        && scope.declares(Service::NAME, &enabled) =>
                {
                    Ok(Arc::default())
                }
                answer => Ok(Arc::new(answer.map_err(|failed| hidden(failed, &what))?)),
            }
        };
        self.clusters.answer(project, ask).await
    }

    /// What is under way in a project.
    pub(crate) async fn operations(
        &self,
        project: &str,
    ) -> Result<Arc<Vec<Operation>>, ProviderError> {
        let what = format!("the operations on clusters of project {project}");
        let ask = async || {
            let call = || operations(&self.client, project, "-");
            let answer =
                self.retry.run(&what, None, call).await.map_err(|failed| hidden(failed, &what))?;
            Ok(Arc::new(answer))
        };
        self.operations.answer(project, ask).await
    }
}

/// A project that is not there, one that we may not see, and an API that is off look the same.
fn hidden(failed: CallFailed, what: &str) -> ProviderError {
    match failed.reason {
        Reason::Absent | Reason::Denied => {
            ProviderError::Unreadable { what: what.to_owned(), why: failed.why().to_owned() }
        }
        _ => failed.into(),
    }
}

async fn list(
    client: &ClusterManager,
    project: &str,
    what: &str,
) -> Result<Vec<Cluster>, CallFailed> {
    let parent = format!("projects/{project}/locations/-");
    let answer = client.list_clusters().set_parent(parent).send().await;
    let answer = answer.map_err(|error| CallFailed::new(Purpose::Read, what, &error))?;
    // What stands in zones that do not answer is missing, not gone.
    match answer.missing_zones.as_slice() {
        [] => Ok(answer.clusters),
        zones => Err(CallFailed::for_now(what, format!("{} did not answer", zones.join(", ")))),
    }
}

/// The operations of a location, or of all with `-`.
pub(crate) async fn operations(
    client: &ClusterManager,
    project: &str,
    location: &str,
) -> Result<Vec<Operation>, CallFailed> {
    let parent = format!("projects/{project}/locations/{location}");
    let answer = client.list_operations().set_parent(parent).send().await;
    let what = || format!("the operations on clusters of project {project}");
    Ok(answer.map_err(|error| CallFailed::new(Purpose::Read, what(), &error))?.operations)
}
