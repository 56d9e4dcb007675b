//! What of clusters and pools cannot be, each with its place and what to write instead; and what a
//! few words become.

use super::folder::{Folder, STACK};
use insta::assert_snapshot;
use serde_json::json;

fn clusters(text: &str) -> Folder {
    Folder::empty().file("stack.yaml", STACK).file("clusters.yaml", text)
}

const CORE: &str = "      core: { role: core, machine: n2-highmem-4, nodes: { per_zone: 1..3 } }\n";

#[test]
fn who_only_asks_for_a_t4_for_notebooks_gets_a_pool_that_works() {
    let t4 = "      t4: { role: user, machine: n1-standard-8, gpu: nvidia-tesla-t4, nodes: { total: 0..10 } }\n";
    let folder = clusters(&format!("clusters:\n  main:\n    pools:\n{CORE}{t4}"));
    let stack = folder.project().expand().unwrap();
    let pool = stack.resources().values().find(|it| it.id.name.contains("/t4-")).unwrap();
    let taints: Vec<&str> = pool.spec["taints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["key"].as_str().unwrap())
        .collect();
    assert_eq!(taints, ["hub.jupyter.org_dedicated", "nvidia.com/gpu"]);
    assert_eq!(pool.spec["labels"]["hub.jupyter.org/node-purpose"], "user");
    assert_eq!(pool.spec["gpu"]["count"], 1);
    assert_eq!(pool.spec["gke_metadata"], json!(true));
    assert_eq!(
        pool.spec["limits"],
        json!({ "counted": "total", "min": 0, "max": 10, "any_zone": true })
    );
}

#[test]
fn machines_and_accelerators_are_held_against_the_tables() {
    let pools = "
      wrong-zone: { role: user, machine: n1-standard-8, gpu: nvidia-tesla-t4, nodes: { total: 0..2 }, zones: [us-central1-d] }
      wrong-machine: { role: user, machine: n2-highmem-4, gpu: nvidia-l4, nodes: { total: 0..2 } }
      wrong-count: { role: user, machine: a2-highgpu-1g, gpu: { type: nvidia-tesla-a100, count: 3 }, nodes: { total: 0..2 } }
      short: { role: user, machine: n1-standard-4, gpu: t4, nodes: { total: 0..2 } }
      typo: { role: user, machine: n2-highmem-5, nodes: { total: 0..2 } }
      far: { role: user, machine: n2-highmem-4, nodes: { total: 0..2 }, zones: [europe-west1-b] }
";
    let text = format!("clusters:\n  main:\n    pools:\n{CORE}{pools}");
    assert_snapshot!(clusters(&text).problems());
}

#[test]
fn limits_that_cannot_be_meant_are_found() {
    let pools = "
      upside-down: { role: user, machine: n2-highmem-4, nodes: { total: 10..1 } }
      both: { role: user, machine: n2-highmem-4, nodes: { total: 0..1, per_zone: 0..1 } }
      none: { role: user, machine: n2-highmem-8, nodes: { total: 0..0 } }
      dash: { role: user, machine: n2-highmem-16, nodes: { total: 0-100 } }
";
    let text = format!("clusters:\n  main:\n    pools:\n{CORE}{pools}");
    assert_snapshot!(clusters(&text).problems());
}

#[test]
fn names_labels_and_upgrades_that_cannot_be_are_found() {
    let pools = "
      a-key-that-is-much-too-long-for-a-pool: { role: user, machine: n2-highmem-4, nodes: { total: 0..1 } }
      caps: { name: Nb_User, role: user, machine: n2-highmem-8, nodes: { total: 0..1 } }
      selector: { role: user, machine: n2-highmem-16, nodes: { total: 0..1 }, labels: { hub.jupyter.org/node-purpose: core } }
      taint: { role: user, machine: n2-highmem-32, nodes: { total: 0..1 }, taints: ['a=b:NoSchedule'] }
      frozen: { role: user, machine: n2-highmem-64, nodes: { total: 0..1 }, auto_upgrade: false }
";
    let text =
        format!("clusters:\n  main:\n    release_channel: regular\n    pools:\n{CORE}{pools}");
    assert_snapshot!(clusters(&text).problems());
}

#[test]
fn what_is_allowed_and_hardly_meant_is_a_warning() {
    let pools = "
      one: { role: user, machine: n2-highmem-4, nodes: { per_zone: 0..100 }, zones: [us-central1-a, us-central1-b] }
      two: { role: user, machine: n2-highmem-4, nodes: { per_zone: 0..100 }, zones: [us-central1-a, us-central1-b] }
      tiny: { role: user, machine: e2-micro, nodes: { total: 0..1 } }
      alone: { role: user, machine: n2-highmem-16, nodes: { total: 0..1 }, taints: ['a=b:NO_SCHEDULE'] }
      greedy: { role: user, machine: g2-standard-4, gpu: nvidia-l4, nodes: { total: 0..9 } }
";
    let quotas = "quotas: { us-central1: { NVIDIA_L4_GPUS: 4 } }\n";
    let text = format!("{quotas}clusters:\n  main:\n    pools:\n{pools}");
    assert_snapshot!(clusters(&text).warnings());
}

#[test]
fn a_name_that_ends_as_staging_does_is_pointed_at_in_production() {
    let folder = Folder::stack().file(
        "clusters.yaml",
        format!("clusters:\n  main:\n    in: [prod]\n    name: hub-staging\n    pools:\n{CORE}"),
    );
    assert_snapshot!(folder.warnings());
}

#[test]
fn a_table_beside_the_stack_takes_the_place_of_the_shipped_one() {
    let table = r#"{ "as_of": "2027-01-01", "source": "https://cloud.google.com/x", "families": {},
        "machines": { "n2-highmem-4": { "cpu": 4, "memory_gb": 32 } } }"#;
    let text = format!("clusters:\n  main:\n    pools:\n{CORE}");
    clusters(&text).file("tables/machines.json", table).project();
    let broken = clusters(&text).file("tables/machines.json", "{ \"as_of\": 1 }").problems();
    assert!(broken.contains("demo/tables/machines.json"), "{broken}");
}

#[test]
fn machines_may_pull_from_the_registries_of_their_cluster() {
    let text = |account: &str, registries: &str| {
        let cluster = format!("clusters:\n  main:\n{account}    registries: {registries}\n");
        let kinds = "registries:\n  images: {}\n  wheels: { format: python }\n";
        clusters(&format!("{cluster}    pools:\n{CORE}{kinds}"))
    };
    let account = "    service_account: nodes@home-project.iam.gserviceaccount.com\n";
    let stack = text(account, "[images]").project().expand().unwrap();
    let access = stack.resources().values().find(|it| it.id.kind == "gcp-project-access").unwrap();
    assert_eq!(
        access.spec["grants"][0],
        json!({
            "role": "roles/artifactregistry.reader",
            "member": "serviceAccount:nodes@home-project.iam.gserviceaccount.com"
        })
    );
    assert_snapshot!(text("", "[image, wheels]").problems());
}
