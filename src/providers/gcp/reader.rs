//! The half of the client that cannot write.

use crate::providers::gcp::calls::{self, Versions};
use crate::providers::gcp::client::Connection;
use crate::providers::gcp::error::CallFailed;
use crate::providers::gcp::memo::Memo;
use google_cloud_iam_v1::model::Policy;
use google_cloud_storage::client::StorageControl;
use google_cloud_storage::model::Bucket;
use std::sync::Arc;

/// How many questions are under way at a time: as many as one channel carries. A plan of 1,000
/// buckets with access asks for 1,000 policies, and each answer takes its time to travel.
pub(crate) const AT_ONCE: usize = 100;

/// Looks at Google Cloud and cannot change it. Lives for one run: what it has listed once, it
/// does not list again, so that kinds which look at the same buckets share one list.
#[derive(Debug)]
pub struct Reader {
    control: StorageControl,
    lists: Memo<Arc<Vec<Arc<Bucket>>>>,
    buckets: Memo<Option<Arc<Bucket>>>,
}

impl Reader {
    /// A reader for one run.
    pub fn new(connection: &Connection) -> Self {
        let control = connection.control.clone();
        Self { control, lists: Memo::default(), buckets: Memo::default() }
    }

    /// The buckets of a project.
    pub(crate) async fn list(&self, project: &str) -> Result<Arc<Vec<Arc<Bucket>>>, CallFailed> {
        let ask = async || {
            let buckets = calls::list_buckets(&self.control, project).await?;
            Ok(Arc::new(buckets.into_iter().map(Arc::new).collect()))
        };
        self.lists.answer(project, ask).await
    }

    /// A bucket, wherever it is.
    pub(crate) async fn bucket(&self, name: &str) -> Result<Option<Arc<Bucket>>, CallFailed> {
        let ask = async || Ok(calls::get_bucket(&self.control, name).await?.map(Arc::new));
        self.buckets.answer(name, ask).await
    }

    /// The policy of a bucket; none if it is gone.
    pub(crate) async fn policy(&self, name: &str) -> Result<Option<Policy>, CallFailed> {
        calls::get_policy(&self.control, name).await
    }

    /// Whether a bucket holds any object of those `versions`.
    pub(crate) async fn holds_objects(
        &self,
        name: &str,
        versions: Versions,
    ) -> Result<bool, CallFailed> {
        calls::holds_objects(&self.control, name, versions).await
    }
}
