use google_cloud_gax::error::rpc::Code;
use google_cloud_iam_v1::model::{Binding, GetPolicyOptions, Policy};
use google_cloud_storage::model::bucket::IamConfig;
use google_cloud_storage::model::bucket::iam_config::UniformBucketLevelAccess;

use super::*;

const VIEWER: &str = "roles/storage.objectViewer";

impl Bench {
    async fn policy(&self) -> Policy {
        let options = GetPolicyOptions::new().set_requested_policy_version(3);
        let request = self.control.get_iam_policy().set_resource(path("scratch"));
        request.set_options(options).send().await.unwrap()
    }

    async fn set_policy(&self, policy: Policy) -> Result<Policy, Error> {
        let request = self.control.set_iam_policy().set_resource(path("scratch"));
        request.set_policy(policy).send().await
    }
}

fn viewer(member: &str) -> Binding {
    Binding::new().set_role(VIEWER).set_members([member])
}

fn with(mut policy: Policy, binding: Binding) -> Policy {
    policy.bindings.push(binding);
    policy
}

fn uniform() -> IamConfig {
    let uniform = UniformBucketLevelAccess::new().set_enabled(true);
    IamConfig::new().set_uniform_bucket_level_access(uniform)
}

#[tokio::test]
async fn a_new_bucket_has_the_legacy_bindings() {
    let bench = Bench::new().await;
    bench.create("scratch", Bucket::new().set_iam_config(uniform())).await.unwrap();
    let policy = bench.policy().await;
    let roles: Vec<_> = policy.bindings.iter().map(|binding| &*binding.role).collect();
    let expected = ["BucketOwner", "BucketReader", "ObjectOwner", "ObjectReader"];
    assert_eq!(roles, expected.map(|role| format!("roles/storage.legacy{role}")));
    assert_eq!(policy.bindings[0].members, ["projectEditor:leap", "projectOwner:leap"]);
}

#[tokio::test]
async fn a_policy_is_written_only_over_the_one_that_was_read() {
    let bench = Bench::new().await;
    bench.create("scratch", Bucket::new()).await.unwrap();
    let read = bench.policy().await;
    bench.set_policy(with(read.clone(), viewer("group:a@leap.org"))).await.unwrap();
    let stale = bench.set_policy(with(read, viewer("group:b@leap.org"))).await;
    assert_eq!(refusal(stale).0, Code::FailedPrecondition);
    let members: Vec<_> =
        bench.policy().await.bindings.into_iter().flat_map(|binding| binding.members).collect();
    assert!(members.contains(&"group:a@leap.org".to_owned()));
    assert!(!members.contains(&"group:b@leap.org".to_owned()));
}

#[tokio::test]
async fn a_policy_is_part_of_the_version_of_its_bucket() {
    let bench = Bench::new().await;
    bench.create("scratch", Bucket::new()).await.unwrap();
    let read = bench.policy().await;
    bench.set_policy(with(read, viewer("user:a@leap.org"))).await.unwrap();
    assert_eq!(bench.get("scratch").await.unwrap().metageneration, 2);
}

#[tokio::test]
async fn conditions_need_version_three_and_uniform_access() {
    let bench = Bench::new().await;
    bench.create("scratch", Bucket::new()).await.unwrap();
    let condition = || {
        let expr = google_cloud_type::model::Expr::new();
        expr.set_title("until").set_expression("request.time < timestamp('2027-01-01T00:00:00Z')")
    };
    let conditional = |policy| with(policy, viewer("user:a@leap.org").set_condition(condition()));
    let read = bench.policy().await;
    let without_uniform = conditional(read.clone()).set_version(3);
    assert_eq!(refusal(bench.set_policy(without_uniform).await).0, Code::FailedPrecondition);

    let patch = Bucket::new().set_name(path("scratch")).set_iam_config(uniform());
    let mask = google_cloud_wkt::FieldMask::default().set_paths(["iam_config"]);
    bench.control.update_bucket().set_bucket(patch).set_update_mask(mask).send().await.unwrap();
    let read = bench.policy().await;
    let version_one = conditional(read.clone()).set_version(1);
    assert_eq!(refusal(bench.set_policy(version_one).await).0, Code::InvalidArgument);
    let set = bench.set_policy(conditional(read).set_version(3)).await.unwrap();
    assert_eq!(set.version, 3);
    let plain = bench.control.get_iam_policy().set_resource(path("scratch")).send().await;
    assert_eq!(refusal(plain).0, Code::InvalidArgument);
}

#[tokio::test]
async fn the_public_is_kept_out_where_that_is_enforced() {
    let bench = Bench::new().await;
    let enforced = uniform().set_public_access_prevention("enforced");
    bench.create("scratch", Bucket::new().set_iam_config(enforced)).await.unwrap();
    let read = bench.policy().await;
    let (code, message) = refusal(bench.set_policy(with(read.clone(), viewer("allUsers"))).await);
    assert_eq!(code, Code::FailedPrecondition);
    assert!(message.contains("public access prevention is enforced"), "{message}");
    let nonsense = bench.set_policy(with(read, viewer("everyone"))).await;
    assert_eq!(refusal(nonsense).0, Code::InvalidArgument);
}
