//! Monitoring: the mistakes that are found before anything is asked of a cloud.

use super::folder::Folder;

fn stack(monitoring: &str) -> Folder {
    Folder::empty()
        .file("stack.yaml", "stack: demo\nprefix: demo\ncloud: { project: demo-project, region: us-central1, zone: us-central1-c }\n")
        .file("environments/shared.yaml", "environment: shared\n")
        .file("environments/prod.yaml", "environment: prod\nfollows: shared\n")
        .file("clusters.yaml", "clusters:
  main:
    pools:
      core: { role: core, machine: n2-highmem-4, nodes: { total: 1..5 } }
      small: { role: user, machine: n2-highmem-4, nodes: { total: 0..9 } }
")
        .file("addresses.yaml", "addresses: { front: {}, world: { global: true } }\n")
        .file("secrets.yaml", "secrets: { slack: { env: SLACK }, made: { make: { in: [prod] } } }\n")
        .file("access.yaml", "access:
  organization: demo-org
  categories: { staff: { team: staff, members: unmanaged, hubs: { lab: { login: true, profiles: [cpu] } } } }
")
        .file("hubs.yaml", "hubs:
  lab:
    in: [prod]
    cluster: main
    domain: hub.example.org
    through: { class: nginx, issuer: letsencrypt-prod }
    login_with: { github: { client_id: id, client_secret: slack } }
    profiles: { cpu: { on: small, sizes: [4 GB] } }
")
        .file("monitoring.yaml", monitoring)
}

fn with(settings: &str) -> Folder {
    stack(&format!("monitoring:\n  main:\n{settings}"))
}

#[test]
fn what_is_referred_to_is_there() {
    let folder = with(
        "    on: cors
    prometheus: { domain: prometheus.example.org, readers: htpasswd }
    grafana:
      domain: grafana.example.org
      admin_password: made
      login_with: { github: { client_id: id, client_secret: slak } }
      viewers: [staf]
    tell:
      channel: { slack: { webhook: slck, channel: '#demo' } }
    ingress: { address: frnt }
    charts: { grafanna: 1.0.0 }
    values: { ingress: {} }
",
    );
    insta::assert_snapshot!(folder.problems());
}

#[test]
fn an_alert_is_one_that_there_is_within_its_limits_and_goes_somewhere() {
    let folder = with("    prometheus: {}
    tell:
      channel: { slack: { webhook: slack, channel: '#demo' } }
      people: { mail: { to: [], from: a@example.org, server: smtp.example.org, user: a, password: slack } }
      late: { mail: { to: [b@example.org], from: a@example.org, server: smtp.example.org, user: a, password: slack } }
    alerts:
      home-disc-full: { limit: 5 }
      home-disk-full: { limit: 5000 }
      node-not-ready: { limit: 3 }
      hub-down: { tell: [chanel] }
      hub-slow: { tell: [] }
      disk-busy: { tell: [], off: true }
");
    insta::assert_snapshot!(folder.problems());
}

#[test]
fn a_cluster_is_watched_once_and_there_is_one() {
    let folder = stack(
        "monitoring:
  main: { mining_guard: true }
  again: { cluster: main, mining_guard: true }
  away: { cluster: mian, mining_guard: true }
  each: { cluster: main, in: [shared, prod], mining_guard: true }
",
    );
    insta::assert_snapshot!(folder.problems());
}

#[test]
fn what_is_found_at_a_domain_is_found_there_alone_and_asks_who_comes() {
    let folder = with(
        "    prometheus: { domain: hub.example.org }
    grafana: { domain: hub.example.org, admin_password: slack, admins: [staff] }
    tell: { channel: { slack: { webhook: slack, channel: '#demo' } } }
    ingress: { address: world }
",
    );
    insta::assert_snapshot!(folder.problems());
    let folder = with("    prometheus: { readers: slack }
    grafana: { domain: g.example.org, admin_password: slack, login_with: { github: { client_id: id, client_secret: slack } } }
    tell: { channel: { slack: { webhook: slack, channel: '#demo' } } }
");
    insta::assert_snapshot!(folder.problems());
}

#[test]
fn prometheus_fits_on_its_machines() {
    let folder = with(
        "    prometheus: { memory: 60 GB, every: 5 minutes }
    tell: { channel: { slack: { webhook: slack, channel: '#demo' } } }
",
    );
    insta::assert_snapshot!(folder.problems());
    let none = with("    mining_guard: true\n").file("clusters.yaml", "clusters: { main: { pools: { small: { role: user, machine: n2-highmem-4, nodes: { total: 0..9 } } } } }\n");
    assert!(none.problems().contains("no pool with the role `core`"), "{}", none.problems());
}

#[test]
fn what_may_be_meant_is_a_warning() {
    let folder = with("    prometheus: { disk: 20 GB, retention: 1000 days }\n");
    insta::assert_snapshot!(folder.warnings());
    let folder = with("    grafana: { domain: grafana.example.org, admin_password: slack }\n");
    insta::assert_snapshot!(folder.warnings());
    let folder = with("    prometheus: {}
    tell: { a: { slack: { webhook: slack, channel: '#a' } }, b: { slack: { webhook: slack, channel: '#b' } } }
    alerts: { ALL }
".replace("ALL", &ALERTS.map(|name| format!("{name}: {{ tell: [a] }}")).join(", ")).as_str());
    insta::assert_snapshot!(folder.warnings());
}

/// Every alert.
const ALERTS: [&str; 12] = [
    "certificate-ends",
    "disk-busy",
    "home-disk-full",
    "hub-database-full",
    "hub-down",
    "hub-restarts",
    "hub-slow",
    "node-not-ready",
    "pod-not-scheduled",
    "pool-full",
    "prometheus-disk-full",
    "servers-fail",
];
