//! A home that is brought back from a snapshot: the real program against a sandbox in a folder, the
//! same killed at every call, and the script that copies.

use super::bench::visible;
use super::hubs::{HUB, site};
use super::project::folder::Folder;
use super::shell::{Said, Shell};
use leap_infra::sandbox::{self, Snapshot, compute::seed};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

const RESTORE: &str = "home restore ada-lovelace --from homes-1";

/// A sandbox in the folder of a stack, as programs leave it between two runs.
async fn sandbox(folder: &Path) -> sandbox::Sandbox {
    let folder = Some(folder.join(".leap-infra/sandbox"));
    sandbox::start(sandbox::Options { folder, ..sandbox::Options::default() }).await.unwrap()
}

async fn state(folder: &Path) -> Snapshot {
    sandbox(folder).await.snapshot().unwrap()
}

/// A hub that runs, with snapshots of the disk of its homes, of another disk, and one that is not
/// complete.
async fn lab() -> (Folder, Shell) {
    let folder = site(HUB);
    let shell = Shell::new(folder.path()).with("HUB_LOGIN", "a-login");
    shell.succeed("apply --auto-approve");
    let sandbox = sandbox(folder.path()).await;
    let project = super::declared::PROJECT;
    for (name, disk, status, day) in [
        ("homes-1", "lab-homes", "READY", 26),
        ("homes-2", "lab-homes", "READY", 27),
        ("homes-3", "lab-homes", "CREATING", 28),
        ("other-1", "other", "READY", 28),
    ] {
        let disk = format!("projects/{project}/zones/us-central1-c/disks/{disk}");
        let value = json!({
            "kind": "compute#snapshot", "status": status, "diskSizeGb": "100",
            "sourceDisk": format!("https://www.googleapis.com/compute/v1/{disk}"),
        });
        let thing = format!("projects/{project}/global/snapshots/{name}");
        seed(sandbox.world(), &thing, value).unwrap();
        let taken = json!({ "creationTimestamp": format!("2026-11-{day}T04:00:00Z") });
        sandbox::compute::change(sandbox.world(), &thing, &taken).unwrap();
    }
    (folder, shell)
}

fn told(shell: &Shell, line: &str) -> String {
    let Said { stdout, stderr, code } = shell.run(line);
    format!("$ leap-infra {line}\n{stdout}{stderr}[{}]\n\n", code.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_home_is_brought_back_and_nothing_else_is_there_afterwards() {
    let (folder, shell) = lab().await;
    let before = visible(&state(folder.path()).await);
    let mut story = String::new();
    for line in [
        "home snapshots ada-lovelace",
        "home snapshots ada-lovelace --json",
        RESTORE,
        "home restore ada-lovelace --from homes-3",
        "home restore ada-lovelace --from other-1",
        "home restore ada-lovelace --from homes-9",
        "home snapshots ada-lovelace --hub mian",
    ] {
        story += &told(&shell, line);
    }
    for told in [
        "2026-11-27T04:00:00Z  homes-2",
        "100 GB, being taken",
        r#"{"disk_gb":100,"ready":true,"snapshot":"homes-1","taken":"2026-11-26T04:00:00Z"}"#,
        "Making the disk home-restore-",
        "Copying in the namespace main",
        "~/restored-2026-11-26 is in the home of ada-lovelace.",
        "the snapshot homes-3 is not complete",
        "disks/other, where these homes are not",
        "there is no snapshot homes-9",
        "the newest of this disk is homes-2",
        "there is no such hub with homes here",
        "there are homes on `main` in prod",
    ] {
        assert!(story.contains(told), "{told}\n\n{story}");
    }
    let list = story.split("$ leap-infra").nth(1).unwrap();
    assert!(!list.contains("other-1"), "{list}");
    assert!(list.contains("--from homes-2 copies"), "{list}");
    assert_eq!(visible(&state(folder.path()).await), before);
    assert!(shell.run("plan").is_nothing_to_do());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_anywhere_and_run_again_it_ends_as_if_nobody_had_killed_it() {
    let (folder, shell) = lab().await;
    let arrival = visible(&state(folder.path()).await);
    let faults = folder.path().join("faults.json");
    let doomed = Shell::new(folder.path()).with("HUB_LOGIN", "a-login");
    let doomed = doomed.with("LEAP_INFRA_SANDBOX_FAULTS", faults.to_string_lossy());
    let mut kills = 0;
    // Every third call, before it happens and after it.
    for call in (1..).step_by(3) {
        let then = if call % 2 == 0 { "crash_before" } else { "crash_after_effect" };
        let fault = json!([{ "on": { "call": call }, "then": then }]);
        fs::write(&faults, fault.to_string()).unwrap();
        match doomed.run(RESTORE).code {
            None => kills += 1,
            Some(0) => break,
            Some(code) => panic!("call {call}: {code}"),
        }
        shell.succeed(RESTORE);
        assert_eq!(visible(&state(folder.path()).await), arrival, "call {call}, {then}");
    }
    assert!(kills > 5, "{kills}");
}

#[test]
fn what_copies_sees_the_snapshot_and_the_homes_and_knows_whose_home_it_is() {
    let project = site(HUB).project();
    let homes = project.homes("prod");
    let [homes] = &homes[..] else { panic!("{homes:?}") };
    assert_eq!(project.home_quota(homes, "Ada-Lovelace"), Some(Some(10.0)));
    let lost = leap_infra::project::hubs::Lost {
        login: "Ada-Lovelace",
        snapshot: "homes-1",
        day: "2026-11-26",
        size_gb: 100,
        quota: Some(10.0),
    };
    let [volume, claim, job] = homes.restoring(&lost, "projects/p/zones/z/disks/d");
    assert_eq!(volume["spec"]["csi"]["volumeHandle"], "projects/p/zones/z/disks/d");
    assert_eq!(volume["spec"]["mountOptions"], json!(["nouuid"]));
    assert_eq!(volume["spec"]["claimRef"]["name"], claim["metadata"]["name"]);
    assert_eq!(claim["spec"]["volumeName"], volume["metadata"]["name"]);
    let pod = &job["spec"]["template"]["spec"];
    let said: Vec<_> = pod["containers"][0]["env"].as_array().into_iter().flatten().collect();
    let said: Vec<&str> = said.iter().filter_map(|it| it["value"].as_str()).collect();
    assert_eq!(said, ["ada-2dlovelace", "restored-2026-11-26", "10485760"]);
    let claims: Vec<_> = pod["volumes"].as_array().into_iter().flatten().collect();
    assert_eq!(claims[0]["persistentVolumeClaim"]["claimName"], claim["metadata"]["name"]);
    assert_eq!(claims[1]["persistentVolumeClaim"]["claimName"], "home-nfs");
}

/// Runs the script on two folders in place of the two disks.
fn copied(folder: &Path, quota_kb: &str) -> (bool, String) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/project/hubs/restore.sh");
    let output = Command::new("sh")
        .arg(script)
        .env("SNAPSHOT", folder.join("snapshot"))
        .env("HOMES", folder.join("homes"))
        .env("HOME_FOLDER", "ada-2dlovelace")
        .env("INTO", "restored-2026-11-26")
        .env("QUOTA_KB", quota_kb)
        .output()
        .unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn the_script_copies_into_a_new_folder_and_never_over_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let (was, is) =
        (folder.path().join("snapshot/ada-2dlovelace"), folder.path().join("homes/ada-2dlovelace"));
    let refused = |quota: &str, why: &str| {
        let (good, said) = copied(folder.path(), quota);
        assert!(!good && said.contains(why), "{said}");
    };
    refused("", "there is no such home in the snapshot");
    fs::create_dir_all(was.join("notes")).unwrap();
    fs::write(was.join("notes/a.txt"), "then").unwrap();
    refused("", "there is no such home now");
    fs::create_dir_all(is.join("notes")).unwrap();
    fs::write(is.join("notes/a.txt"), "now").unwrap();
    refused("1", "it is more than the quota, 1 KB");
    // What an earlier run left half done is begun again.
    fs::create_dir_all(is.join(".restored-2026-11-26.part/half")).unwrap();
    assert_eq!(copied(folder.path(), "100000"), (true, String::new()));
    let into = is.join("restored-2026-11-26");
    assert_eq!(fs::read_to_string(into.join("notes/a.txt")).unwrap(), "then");
    assert_eq!(fs::read_to_string(is.join("notes/a.txt")).unwrap(), "now");
    assert!(!into.join("half").exists() && !is.join(".restored-2026-11-26.part").exists());
    // And what is whole stays as it is.
    fs::write(into.join("notes/a.txt"), "changed").unwrap();
    assert_eq!(copied(folder.path(), "100000"), (true, String::new()));
    assert_eq!(fs::read_to_string(into.join("notes/a.txt")).unwrap(), "changed");
}

/// Puts an object into the cluster of the lab, past the program.
async fn put(sandbox: &sandbox::Sandbox, path: &str, object: Value) {
    let cluster = format!(
        "kubernetes/projects/{}/locations/us-central1/clusters/lab-main",
        super::declared::PROJECT
    );
    let url = format!("{}/{cluster}/api/v1/{path}", sandbox.url());
    let _ = rustls::crypto::ring::default_provider().install_default();
    let answer = reqwest::Client::new().post(url).json(&object).send().await.unwrap();
    let (status, said) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{path}: {status} {said}");
}

/// Has something run that serves the disk of the homes, of which so much is used.
async fn serve(sandbox: &sandbox::Sandbox, filled: &str) {
    let disk = format!("projects/{}/zones/us-central1-c/disks/lab-homes", super::declared::PROJECT);
    put(sandbox, "nodes", json!({ "metadata": { "name": "one" } })).await;
    put(
        sandbox,
        "persistentvolumes",
        json!({
            "metadata": { "name": "disk", "annotations": { "sandbox.leap-infra/filled": filled } },
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "capacity": { "storage": "100Gi" },
                "claimRef": { "namespace": "main", "name": "disk" },
                "csi": { "driver": "pd.csi.storage.gke.io", "volumeHandle": disk },
                "storageClassName": "",
            },
        }),
    )
    .await;
    put(
        sandbox,
        "namespaces/main/persistentvolumeclaims",
        json!({
            "metadata": { "name": "disk" },
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "resources": { "requests": { "storage": "100Gi" } },
                "storageClassName": "",
                "volumeName": "disk",
            },
        }),
    )
    .await;
    put(
        sandbox,
        "namespaces/main/pods",
        json!({
            "metadata": { "name": "server" },
            "spec": {
                "nodeName": "one",
                "containers": [{ "name": "nfs", "image": "nfs:1" }],
                "volumes": [{ "name": "disk", "persistentVolumeClaim": { "claimName": "disk" } }],
            },
        }),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fills_up_is_shown_with_what_to_write() {
    let (folder, shell) = lab().await;
    let mut story = told(&shell, "home usage");
    serve(&sandbox(folder.path()).await, "94 of 100").await;
    for line in ["home usage", "home usage --below 5", "home usage --json"] {
        story += &told(&shell, line);
    }
    for told in ["nothing that runs has it", "94 GB  ###################. 94 %", "Less than 10 %"] {
        assert!(story.contains(told), "{told}\n\n{story}");
    }
    let words = story.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("write `size: 150 GB` below `disks.homes`."), "{story}");
    assert!(!story.contains("Less than 5 %"), "{story}");
    assert!(story.contains(r#""proposed_gb":150"#), "{story}");
}
