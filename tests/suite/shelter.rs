//! Secrets on the way in: what is in Secret Manager already is declared, taken in, and called by
//! its key like anything else.

use super::home::Home;
use super::shell::{TOP, copy};
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::path::Path;

const STACK: &str = "\
stack: lab
prefix: lab
cloud: { project: lab-project, region: us-central1, labels: { cost: lab } }
secrets:
  mirror: { google: projects/lab-project/secrets/mirror-key }
";

const HUB: &str = "serviceAccount:hub@lab-project.iam.gserviceaccount.com";

/// A stack that declares one secret that is kept elsewhere, and a project with four.
async fn shelter() -> Home {
    let home = Home::of(&[("stack.yaml", STACK)]).await;
    copy(&Path::new(TOP).join("examples/environments"), &home.path("environments"));
    let automatic = json!({ "replication": { "automatic": {} } });
    let kept = json!({
        "replication": { "userManaged": { "replicas": [{ "location": "us-east1" }] } },
        "labels": { "team": "hub", "cost": "lab" },
        "expireTime": "2035-01-01T00:00:00Z",
        "topics": [{ "name": "projects/lab-project/topics/rotate" }],
        "rotation": { "rotationPeriod": "7776000s", "nextRotationTime": "2031-01-01T00:00:00Z" },
    });
    let odd = json!({
        "replication": { "automatic": {} },
        "labels": { "cost": "lab" },
        "expireTime": "2035-01-01T10:30:00Z",
    });
    for (name, secret) in [
        ("lab-oauth", &kept),
        ("HUB_Cookie", &odd),
        ("mirror-key", &automatic),
        ("lab-x", &automatic),
    ] {
        post(&home, &format!("secrets?secretId={name}"), secret).await;
    }
    let binding = |role: &str, members: Value| json!({ "role": role, "members": members });
    let policy = json!({ "policy": { "bindings": [
        binding("roles/secretmanager.secretAccessor", json!([HUB, "allAuthenticatedUsers"])),
        binding("roles/secretmanager.viewer", json!(["group:staff@lab.example.org"])),
    ] } });
    post(&home, "secrets/lab-oauth:setIamPolicy", &policy).await;
    home
}

async fn post(home: &Home, path: &str, body: &Value) {
    let url = format!("{}/v1/projects/lab-project/{path}", home.sandbox.url());
    let sent = reqwest::Client::new().post(url).body(body.to_string()).send().await.unwrap();
    let status = sent.status();
    assert!(status.is_success(), "{path}: {status} {}", sent.text().await.unwrap());
}

/// Everything about secrets in the cloud but the labels that say whose they are, and counters.
fn settings(home: &Home) -> Vec<Value> {
    let world = home.sandbox.snapshot().unwrap().outcome();
    let secrets = world.into_iter().filter(|(key, _)| key.contains("secret"));
    let plain = |(_, mut value): (String, Value)| {
        strip(&mut value);
        value
    };
    secrets.map(plain).collect()
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|key, _| !key.starts_with("leap-infra-") && key != "etag");
            fields.values_mut().for_each(strip);
            fields.retain(|key, value| key != "labels" || *value != json!({}));
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_that_are_there_are_discovered_adopted_and_then_nothing_is_left_to_do() {
    let home = shelter().await;
    let before = settings(&home);
    let written = home.says("discover", 0).stdout;
    assert_snapshot!(written);
    // A section is in one file: the entries go where the section is.
    let (_, entries) = written.split_once("secrets:\n").unwrap();
    home.write("stack.yaml", &format!("{STACK}{entries}"));
    home.says("validate", 0);
    assert!(home.says("discover", 0).stdout.trim().is_empty(), "nothing is undeclared");
    home.says("adopt --all --auto-approve", 0);
    assert!(home.says("plan --detailed-exitcode", 0).is_nothing_to_do());
    assert!(home.says("history", 0).stdout.contains("4 adopted"));
    assert_eq!(settings(&home), before, "taking in changes nothing but whose they are");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_is_called_by_its_key() {
    let declared =
        format!("  oauth: {{ make: {{ readers: ['{HUB}'] }} }}\n  other: {{ make: {{}} }}\n");
    let home = Home::of(&[("stack.yaml", &format!("{STACK}{declared}"))]).await;
    let only = home.says("plan --target secret:oauth", 0).stdout;
    assert!(
        only.contains("secret/lab-oauth") && only.contains("secret-access/lab-oauth"),
        "{only}"
    );
    assert!(!only.contains("lab-other"), "{only}");
    let rest = home.says("plan --exclude prod:secret:oauth", 0).stdout;
    assert!(rest.contains("lab-other") && !rest.contains("lab-oauth"), "{rest}");
    home.says("hold secret:oauth --until 3_days --reason workshop", 0);
    let held = home.says("apply --auto-approve", 7);
    assert!(held.stdout.contains("workshop"), "{}", held.stdout);
    home.says("apply --auto-approve --exclude secret:oauth", 0);
    home.says("hold secret:oauth --release", 0);
    home.says("apply --auto-approve", 0);
    assert!(home.says("plan", 0).is_nothing_to_do());
    let near = home.says("plan --target secret:oath", 1);
    assert!(near.stderr.contains("did you mean `secret:oauth`?"), "{}", near.stderr);
    // Whatever is kept elsewhere becomes nothing here.
    let none = home.says("plan --target secret:mirror", 1);
    assert!(none.stderr.contains("names nothing"), "{}", none.stderr);
    home.declare("make: { readers", "make: { manage: observe, readers");
    home.says("disown secret:oauth --auto-approve", 0);
    home.declare("manage: observe, ", "manage: mark, ");
    home.says("adopt secret:oauth --auto-approve", 0);
}
