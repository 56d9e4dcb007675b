//! What hubs become: the values of LEAP's three, and what each edit of theirs changes there.

use super::bench::{self, Bench};
use super::declared::PROJECT;
use super::github::Echo;
use super::project::folder::Folder;
use leap_infra::apply::Options;
use leap_infra::model::Stack;
use leap_infra::plan::{Plan, Step};
use leap_infra::project::{Project, load};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

const HUBS: [(&str, &str); 3] = [("prod", "prod"), ("staging", "staging"), ("public", "prod")];

/// So many changes of one edit are told one by one.
const MOST: usize = 16;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn leap() -> Project {
    load(&root().join("stacks/leap"), Path::new("stacks/leap")).unwrap()
}

/// Values as people read them: texts of several lines stand below.
fn told(values: &Value) -> String {
    let (mut texts, mut all) = (BTreeMap::new(), values.clone());
    take_texts(&mut all, "", &mut texts);
    let mut told = serde_json::to_string_pretty(&all).unwrap();
    for (path, text) in texts {
        write!(told, "\n\n--- {path}\n{text}").unwrap();
    }
    told
}

fn take_texts(value: &mut Value, path: &str, texts: &mut BTreeMap<String, String>) {
    match value {
        Value::String(text) if text.contains('\n') => {
            texts.insert(path.to_owned(), text.clone());
            *value = Value::from("(below)");
        }
        Value::Object(map) => {
            map.iter_mut()
                .for_each(|(key, value)| take_texts(value, &format!("{path}/{key}"), texts));
        }
        _ => {}
    }
}

/// Every value by its path.
fn leaves(value: &Value, path: &str, all: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            map.iter().for_each(|(key, value)| leaves(value, &format!("{path}/{key}"), all));
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (at, item) in items.iter().enumerate() {
                let key = item["slug"].as_str().map_or(at.to_string(), str::to_owned);
                leaves(item, &format!("{path}/{key}"), all);
            }
        }
        other => {
            all.insert(path.to_owned(), other.to_string());
        }
    }
}

/// All values of all hubs, by hub and path.
fn all(project: &Project) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (hub, env) in HUBS {
        leaves(&project.hub_values(hub, env).unwrap(), hub, &mut all);
    }
    all
}

/// A copy of LEAP's stack, which a test may change.
fn copy() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for of in ["stacks/leap", "environments"] {
        let target = folder.path().join(of);
        fs::create_dir_all(&target).unwrap();
        for entry in fs::read_dir(root().join(of)).unwrap().flatten() {
            if entry.path().is_file() {
                fs::copy(entry.path(), target.join(entry.file_name())).unwrap();
            }
        }
    }
    folder
}

/// What an edit of a file of LEAP's changes in the values of hubs.
fn changed(file: &str, from: &str, to: &str) -> Vec<String> {
    let folder = copy();
    let path = folder.path().join("stacks/leap").join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from:?}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    let project = load(&folder.path().join("stacks/leap"), Path::new("leap"));
    let project =
        project.unwrap_or_else(|problems| panic!("{from:?} to {to:?}: {:?}", problems.list));
    let (before, after) = (all(&leap()), all(&project));
    let mut changed: Vec<String> = after
        .iter()
        .filter(|(path, value)| before.get(*path) != Some(value))
        .map(difference)
        .collect();
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    changed.extend(gone.map(|path| format!("- {path}")));
    changed
}

fn difference((path, value): (&String, &String)) -> String {
    let short: String = value.chars().take(100).collect();
    format!("{path} = {short}")
}

#[test]
fn the_values_of_leaps_hubs_are_these() {
    let project = leap();
    for (hub, env) in HUBS {
        let values = project.hub_values(hub, env).unwrap();
        insta::assert_snapshot!(format!("leap_{hub}"), told(&values));
    }
}

#[test]
fn each_edit_changes_what_one_expects_and_nothing_else() {
    let edits = [
        ("hubs.yaml", "pangeo/ml-notebook:2026.06.04", "pangeo/ml-notebook:2026.09.01"),
        ("hubs.yaml", "    domain: leap.2i2c.cloud", "    domain: lab.leap.2i2c.cloud"),
        ("hubs.yaml", "named_servers: 10", "named_servers: 2"),
        ("hubs.yaml", "{ server_age: 7 days }", "{ server_age: 3 days, kernel_idle: 30 minutes }"),
        ("hubs.yaml", "quota: 100 GB", "quota: 50 GB"),
        (
            "hubs.yaml",
            "[8 GB, 16 GB, 32 GB, 64 GB, 128 GB]",
            "[8 GB, 16 GB, 32 GB, 48 GB, 64 GB, 128 GB]",
        ),
        ("hubs.yaml", "on: n2-64, sizes: [512 GB]", "on: n2-64, sizes: [256 GB, 512 GB]"),
        ("hubs.yaml", "Devs only", "Developers"),
        ("hubs.yaml", "limit: guarantee", "limit: size"),
        ("hubs.yaml", "{ PANGEO_SCRATCH: \"bucket:scratch\" }", "{ HELLO: world }"),
        ("hubs.yaml", "dask: { workers_on: dask }", "dask: { workers_on: dask, cpus: [1, 2] }"),
        ("hubs.yaml", "dask: { workers_on: dask }", "start_within: 20 minutes"),
        ("hubs.yaml", "admins: [platform-lead, data-lead]", "admins: [platform-lead]"),
        ("hubs.yaml", "client_id: Ov23liLeapHubProd", "client_id: Ov23liOther"),
        ("hubs.yaml", "welcome_file: true", "heading: Try it"),
        ("hubs.yaml", "images: [ml, pytorch, own]", "images: [pytorch]"),
        ("hubs.yaml", "pattern: \"^.+:.+$\"", "pattern: \"^quay.io/.+:.+$\""),
        ("hubs.yaml", "like: prod", "like: prod\n    values: { hub: { db: { type: postgres } } }"),
        (
            "hubs.yaml",
            "like: prod",
            "like: prod\n    release: { values_under: basehub.jupyterhub }",
        ),
        ("hubs.yaml", "gpus: 1, environment", "gpus: 1, size: 15 GB, environment"),
        ("access.yaml", "cpu: [8 GB, 16 GB, 32 GB]", "cpu: [8 GB, 16 GB]"),
        ("access.yaml", "choices: { gpu: [l4] }", "choices: { gpu: [l4, a100] }"),
        ("access.yaml", "team: large-gpu", "team: larger-gpu"),
        ("access.yaml", "mode: read-write", "mode: read-only"),
        ("access.yaml", "stored_as: _shared-folder", "stored_as: _mitra-qian"),
        ("access.yaml", "profiles: [cpu], choices: { gpu: [t4] } }", "profiles: [cpu, gpu] }"),
        ("clusters.yaml", "name: nb-n2-highmem-16-a", "name: nb-n2-highmem-16-b"),
        ("clusters.yaml", "machine: n2-highmem-64", "machine: n2-highmem-96"),
        ("clusters.yaml", "community: public", "community: visitors"),
        ("buckets.yaml", "      read: [\"identity:hub\"]", "      write: [\"identity:hub\"]"),
        ("disks.yaml", "size: 4650 GB", "size: 5000 GB"),
        ("stack.yaml", "contact: platform@leap.example.org", "contact: help@leap.example.org"),
    ];
    let mut story = String::new();
    for (file, from, to) in edits {
        let changed = changed(file, from, to);
        let (from, to) = (from.trim(), to.trim().replace('\n', "\\n"));
        writeln!(story, "{file}: {from} -> {to}").unwrap();
        changed.iter().take(MOST).for_each(|line| writeln!(story, "    {line}").unwrap());
        match changed.len() {
            0 => story += "    nothing\n",
            more if more > MOST => writeln!(story, "    and {} more", more - MOST).unwrap(),
            _ => {}
        }
    }
    insta::assert_snapshot!(story);
}

#[test]
fn an_image_of_one_hub_changes_one_release_and_nothing_else() {
    let changed = changed("hubs.yaml", "pangeo-notebook:2024.06.02", "pangeo-notebook:2026.09.01");
    assert_eq!(changed.len(), 1, "{changed:?}");
    assert!(changed[0].starts_with("public/public/singleuser/profileList/cpu/"), "{changed:?}");
}

#[test]
fn explain_says_what_a_size_means_on_its_machines() {
    let project = leap();
    let cpu = project.explain("hubs.prod.profiles.cpu", "prod").unwrap();
    insta::assert_snapshot!(cpu.to_string());
    let namespace = project.explain("hubs.prod.namespace", "prod").unwrap();
    assert!(namespace.to_string().contains("hubs.prod.namespace in prod: prod"), "{namespace}");
}

#[test]
fn a_hub_that_names_no_cluster_is_somebody_elses() {
    let folder = Folder::stack()
        .file("hubs.yaml", "hubs: { main: { domain: hub.example.org, profiles: { cpu: {} } } }\n");
    assert_eq!(folder.project().hub_values("main", "prod"), None);
}

/// A hub as small as it can be.
pub const HUB: &str = "hubs:
  main:
    in: [prod]
    cluster: main
    domain: hub.example.org
    login_with: { github: { client_id: id, client_secret: login } }
    identity: { per: hub, account: hub }
    home: { disk: homes, quota: 10 GB }
    dask: { workers_on: workers }
    images: { lab: { image: 'lab:1' } }
    profiles: { cpu: { on: small, sizes: [4 GB, 8 GB] } }
";

/// A stack with a hub and everything that it stands on.
pub fn lab(hub: &str) -> Stack {
    site(hub).project().expand().unwrap()
}

/// The files of such a stack.
pub fn site(hub: &str) -> Folder {
    Folder::empty()
        .file("stack.yaml", format!("stack: lab\nprefix: lab\ncloud: {{ project: {PROJECT}, region: us-central1, zone: us-central1-c }}\n"))
        .file("environments/prod.yaml", "environment: prod\n")
        .file("hubs.yaml", hub)
        .file("secrets.yaml", "secrets: { login: { env: HUB_LOGIN } }\n")
        .file("buckets.yaml", "buckets: { scratch: { grants: { write: ['identity:hub'] } } }\n")
        .file("identities.yaml", "identities: { hub: { kubernetes: [main/user-sa] } }\n")
        .file("disks.yaml", "disks: { homes: { size: 100 GB } }\n")
        .file("access.yaml", "access:
  organization: lab-org
  categories: { all: { team: all, members: unmanaged, hubs: { main: { login: true, profiles: [cpu] } } } }
")
        .file("clusters.yaml", "clusters:
  main:
    pools:
      core: { role: core, machine: n2-highmem-4, nodes: { total: 1..5 } }
      small: { role: user, machine: n2-highmem-4, nodes: { total: 0..9 } }
      workers: { role: dask-worker, machine: n2-highmem-4, nodes: { total: 0..9 } }
")
}

/// Plans and applies a stack, by somebody who has its secrets.
pub async fn made(bench: &Bench, stack: &Stack) -> Plan {
    let options = Options { secrets: Arc::new(Echo), ..bench::options() };
    let plan = bench.plan(stack).await;
    let report = bench.apply_in(stack, &plan, &options).await.unwrap();
    assert!(report.is_complete(), "{report:#?}");
    plan
}

/// The steps of a plan, each on a line.
pub fn steps(plan: &Plan) -> String {
    let step = |step: &Step| format!("{:?} {}", step.action, step.id);
    plan.steps.iter().map(step).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_hub_is_there_after_one_apply_with_all_that_it_stands_on() {
    let bench = Bench::new().await;
    let plan = made(&bench, &lab(HUB)).await;
    insta::assert_snapshot!(steps(&plan));
    assert_eq!(steps(&bench.plan(&lab(HUB)).await), "");
}

#[tokio::test]
async fn what_is_edited_changes_where_it_is_and_nowhere_else() {
    let bench = Bench::new().await;
    made(&bench, &lab(HUB)).await;
    let mut story = String::new();
    for (from, to) in [
        ("lab:1", "lab:2"),
        ("quota: 10 GB", "quota: 20 GB"),
        ("on: small,", "on: small, limit: guarantee,"),
        ("    dask: { workers_on: workers }\n", ""),
        ("client_secret: login", "client_secret: login, refresh: 2 hours"),
        (
            "    images:",
            "    warm: [{ event: course, profile: cpu, seats: 40, from: 2027-03-12 09:00, until: 2027-03-12 12:00, timezone: America/New_York }]\n    images:",
        ),
    ] {
        let edited = HUB.replacen(from, to, 1);
        assert_ne!(edited, HUB);
        let plan = bench.plan(&lab(&edited)).await;
        writeln!(story, "{} -> {}\n{}\n", from.trim(), to.trim(), steps(&plan)).unwrap();
    }
    insta::assert_snapshot!(story);
}

/// Researchers may write, visitors only read, in one hub; Dask does as whoever starts it.
#[tokio::test]
async fn each_category_acts_as_an_account_of_its_own() {
    let hub = HUB.replace(
        "{ per: hub, account: hub }",
        "{ per: category, accounts: { research: writer, visitors: reader } }",
    );
    let folder = site(&hub)
        .file("identities.yaml", "identities:
  writer: { kubernetes: [main/writes] }
  reader: { kubernetes: [main/reads] }
")
        .file("buckets.yaml", "buckets: { data: {} }\n")
        .file("access.yaml", "access:
  organization: lab-org
  categories:
    research: { team: research, members: unmanaged, buckets: { data: write }, hubs: { main: { login: true, profiles: [cpu] } } }
    visitors: { team: visitors, members: unmanaged, buckets: { data: read }, hubs: { main: { login: true, profiles: [cpu] } } }
");
    let project = folder.project();
    let values = project.hub_values("main", "prod").unwrap();
    let servers = &values["main"]["custom"]["leap_infra"]["accounts"];
    let dask = values["dask-gateway"]["gateway"]["extraConfig"]["01-options"].as_str().unwrap();
    let rules = dask.lines().find_map(|line| line.strip_prefix("RULES = json.loads(")).unwrap();
    let rules: String = serde_json::from_str(rules.strip_suffix(')').unwrap()).unwrap();
    let rules: Value = serde_json::from_str(&rules).unwrap();
    let told = json!({ "servers": servers, "workers": rules["accounts"] });
    insta::assert_snapshot!(serde_json::to_string_pretty(&told).unwrap());
    let (bench, stack) = (Bench::new().await, project.expand().unwrap());
    made(&bench, &stack).await;
    assert_eq!(steps(&bench.plan(&stack).await), "");
}

#[test]
fn an_event_is_one_job_that_begins_and_ends_by_itself() {
    let warm = "    warm: [{ event: course, profile: cpu, choice: 8 GB, seats: 40, from: 2027-03-12 09:00, until: 2027-03-12 12:00, timezone: America/New_York }]\n";
    let stack = lab(&format!("{HUB}{warm}"));
    let job = stack.resources().values().find(|it| it.id.name.ends_with("warm-course")).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&job.spec["manifest"]).unwrap());
}
