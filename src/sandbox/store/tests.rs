use std::io::Write;

use serde_json::json;

use super::*;

fn put(store: &Store, key: &str, value: Value) {
    store
        .transact(|transaction| {
            transaction.put(key, value);
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

fn keys(store: &Store) -> Vec<String> {
    store.content().unwrap().keys().cloned().collect()
}

#[test]
fn a_failed_transaction_leaves_nothing() {
    let store = Store::in_memory();
    let outcome = store.transact(|transaction| {
        transaction.put("a", json!(1));
        Err::<(), _>(StoreError::Files { path: "x".into(), source: std::io::Error::other("no") })
    });
    assert!(outcome.is_err());
    assert!(keys(&store).is_empty());
}

#[test]
fn a_folder_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    put(&Store::open(folder.path()).unwrap(), "a", json!({ "n": 1 }));
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(*store.content().unwrap()["a"], json!({ "n": 1 }));
}

#[test]
fn a_torn_last_line_is_ignored_and_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    put(&Store::open(folder.path()).unwrap(), "a", json!(1));
    let journal = folder.path().join("journal.jsonl");
    let mut file = std::fs::OpenOptions::new().append(true).open(&journal).unwrap();
    file.write_all(br#"{"set":{"b":"a long value that was never finish"#).unwrap();

    let store = Store::open(folder.path()).unwrap();
    assert_eq!(keys(&store), ["a"]);
    put(&store, "c", json!(3));

    assert_eq!(keys(&Store::open(folder.path()).unwrap()), ["a", "c"]);
}

#[test]
fn a_damaged_line_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("journal.jsonl"), "{}\nnonsense\n").unwrap();
    let error = Store::open(folder.path()).unwrap_err();
    assert!(error.to_string().starts_with("line 2 of "), "{error}");
}

#[test]
fn two_stores_on_one_folder_see_each_others_writes() {
    let folder = tempfile::tempdir().unwrap();
    let one = Store::open(folder.path()).unwrap();
    let two = Store::open(folder.path()).unwrap();
    put(&one, "a", json!(1));
    assert_eq!(keys(&two), ["a"]);
    put(&two, "b", json!(2));
    assert_eq!(keys(&one), ["a", "b"]);
    one.reset().unwrap();
    assert!(keys(&two).is_empty());
}

#[test]
fn two_stores_on_one_folder_do_not_lose_an_update() {
    let folder = tempfile::tempdir().unwrap();
    let count = |store: Store| {
        for _ in 0..200 {
            store
                .transact(|transaction| {
                    let seen = transaction.value("n").and_then(|n| n.as_u64()).unwrap_or(0);
                    transaction.put("n", json!(seen + 1));
                    Ok::<_, StoreError>(())
                })
                .unwrap();
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let store = Store::open(folder.path()).unwrap();
            scope.spawn(move || count(store));
        }
    });
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(*store.content().unwrap()["n"], json!(400));
}

#[test]
fn a_wasteful_journal_is_rewritten_and_others_notice() {
    let folder = tempfile::tempdir().unwrap();
    let early = Store::open(folder.path()).unwrap();
    let big = "x".repeat(100_000);
    for _ in 0..20 {
        put(&early, "a", json!(big));
    }
    let late = Store::open(folder.path()).unwrap();
    let length = std::fs::metadata(folder.path().join("journal.jsonl")).unwrap().len();
    assert!(length < 200_000, "{length}");
    put(&late, "b", json!(2));
    assert_eq!(keys(&early), ["a", "b"]);
}

#[test]
fn a_scan_stays_within_its_prefix() {
    let store = Store::in_memory();
    for key in ["a/1", "b/1", "b/2", "b/3", "c/1"] {
        put(&store, key, json!(0));
    }
    let found: Vec<String> = store
        .read(|view| {
            let keys = view.scan("b/", "b/1").map(|(key, _)| key.to_owned()).collect();
            Ok::<_, StoreError>(keys)
        })
        .unwrap();
    assert_eq!(found, ["b/2", "b/3"]);
}

#[test]
fn a_journal_cut_anywhere_is_a_world_between_transactions() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for (key, value) in [("a", json!("one")), ("b", json!({ "n": "größe" })), ("c", json!([1]))] {
        put(&store, key, value);
    }
    let path = folder.path().join("journal.jsonl");
    let whole = std::fs::read(&path).unwrap();
    for length in 0..=whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        let lines = whole[..length].iter().filter(|byte| **byte == b'\n').count();
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(keys(&store), ["a", "b", "c"][..lines], "cut at {length}");
        put(&store, "d", json!(4));
        assert_eq!(keys(&Store::open(folder.path()).unwrap()).len(), lines + 1);
    }
}
