//! What a scenario has in its hands: the calls that it makes, what it expects of them, and the
//! record of both. Every call is paid for before it is made.

use std::sync::{Arc, Mutex, PoisonError};

use google_cloud_gax::error::Error;
use google_cloud_iam_v1::model::{GetPolicyOptions, Policy};
use google_cloud_storage::model::Bucket;
use google_cloud_wkt::FieldMask;
use http::Method;
use serde::Serialize;
use serde_json::Value;

use super::budget::{Charge, Spending};
use super::client::{Answer, ConformanceError, Request, Wire, rpc};
use super::transcript::{Exchange, Normal};

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What it was.
    pub what: String,
    /// What the document says.
    pub expected: String,
    /// What the target did.
    pub seen: String,
}

impl Check {
    /// Whether it is as it is written.
    pub fn holds(&self) -> bool {
        self.expected == self.seen
    }
}

/// Why a scenario ends early.
#[derive(Debug)]
pub(super) enum Stop {
    /// What is left is needed for the tear-down.
    Budget(String),
    /// What the rest of the story builds on did not come about.
    Unlike(String),
    /// The run cannot go on.
    Broken(ConformanceError),
}

impl From<ConformanceError> for Stop {
    fn from(error: ConformanceError) -> Self {
        Self::Broken(error)
    }
}

/// The stage of one scenario.
pub(super) struct Stage {
    wire: Wire,
    prefix: String,
    scenario: &'static str,
    spending: Arc<Mutex<Spending>>,
    normal: Normal,
    pub(super) checks: Vec<Check>,
    pub(super) transcript: Vec<Exchange>,
}

impl Stage {
    pub(super) fn new(
        wire: &Wire,
        prefix: &str,
        scenario: &'static str,
        spending: Arc<Mutex<Spending>>,
    ) -> Self {
        let (wire, prefix) = (wire.clone(), prefix.to_owned());
        let (checks, transcript) = (Vec::new(), Vec::new());
        Self { wire, prefix, scenario, spending, normal: Normal::default(), checks, transcript }
    }

    /// The whole name of a bucket of this scenario.
    pub(super) fn name(&self, short: &str) -> String {
        format!("{}-{}{short}", self.prefix, self.scenario)
    }

    /// The project that buckets are made in.
    pub(super) fn project(&self) -> &str {
        &self.wire.project
    }

    fn path(&self, short: &str) -> String {
        format!("projects/_/buckets/{}", self.name(short))
    }

    /// Says what is expected and what was seen.
    pub(super) fn expect(
        &mut self,
        what: &str,
        expected: impl ToString,
        seen: impl ToString,
    ) -> bool {
        let (expected, seen) = (expected.to_string(), seen.to_string());
        let check = Check { what: what.to_owned(), expected, seen };
        let holds = check.holds();
        self.checks.push(check);
        holds
    }

    /// The same of something without which the story cannot go on.
    pub(super) fn need(&mut self, what: &str, answer: &Answer) -> Result<(), Stop> {
        let fine = if answer.code.starts_with(char::is_numeric) { "200" } else { "OK" };
        if self.expect(what, fine, &answer.code) {
            return Ok(());
        }
        Err(Stop::Unlike(format!("{what}: {}", answer.code)))
    }

    fn spend(&self, charge: Charge, bytes: usize, creates: bool) -> Result<(), Stop> {
        let mut spending = self.spending.lock().unwrap_or_else(PoisonError::into_inner);
        spending.spend(charge, bytes as u64, creates).map_err(Stop::Budget)
    }

    fn heard(&mut self, call: String, answer: Answer) -> Answer {
        let body = self.normal.answer(&answer.body, &self.prefix, &self.wire.project);
        let call = call.replace(&self.prefix, "PREFIX").replace(&self.wire.project, "PROJECT");
        let (scenario, code) = (self.scenario.to_owned(), answer.code.clone());
        self.transcript.push(Exchange { scenario, call, code, answer: body });
        answer
    }

    async fn call<T: Serialize, F>(
        &mut self,
        charge: Charge,
        creates: bool,
        words: String,
        call: impl Fn() -> F,
    ) -> Result<Answer, Stop>
    where
        F: Future<Output = Result<T, Error>>,
    {
        self.spend(charge, 0, creates)?;
        let body = |answer| serde_json::to_value(answer).unwrap_or_default();
        let answer = rpc(call, body).await?;
        Ok(self.heard(words, answer))
    }

    /// Creates a bucket in the project.
    pub(super) async fn create(&mut self, short: &str, bucket: Bucket) -> Result<Answer, Stop> {
        let name = self.name(short);
        self.create_named(&name, "projects/_", bucket).await
    }

    /// Creates a bucket of any name below any parent.
    pub(super) async fn create_named(
        &mut self,
        name: &str,
        parent: &str,
        bucket: Bucket,
    ) -> Result<Answer, Stop> {
        let bucket = bucket.set_project(format!("projects/{}", self.wire.project));
        let control = self.wire.control.clone();
        let request = control.create_bucket().set_parent(parent).set_bucket_id(name);
        let words = format!("CreateBucket {name}");
        let request = request.set_bucket(bucket);
        self.call(Charge::A, true, words, || request.clone().send()).await
    }

    /// Reads a bucket.
    pub(super) async fn get(&mut self, short: &str, version: Option<i64>) -> Result<Answer, Stop> {
        let control = self.wire.control.clone();
        let mut request = control.get_bucket().set_name(self.path(short));
        if let Some(version) = version {
            request = request.set_if_metageneration_match(version);
        }
        let words = format!("GetBucket {} {version:?}", self.name(short));
        self.call(Charge::B, false, words, || request.clone().send()).await
    }

    /// Changes what the mask names.
    pub(super) async fn update(
        &mut self,
        short: &str,
        bucket: Bucket,
        mask: &[&str],
        version: Option<i64>,
    ) -> Result<Answer, Stop> {
        let control = self.wire.control.clone();
        let paths = FieldMask::default().set_paths(mask.iter().copied());
        let bucket = bucket.set_name(self.path(short));
        let mut request = control.update_bucket().set_bucket(bucket).set_update_mask(paths);
        if let Some(version) = version {
            request = request.set_if_metageneration_match(version);
        }
        let words = format!("UpdateBucket {} {mask:?} {version:?}", self.name(short));
        self.call(Charge::A, false, words, || request.clone().send()).await
    }

    /// Deletes a bucket.
    pub(super) async fn delete(
        &mut self,
        short: &str,
        version: Option<i64>,
    ) -> Result<Answer, Stop> {
        let control = self.wire.control.clone();
        let mut request = control.delete_bucket().set_name(self.path(short));
        if let Some(version) = version {
            request = request.set_if_metageneration_match(version);
        }
        let words = format!("DeleteBucket {} {version:?}", self.name(short));
        self.call(Charge::Free, false, words, || request.clone().send()).await
    }

    /// Locks the retention policy of a bucket.
    pub(super) async fn lock(&mut self, short: &str, version: i64) -> Result<Answer, Stop> {
        let control = self.wire.control.clone();
        let request = control.lock_bucket_retention_policy().set_bucket(self.path(short));
        let request = request.set_if_metageneration_match(version);
        let words = format!("LockBucketRetentionPolicy {}", self.name(short));
        self.call(Charge::A, false, words, || request.clone().send()).await
    }

    /// A page of the buckets of this scenario.
    pub(super) async fn list(&mut self, size: i32, token: &str) -> Result<Answer, Stop> {
        let control = self.wire.control.clone();
        let parent = format!("projects/{}", self.wire.project);
        let request = control.list_buckets().set_parent(parent).set_prefix(self.name(""));
        let request = request.set_page_size(size).set_page_token(token);
        let words = format!("ListBuckets {size}");
        self.call(Charge::A, false, words, || request.clone().send()).await
    }

    /// Reads the access policy in a version.
    pub(super) async fn policy(&mut self, short: &str, version: i32) -> Result<Read, Stop> {
        let control = self.wire.control.clone();
        let options = GetPolicyOptions::new().set_requested_policy_version(version);
        let request = control.get_iam_policy().set_resource(self.path(short)).set_options(options);
        let words = format!("GetIamPolicy {} {version}", self.name(short));
        let answer = self.call(Charge::B, false, words, || request.clone().send()).await?;
        let policy = serde_json::from_value(answer.body.clone()).unwrap_or_default();
        Ok(Read { answer, policy })
    }

    /// Writes the access policy.
    pub(super) async fn set_policy(&mut self, short: &str, policy: Policy) -> Result<Answer, Stop> {
        let control = self.wire.control.clone();
        let request = control.set_iam_policy().set_resource(self.path(short)).set_policy(policy);
        let words = format!("SetIamPolicy {}", self.name(short));
        self.call(Charge::A, false, words, || request.clone().send()).await
    }

    /// Asks which of these permissions we have.
    pub(super) async fn permissions(
        &mut self,
        short: &str,
        permissions: &[&str],
    ) -> Result<Answer, Stop> {
        let control = self.wire.control.clone();
        let request = control.test_iam_permissions().set_resource(self.path(short));
        let request = request.set_permissions(permissions.iter().copied());
        let words = format!("TestIamPermissions {}", self.name(short));
        self.call(Charge::B, false, words, || request.clone().send()).await
    }

    /// Makes a call to the JSON API.
    pub(super) async fn http(&mut self, request: Request) -> Result<Answer, Stop> {
        let (charge, creates) = match request.method {
            Method::POST => (Charge::A, true),
            Method::DELETE => (Charge::Free, false),
            _ if request.path.contains("/o?") => (Charge::A, false),
            _ => (Charge::B, false),
        };
        self.spend(charge, request.body.len(), creates)?;
        let answer = self.wire.http(&request).await?;
        // Generations differ between runs.
        let path = request.path.split(['=', '?']).next().unwrap_or_default();
        Ok(self.heard(format!("{} {path}", request.method), answer))
    }
}

/// A policy that was read.
pub(super) struct Read {
    pub(super) answer: Answer,
    pub(super) policy: Policy,
}

/// A field of an answer as text: `storageClass`, `iamConfig.publicAccessPrevention`.
pub(super) fn field(answer: &Answer, path: &str) -> String {
    let steps = path.split('.').filter(|step| !step.is_empty());
    let value = steps.fold(&answer.body, |value, step| &value[step]);
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
