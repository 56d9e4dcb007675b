//! What of releases cannot be, each with its place and what to write instead; what a chart says of its
//! values; and what a few words become.

use super::folder::Folder;
use insta::assert_snapshot;
use serde_json::json;
use std::fmt::Write;

const CLOUD: &str = "stack: demo
prefix: demo
cloud: { project: demo-project, region: us-central1, zone: us-central1-b }
clusters:
  main: { pools: { core: { role: core, machine: n2-highmem-4, nodes: { per_zone: 1..5 } } } }
secrets:
  oauth: { env: OAUTH }
";

/// What `leap-infra lock` wrote of a chart whose values are told in full.
fn lock() -> String {
    let memory = json!({
        "type": "object", "additionalProperties": false,
        "properties": { "limit": { "type": ["string", "number"] }, "guarantee": {} },
    });
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["proxy"],
        "properties": {
            "hub": {
                "type": "object", "additionalProperties": false,
                "properties": {
                    "replicas": { "type": "integer", "minimum": 1 },
                    "config": { "type": "object", "additionalProperties": true },
                },
            },
            "singleuser": {
                "type": "object", "additionalProperties": false,
                "properties": { "memory": memory, "startTimeout": { "type": "integer" } },
            },
            "proxy": { "type": "object" },
        },
    });
    let chart = json!({
        "name": "jupyterhub", "version": "4.2.0", "source": "https://charts.example.org",
        "digest": "sha256:0123", "schema": schema,
    });
    json!({ "charts": [chart] }).to_string()
}

fn folder(releases: &str) -> Folder {
    Folder::stack()
        .file("stack.yaml", CLOUD)
        .file("releases.yaml", releases)
        .file("stack.lock", lock())
}

const CHART: &str =
    "{ name: jupyterhub, version: 4.2.0, repository: 'https://charts.example.org' }";

#[test]
fn a_few_words_become_a_release() {
    let releases = format!(
        "releases:
  hub:
    in: [prod]
    namespace: prod
    chart: {CHART}
    values: {{ hub: {{ replicas: 1 }}, singleuser: null }}
"
    );
    let stack = folder(&releases).project().expand().unwrap();
    let mut told = String::new();
    let all = stack.resources().values().filter(|it| it.id.kind == "helm-release");
    for resource in all {
        _ = writeln!(told, "{} at {}\n{:#}", resource.id, resource.source, resource.spec);
    }
    let keys = stack.keys().iter().filter(|(key, _)| key.starts_with("release"));
    for (key, ids) in keys {
        _ = writeln!(told, "{key}: {ids:?}");
    }
    assert_snapshot!(told);
}

#[test]
fn values_are_held_against_what_the_chart_says() {
    let releases = format!(
        "releases:
  hub:
    in: [prod]
    namespace: prod
    chart: {CHART}
    values:
      memory: {{ limit: 2G }}
      hub:
        replicas: yes
        startTimeout: 600
        config: {{ Anything: {{ goes: true }} }}
      singeluser: {{}}
"
    );
    assert_snapshot!(folder(&releases).problems());
}

#[test]
fn values_of_a_chart_that_is_wrapped_are_checked_where_it_takes_them() {
    let whole = lock();
    let mut whole: serde_json::Value = serde_json::from_str(&whole).unwrap();
    let inner = whole["charts"][0]["schema"].take();
    whole["charts"][0]["schema"] = json!({ "properties": { "jupyterhub": inner } });
    let releases = format!(
        "releases:
  hub:
    in: [prod]
    namespace: prod
    chart: {CHART}
    values_under: jupyterhub
    values: {{ memory: {{ limit: 2G }} }}
"
    );
    let folder = folder(&releases).file("stack.lock", whole.to_string());
    assert_snapshot!(folder.problems());
}

#[test]
fn a_secret_has_no_business_in_the_values_of_a_chart() {
    let releases = format!(
        "releases:
  hub:
    in: [prod]
    namespace: prod
    chart: {CHART}
    values:
      hub:
        config:
          GitHubOAuthenticator: {{ client_secret: 'secret:oauth', client_id: x }}
          Other: {{ api_token: 0123456789abcdef }}
"
    );
    assert_snapshot!(folder(&releases).problems());
}

#[test]
fn what_does_not_go_together_is_found() {
    let releases = "
releases:
  twice: { in: [prod], namespace: a, name: same, chart: { name: x, version: 1.0.0, path: charts/x } }
  again: { in: [prod], namespace: a, name: same, chart: { name: x, version: 1.0.0, path: charts/x } }
  nowhere: { in: [prod], namespace: a, chart: { name: x, version: 1.0.0 } }
  both: { in: [prod], namespace: a, chart: { name: x, version: 1.0.0, path: a, oci: 'oci://b/x' } }
  wrong: { in: [prod], namespace: a, chart: { name: x, version: 1.0.0, repository: 'oci://b' } }
  range: { in: [prod], namespace: a, chart: { name: x, version: '>=1.0', path: charts/x } }
  elsewhere: { in: [prod], cluster: mian, namespace: a, chart: { name: x, version: 1.0.0, path: a } }
  open: { in: [prod], namespace: a, chart: { name: x, version: 1.0.0, oci: 'oci://b/x' } }
";
    assert_snapshot!(folder(releases).problems());
}
