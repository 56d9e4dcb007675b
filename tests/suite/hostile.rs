//! Whatever is read may be anything: no panic, no endless work, and an error that names the place.
//!
//! Random cases are mutations of real files (`mutate.rs`). What once broke something is kept in
//! [`hostile`]. `knock.rs` does the same to the sandbox.

use super::bench::{Bench, bucket, stack};
use super::mutate::mutations;
use super::shell::{TOP, copy};
use leap_infra::cli::view::problems::{self, Colour};
use leap_infra::ledger::{Condition, Kept, Store as _};
use leap_infra::model::{Hold, Stack};
use leap_infra::plan::file::Saved;
use leap_infra::project::{self, Problems};
use leap_infra::providers::gcp::{LedgerBucket, LedgerStore};
use serde_json::json;
use std::path::Path;
use time::OffsetDateTime;

/// How many mutations of each file are tried.
const CASES: u32 = 60;

/// Reads a stack whose `stack.yaml` is as it should be and whose other file is not, and draws
/// what is wrong with it.
fn read(folder: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(folder.join("buckets.yaml"), bytes).unwrap();
    let loaded = project::load(folder, folder).and_then(|project| project.expand().map(drop));
    loaded.map_err(|Problems { list, sources }| {
        assert!(!list.is_empty(), "it failed and does not say why");
        problems::text(&list, &sources, Colour::Off)
    })
}

fn leap() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(TOP).join("stacks/leap"), &folder.path().join("stacks/leap"));
    copy(&Path::new(TOP).join("environments"), &folder.path().join("environments"));
    // Hubs and rights refer to the buckets that each file puts in the place of LEAP's.
    for file in ["hubs.yaml", "monitoring.yaml", "access.yaml"] {
        std::fs::remove_file(folder.path().join("stacks/leap").join(file)).unwrap();
    }
    folder
}

/// Files that were made to hurt.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let laughs: String = (1..12)
        .map(|n| format!("l{n}: &l{n} [{}]\n", vec![format!("*l{}", n - 1); 10].join(",")))
        .collect();
    let thousand: String =
        (0..1_000).map(|n| format!("  b{n}: {{ lokation: {n}, a: [ }}\n")).collect();
    let wrong: String = (0..1_000).map(|n| format!("  b{n}: {{ lokation: {n} }}\n")).collect();
    let deep = |open: &str| format!("buckets: {}", open.repeat(50_000)).into_bytes();
    // Each within the last, and each nested itself.
    let chain: String = (1..60)
        .map(|n| format!("c{n}: &c{n} {}*c{}{}\n", "[".repeat(20), n - 1, "]".repeat(20)))
        .collect();
    let nested: String = (0..2_000).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    vec![
        ("brackets within brackets", deep("[")),
        ("braces within braces", deep("{a: ")),
        ("sequences within sequences", deep("- ")),
        ("tags upon tags", deep("!!a ")),
        ("keys within keys", nested.into_bytes()),
        ("an alias bomb", format!("buckets:\nl0: &l0 [lol]\n{laughs}").into_bytes()),
        ("aliases that nest", format!("buckets:\nc0: &c0 [x]\n{chain}").into_bytes()),
        ("an alias of itself", b"buckets: &a { x: *a }\n".to_vec()),
        ("a merge key", b"buckets:\n  a: &a { delete_after_days: 1 }\n  b: { <<: *a }\n".to_vec()),
        ("a key twice", b"buckets:\n  a: {}\n  a: {}\n".to_vec()),
        (
            "a key of ten megabytes",
            [b"buckets:\n  ", &vec![b'k'; 10 << 20][..], b": {}\n"].concat(),
        ),
        (
            "a key of half a megabyte",
            [b"buckets:\n  ", &vec![b'k'; 1 << 19][..], b": {}\n"].concat(),
        ),
        (
            "a huge number",
            b"buckets:\n  a: { delete_after_days: 99999999999999999999999999 }\n".to_vec(),
        ),
        ("no number", b"buckets:\n  a: { delete_after_days: .nan }\n".to_vec()),
        ("a byte that is nothing", b"buckets:\n  \"a\0b\": {}\n  \0: {}\n".to_vec()),
        ("bytes that are not UTF-8", b"buckets:\n  \xff\xfe: {}\n".to_vec()),
        ("a key that is a list", b"buckets:\n  ? [a, b]\n  : {}\n".to_vec()),
        ("two documents", b"buckets: {}\n---\nbuckets: {}\n".to_vec()),
        ("a thousand mistakes of form", format!("buckets:\n{thousand}").into_bytes()),
        ("a thousand mistakes", format!("buckets:\n{wrong}").into_bytes()),
    ]
}

#[test]
fn a_hostile_project_file_is_refused_in_words() {
    let folder = leap();
    let stack = folder.path().join("stacks/leap");
    for (what, bytes) in hostile() {
        let Err(said) = read(&stack, &bytes) else {
            assert_eq!(what, "a merge key", "was accepted");
            continue;
        };
        assert!(said.contains("buckets.yaml"), "{what}: {}", &said[..said.len().min(500)]);
        assert!(said.len() < 4 << 20, "{what}: {} bytes of words", said.len());
    }
}

#[test]
fn a_mutated_project_file_is_read_or_refused() {
    let folder = leap();
    let stack = folder.path().join("stacks/leap");
    let text = std::fs::read(Path::new(TOP).join("stacks/leap/buckets.yaml")).unwrap();
    mutations(CASES, &text, |bytes| drop(read(&stack, bytes)));
}

#[test]
fn a_mutated_overlay_is_read_or_refused() {
    let folder = leap();
    let stack = folder.path().join("stacks/leap");
    let text =
        b"environment: prod\nbuckets:\n  scratch: { delete_after_days: 3, cors: !append [] }\n";
    mutations(CASES, text, |bytes| {
        std::fs::write(folder.path().join("environments/prod.yaml"), bytes).unwrap();
        if let Err(Problems { list, sources }) = project::load(&stack, &stack) {
            problems::text(&list, &sources, Colour::Off);
        }
    });
}

#[test]
fn a_mutated_plan_is_read_or_refused() {
    let text = std::fs::read(Path::new(TOP).join("tests/fixtures/plans/v1.json")).unwrap();
    mutations(CASES, &text, |bytes| {
        if let Ok(saved) = Saved::parse(bytes) {
            drop((saved.plan(), saved.json()));
        }
    });
    for open in ["[", "{\"a\":", "\"", "[[{\"a\":["] {
        assert!(Saved::parse(open.repeat(100_000).as_bytes()).is_err());
    }
}

async fn ledger_store(bench: &Bench) -> LedgerStore {
    let ledger = LedgerBucket {
        name: "home-leap-infra".into(),
        stack: "home".into(),
        project: super::bench::PROJECT.into(),
        location: "US-CENTRAL1".into(),
    };
    LedgerStore::new(&bench.connection().await, ledger)
}

#[test]
fn a_mutated_ledger_is_read_or_refused() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let wanted = stack([bucket("a-data")]);
    let (bench, store, paths) = runtime.block_on(async {
        let bench = Bench::new().await;
        bench.apply(&wanted).await;
        let hold: Hold = serde_json::from_value(json!({
            "env": "prod", "address": "gcs-bucket/*", "until": "2027-01-01T00:00:00Z",
            "reason": "a course", "by": "ada on desk", "since": "2026-09-21T00:00:00Z",
        }))
        .unwrap();
        let ledger = bench.ledger(&bench.connection().await, &wanted);
        ledger.add_hold(&hold, OffsetDateTime::UNIX_EPOCH).await.unwrap();
        let kept = Kept { files: [("stack.yaml".to_owned(), "stack: home\n".to_owned())].into() };
        ledger.keep(&kept).await.unwrap();
        let store = ledger_store(&bench).await;
        let holder = json!({
            "apply": "gone", "user": "ada", "host": "desk", "process": 7, "started": "1",
            "purpose": "apply",
        });
        let lease = holder.to_string().into_bytes();
        store.write("prod/lease.json", lease, Condition::Always).await.unwrap();
        let paths = store.list("").await.unwrap();
        (bench, store, paths)
    });
    assert!(paths.len() >= 5, "records, history, lease, holds, declaration, not {paths:?}");
    for path in paths {
        let good = runtime.block_on(store.read(&path)).unwrap().unwrap().bytes;
        let write = |bytes: &[u8]| {
            let written = store.write(&path, bytes.to_vec(), Condition::Always);
            runtime.block_on(written).unwrap();
        };
        mutations(CASES / 2, &good, |bytes| {
            write(bytes);
            runtime.block_on(read_ledger(&bench, &wanted, &path));
        });
        write(&good);
    }
}

/// Does with a ledger whatever reads all of it.
async fn read_ledger(bench: &Bench, wanted: &Stack, path: &str) {
    let ledger = bench.ledger(&bench.connection().await, wanted);
    match bench.try_memory(wanted).await {
        Ok(_) => drop(bench.try_plan(wanted).await),
        Err(error) => assert!(error.to_string().contains(path), "{path}: {error}"),
    }
    ledger.history(wanted.environments()).await.unwrap();
    drop(ledger.holds("prod").await);
    let digest = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".json");
    drop(ledger.kept(digest).await);
}

#[tokio::test]
async fn a_ledger_that_others_wrote_in_is_refused_by_name() {
    let bench = Bench::new().await;
    let wanted = stack([bucket("a-data")]);
    bench.apply(&wanted).await;
    let store = ledger_store(&bench).await;
    let good = store.read("prod/records.json").await.unwrap().unwrap().bytes;
    let bombs = [
        b"".to_vec(),
        b"\0".to_vec(),
        b"null".to_vec(),
        b"\xff\xfe".to_vec(),
        "[".repeat(200_000).into_bytes(),
        "{\"footprint\":".repeat(100_000).into_bytes(),
        br#"{"footprint": 99999999999999999999999, "claims": 1e999}"#.to_vec(),
        br#"{"footprint": [], "claims": {"no address": []}}"#.to_vec(),
    ];
    for path in ["prod/records.json", "prod/lease.json"] {
        for bytes in &bombs {
            store.write(path, bytes.clone(), Condition::Always).await.unwrap();
            let error = bench.try_memory(&wanted).await.unwrap_err().to_string();
            assert!(error.starts_with(&format!("the ledger's {path}: ")), "{error}");
        }
        let lease = store.read(path).await.unwrap().unwrap();
        store.delete(path, lease.generation).await.unwrap();
    }
    store.write("prod/records.json", good, Condition::Always).await.unwrap();
    let torn = "{\"holder\":".repeat(100_000).into_bytes();
    store.write("prod/history/torn.json", torn, Condition::Always).await.unwrap();
    let ledger = bench.ledger(&bench.connection().await, &wanted);
    let history = ledger.history(wanted.environments()).await.unwrap();
    assert_eq!(history.unreadable, ["prod/history/torn.json"]);
    assert!(bench.plan(&wanted).await.is_empty());
}
