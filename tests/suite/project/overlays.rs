//! What an environment lays over the stack, and how that is explained.

use super::folder::Folder;
use insta::assert_snapshot;
use serde_json::json;

const BUCKETS: &str = "buckets:
  data:
    delete_after_days: 60
    grants:
      read: ['group:one@demo.example.org', 'group:two@demo.example.org']
";

fn staging(over: &str) -> Folder {
    let file = format!("environment: staging\nsuffix: -staging\nover:\n{over}");
    Folder::stack().file("buckets.yaml", BUCKETS).file("environments/staging.yaml", file)
}

fn readers(folder: &Folder, env: &str) -> Vec<String> {
    let stack = folder.project().expand().unwrap();
    let access =
        |id: &leap_infra::model::ResourceId| id.env == env && id.kind == "gcs-bucket-access";
    let found = stack.resources().values().filter(|resource| access(&resource.id));
    let grants = found.flat_map(|resource| resource.spec["grants"].as_array().unwrap().clone());
    grants.map(|grant| grant["member"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_list_can_be_added_to() {
    let folder =
        staging("  buckets: { data: { grants: { read: !append ['user:x@demo.example.org'] } } }\n");
    assert_eq!(readers(&folder, "staging").len(), 3);
    assert_eq!(readers(&folder, "prod").len(), 2);
    assert_eq!(folder.warnings(), "");
}

#[test]
fn a_list_can_be_taken_from() {
    let folder = staging(
        "  buckets: { data: { grants: { read: !remove ['group:one@demo.example.org'] } } }\n",
    );
    assert_eq!(readers(&folder, "staging"), ["group:two@demo.example.org"]);
}

#[test]
fn a_list_that_takes_the_place_of_another_says_what_is_lost() {
    let folder = staging(
        "  buckets:\n    data:\n      grants:\n        read: ['group:one@demo.example.org']\n",
    );
    assert_eq!(readers(&folder, "staging"), ["group:one@demo.example.org"]);
    assert_snapshot!(folder.warnings());
}

#[test]
fn what_is_not_there_cannot_be_taken_out() {
    let folder = staging(
        "  buckets:\n    data:\n      versioning: null\n      grants:\n        read: !remove ['group:on@demo.example.org']\n",
    );
    assert_snapshot!(folder.problems());
}

#[test]
fn null_removes_and_an_empty_value_does_not() {
    let folder = staging("  buckets: { data: null }\n");
    let stack = folder.project().expand().unwrap();
    assert!(stack.resources().keys().all(|id| id.env == "prod"));
    assert_snapshot!(staging("  buckets:\n    data:\n").problems());
}

#[test]
fn a_value_is_explained_with_what_it_overrode() {
    let folder = staging("  buckets: { data: { delete_after_days: 30 } }\n");
    let project = folder.project();
    let told = |path: &str, env: &str| match project.explain(path, env) {
        Ok(explanation) => explanation.to_string(),
        Err(error) => format!("{error}\n"),
    };
    assert_snapshot!(
        [
            told("buckets.data.delete_after_days", "staging"),
            told("buckets.data.delete_after_days", "prod"),
            told("buckets.data.soft_delete_days", "prod"),
            told("buckets.data.name", "staging"),
            told("buckets.data", "staging"),
            told("buckets.dta.name", "staging"),
            told("buckets.data.delete_after", "staging"),
            told("buckets.data.name", "stagin"),
        ]
        .join("\n")
    );
}

#[test]
fn an_environment_can_have_a_project_of_its_own() {
    let folder = staging("  {}\n").file(
        "environments/prod.yaml",
        "environment: prod\nfollows: staging\nproject: demo-production\n",
    );
    let project = folder.project();
    assert_eq!(project.project("staging"), "demo-project");
    assert_eq!(project.project("prod"), "demo-production");
    let explanation = project.explain("cloud.project", "prod").unwrap().to_string();
    assert!(explanation.contains("overrides demo-project at demo/stack.yaml:3"), "{explanation}");
}

#[test]
fn the_digest_follows_the_declaration_and_not_its_layout() {
    let digest = |buckets: &str| Folder::buckets(buckets).project().digest();
    assert_eq!(digest("buckets: { a: {} }\n"), digest("# a comment\nbuckets:\n  a: {}\n"));
    assert_ne!(digest("buckets: { a: {} }\n"), digest("buckets: { b: {} }\n"));
}

#[test]
fn a_bucket_in_full_becomes_a_complete_spec() {
    let folder = Folder::buckets(
        "buckets:
  full:
    location: [us-west1, us-east1]
    storage_class: nearline
    delete_after_days: 30
    lifecycle:
      - delete: { after_days: 3, prefixes: [tmp/] }
      - abort_uploads: { after_days: 2 }
      - move_to: { class: archive, after_days: 365 }
    uniform_access: true
    soft_delete_days: 0
    retention: 12 hours
    cors: [{ origins: ['*'] }]
    website: { index: index.html, not_found: 404.html }
    labels: { team: data }
    protect: true
    public: read
",
    );
    let stack = folder.project().expand().unwrap();
    let resources: Vec<_> = stack.resources().values().map(|found| json!(found)).collect();
    assert_snapshot!(serde_json::to_string_pretty(&resources).unwrap());
}
