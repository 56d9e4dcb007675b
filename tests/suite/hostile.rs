//! Whatever is read may be anything: no panic, no endless work, and an error that names the place.
//!
//! Random cases are mutations of real files, by proptest: as many as PROPTEST_CASES says. What
//! once broke something is kept in `HOSTILE`.

use super::bench::{Bench, bucket, stack};
use super::shell::{TOP, copy};
use leap_infra::cli::view::problems::{self, Colour};
use leap_infra::ledger::{Condition, Store as _};
use leap_infra::plan::file::Saved;
use leap_infra::project::{self, Problems};
use leap_infra::providers::gcp::{LedgerBucket, LedgerStore};
use proptest::prelude::*;
use std::path::Path;

/// How many mutations of each file are tried; more with PROPTEST_CASES.
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
    folder
}

/// One change of a text, at a place that is a part of its length.
#[derive(Clone, Debug)]
enum Change {
    Put(f64, Vec<u8>),
    Cut(f64, usize),
    Twice(f64, usize),
    Flip(f64, u8),
}

fn change() -> impl Strategy<Value = Change> {
    let words = [
        "&a ",
        "*a",
        "<<: ",
        "- ",
        "? ",
        "!!binary ",
        "!append",
        "\t",
        "\0",
        "{",
        "[",
        "\"",
        "'",
        "|\n",
        ">-\n",
        "%YAML 9\n",
        "---\n",
        "...\n",
        "~",
        ".inf",
        "1e999",
        "0x",
        "\u{feff}",
        "\u{202e}",
        "é",
        "🦀",
        "\r",
        ": ",
        "#",
        "99999999999999999999",
        "-0",
        "\u{85}",
        "\u{2028}",
    ];
    let word = proptest::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec());
    let bytes = proptest::collection::vec(any::<u8>(), 1..4);
    let put = prop_oneof![word, bytes];
    let at = 0.0..1.0_f64;
    prop_oneof![
        3 => (at.clone(), put).prop_map(|(at, bytes)| Change::Put(at, bytes)),
        1 => (at.clone(), 1..30_usize).prop_map(|(at, length)| Change::Cut(at, length)),
        1 => (at.clone(), 1..60_usize).prop_map(|(at, length)| Change::Twice(at, length)),
        1 => (at, any::<u8>()).prop_map(|(at, bits)| Change::Flip(at, bits)),
    ]
}

fn changed(text: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut text = text.to_vec();
    for change in changes {
        let place = |part: &f64| (part * text.len() as f64) as usize;
        match change {
            Change::Put(at, bytes) => {
                let at = place(at);
                text.splice(at..at, bytes.iter().copied());
            }
            Change::Cut(at, length) => {
                let at = place(at);
                text.drain(at..(at + length).min(text.len()));
            }
            Change::Twice(at, length) => {
                let at = place(at);
                let part = text[at..(at + length).min(text.len())].to_vec();
                text.splice(at..at, part);
            }
            Change::Flip(at, bits) => {
                let at = place(at);
                if let Some(byte) = text.get_mut(at) {
                    *byte ^= bits;
                }
            }
        }
    }
    text
}

fn mutations(text: &[u8], check: impl Fn(&[u8])) {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(CASES);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let changes = proptest::collection::vec(change(), 1..5);
    let run = proptest::test_runner::TestRunner::new(config).run(&changes, |changes| {
        check(&changed(text, &changes));
        Ok(())
    });
    run.unwrap();
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
    let nested: String = (0..2_000).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    vec![
        ("brackets within brackets", deep("[")),
        ("braces within braces", deep("{a: ")),
        ("sequences within sequences", deep("- ")),
        ("tags upon tags", deep("!!a ")),
        ("keys within keys", nested.into_bytes()),
        ("an alias bomb", format!("buckets:\nl0: &l0 [lol]\n{laughs}").into_bytes()),
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

/// The stack of the thread that programs begin with; threads of tests have a quarter of it, and
/// code that was not optimised needs much.
const STACK: usize = 8 << 20;

#[test]
fn a_hostile_project_file_is_refused_in_words() {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(refuse_hostile_files);
    thread.unwrap().join().unwrap();
}

fn refuse_hostile_files() {
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
    mutations(&text, |bytes| drop(read(&stack, bytes)));
}

#[test]
fn a_mutated_overlay_is_read_or_refused() {
    let folder = leap();
    let stack = folder.path().join("stacks/leap");
    let text =
        b"environment: prod\nbuckets:\n  scratch: { delete_after_days: 3, cors: !append [] }\n";
    mutations(text, |bytes| {
        std::fs::write(folder.path().join("environments/prod.yaml"), bytes).unwrap();
        if let Err(Problems { list, sources }) = project::load(&stack, &stack) {
            problems::text(&list, &sources, Colour::Off);
        }
    });
}

#[test]
fn a_mutated_plan_is_read_or_refused() {
    let text = std::fs::read(Path::new(TOP).join("tests/fixtures/plans/v1.json")).unwrap();
    mutations(&text, |bytes| {
        if let Ok(saved) = Saved::parse(bytes) {
            drop((saved.plan(), saved.json()));
        }
    });
    for open in ["[", "{\"a\":", "\"", "[[{\"a\":["] {
        assert!(Saved::parse(open.repeat(100_000).as_bytes()).is_err());
    }
}

#[tokio::test]
async fn a_ledger_that_others_wrote_in_is_refused_by_name() {
    let bench = Bench::new().await;
    let wanted = stack([bucket("a-data")]);
    bench.apply(&wanted).await;
    let ledger = LedgerBucket {
        name: "home-leap-infra".into(),
        stack: "home".into(),
        project: super::bench::PROJECT.into(),
        location: "US-CENTRAL1".into(),
    };
    let store = LedgerStore::new(&bench.connection().await, ledger);
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
