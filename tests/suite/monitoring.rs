//! Monitoring: what its charts are told, what edits of it change, and that it is made on the sandbox with
//! the hub that it watches.

mod firing;
mod real;
mod rules;

use super::bench::Bench;
use super::declared::PROJECT;
use super::hubs::{made, steps};
use super::project::folder::Folder;
use leap_infra::model::Stack;
use serde_json::Value;
use std::fmt::Write as _;

/// Everything that can be said, once.
const WATCHED: &str = "monitoring:
  main:
    prometheus: { disk: 200 GB, memory: 6 GB, retention: 400 days, domain: prometheus.lab.org, readers: htpasswd }
    grafana:
      domain: grafana.lab.org
      admin_password: grafana
      login_with: { github: { client_id: id, client_secret: login } }
      viewers: [all]
      admins: [staff]
    tell:
      on-call: { pagerduty: { key: pager } }
      channel: { slack: { webhook: slack, channel: '#lab' } }
      people: { mail: { to: [lab@lab.org], from: alerts@lab.org, server: 'smtp.lab.org:587', user: alerts, password: smtp } }
    alerts:
      hub-slow: { limit: 120, lasting: 30 minutes, tell: [channel] }
      disk-busy: { off: true }
    ingress: { address: front }
    certificates: { mail: lab@lab.org }
    mining_guard: true
    usage_by_category: true
    values: { cryptnono: { resources: { limits: { memory: 100Mi } } } }
";

const HUB: &str = "hubs:
  main:
    in: [prod]
    cluster: main
    domain: hub.lab.org
    login_with: { github: { client_id: id, client_secret: login } }
    home: { disk: homes, quota: 10 GB }
    images: { lab: { image: 'lab:1' } }
    profiles: { cpu: { on: small, sizes: [4 GB] } }
";

/// The files of a stack with a hub in a cluster that is watched.
fn site(monitoring: &str) -> Folder {
    Folder::empty()
        .file("stack.yaml", format!("stack: lab\nprefix: lab\ncloud: {{ project: {PROJECT}, region: us-central1, zone: us-central1-c }}\n"))
        .file("environments/shared.yaml", "environment: shared\n")
        .file("environments/prod.yaml", "environment: prod\nfollows: shared\n")
        .file("hubs.yaml", HUB)
        .file("monitoring.yaml", monitoring)
        .file("addresses.yaml", "addresses: { front: {} }\n")
        .file("disks.yaml", "disks: { homes: { size: 100 GB } }\n")
        .file("secrets.yaml", "secrets:
  login: { env: LOGIN }
  grafana: { env: GRAFANA }
  htpasswd: { env: HTPASSWD }
  pager: { env: PAGER }
  slack: { env: SLACK }
  smtp: { env: SMTP }
")
        .file("access.yaml", "access:
  organization: lab-org
  categories:
    all: { team: all, members: unmanaged, hubs: { main: { login: true, profiles: [cpu] } } }
    staff: { team: staff, members: unmanaged }
")
        .file("clusters.yaml", "clusters:
  main:
    pools:
      core: { role: core, machine: n2-highmem-4, nodes: { total: 1..5 } }
      small: { role: user, machine: n2-highmem-4, nodes: { total: 0..9 } }
")
}

/// What the chart of a release is told.
fn told(monitoring: &str, release: &str) -> Value {
    let values = site(monitoring).project().monitoring_values("main", "shared").unwrap();
    values[release].clone()
}

fn stack(monitoring: &str) -> Stack {
    site(monitoring).project().expand().unwrap()
}

#[test]
fn the_values_of_all_charts_are_these() {
    let values = site(WATCHED).project().monitoring_values("main", "shared").unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&values).unwrap());
}

#[test]
fn no_secret_is_in_what_a_chart_is_told() {
    let project = site(WATCHED).project();
    let values = project.monitoring_values("main", "shared").unwrap().to_string();
    for kept in ["HTPASSWD", "PAGER", "SLACK", "SMTP", "env:"] {
        assert!(!values.contains(kept), "{kept} is in {values}");
    }
}

#[test]
fn only_what_is_written_is_made() {
    let kinds = |monitoring: &str| {
        let stack = stack(monitoring);
        let here = stack.resources().keys().filter(|id| id.name.contains("/support"));
        here.map(|id| format!("{}/{}", id.kind, id.name)).collect::<Vec<_>>().join("\n")
    };
    let guard = kinds("monitoring: { main: { mining_guard: true } }\n");
    assert_eq!(
        guard,
        "helm-release/lab-main/support/cryptnono\nkubernetes-namespace/lab-main/support"
    );
    insta::assert_snapshot!(kinds(WATCHED));
}

#[test]
fn hubs_are_found_through_what_is_declared_of_their_cluster() {
    let hub = |monitoring: &str| {
        let values = site(monitoring).project().hub_values("main", "prod").unwrap();
        let hub = &values["main"];
        let ingress = &hub["ingress"];
        let class = ingress["ingressClassName"].clone();
        let issuer = ingress["annotations"]["cert-manager.io/cluster-issuer"].clone();
        (class, issuer, hub["hub"]["config"]["JupyterHub"]["authenticate_prometheus"].clone())
    };
    let usual = ("nginx".into(), "letsencrypt-prod".into(), Value::Null);
    assert_eq!(hub("monitoring: { main: { mining_guard: true } }\n"), usual);
    let other = "monitoring: { main: { prometheus: {}, ingress: { class: public }, certificates: { mail: a@lab.org, issuer: trial, trial: true } } }\n";
    assert_eq!(hub(other), ("public".into(), "trial".into(), false.into()));
}

#[test]
fn a_hub_hears_what_measures_it_from_another_namespace_and_nobody_else() {
    let heard = |monitoring: &str| {
        let values = site(monitoring).project().hub_values("main", "prod").unwrap();
        values["main"]["hub"]["networkPolicy"]["interNamespaceAccessLabels"].clone()
    };
    assert_eq!(heard("monitoring: { main: { mining_guard: true } }\n"), Value::Null);
    assert_eq!(heard(WATCHED), "accept");
}

#[test]
fn grafana_lets_in_who_is_in_a_category_and_in_what_it_requires() {
    let folder = site(&WATCHED.replace("viewers: [all]", "viewers: [course, guests]")).file(
        "access.yaml",
        "access:
  organization: Lab-Org
  categories:
    all: { team: all, members: unmanaged, hubs: { main: { login: true, profiles: [cpu] } } }
    course: { team: course, requires: all, members: unmanaged }
    guests: { team: 'other-org:guests', members: unmanaged }
    staff: { team: staff, members: unmanaged }
",
    );
    let values = folder.project().monitoring_values("main", "shared").unwrap();
    let github = &values["grafana"]["grafana.ini"]["auth.github"];
    assert_eq!(
        github["role_attribute_path"],
        "contains(groups[*], '@Lab-Org/staff') && 'Admin' || \
         contains(groups[*], '@Lab-Org/all') && contains(groups[*], '@Lab-Org/course') && 'Viewer' \
         || contains(groups[*], '@other-org/guests') && 'Viewer'"
    );
    assert_eq!(github["allowed_organizations"], "Lab-Org other-org");
}

/// What is said about who lets people in, and what to write.
fn front(monitoring: &str) -> Vec<(String, Option<String>)> {
    let project = site(monitoring).project();
    let about = project.warnings().iter().filter(|problem| problem.code == "hub-front");
    about.map(|problem| (problem.message.clone(), problem.suggestion.clone())).collect()
}

#[test]
fn a_hub_into_which_nobody_lets_people_is_warned_of_with_what_to_write() {
    let said = front("monitoring: { main: { mining_guard: true } }\n");
    let (message, help) = &said[0];
    assert!(
        message.contains("who lets people in to it, and who signs its certificate"),
        "{message}"
    );
    let help = help.as_deref().unwrap();
    assert!(help.contains("`through: { class: nginx, issuer: letsencrypt-prod }`"), "{help}");
    let signs = front("monitoring: { main: { certificates: { mail: a@lab.org } } }\n");
    assert!(signs[0].0.contains("who lets people in to it:"), "{signs:?}");
    assert_eq!(front(WATCHED), []);
}

#[tokio::test]
async fn everything_is_there_after_one_apply_and_then_there_is_nothing_to_do() {
    let bench = Bench::new().await;
    let plan = made(&bench, &stack(WATCHED)).await;
    insta::assert_snapshot!(steps(&plan));
    assert_eq!(steps(&bench.plan(&stack(WATCHED)).await), "");
}

#[tokio::test]
async fn what_is_edited_changes_where_it_is_and_nowhere_else() {
    let bench = Bench::new().await;
    made(&bench, &stack(WATCHED)).await;
    let mut story = String::new();
    for (from, to) in [
        ("disk: 200 GB", "disk: 300 GB"),
        ("memory: 6 GB", "memory: 8 GB"),
        ("retention: 400 days", "retention: 200 days"),
        ("limit: 120", "limit: 240"),
        ("tell: [channel]", "tell: [on-call]"),
        ("disk-busy: { off: true }", "node-not-ready: { off: true }"),
        ("channel: '#lab'", "channel: '#platform'"),
        ("key: pager", "key: slack"),
        ("admins: [staff]", "editors: [staff]"),
        ("domain: grafana.lab.org", "domain: measures.lab.org"),
        ("ingress: { address: front }", "ingress: { address: front, replicas: 2 }"),
        ("mail: lab@lab.org", "mail: lab@lab.org, trial: true"),
        ("    mining_guard: true\n", ""),
        ("    usage_by_category: true\n", ""),
        ("    values:", "    charts: { grafana: 9.3.0 }\n    values:"),
        ("    ingress: { address: front }\n", "    ingress: { class: public }\n"),
    ] {
        let edited = WATCHED.replacen(from, to, 1);
        assert_ne!(edited, WATCHED, "{from}");
        let plan = bench.plan(&stack(&edited)).await;
        writeln!(story, "{} -> {}\n{}\n", from.trim(), to.trim(), steps(&plan)).unwrap();
    }
    insta::assert_snapshot!(story);
}

#[test]
fn explain_says_what_is_looked_for_whom_it_tells_and_how_much_room_it_takes() {
    let project = site(WATCHED).project();
    let mut story = String::new();
    for path in ["prometheus.disk", "alerts", "alerts.hub-slow", "on", "cluster"] {
        let said = project.explain(&format!("monitoring.main.{path}"), "shared");
        match said {
            Ok(said) => writeln!(story, "{said}").unwrap(),
            Err(error) => writeln!(story, "{error}").unwrap(),
        }
    }
    insta::assert_snapshot!(story);
}
