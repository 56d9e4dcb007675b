//! Access policies of buckets.

use google_cloud_iam_v1::model::{Binding, Policy};
use google_cloud_storage::model::Bucket;
use google_cloud_storage::model::bucket::IamConfig;
use google_cloud_storage::model::bucket::iam_config::UniformBucketLevelAccess;

use super::End;
use crate::conformance::client::Answer;
use crate::conformance::stage::Stage;

const VIEWER: &str = "roles/storage.objectViewer";
/// Exists on Google Cloud, and has access to nothing of ours.
const SOMEONE: &str = "serviceAccount:cloud-storage-analytics@google.com";

fn uniform() -> Bucket {
    let uniform = UniformBucketLevelAccess::new().set_enabled(true);
    Bucket::new().set_iam_config(IamConfig::new().set_uniform_bucket_level_access(uniform))
}

fn with(mut policy: Policy, binding: Binding) -> Policy {
    policy.bindings.push(binding);
    policy
}

fn viewer(member: &str) -> Binding {
    Binding::new().set_role(VIEWER).set_members([member])
}

fn conditional() -> Binding {
    let condition = google_cloud_type::model::Expr::new().set_title("until");
    let text = "request.time < timestamp('2100-01-01T00:00:00Z')";
    viewer(SOMEONE).set_condition(condition.set_expression(text))
}

/// The roles of a policy, the last word of each, in order.
fn roles(answer: &Answer) -> String {
    let bindings = answer.body["bindings"].as_array().cloned().unwrap_or_default();
    let role = |binding: &serde_json::Value| {
        let role = binding["role"].as_str().unwrap_or_default();
        role.rsplit('.').next().unwrap_or_default().to_owned()
    };
    let mut roles: Vec<String> = bindings.iter().map(role).collect();
    roles.sort();
    roles.join(" ")
}

pub(super) async fn new(stage: &mut Stage) -> End {
    let created = stage.create("", Bucket::new()).await?;
    stage.need("a bucket", &created)?;
    let read = stage.policy("", 3).await?;
    stage.expect("its roles", "legacyBucketOwner legacyBucketReader", roles(&read.answer));
    Ok(())
}

pub(super) async fn uniform_roles(stage: &mut Stage) -> End {
    let created = stage.create("", uniform()).await?;
    stage.need("a bucket", &created)?;
    let read = stage.policy("", 3).await?;
    let all = "legacyBucketOwner legacyBucketReader legacyObjectOwner legacyObjectReader";
    stage.expect("its roles", all, roles(&read.answer));
    Ok(())
}

pub(super) async fn etag(stage: &mut Stage) -> End {
    let created = stage.create("", Bucket::new()).await?;
    stage.need("a bucket", &created)?;
    let read = stage.policy("", 3).await?.policy;
    let first = stage.set_policy("", with(read.clone(), viewer(SOMEONE))).await?;
    stage.need("the first change", &first)?;
    let second = stage.set_policy("", read.clone()).await?;
    stage.expect("a change of what was read before", "FAILED_PRECONDITION", second.code);
    let blind = stage.set_policy("", read.set_etag(Vec::new())).await?;
    stage.expect("a change without an entity tag", "OK", blind.code);
    Ok(())
}

pub(super) async fn conditions(stage: &mut Stage) -> End {
    let created = stage.create("", uniform()).await?;
    stage.need("a bucket", &created)?;
    let read = stage.policy("", 3).await?.policy;
    let one = with(read.clone(), conditional()).set_version(1);
    let answer = stage.set_policy("", one).await?;
    stage.expect("writing with version 1", "INVALID_ARGUMENT", answer.code);
    let answer = stage.set_policy("", with(read, conditional()).set_version(3)).await?;
    stage.need("writing with version 3", &answer)?;
    let plain = stage.policy("", 1).await?;
    stage.expect("reading with version 1", "INVALID_ARGUMENT", plain.answer.code);
    Ok(())
}

pub(super) async fn conditions_need_uniform(stage: &mut Stage) -> End {
    let created = stage.create("", Bucket::new()).await?;
    stage.need("a bucket", &created)?;
    let read = stage.policy("", 3).await?.policy;
    let answer = stage.set_policy("", with(read, conditional()).set_version(3)).await?;
    stage.expect("a condition without uniform access", "FAILED_PRECONDITION", answer.code);
    let created = stage.create("-uniform", uniform()).await?;
    stage.need("a bucket with uniform access", &created)?;
    let read = stage.policy("-uniform", 3).await?.policy;
    let set = stage.set_policy("-uniform", with(read, conditional()).set_version(3)).await?;
    stage.need("a condition there", &set)?;
    let off = Bucket::new().set_iam_config(IamConfig::new());
    let mask = ["iam_config.uniform_bucket_level_access"];
    let answer = stage.update("-uniform", off, &mask, None).await?;
    stage.expect("turning uniform access off", "FAILED_PRECONDITION", answer.code);
    Ok(())
}

pub(super) async fn public(stage: &mut Stage) -> End {
    let access = IamConfig::new().set_public_access_prevention("enforced");
    let created = stage.create("", Bucket::new().set_iam_config(access)).await?;
    stage.need("a bucket", &created)?;
    let read = stage.policy("", 3).await?.policy;
    for member in ["allUsers", "allAuthenticatedUsers"] {
        let answer = stage.set_policy("", with(read.clone(), viewer(member))).await?;
        stage.expect(member, "FAILED_PRECONDITION", answer.code);
    }
    Ok(())
}

pub(super) async fn members(stage: &mut Stage) -> End {
    let created = stage.create("", Bucket::new()).await?;
    stage.need("a bucket", &created)?;
    let read = stage.policy("", 3).await?.policy;
    for member in ["everyone", "user:nobody", "users:a@example.org"] {
        let answer = stage.set_policy("", with(read.clone(), viewer(member))).await?;
        stage.expect(member, "INVALID_ARGUMENT", answer.code);
    }
    Ok(())
}

pub(super) async fn merged(stage: &mut Stage) -> End {
    let created = stage.create("", Bucket::new()).await?;
    stage.need("a bucket", &created)?;
    let read = stage.policy("", 3).await?.policy;
    let project = format!("projectViewer:{}", stage.project());
    let twice = with(with(read, viewer(SOMEONE)), viewer(&project));
    let answer = stage.set_policy("", twice).await?;
    stage.need("two bindings of one role", &answer)?;
    let roles = roles(&answer);
    stage.expect("bindings afterwards", 1, roles.matches("objectViewer").count());
    Ok(())
}

pub(super) async fn caller(stage: &mut Stage) -> End {
    let created = stage.create("", Bucket::new()).await?;
    stage.need("a bucket", &created)?;
    let permissions = ["storage.buckets.get", "storage.objects.create"];
    let answer = stage.permissions("", &permissions).await?;
    let seen = answer.body["permissions"].as_array().map_or(0, Vec::len);
    stage.expect("permissions on one's own bucket", 2, seen);
    Ok(())
}
