//! The rules of ARCHITECTURE.md that a compiler does not know: who may name whom, who may touch
//! the world outside, how long a file may be, and that every kind is documented.

use super::source::{Named, SourceFile, files};
use std::collections::BTreeSet;
use std::fs;

/// Which modules a module may name. Test code may name any.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("render", &[]),
    ("sandbox", &[]),
    ("conformance", &[]),
    ("kind", &["model"]),
    ("plan", &["model"]),
    ("cost", &["model", "plan"]),
    ("ledger", &["model", "kind"]),
    ("apply", &["model", "kind", "plan", "ledger"]),
    ("providers", &["model", "kind", "render", "ledger"]),
    ("project", &["model", "kind", "render", "providers"]),
    ("selftest", &["apply", "kind", "ledger", "model", "plan", "providers", "sandbox"]),
    (
        "cli",
        &[
            "apply",
            "conformance",
            "cost",
            "kind",
            "ledger",
            "model",
            "plan",
            "project",
            "providers",
            "render",
            "sandbox",
            "selftest",
        ],
    ),
];

/// What providers may name of the ledger: the trait of its store and that trait's types. The
/// ledger lies in a cloud, so a provider has to reach it; it need not know what is kept there.
const STORE: &[&str] = &["Condition", "Object", "Store", "Written"];

/// What leads to a cloud. The project file is read without one.
const LEADS_TO_A_CLOUD: &[&str] =
    &["Connection", "Endpoint", "Reader", "Writer", "client", "credentials"];

/// Something outside the program, the code that gives it away, and where that may stand.
struct Outside {
    what: &'static str,
    signs: &'static [&'static str],
    allowed: &'static [&'static str],
}

const OUTSIDE: &[Outside] = &[
    Outside {
        what: "prints",
        signs: &["print!(", "println!(", "eprint!(", "eprintln!(", "dbg!(", "stdout()", "stderr()"],
        allowed: &["src/cli/", "src/main.rs"],
    },
    Outside {
        what: "reads the environment of the process",
        signs: &["std::env", "env::var", "env::args", "env::current_dir"],
        // One variable in the sandbox: whatever starts one in a test must be recorded unasked.
        allowed: &["src/cli/", "src/main.rs", "src/sandbox/record.rs"],
    },
    Outside {
        what: "reads the clock",
        signs: &["SystemTime", "now_utc(", "now_local(", "UtcDateTime::now"],
        // The sandbox is a cloud, and clouds have a clock of their own.
        allowed: &["src/cli/", "src/sandbox/"],
    },
    Outside {
        what: "measures time",
        signs: &["Instant::now", "time::sleep"],
        // For deadlines, leases and waits; nothing that is written down depends on it.
        allowed: &[
            "src/apply/",
            "src/cli/",
            "src/conformance/",
            "src/kind/",
            "src/ledger/",
            "src/sandbox/",
        ],
    },
    Outside {
        what: "ends the program",
        signs: &["process::exit", "process::abort"],
        allowed: &["src/cli/", "src/main.rs"],
    },
    Outside {
        what: "runs another program",
        signs: &["process::Command", "Command::new"],
        allowed: &["src/cli/"],
    },
    Outside {
        what: "opens a connection",
        signs: &[
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "reqwest::",
            "gcp_auth::",
            "ClusterManager::builder",
            "Iam::builder",
            "Octocrab::builder",
            "Projects::builder",
            "Storage::builder",
            "StorageControl::builder",
            "SecretManagerService::builder",
        ],
        // What speaks for itself on the wire does so in one file too.
        allowed: &[
            "src/conformance/client.rs",
            "src/providers/*/client.rs",
            "src/providers/*/rest.rs",
            "src/providers/*/credentials/",
            "src/sandbox/",
        ],
    },
];

/// The longest that a source file may be; most have 100 to 250 lines.
const LONGEST_FILE: usize = 400;

/// Where every kind has a row.
const KINDS: &str = "docs/kinds.md";

#[test]
fn modules_name_only_what_they_may() {
    let sources = files("src");
    let kinds = kind_modules(&sources);
    let broken = sources.iter().flat_map(|file| {
        let wrong = |named: &Named| Some((named.line, forbidden(file, named, &kinds)?));
        let wrong: Vec<_> = file.names().iter().filter_map(wrong).collect();
        wrong.into_iter().map(|(line, why)| format!("{}:{line}: {why}", file.name))
    });
    none(broken.collect(), "ARCHITECTURE.md says who may name whom");
}

/// Why a file may not name this, if it may not.
fn forbidden(file: &SourceFile, named: &Named, kinds: &BTreeSet<Vec<String>>) -> Option<String> {
    let (top, path) = (file.top(), named.path.join("::"));
    let target = named.path.first()?.as_str();
    let Some((_, allowed)) = MAY_NAME.iter().find(|(module, _)| *module == top) else {
        return Some(format!("`{top}` is a new module: say in the table above what it may name"));
    };
    if target == top || (file.module.is_empty() && target == "cli") {
        return None;
    }
    if !allowed.contains(&target) {
        let allowed = if allowed.is_empty() { "nothing".to_owned() } else { allowed.join(", ") };
        return Some(format!("`{top}` names `{path}`, but may name only: {allowed}"));
    }
    match (top, target) {
        ("providers", "ledger") => {
            let item = named.path.get(1).map_or("", String::as_str);
            (!STORE.contains(&item)).then(|| {
                let allowed = STORE.join(", ");
                format!("`providers` names `{path}`, but may name of the ledger only: {allowed}")
            })
        }
        ("project", "providers") => {
            let leads = named.path.iter().any(|step| LEADS_TO_A_CLOUD.contains(&step.as_str()));
            let of_kind = named.path.get(..3).is_some_and(|start| kinds.contains(start));
            (leads || !of_kind).then(|| {
                let allowed = "the types of a kind's spec, providers::CLOUD::KIND::…";
                format!("`project` names `{path}`, but may name of the providers only {allowed}")
            })
        }
        _ => None,
    }
}

/// The modules of kinds, `["providers", "gcp", "gcs_bucket"]`: those that are a `Kind`
/// or hold the `Spec` of several.
fn kind_modules(sources: &[SourceFile]) -> BTreeSet<Vec<String>> {
    let signs = ["impl Kind for ", "pub struct Spec "];
    let is_one = |file: &&SourceFile| signs.iter().any(|sign| file.code.contains(sign));
    let kinds = sources.iter().filter(|file| file.top() == "providers").filter(is_one);
    kinds.filter_map(|file| Some(file.module.get(..3)?.to_vec())).collect()
}

#[test]
fn only_some_modules_touch_the_world_outside() {
    let sources = files("src");
    let mut broken = Vec::new();
    for Outside { what, signs, allowed } in OUTSIDE {
        for file in sources.iter().filter(|file| !is_in(&file.name, allowed)) {
            for (number, line) in file.code.lines().enumerate() {
                if let Some(sign) = signs.iter().find(|sign| names_sign(line, sign)) {
                    let (at, allowed) = (number + 1, allowed.join(", "));
                    broken.push(format!(
                        "{}:{at}: `{sign}` {what}; that is for {allowed}",
                        file.name
                    ));
                }
            }
        }
    }
    none(broken, "the rest of the program is told what it needs to know");
}

/// Whether a line has the sign as a word of its own: `eprint!(` is not `print!(`, nor is
/// `RecordedStorage::builder` `Storage::builder`.
fn names_sign(line: &str, sign: &str) -> bool {
    line.match_indices(sign).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// Whether a file is one of these, or below one that ends in `/`; a `*` stands for one folder.
fn is_in(name: &str, allowed: &[&str]) -> bool {
    allowed.iter().any(|pattern| {
        let (mut steps, mut rest) = (name.split('/'), pattern.split('/').peekable());
        while let Some(expected) = rest.next() {
            if expected.is_empty() && rest.peek().is_none() {
                return true;
            }
            match steps.next() {
                Some(step) if expected == "*" || step == expected => {}
                _ => return false,
            }
        }
        steps.next().is_none()
    })
}

#[test]
fn no_file_grows_beyond_what_can_be_read_at_once() {
    let too_long = files("src").into_iter().filter_map(|file| {
        let lines = file.text.lines().count();
        let name = file.name;
        (lines > LONGEST_FILE).then(|| format!("{name}: {lines} lines; at most {LONGEST_FILE}"))
    });
    none(too_long.collect(), "look for the second thing that the file does");
}

#[test]
fn every_kind_has_its_row_in_the_table_of_kinds() {
    let table = fs::read_to_string(KINDS).unwrap_or_default();
    let rows: Vec<&str> = table.lines().filter(|line| line.trim_start().starts_with('|')).collect();
    let missing = files("src").into_iter().flat_map(|file| {
        let lines: Vec<(usize, String)> = file.text.lines().enumerate().filter_map(kind).collect();
        lines.into_iter().map(move |(line, kind)| (format!("{}:{line}", file.name), kind))
    });
    let missing = missing.filter(|(at, kind)| {
        let first_cell = format!("`{kind}`");
        at.starts_with("src/providers/")
            && !rows.iter().any(|row| row.split('|').nth(1).unwrap_or("").contains(&first_cell))
    });
    let missing = missing.map(|(at, kind)| format!("{at}: `{kind}` has no row in {KINDS}"));
    none(missing.collect(), "no kind is added without its row");
}

/// The kind that a line gives a name to.
fn kind((number, line): (usize, &str)) -> Option<(usize, String)> {
    let name = line.trim().strip_prefix("const NAME: &'static str = \"")?;
    Some((number + 1, name.split('"').next()?.to_owned()))
}

#[track_caller]
fn none(broken: Vec<String>, rule: &str) {
    assert!(broken.is_empty(), "{rule}:\n  {}\n", broken.join("\n  "));
}

#[test]
fn a_forbidden_name_is_told_with_what_is_allowed() {
    let kinds = BTreeSet::from([["providers", "gcp", "gcs_bucket"].map(str::to_owned).to_vec()]);
    let told = |name: &str, text: &str| {
        let file = SourceFile::new(name, text.to_owned());
        file.names().iter().filter_map(|named| forbidden(&file, named, &kinds)).collect::<String>()
    };
    let wrong = told("src/plan/order.rs", "use crate::kind::Retry;");
    assert_eq!(wrong, "`plan` names `kind::Retry`, but may name only: model");
    let wrong = told("src/providers/gcp/x.rs", "use crate::ledger::Lease;");
    assert!(wrong.ends_with("of the ledger only: Condition, Object, Store, Written"), "{wrong}");
    let wrong = told("src/project/x.rs", "use crate::providers::gcp;");
    assert!(wrong.contains("only the types of a kind's spec"), "{wrong}");
    assert!(told("src/project/x.rs", "use crate::providers::gcp::gcs_bucket::Spec;").is_empty());
    assert!(!told("src/project/x.rs", "use crate::providers::gcp::Connection;").is_empty());
}
