//! Buckets: what each method does to the world.

use super::message::*;
use super::name::{bucket_in, check_bucket, check_project, number_of};
use super::record::{self, BucketRecord};
use super::stamp::{next_version, stamp};
use super::{location, mask, settings};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Moment, World};

/// What `update` may change, and what `*` stands for.
const MUTABLE: &[&str] = &[
    "autoclass",
    "billing",
    "cors",
    "default_event_based_hold",
    "encryption",
    "iam_config",
    "ip_filter",
    "labels",
    "lifecycle",
    "logging",
    "retention_policy",
    "rpo",
    "soft_delete_policy",
    "storage_class",
    "versioning",
    "website",
];

pub(super) fn create(world: &World, request: CreateBucketRequest) -> Result<Bucket, Refusal> {
    let CreateBucketRequest { parent, bucket, bucket_id, .. } = request;
    let lists = [request.predefined_acl, request.predefined_default_object_acl];
    let mut bucket = bucket.unwrap_or_default();
    if !matches!(parent.as_str(), "" | "projects/_") {
        return Err(Refusal::invalid(format!("Invalid parent: '{parent}'")));
    }
    check_bucket(&bucket_id)?;
    check_project(&bucket.project)?;
    refuse_lists(&lists, &bucket)?;
    location::settle(&mut bucket)?;
    settings::settle(&mut bucket)?;
    if request.enable_object_retention {
        bucket.object_retention = Some(ObjectRetention { enabled: true });
    }
    stamp(&mut bucket, None, world.clock.now())?;
    bucket.name = format!("projects/_/buckets/{bucket_id}");
    bucket.bucket_id = bucket_id;
    world.store.transact(|transaction| {
        if let Some(there) = transaction.value(&record::bucket_key(&bucket.bucket_id)) {
            return Err(taken(&record::read(&there)?, &bucket));
        }
        record::put_bucket(transaction, bucket.clone(), false)?;
        Ok(bucket)
    })
}

fn taken(there: &BucketRecord, wanted: &Bucket) -> Refusal {
    Refusal::exists(
        if number_of(&there.bucket.project) == number_of(&wanted.project) && !there.foreign_account
        {
            "Your previous request to create the named bucket succeeded and you already own it."
        } else {
            "The requested bucket name is not available. The bucket namespace is shared by all users \
         of the system. Please select a different name and try again."
        },
    )
}

pub(super) fn get(world: &World, request: &GetBucketRequest) -> Result<Bucket, Refusal> {
    let name = bucket_in(&request.name)?;
    world.store.read(|view| {
        let bucket = record::bucket(view, name)?;
        let GetBucketRequest { if_metageneration_match, if_metageneration_not_match, .. } = request;
        check_version(&bucket, *if_metageneration_match, *if_metageneration_not_match)
            .map_err(|_| reading(&bucket, *if_metageneration_match))?;
        Ok(bucket)
    })
}

/// To have the version already is no error for those who only read.
fn reading(bucket: &Bucket, is: Option<i64>) -> Refusal {
    match is {
        Some(is) if is != bucket.metageneration => Refusal::precondition(),
        _ => Refusal::not_modified(),
    }
}

pub(super) fn list(
    world: &World,
    request: &ListBucketsRequest,
) -> Result<ListBucketsResponse, Refusal> {
    let ListBucketsRequest { parent, page_size, page_token, prefix } = request;
    check_project(parent)?;
    let number = number_of(parent);
    let after = match page_token.as_str() {
        "" => String::new(),
        token => record::bucket_key(&record::last_of_page(token)?),
    };
    let size = world.behaviour.page(*page_size);
    let visible = |bucket: &Bucket| {
        let created = bucket.create_time.map_or(Moment(0), Moment::from);
        created.plus(world.behaviour.list_lag) <= world.clock.now()
    };
    world.store.read(|view| {
        let mut page = ListBucketsResponse::default();
        for (_, value) in view.scan(&record::bucket_key(prefix), &after) {
            // Looked at before the whole is read: most may belong to other projects.
            let project = value["bucket"]["project"].as_str().unwrap_or_default();
            if project != parent && number_of(project) != number {
                continue;
            }
            let BucketRecord { bucket, foreign_account } = record::read(value)?;
            if foreign_account || !visible(&bucket) {
                continue;
            }
            if page.buckets.len() == size {
                let last = page.buckets.last().map_or("", |bucket| &bucket.bucket_id);
                page.next_page_token = record::page_token(last);
                break;
            }
            page.buckets.push(bucket);
        }
        Ok(page)
    })
}

pub(super) fn update(world: &World, request: UpdateBucketRequest) -> Result<Bucket, Refusal> {
    let patch = request.bucket.unwrap_or_default();
    let name = bucket_in(&patch.name)?;
    let paths = settled_paths(&request.update_mask.unwrap_or_default().paths)?;
    refuse_lists(&[request.predefined_acl, request.predefined_default_object_acl], &patch)?;
    let versions = (request.if_metageneration_match, request.if_metageneration_not_match);
    change(world, name, versions, |before| {
        if !patch.etag.is_empty() && patch.etag != before.etag {
            return Err(Refusal::precondition());
        }
        let mut merged = serde_json::to_value(before)?;
        mask::merge(&mut merged, &serde_json::to_value(&patch)?, &paths)?;
        record::read(&merged)
    })
}

/// Changes a bucket to what `wanted` makes of it, if its version is (and is not) the one given.
pub(super) fn change(
    world: &World,
    name: &str,
    (is, is_not): (Option<i64>, Option<i64>),
    wanted: impl FnOnce(&Bucket) -> Result<Bucket, Refusal>,
) -> Result<Bucket, Refusal> {
    world.store.transact(|transaction| {
        let before = record::bucket(transaction, name)?;
        check_version(&before, is, is_not)?;
        let mut bucket = wanted(&before)?;
        settings::settle(&mut bucket)?;
        if record::policy(transaction, name)?.is_some_and(|policy| policy.has_conditions()) {
            keep_uniform(&bucket)?;
        }
        stamp(&mut bucket, Some(&before), world.clock.now())?;
        record::put_bucket(transaction, bucket.clone(), false)?;
        Ok(bucket)
    })
}

fn settled_paths(paths: &[String]) -> Result<Vec<String>, Refusal> {
    if paths.is_empty() {
        return Err(Refusal::invalid("An update mask must be specified."));
    }
    if paths == ["*"] {
        return Ok(MUTABLE.iter().map(ToString::to_string).collect());
    }
    for path in paths {
        let field = path.split('.').next().unwrap_or_default();
        if !MUTABLE.contains(&field) {
            return Err(Refusal::invalid(format!("Invalid field mask path: '{path}'")));
        }
    }
    Ok(paths.to_vec())
}

pub(super) fn delete(world: &World, request: &DeleteBucketRequest) -> Result<(), Refusal> {
    let name = bucket_in(&request.name)?;
    world.store.transact(|transaction| {
        let bucket = record::bucket(transaction, name)?;
        let DeleteBucketRequest { if_metageneration_match, if_metageneration_not_match, .. } =
            request;
        check_version(&bucket, *if_metageneration_match, *if_metageneration_not_match)?;
        let keys = [record::objects(name), record::versions(name)];
        if keys.iter().any(|keys| transaction.scan(keys, "").next().is_some()) {
            return Err(Refusal::state("The bucket you tried to delete is not empty."));
        }
        transaction.remove(&record::bucket_key(name));
        transaction.remove(&record::policy_key(name));
        Ok(())
    })
}

pub(super) fn lock(
    world: &World,
    request: &LockBucketRetentionPolicyRequest,
) -> Result<Bucket, Refusal> {
    let name = bucket_in(&request.bucket)?;
    world.store.transact(|transaction| {
        let before = record::bucket(transaction, name)?;
        check_version(&before, Some(request.if_metageneration_match), None)?;
        let mut bucket = before.clone();
        let Some(policy) = &mut bucket.retention_policy else {
            return Err(Refusal::invalid(format!("Bucket '{name}' has no retention policy.")));
        };
        policy.is_locked = true;
        next_version(&mut bucket, &before, world.clock.now());
        record::put_bucket(transaction, bucket.clone(), false)?;
        Ok(bucket)
    })
}

fn keep_uniform(bucket: &Bucket) -> Result<(), Refusal> {
    if bucket.has_uniform_access() {
        return Ok(());
    }
    Err(Refusal::state(
        "Uniform bucket-level access cannot be disabled while the policy has conditions.",
    ))
}

/// Access control lists are not simulated, and silence would look like success.
pub(super) fn refuse_lists(predefined: &[String], bucket: &Bucket) -> Result<(), Refusal> {
    let named = predefined.iter().any(|name| !name.is_empty());
    if named || !bucket.acl.is_empty() || !bucket.default_object_acl.is_empty() {
        return Err(Refusal::unimplemented("the sandbox has no access control lists"));
    }
    Ok(())
}

pub(super) fn check_version(
    bucket: &Bucket,
    is: Option<i64>,
    is_not: Option<i64>,
) -> Result<(), Refusal> {
    let there = bucket.metageneration;
    if is.is_some_and(|is| is != there) || is_not == Some(there) {
        return Err(Refusal::precondition());
    }
    Ok(())
}
