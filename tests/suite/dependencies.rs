//! What we build on: licences, builds of C++ and versions that are there twice. Works offline,
//! from Cargo.lock and the sources that cargo has. C++ is not built at all, C in three places.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))] // elsewhere cargo has other sources

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Licences that may be part of a program under MIT or Apache-2.0.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Zlib",
];

/// Packages that must not come in, and why.
const FORBIDDEN: &[(&str, &str)] = &[
    ("aws-lc-rs", "minutes of C; ring does the same for us"),
    ("aws-lc-sys", "minutes of C; ring does the same for us"),
    ("bindgen", "needs libclang on every machine"),
    ("cmake", "builds C++ or large C"),
    ("cxx", "builds C++"),
    ("cxx-build", "builds C++"),
    ("link-cplusplus", "links C++"),
    ("native-tls", "uses the system's TLS; rustls is our only one"),
    ("openssl-sys", "needs the system's OpenSSL"),
    ("serde_yaml", "no longer maintained; serde-saphyr reads YAML"),
];

/// Packages that may call a C compiler, and for what.
const MAY_BUILD_C: &[(&str, &str)] = &[
    ("ring", "cryptography in C and assembly, a few seconds"),
    ("psm", "one assembly file that switches stacks"),
    ("stacker", "C on Windows only"),
];

/// Packages that are there in several versions, and who is behind.
const TWICE: &[(&str, &str)] = &[
    ("base64", "gcp_auth and tonic are on the older one"),
    ("block-buffer", "comes with digest"),
    ("cpufeatures", "comes with sha2"),
    ("crypto-common", "comes with digest"),
    ("darling", "the older one comes with handlebars"),
    ("darling_core", "comes with darling"),
    ("darling_macro", "comes with darling"),
    ("digest", "octocrab and crypto_box are on the older one"),
    ("getrandom", "ring and rand 0.9 each have their own"),
    ("hashbrown", "petgraph is on an older one than indexmap"),
    ("hmac", "octocrab is on the older one"),
    ("rand", "opentelemetry_sdk, below the Google clients, is on the older one"),
    ("rand_core", "comes with rand"),
    ("sha2", "octocrab is on the older one"),
    ("syn", "derive macros are moving from 2 to 3"),
    ("tower-http", "kube is on the newer one"),
];

/// A package that the program is built from.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    version: String,
    licence: String,
    /// What it needs, at run time or to be built.
    needs: BTreeSet<String>,
}

/// Every package that the program is built from; what only tests need is left out. From `cargo
/// tree` and not `cargo metadata`, which also names packages that no feature turns on.
fn packages() -> Vec<Package> {
    let cargo = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal,build"])
        .args(["--target", "x86_64-unknown-linux-gnu"])
        .args(["--prefix", "depth", "--format", " {p}|{l}"])
        .output()
        .unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    read(&String::from_utf8(cargo.stdout).unwrap())
}

/// Reads lines like `2 ring v0.17.14 (*)|Apache-2.0 AND ISC`, where 2 is the depth.
fn read(tree: &str) -> Vec<Package> {
    let mut found: BTreeMap<(String, String), Package> = BTreeMap::new();
    let mut above: Vec<(String, String)> = Vec::new();
    for line in tree.lines() {
        let (package, licence) = line.split_once('|').unwrap();
        let words: Vec<&str> = package.split_whitespace().collect();
        let [depth, name, version, ..] = words[..] else { panic!("not a package: {line}") };
        above.truncate(depth.parse().unwrap());
        if let Some(parent) = above.last().and_then(|parent| found.get_mut(parent)) {
            parent.needs.insert(name.to_owned());
        }
        let key = (name.to_owned(), version.to_owned());
        above.push(key.clone());
        found.entry(key).or_insert_with(|| Package {
            name: name.to_owned(),
            version: version.to_owned(),
            licence: licence.trim_end_matches("(*)").trim().to_owned(),
            needs: BTreeSet::new(),
        });
    }
    found.into_values().collect()
}

#[test]
fn every_licence_is_one_that_we_may_pass_on() {
    let packages = packages();
    let refused = packages.iter().filter(|package| !is_allowed(&package.licence));
    none("not in the list of licences", refused.map(|p| format!("{} {}", p.name, p.licence)));
}

#[test]
fn nothing_brings_in_what_is_forbidden_or_builds_c_unasked() {
    let packages = packages();
    let forbidden = packages.iter().filter_map(|package| {
        let (name, why) = FORBIDDEN.iter().find(|(name, _)| *name == package.name)?;
        Some(format!("{name}: {why}"))
    });
    let builds_c = packages.iter().filter(|package| {
        let allowed = MAY_BUILD_C.iter().any(|(name, _)| *name == package.name);
        package.needs.contains("cc") && !allowed
    });
    let builds_c = builds_c.map(|package| format!("{}: calls a C compiler", package.name));
    none("`cargo tree --invert NAME` shows the way in", forbidden.chain(builds_c));
}

#[test]
fn every_package_that_is_there_twice_is_known_to_be() {
    let packages = packages();
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    packages.iter().for_each(|p| versions.entry(&p.name).or_default().push(&p.version));
    versions.retain(|_, versions| versions.len() > 1);
    let known: BTreeSet<&str> = TWICE.iter().map(|(name, _)| *name).collect();
    let new = versions.iter().filter(|(name, _)| !known.contains(*name));
    let new = new.map(|(name, all)| format!("{name} {}: new, see `cargo tree -d`", all.join(", ")));
    let gone = known.iter().filter(|name| !versions.contains_key(**name));
    let gone = gone.map(|name| format!("{name}: no longer there twice, so take it off the list"));
    none("packages in several versions", new.chain(gone));
}

#[track_caller]
fn none(rule: &str, broken: impl Iterator<Item = String>) {
    let broken: Vec<String> = broken.collect();
    assert!(broken.is_empty(), "{rule}:\n  {}\n", broken.join("\n  "));
}

/// Whether an SPDX expression can be met with the licences above. `AND` binds tighter than `OR`;
/// an old way to write `OR` is a slash.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (allowed, rest) = either(&words);
    allowed && rest.is_empty()
}

fn either<'a>(words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
    let (mut allowed, mut rest) = both(words);
    while let ["OR", after @ ..] = rest {
        let (other, after) = both(after);
        (allowed, rest) = (allowed | other, after);
    }
    (allowed, rest)
}

fn both<'a>(words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
    let (mut allowed, mut rest) = one(words);
    while let ["AND", after @ ..] = rest {
        let (other, after) = one(after);
        (allowed, rest) = (allowed & other, after);
    }
    (allowed, rest)
}

fn one<'a>(words: &'a [&'a str]) -> (bool, &'a [&'a str]) {
    match words {
        ["(", inside @ ..] => {
            let (allowed, rest) = either(inside);
            (allowed, rest.get(1..).unwrap_or_default())
        }
        [licence, "WITH", exception, rest @ ..] => {
            (LICENCES.contains(&format!("{licence} WITH {exception}").as_str()), rest)
        }
        [licence, rest @ ..] => (LICENCES.contains(licence), rest),
        [] => (false, &[]),
    }
}

#[test]
fn a_licence_may_be_one_of_several_or_several_at_once() {
    assert!(is_allowed("MIT OR GPL-3.0"));
    assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(is_allowed("GPL-2.0/MIT"));
    assert!(is_allowed("GPL-2.0 AND ISC OR MIT"));
    assert!(!is_allowed("MIT AND GPL-3.0"));
    assert!(!is_allowed("(MIT OR ISC) AND (GPL-3.0 OR AGPL-3.0)"));
    assert!(!is_allowed("Apache-2.0 WITH Classpath-exception-2.0"));
    assert!(!is_allowed(""));
}

#[test]
fn a_package_knows_what_it_needs() {
    let tree =
        "0 a v1.0.0 (/x)|MIT\n1 b v2.0.0 (proc-macro)|ISC\n2 c v3.0.0|Zlib\n1 c v3.0.0|Zlib (*)\n";
    let found = read(tree);
    let needs: Vec<String> = found.iter().map(|p| format!("{} {:?}", p.name, p.needs)).collect();
    assert_eq!(needs, [r#"a {"b", "c"}"#, r#"b {"c"}"#, "c {}"]);
    assert_eq!(found[2].licence, "Zlib");
}
