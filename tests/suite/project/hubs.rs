//! Hubs: the mistakes that are found before anything is asked of a cloud.

use super::folder::Folder;
use serde_json::{Value, json};
use time::{Date, Month};

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

const THROUGH: &str = "through: { class: nginx, issuer: letsencrypt-prod }";

const LOGIN: &str = "login_with: { github: { client_id: id, client_secret: login } }";

fn with(settings: &str) -> Folder {
    let cpu = "cpu: { on: small, sizes: [4 GB] }, gpus: { choices: { t4: { on: t4, gpus: 1 } } }";
    let profiles = match settings.contains("profiles:") {
        true => String::new(),
        false => format!("    profiles: {{ {cpu} }}\n"),
    };
    stack(&format!(
        "hubs:\n  main:\n    in: [prod]\n    cluster: main\n    domain: hub.example.org\n    {LOGIN}\n{profiles}{settings}    {THROUGH}\n"
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

const PEOPLE: &str = "people:
  ada: { name: Ada, github: { login: Ada-Lovelace } }
  bob: { name: Bob, github: { login: bob } }
  eve: { name: Eve }
";

/// Categories of which two say who is in them, and one does not.
const CATEGORIES: &str = "access:
  organization: demo-org
  categories:
    students: { team: students, members: { exact: people/students.yaml }, home_quota: 10 GB, hubs: { main: { login: true, profiles: [cpu] } } }
    research: { team: research, members: { exact: people/research.yaml }, home_quota: 100 GB, hubs: { main: { login: true } } }
    guests: { team: guests, members: unmanaged, home_quota: 5 GB, hubs: { main: { login: true } } }
    elsewhere: { team: elsewhere, members: { exact: people/students.yaml }, home_quota: 900 GB }
";

fn homes(home: &str) -> Folder {
    with(&format!("    home: {home}\n"))
        .file("people.yaml", PEOPLE)
        .file("access.yaml", CATEGORIES)
        .file("people/students.yaml", "members: [{ person: ada }, { login: carl }]\n")
        .file(
            "people/research.yaml",
            "members: [{ person: ada }, { login: dora, until: 2026-01-01 }]\n",
        )
        .file("disks.yaml", "disks: { homes: { in: [prod], size: 900 GB, zone: us-central1-c } }\n")
}

fn quotas(home: &str) -> String {
    let today = Date::from_calendar_date(2026, Month::November, 2).unwrap();
    let values = homes(home).project().on(today).hub_values("main", "prod").unwrap();
    values["home-nfs"]["quotaEnforcer"]["config"]["QuotaManager"].to_string()
}

#[test]
fn a_home_holds_the_most_that_a_category_of_its_owner_gives() {
    // Who is in nothing that is declared is a guest. Dora was a researcher once.
    let quotas = quotas("{ disk: homes }");
    let expected = r#"{"hard_quota":5.0,"paths":["/export"],"quota_overrides":{"ada-2dlovelace":100.0,"carl":10.0}}"#;
    assert_eq!(quotas, expected);
}

#[test]
fn what_is_said_of_a_hub_holds_for_all_and_what_is_said_of_a_person_is_the_last_word() {
    let all = quotas("{ disk: homes, quota: 50 GB }");
    assert_eq!(all, r#"{"hard_quota":50.0,"paths":["/export"]}"#);
    let one = quotas("{ disk: homes, quota: 50 GB, quota_of: { ada: 1 TB, bob: 50 GB } }");
    let expected =
        r#"{"hard_quota":50.0,"paths":["/export"],"quota_overrides":{"ada-2dlovelace":1024.0}}"#;
    assert_eq!(one, expected);
    let told = homes("{ disk: homes, quota_of: { bob: 20 GB } }").project();
    let told = told.explain("hubs.main.home", "prod").unwrap().to_string();
    for line in ["a home may hold 5 GB", "that of ada-lovelace: 100 GB", "that of bob: 20 GB"] {
        assert!(told.contains(line), "{told}");
    }
}

#[test]
fn a_quota_of_somebodys_own_needs_somebody_and_one_for_all_others() {
    let problems = homes("{ disk: homes, quota_of: { eve: 1 GB, ewe: 1 GB } }").problems();
    for told in ["`eve` has no account on GitHub to log in with", "no person `ewe`"] {
        assert!(problems.contains(told), "{told}: {problems}");
    }
    let bare = with("    home: { disk: homes, quota_of: { ada: 1 GB } }\n")
        .file("people.yaml", PEOPLE)
        .file(
            "disks.yaml",
            "disks: { homes: { in: [prod], size: 900 GB, zone: us-central1-c } }\n",
        );
    assert!(bare.problems().contains("what everybody else's home may hold is not said"));
}

const IMAGES: &str = "    images:
      py: { image: 'lab:1', default: true }
      r: { title: R, image: 'r:1', opens: rstudio, apps: [rstudio, shiny], kernels: [ir] }
      julia: { image: 'julia:1', apps: [pluto], kernels: [julia-1.10] }
      own: { pattern: '^.+:.+$' }
    page: { welcome_file: true }
";

#[test]
fn an_image_opens_what_it_has_and_so_does_a_profile() {
    let folder = with(&format!(
        "{IMAGES}    profiles:
      cpu: {{ on: small, sizes: [4 GB], images: [r, julia], opens: pluto }}
"
    ));
    let values = folder.project().hub_values("main", "prod").unwrap();
    let single = &values["main"]["singleuser"];
    let profile = &single["profileList"][0];
    assert_eq!(profile["kubespawner_override"]["default_url"], "/pluto");
    let images = &profile["profile_options"]["image"]["choices"];
    assert_eq!(images["r"]["kubespawner_override"]["default_url"], "/rstudio");
    let welcome = single["extraFiles"]["welcome"]["stringData"].as_str().unwrap();
    assert!(
        welcome.contains("from its launcher:\n\n- pluto, in julia\n- rstudio, in R\n"),
        "{welcome}"
    );
}

#[test]
fn what_is_to_be_opened_and_is_not_there_is_told() {
    let folder = with(
        "    images:
      py: { image: 'lab:1', opens: rstudio }
      r: { image: 'r:1', opens: shinny, apps: [rstudio, shiny] }
      tree: { image: 'r:1', opens: /tree }
      own: { pattern: '^.+:.+$', opens: rstudio }
    profiles:
      cpu: { on: small, sizes: [4 GB], opens: rstudio }
",
    );
    let problems = folder.problems();
    for told in [
        "the image `py` has no `rstudio` to open",
        "write `apps: [rstudio]` in the image, if it is there",
        "the image `r` has no `shinny` to open",
        "it has rstudio, shiny",
    ] {
        assert!(problems.contains(told), "{told}: {problems}");
    }
    assert!(!problems.contains("the image `own`"), "{problems}");
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
