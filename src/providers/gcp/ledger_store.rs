//! The ledger's bucket in Cloud Storage.
//!
//! Its mark names the kind `ledger`, so that it is never taken for a bucket of the declaration.

use crate::kind::ProviderError;
use crate::ledger::{Condition, Object, Store, Written};
use crate::model::{Mark, Owner, label};
use crate::providers::gcp::calls::{self, path};
use crate::providers::gcp::client::{CALL_TIMEOUT, Connection};
use crate::providers::gcp::error::{CallFailed, Purpose, Reason};
use bytes::{Bytes, BytesMut};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use google_cloud_gax::error::Error;
use google_cloud_gax::paginator::ItemPaginator as _;
use google_cloud_storage::model::bucket::iam_config::UniformBucketLevelAccess;
use google_cloud_storage::model::bucket::{IamConfig, SoftDeletePolicy};
use google_cloud_storage::model::{Bucket, Object as Live};
use google_cloud_wkt::{Duration, Timestamp};
use std::future::Future;
use time::OffsetDateTime;

/// The kind in the mark of the bucket.
const KIND: &str = "ledger";

/// How often an object is read when others keep writing it.
const TRIES: usize = 5;

/// Which bucket the ledger of a stack is kept in.
#[derive(Clone, Debug)]
pub struct LedgerBucket {
    /// Its name in the cloud.
    pub name: String,
    /// The stack that it belongs to.
    pub stack: String,
    /// The project that it is made in.
    pub project: String,
    /// The location that it is made in.
    pub location: String,
}

/// Whether a bucket is the ledger of a stack, whichever.
pub(crate) fn is_a_ledger(bucket: &Bucket) -> bool {
    let name = bucket.name.rsplit('/').next().unwrap_or_default();
    let marked = bucket.labels.contains_key(label::STACK);
    marked && bucket.labels.get(label::ID) == Some(&Mark::id_of(KIND, name))
}

/// The ledger's bucket.
#[derive(Clone, Debug)]
pub struct LedgerStore {
    connection: Connection,
    bucket: LedgerBucket,
}

impl LedgerStore {
    /// The ledger in `bucket`, which need not exist yet.
    pub fn new(connection: &Connection, bucket: LedgerBucket) -> Self {
        Self { connection: connection.clone(), bucket }
    }

    async fn find(&self) -> Result<Option<Bucket>, ProviderError> {
        match calls::get_bucket(&self.connection.control, &self.bucket.name).await {
            Ok(bucket) => Ok(bucket),
            Err(failed) => Err(failed.into()),
        }
    }

    /// Checks that a bucket is this stack's ledger.
    fn check(&self, bucket: &Bucket) -> Result<(), ProviderError> {
        let LedgerBucket { name, stack, .. } = &self.bucket;
        let value = |key: &str| bucket.labels.get(key).map(String::as_str);
        match Mark::owner(stack, KIND, name, value) {
            Owner::Ours(_) => Ok(()),
            Owner::OtherStack(_) | Owner::Foreign => {
                let why = format!("the bucket is not the ledger of stack {stack}");
                Err(ProviderError::Taken { name: name.clone(), why })
            }
        }
    }

    async fn make_sure(&self) -> Result<(), ProviderError> {
        if let Some(bucket) = self.find().await? {
            return self.check(&bucket);
        }
        let LedgerBucket { name, project, .. } = &self.bucket;
        let request = self.connection.control.create_bucket().set_parent("projects/_");
        let bucket = self.to_wire().set_project(format!("projects/{project}"));
        let answer = request.set_bucket_id(name).set_bucket(bucket).send().await;
        let Err(error) = answer else { return Ok(()) };
        let failed = self.failed(Purpose::Write, "making", &error);
        match (failed.reason, self.find().await) {
            // Somebody was faster, or the answer to an earlier call was lost.
            (Reason::Exists, Ok(Some(bucket))) => self.check(&bucket),
            (Reason::Exists, Ok(None)) => Err(ProviderError::Transient {
                what: format!("making the ledger {name}"),
                why: "a bucket of that name is being deleted".to_owned(),
                retry_after: None,
            }),
            _ => Err(failed.into()),
        }
    }

    /// A new ledger: nobody reads it by object or in public, and nothing in it outlives deletion.
    fn to_wire(&self) -> Bucket {
        let LedgerBucket { name, stack, project: _, location } = &self.bucket;
        let id = Mark::id_of(KIND, name);
        let labels = [(label::STACK, stack.as_str()), (label::ENV, KIND), (label::ID, id.as_str())];
        let uniform = UniformBucketLevelAccess::new().set_enabled(true);
        let iam = IamConfig::new().set_public_access_prevention("enforced");
        let soft_delete = SoftDeletePolicy::new().set_retention_duration(Duration::clamp(0, 0));
        Bucket::new()
            .set_location(location)
            .set_labels(labels)
            .set_iam_config(iam.set_uniform_bucket_level_access(uniform))
            .set_soft_delete_policy(soft_delete)
    }

    /// The object and its content, of one generation.
    async fn fetch(&self, object: &str) -> Result<Option<Object>, ProviderError> {
        for _ in 0..TRIES {
            // Asked at once: the answer with the content does not say when it was written.
            let (live, content) = futures::join!(self.describe(object), self.content(object));
            match (live?, content?) {
                (Some(live), Some((generation, bytes))) if live.generation == generation => {
                    let updated = time_of(live.update_time.as_ref())?;
                    return Ok(Some(Object { bytes, generation, updated }));
                }
                (None, None) => return Ok(None),
                _ => {} // written in between
            }
        }
        let what = self.doing("reading", object);
        let why = "others keep writing it".to_owned();
        Err(ProviderError::Transient { what, why, retry_after: None })
    }

    async fn describe(&self, object: &str) -> Result<Option<Live>, CallFailed> {
        let request = self.connection.control.get_object().set_bucket(path(&self.bucket.name));
        let answer = request.set_object(object).send().await;
        self.unless_absent(answer, object)
    }

    async fn content(&self, object: &str) -> Result<Option<(i64, Vec<u8>)>, CallFailed> {
        let read = async {
            let bucket = path(&self.bucket.name);
            let mut answer = self.connection.storage.read_object(bucket, object).send().await?;
            let mut bytes = BytesMut::new();
            while let Some(chunk) = answer.next().await {
                bytes.extend_from_slice(&chunk?);
            }
            Ok((answer.object().generation, bytes.to_vec()))
        };
        let answer = self.in_time(Purpose::Read, object, read).await?;
        self.unless_absent(answer, object)
    }

    async fn put(
        &self,
        object: &str,
        bytes: Vec<u8>,
        condition: Condition,
    ) -> Result<Written, ProviderError> {
        let bucket = path(&self.bucket.name);
        let request = self.connection.storage.write_object(bucket, object, Bytes::from(bytes));
        let request = match condition {
            Condition::Always => request,
            Condition::Absent => request.set_if_generation_match(0_i64),
            Condition::Generation(generation) => request.set_if_generation_match(generation),
        };
        let answer = self.in_time(Purpose::Write, object, request.send_unbuffered()).await?;
        let error = match answer {
            Ok(live) => {
                let updated = time_of(live.update_time.as_ref())?;
                return Ok(Written::Done { generation: live.generation, updated });
            }
            Err(error) => error,
        };
        let failed = self.failed(Purpose::Write, &format!("writing {object} to"), &error);
        let conflict = condition != Condition::Always && failed.reason == Reason::Precondition;
        if conflict { Ok(Written::Conflict) } else { Err(failed.into()) }
    }

    async fn take_out(&self, object: &str, generation: i64) -> Result<(), ProviderError> {
        let request = self.connection.control.delete_object().set_bucket(path(&self.bucket.name));
        let request = request.set_object(object).set_if_generation_match(generation);
        let Err(error) = request.send().await else { return Ok(()) };
        let failed = self.failed(Purpose::Write, &format!("deleting {object} from"), &error);
        match failed.reason {
            Reason::Absent | Reason::Precondition => Ok(()),
            _ => Err(failed.into()),
        }
    }

    async fn objects(&self, prefix: &str) -> Result<Vec<Live>, ProviderError> {
        let request = self.connection.control.list_objects().set_parent(path(&self.bucket.name));
        let mut pages = request.set_prefix(prefix).set_page_size(1000).by_item();
        let mut objects = Vec::new();
        while let Some(object) = pages.next().await {
            match self.unless_absent(object, prefix)? {
                Some(object) => objects.push(object),
                None => return Ok(Vec::new()),
            }
        }
        Ok(objects)
    }

    async fn take_down(&self) -> Result<(), ProviderError> {
        let Some(bucket) = self.find().await? else { return Ok(()) };
        self.check(&bucket)?;
        for object in self.objects("").await? {
            self.take_out(&object.name, object.generation).await?;
        }
        let request = self.connection.control.delete_bucket().set_name(path(&self.bucket.name));
        let Err(error) = request.send().await else { return Ok(()) };
        let failed = self.failed(Purpose::Write, "deleting", &error);
        if failed.reason == Reason::Absent { Ok(()) } else { Err(failed.into()) }
    }

    fn unless_absent<T>(
        &self,
        answer: Result<T, Error>,
        object: &str,
    ) -> Result<Option<T>, CallFailed> {
        let error = match answer {
            Ok(found) => return Ok(Some(found)),
            Err(error) => error,
        };
        let failed = self.failed(Purpose::Read, &format!("{object} in"), &error);
        if failed.reason == Reason::Absent { Ok(None) } else { Err(failed) }
    }

    /// The client for the bytes of objects has no time limit of its own.
    async fn in_time<T>(
        &self,
        purpose: Purpose,
        object: &str,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<Result<T, Error>, CallFailed> {
        let late = |_| CallFailed::timed_out(purpose, self.doing("moving", object));
        tokio::time::timeout(CALL_TIMEOUT, call).await.map_err(late)
    }

    fn doing(&self, doing: &str, object: &str) -> String {
        format!("{doing} {object} in the ledger {}", self.bucket.name)
    }

    fn failed(&self, purpose: Purpose, doing: &str, error: &Error) -> CallFailed {
        CallFailed::new(purpose, format!("{doing} the ledger {}", self.bucket.name), error)
    }
}

fn time_of(time: Option<&Timestamp>) -> Result<OffsetDateTime, ProviderError> {
    let time = time.copied().and_then(|time| {
        let seconds = OffsetDateTime::from_unix_timestamp(time.seconds()).ok()?;
        seconds.checked_add(time::Duration::nanoseconds(i64::from(time.nanos())))
    });
    time.ok_or_else(|| ProviderError::Unexpected {
        what: "an object of the ledger".to_owned(),
        why: "the cloud does not say when it was written".to_owned(),
    })
}

impl Store for LedgerStore {
    fn ensure(&self) -> BoxFuture<'_, Result<(), ProviderError>> {
        self.make_sure().boxed()
    }

    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<Object>, ProviderError>> {
        self.fetch(path).boxed()
    }

    fn write<'a>(
        &'a self,
        path: &'a str,
        bytes: Vec<u8>,
        condition: Condition,
    ) -> BoxFuture<'a, Result<Written, ProviderError>> {
        self.put(path, bytes, condition).boxed()
    }

    fn delete<'a>(
        &'a self,
        path: &'a str,
        generation: i64,
    ) -> BoxFuture<'a, Result<(), ProviderError>> {
        self.take_out(path, generation).boxed()
    }

    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>, ProviderError>> {
        async move {
            let objects = self.objects(prefix).await?;
            let mut paths: Vec<String> = objects.into_iter().map(|object| object.name).collect();
            paths.sort();
            Ok(paths)
        }
        .boxed()
    }

    fn remove(&self) -> BoxFuture<'_, Result<(), ProviderError>> {
        self.take_down().boxed()
    }
}
