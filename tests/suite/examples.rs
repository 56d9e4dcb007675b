//! The stories under `examples/`: what is planned is what their `plan.txt` says, an apply leaves
//! nothing to do, and a destroy leaves what others made.
//!
//! `LEAP_INFRA_BLESS=1 cargo test examples` writes the plans anew.

use super::bench::grant_by_hand;
use super::shell::{Said, Shell, TOP};
use google_cloud_auth::credentials::anonymous;
use google_cloud_storage::client::Storage;
use leap_infra::sandbox::gcs::{SeedBucket, seed_bucket};
use leap_infra::sandbox::{self, Clock, Sandbox, Snapshot};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

/// A Monday in 2026.
const START: u64 = 1_790_000_000;

/// What other people did in the cloud before our plan.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Others {
    buckets: Vec<Made>,
    grants: Vec<Granted>,
    objects: Vec<Stored>,
}

/// A bucket of somebody else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Made {
    name: String,
    project: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    /// Whether its account lets us see it.
    #[serde(default = "yes")]
    readable: bool,
}

fn yes() -> bool {
    true
}

/// A grant on a bucket, theirs or ours.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Granted {
    bucket: String,
    role: String,
    member: String,
}

/// An object in a bucket, theirs or ours.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    bucket: String,
    name: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_is_planned_as_written_and_leaves_nothing_behind() {
    // Only the first test to come here installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut running = JoinSet::new();
    for folder in stories() {
        running.spawn_blocking(move || Story::new(folder).tell());
    }
    assert!(running.len() > 10, "there are only {} examples", running.len());
    let broken = running.join_all().await.into_iter().filter_map(Result::err);
    let broken: Vec<String> = broken.collect();
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
}

/// Every folder under `examples/` that holds a stack, by name.
fn stories() -> Vec<String> {
    let entries = std::fs::read_dir(Path::new(TOP).join("examples")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let stacks = paths.filter(|path| path.join("stack.yaml").exists());
    stacks.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

/// One example on its way.
struct Story {
    name: String,
    /// As a person at the top of the repository writes it.
    folder: String,
    sandbox: Sandbox,
    shell: Shell,
}

impl Story {
    fn new(name: String) -> Self {
        let sandbox = sandbox();
        let shell = Shell::new(TOP).towards(&sandbox);
        Self { folder: format!("examples/{name}"), name, sandbox, shell }
    }

    fn path(&self, file: &str) -> PathBuf {
        Path::new(TOP).join(&self.folder).join(file)
    }

    /// From the world before to the world after; what is wrong, if something is.
    fn tell(self) -> Result<(), String> {
        if self.path("before").exists() {
            self.run("apply --auto-approve", "/before", 0)?;
        }
        let others = self.others();
        put(&others, &self.sandbox);
        let plan = self.run("plan", "", None)?;
        self.compare(&plan, "plan.txt")?;
        if self.path("adopt.txt").exists() {
            return self.take_in();
        }
        match plan.code {
            Some(0) => self.go_on("")?,
            Some(7) => self.stop(&plan)?,
            _ => return Err(self.wrong("plan", &plan)),
        }
        Ok(())
    }

    /// What runs already is taken in: marks alone change, then what is planned is applied.
    fn take_in(&self) -> Result<(), String> {
        self.compare(&self.run("adopt --all --input=false", "", 1)?, "adopt.txt")?;
        self.run("adopt --all --auto-approve", "", 0)?;
        self.compare(&self.run("plan", "", 0)?, "plan-adopted.txt")?;
        self.run("apply --auto-approve", "", 0)?;
        let again = self.run("plan --detailed-exitcode", "", 0)?;
        if again.is_nothing_to_do() { Ok(()) } else { Err(self.wrong("plan after apply", &again)) }
    }

    /// Nothing is refused, or somebody said the words: apply, look again, and take it away.
    fn go_on(&self, words: &str) -> Result<(), String> {
        self.run(&format!("apply --auto-approve {words}"), "", 0)?;
        let again = self.run("plan --detailed-exitcode", "", 0)?;
        if !again.is_nothing_to_do() {
            return Err(self.wrong("plan after apply", &again));
        }
        let plan = self.run("destroy --input=false", "", None)?;
        let words = plan.words().join(" ");
        self.run(&format!("destroy --auto-approve --with-ledger {words}"), "", 0)?;
        let left = self.snapshot().outcome();
        let foreign = foreign(self.others());
        if left != foreign {
            return Err(format!("{}: destroy left\n{left:#?}\nnot\n{foreign:#?}", self.name));
        }
        Ok(())
    }

    /// Something is refused: an apply changes nothing, unless there are words and they are said.
    fn stop(&self, plan: &Said) -> Result<(), String> {
        let before = self.snapshot().outcome();
        self.run("apply --auto-approve", "", 7)?;
        if self.snapshot().outcome() != before {
            return Err(format!("{}: a refused apply changed something", self.name));
        }
        let refused = plan.stdout.matches("   refused").count();
        if plan.words().len() < refused {
            return Ok(());
        }
        let words = plan.words().join(" ");
        self.compare(&self.run(&format!("plan {words}"), "", 0)?, "plan-with-words.txt")?;
        self.go_on(&words)
    }

    fn run(&self, line: &str, below: &str, code: impl Into<Option<i32>>) -> Result<Said, String> {
        // What was just made is missing from lists for a moment.
        self.sandbox.clock().advance(Duration::from_secs(5));
        let said = self.shell.run(&format!("{line} {}{below}", self.folder));
        match code.into() {
            Some(code) if said.code != Some(code) => Err(self.wrong(line, &said)),
            _ => Ok(said),
        }
    }

    fn wrong(&self, what: &str, said: &Said) -> String {
        let Said { stdout, stderr, code } = said;
        format!("{}: {what} ended with {code:?}\n{stderr}{stdout}", self.name)
    }

    /// Compares with the expected plan, or makes it the expected one.
    fn compare(&self, plan: &Said, file: &str) -> Result<(), String> {
        let (path, found) = (self.path(file), format!("{}{}", plan.stderr, plan.stdout));
        if std::env::var_os("LEAP_INFRA_BLESS").is_some() {
            std::fs::write(&path, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        if found == expected {
            return Ok(());
        }
        let name = &self.name;
        Err(format!("{name}: the plan is\n{found}\nand {file} says\n{expected}"))
    }

    fn others(&self) -> Others {
        let text = std::fs::read_to_string(self.path("others/cloud.yaml"));
        text.map(|text| serde_saphyr::from_str(&text).unwrap()).unwrap_or_default()
    }

    fn snapshot(&self) -> Snapshot {
        self.sandbox.snapshot().unwrap()
    }
}

fn sandbox() -> Sandbox {
    let clock = Clock::virtual_at(START);
    let options = sandbox::Options { clock, ..sandbox::Options::default() };
    Handle::current().block_on(sandbox::start(options)).unwrap()
}

/// A world in which only the others have been: what they put on buckets of ours is not there.
fn foreign(mut others: Others) -> BTreeMap<String, Value> {
    let theirs: Vec<String> = others.buckets.iter().map(|made| made.name.clone()).collect();
    others.grants.retain(|granted| theirs.contains(&granted.bucket));
    others.objects.retain(|stored| theirs.contains(&stored.bucket));
    let sandbox = sandbox();
    put(&others, &sandbox);
    sandbox.snapshot().unwrap().outcome()
}

/// Puts there what the others made, with the client that everybody has.
fn put(others: &Others, sandbox: &Sandbox) {
    for Made { name, project, labels, readable } in &others.buckets {
        let seed = SeedBucket {
            name: name.clone(),
            project: project.clone(),
            labels: labels.clone(),
            foreign_account: !readable,
            ..SeedBucket::default()
        };
        seed_bucket(sandbox.world(), seed).unwrap();
    }
    Handle::current().block_on(async {
        for granted in &others.grants {
            let Granted { bucket, role, member } = granted;
            grant_by_hand(sandbox, bucket, (role, member)).await;
        }
        for stored in &others.objects {
            store(sandbox, stored).await;
        }
    });
}

async fn store(sandbox: &Sandbox, Stored { bucket, name }: &Stored) {
    let nobody = anonymous::Builder::new().build();
    let storage = Storage::builder().with_endpoint(sandbox.url()).with_credentials(nobody);
    let storage = storage.build().await.unwrap();
    let bucket = format!("projects/_/buckets/{bucket}");
    storage.write_object(bucket, name, "something").send_unbuffered().await.unwrap();
}
