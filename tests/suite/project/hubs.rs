//! Hubs: the mistakes that are found before anything is asked of a cloud.

use super::folder::Folder;
use serde_json::{Value, json};

const CLUSTERS: &str = "clusters:
  main:
    pools:
      core: { role: core, machine: n2-highmem-4, nodes: { total: 1..5 }, zones: [us-central1-c] }
      small: { role: user, machine: n2-highmem-4, nodes: { total: 0..9 } }
      t4: { role: user, machine: n1-standard-8, gpu: nvidia-tesla-t4, nodes: { total: 0..9 }, zones: [us-central1-c] }
      old: { role: user, machine: n2-highmem-8, nodes: { total: 0..9 }, retiring: true }
      new: { role: user, machine: z9-huge-4, nodes: { total: 0..9 } }
      workers: { role: dask-worker, machine: n2-highmem-4, nodes: { total: 0..9 } }
";

const BESIDE: &str = "secrets: { login: { env: LOGIN } }\n";

const ACCESS: &str = "access:
  organization: demo-org
  categories:
    all: { team: all, members: unmanaged, hubs: { main: { login: true, profiles: [cpu] } } }
";

fn stack(hubs: &str) -> Folder {
    Folder::stack()
        .file("clusters.yaml", CLUSTERS)
        .file("secrets.yaml", BESIDE)
        .file("access.yaml", ACCESS)
        .file("hubs.yaml", hubs)
}

const LOGIN: &str = "login_with: { github: { client_id: id, client_secret: login } }";

fn with(settings: &str) -> Folder {
    let cpu = "cpu: { on: small, sizes: [4 GB] }, gpus: { choices: { t4: { on: t4, gpus: 1 } } }";
    let profiles = match settings.contains("profiles:") {
        true => String::new(),
        false => format!("    profiles: {{ {cpu} }}\n"),
    };
    stack(&format!(
        "hubs:\n  main:\n    in: [prod]\n    cluster: main\n    domain: hub.example.org\n    {LOGIN}\n{profiles}{settings}"
    ))
}

#[test]
fn a_profile_fits_on_the_machines_that_it_names() {
    let folder = with("    profiles:
      cpu: { on: smal, sizes: [4 GB] }
      big: { on: small, sizes: [4 GB, 64 GB] }
      core: { on: core }
      old: { on: old }
      new: { on: new, sizes: [4 GB] }
      nowhere: { sizes: [4 GB] }
      gpu: { choices: { t4: { on: t4, gpus: 2 }, forgot: { on: t4 }, cpu: { on: small, gpus: 1 }, off: {} } }
      both: { on: small, sizes: [4 GB], choices: { a: {} } }
      named: { choices: [a] }
      images: { on: small, images: [lab], builds_images: true }
");
    insta::assert_snapshot!(folder.problems());
}

#[test]
fn what_a_hub_refers_to_is_there() {
    let folder = with("    admins: [ada]
    home: { disk: homes }
    dask: { workers_on: small }
    builds: { on: bilds, registry: images, credentials: key }
    environment: { DATA: 'bucket:data', RAW: 'gs://demo-open/x', OTHER: 'gs://elsewhere' }
    identity: { per: hub, account: hub }
    images:
      one: { image: 'lab:1', default: true }
      two: { image: 'lab:2', default: true }
      none: {}
    warm:
      - { event: course, profile: cpu, choice: 5 GB, seats: 3, from: 2027-03-12 09:00, until: 2027-03-11 12:00 }
      - { event: talk, profile: cqu, seats: 3, from: 2027-03-12 09:00, until: 2027-03-12 12:00 }
")
    .file("identities.yaml", "identities: { hub: { in: [prod] } }\n")
    .file("buckets.yaml", "buckets: { open: { name: demo-open, in: [prod] } }\n");
    insta::assert_snapshot!(folder.problems());
}

#[test]
fn two_hubs_are_not_in_one_place_and_each_says_how_people_log_in() {
    let folder = stack("hubs:
  main: { cluster: main, domain: hub.example.org, namespace: hub, in: [prod], profiles: { cpu: { on: small } } }
  other: { like: main, in: [prod] }
  lost: { like: mian, domain: lost.example.org }
  away: { cluster: mian, domain: away.example.org }
");
    insta::assert_snapshot!(folder.problems());
}

#[test]
fn what_may_be_meant_is_a_warning() {
    let folder = with(
        "    home: { disk: homes, quota: 10 GB, people: 40 }
    images: { lab: { image: 'quay.io/lab:latest' }, bare: { image: quay.io:5000/lab } }
",
    )
    .file("disks.yaml", "disks: { homes: { in: [prod], size: 100 GB, zone: us-central1-c } }\n");
    insta::assert_snapshot!(folder.warnings());
}

#[test]
fn a_hub_to_which_no_declared_name_leads_is_warned_of() {
    let names = |record: &str| {
        let dns = format!(
            "dns: {{ by_hand: true, records: {{ '{record}': {{ in: [prod], to: 203.0.113.7 }} }} }}\n"
        );
        with("").file("names.yaml", &dns).warnings()
    };
    let said = names("hubs.example.org");
    assert!(said.contains("no record of `dns` is named `hub.example.org`"), "{said}");
    assert!(said.contains("write `hub.example.org: { to: … }` among the records"), "{said}");
    for leads in ["hub.example.org", "*.example.org"] {
        assert!(!names(leads).contains("no record of `dns`"), "{leads}");
    }
}

#[test]
fn homes_are_served_from_where_their_disk_is() {
    let folder = with("    home: { disk: homes }\n").file(
        "disks.yaml",
        "disks: { homes: { in: [prod], size: 100 GB, zone: us-central1-f } }\n",
    );
    assert!(folder.problems().contains("the disk is in us-central1-f"), "{}", folder.problems());
}

#[test]
fn a_text_of_ones_own_takes_the_place_of_ours_and_its_mistakes_have_a_line() {
    let folder = with("").file("templates/hub-home.html.hbs", "<b>{{heading}}</b>\n");
    let values = folder.project().hub_values("main", "prod").unwrap();
    let page = &values["main"]["hub"]["extraFiles"]["login-page"]["stringData"];
    assert_eq!(page, "<b>demo</b>\n");
    let folder = with("").file("templates/hub-home.html.hbs", "<b>\n{{headline}}</b>\n");
    insta::assert_snapshot!(folder.problems());
    let folder = with("").file("templates/hub-hom.html.hbs", "");
    insta::assert_snapshot!(folder.problems());
}

/// What a chart of hubs says of its values.
fn schema() -> Value {
    let file = json!({
        "type": "object", "additionalProperties": false,
        "oneOf": [{ "required": ["data"] }, { "required": ["stringData"] }],
        "properties": {
            "mountPath": { "type": "string" }, "data": { "type": "object" },
            "stringData": { "type": "string" },
        },
    });
    let files = json!({ "type": "object", "additionalProperties": file });
    let memory = json!({ "type": "object", "properties": { "limit": { "type": "string" } } });
    json!({
        "type": "object", "additionalProperties": false, "required": ["imagePullSecrets"],
        "properties": {
            "hub": {
                "type": "object", "additionalProperties": false,
                "properties": {
                    "concurrentSpawnLimit": { "type": "integer", "minimum": 0 },
                    "db": { "type": "object", "properties": { "type": { "enum": ["sqlite-pvc", "postgres"] } } },
                    "extraFiles": files,
                },
            },
            "singleuser": {
                "type": "object", "additionalProperties": false,
                "properties": { "memory": memory, "startTimeout": { "type": "integer" } },
            },
        },
    })
}

/// What `leap-infra lock` writes of a chart.
fn lock(name: &str, version: &str, source: &str, schema: &Value) -> String {
    let chart = json!({
        "name": name, "version": version, "source": source, "digest": "sha256:0123", "schema": schema,
    });
    json!({ "charts": [chart] }).to_string()
}

const CHARTS: &str = "https://charts.example.org";

#[test]
fn what_is_said_to_the_chart_is_held_against_what_the_chart_takes() {
    let folder = with(
        "    charts: { jupyterhub: 4.3.3 }
    values:
      memory: { limit: 2G }
      hub:
        concurrentSpawnLimit: many
        startTimeout: 600
        db: { type: mysql }
        extraFiles:
          motd: { mountPath: /motd, stringData: Hello }
          logo: { mountpath: /logo, data: { a: 1 } }
      singeluser: {}
",
    )
    .file(
        "stack.lock",
        lock("jupyterhub", "4.3.3", "https://hub.jupyter.org/helm-chart/", &schema()),
    );
    insta::assert_snapshot!(folder.problems());
}

#[test]
fn what_is_right_passes_and_nothing_is_required_of_what_is_laid_over() {
    let right = "    values: { hub: { concurrentSpawnLimit: 10, extraFiles: { a: { stringData: b } } }, singleuser: null }\n";
    let lock = lock("jupyterhub", "4.3.3", "https://hub.jupyter.org/helm-chart/", &schema());
    assert!(!with(right).file("stack.lock", lock).warnings().contains("values"));
}

#[test]
fn a_chart_that_wraps_the_hub_takes_its_values_below_a_key() {
    let release = format!(
        "    release: {{ chart: basehub, version: 1.0.0, repository: '{CHARTS}', values_under: jupyterhub }}
    values:
      hub: {{ concurrentSpawnLimit: 10 }}
      jupyterhub: {{ hub: {{ startTimeout: 600 }} }}
"
    );
    let around = json!({
        "type": "object", "additionalProperties": false, "properties": { "jupyterhub": schema() },
    });
    let folder = with(&release).file("stack.lock", lock("basehub", "1.0.0", CHARTS, &around));
    insta::assert_snapshot!(folder.problems());
}
