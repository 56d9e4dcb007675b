//! The calls that only look, shared by [`super::Reader`] and [`super::Writer`].

use crate::providers::gcp::error::{CallFailed, Purpose, unless_absent};
use google_cloud_gax::paginator::ItemPaginator as _;
use google_cloud_iam_v1::model::{GetPolicyOptions, Policy};
use google_cloud_storage::client::StorageControl;
use google_cloud_storage::model::Bucket;

/// The most that one page holds. <https://cloud.google.com/storage/docs/listing-buckets>
const PAGE_SIZE: i32 = 1000;

/// The version of policies that shows conditions.
/// <https://cloud.google.com/iam/docs/policies#versions>
pub(crate) const POLICY_VERSION: i32 = 3;

/// A bucket as requests name it.
pub(crate) fn path(bucket: &str) -> String {
    format!("projects/_/buckets/{bucket}")
}

/// The buckets of a project, all pages of them.
pub(crate) async fn list_buckets(
    control: &StorageControl,
    project: &str,
) -> Result<Vec<Bucket>, CallFailed> {
    let request = control.list_buckets().set_parent(format!("projects/{project}"));
    let mut pages = request.set_page_size(PAGE_SIZE).by_item();
    let mut buckets = Vec::new();
    while let Some(bucket) = pages.next().await {
        let what = || format!("the list of buckets of project {project}");
        buckets.push(bucket.map_err(|error| CallFailed::new(Purpose::Read, what(), &error))?);
    }
    Ok(buckets)
}

/// A bucket, if it exists.
pub(crate) async fn get_bucket(
    control: &StorageControl,
    name: &str,
) -> Result<Option<Bucket>, CallFailed> {
    let answer = control.get_bucket().set_name(path(name)).send().await;
    unless_absent(answer, || format!("bucket {name}"))
}

/// The policy of a bucket, with its conditions; none if the bucket is gone.
pub(crate) async fn get_policy(
    control: &StorageControl,
    name: &str,
) -> Result<Option<Policy>, CallFailed> {
    let options = GetPolicyOptions::new().set_requested_policy_version(POLICY_VERSION);
    let request = control.get_iam_policy().set_resource(path(name)).set_options(options);
    unless_absent(request.send().await, || format!("the access policy of bucket {name}"))
}

/// Which objects are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Versions {
    /// Those that are there to be read.
    Live,
    /// Overwritten and deleted ones that versioning has kept as well.
    All,
}

/// Whether a bucket holds any object.
pub(crate) async fn holds_objects(
    control: &StorageControl,
    name: &str,
    versions: Versions,
) -> Result<bool, CallFailed> {
    let request = control.list_objects().set_parent(path(name)).set_page_size(1);
    let answer = request.set_versions(versions == Versions::All).send().await;
    let page = unless_absent(answer, || format!("the list of objects of bucket {name}"))?;
    Ok(page.is_some_and(|page| !page.objects.is_empty()))
}
