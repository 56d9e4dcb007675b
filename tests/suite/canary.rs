//! Canaries in every place where a secret or a credential may lie, and a look for them, in any
//! writing, in everything that every command says and leaves behind.

use super::shell::{Said, Shell};
use clap::CommandFactory;
use data_encoding::{BASE64, HEXLOWER};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The places that a canary is put, each its own.
const PLACES: [&str; 12] = [
    "variable",
    "file",
    "open",
    "sops",
    "manager",
    "piped",
    "github",
    "aws-id",
    "aws-key",
    "aws-token",
    "kube",
    "google",
];

/// A value that looks different in every writing.
fn canary(place: &str) -> String {
    assert!(PLACES.contains(&place), "{place}");
    format!("cnr.{place}\"/é+?%.7d1f")
}

/// Every usual writing of a canary.
fn writings(place: &str) -> Vec<String> {
    let canary = canary(place);
    let bytes = canary.as_bytes();
    let json = serde_json::json!(canary).to_string();
    let hex = HEXLOWER.encode(bytes);
    vec![
        json.trim_matches('"').to_owned(),
        format!("{canary:?}").trim_matches('"').to_owned(),
        BASE64.encode(bytes).trim_end_matches('=').to_owned(),
        BASE64.encode(format!("{canary}\n").as_bytes()).trim_end_matches('=').to_owned(),
        hex.to_uppercase(),
        hex,
        percent_encode(bytes, NON_ALPHANUMERIC).to_string(),
        // A part of it is too much as well, and covers values that were cut.
        format!("cnr.{place}"),
        canary,
    ]
}

const STACK: &str = r#"
stack: canary
prefix: canary
cloud: { project: canary-project, region: us-central1 }
buckets: { data: {} }
secrets:
  manager: { make: { readers: ["user:ada@leap.example.org"] } }
  variable: { env: CANARY_VARIABLE }
  lost: { env: CANARY_LOST }
  file: { file: private/file.txt }
  open: { file: private/open.txt }
  sops: { sops: "enc/all.yaml#inbox.key" }
  broken: { sops: "enc/all.yaml#broken" }
"#;

/// What each command is run with, in an order that gives all of them something to do, and how it
/// ends. A command that clap knows and this list does not fails the test.
const LINES: &[(&str, i32)] = &[
    ("validate", 0),
    ("plan --out plan.json", 0),
    ("plan --json", 0),
    ("plan --format markdown", 0),
    ("show plan.json", 0),
    ("plan --cost", 0),
    ("cost --parts", 0),
    ("cost report --month 2026-10", 4),
    ("apply plan.json", 0),
    ("secret set manager --from-file private/manager.txt", 0),
    ("secret set manager", 0),
    ("secret rotate manager --from-file private/manager.txt --keep 0", 0),
    ("secret rotate manager --generate --as base64", 0),
    ("secret generate manager", 7),
    ("secret set variable", 1),
    ("secret set manger --from-file private/manager.txt", 1),
    ("buckets usage --by user", 0),
    ("home snapshots ada", 1),
    ("home usage", 0),
    ("home restore ada --from homes-1", 1),
    ("secret list", 0),
    ("secret list --json", 0),
    ("apply --auto-approve --json-into events.jsonl", 0),
    ("apply --auto-approve --json", 0),
    ("drift", 0),
    ("history --full", 0),
    ("explain secrets.variable", 0),
    ("schema", 0),
    ("doctor", 0),
    ("doctor --secrets", 5),
    ("doctor --secrets --json", 5),
    ("doctor --github", 0),
    ("doctor --clusters --json", 0),
    ("doctor --quotas", 0),
    ("doctor --refresh-tables --json", 0),
    ("unlock", 0),
    ("hold prod:gcs-bucket/canary-data --until 2090-01-01 --reason workshop", 0),
    ("hold --list", 0),
    ("hold prod:gcs-bucket/canary-data --release", 0),
    ("rollback -e prod --auto-approve", 1),
    ("discover", 0),
    ("lock", 0),
    ("sandbox helm version", 1),
    ("access list", 1),
    ("access who-can buckets/canary-data", 1),
    ("access why ada buckets/canary-data", 1),
    ("access why-403 ada prod", 1),
    ("access preview ada", 1),
    ("access page", 1),
    ("access import crew", 1),
    ("access offboard ada", 1),
    ("access notices", 1),
    ("adopt --all --auto-approve", 0),
    ("disown prod:gcs-bucket/canary-data", 7),
    ("selftest crash --max 1", 0),
    ("selftest faults --seed 1 --runs 1", 0),
    ("conformance", 0),
    ("sandbox show --json", 0),
    ("sandbox serve --faults private/open.txt", 1),
    ("destroy --auto-approve --dangerous-delete prod:secret/canary-manager", 0),
    ("sandbox reset", 0),
];

/// What is asked of a stack that says something of access, in the same way.
const ABOUT_ACCESS: &[(&str, i32)] = &[
    ("apply --auto-approve", 0),
    ("access list --look", 0),
    ("access who-can hubs/prod --look --json", 0),
    ("access why ada hubs/prod --look", 0),
    ("access why-403 ada prod --look", 0),
    ("access preview ada --look --format csv", 0),
    ("access page --html", 0),
    ("access import crew --into people/now.yaml", 0),
    ("access notices", 0),
    ("access offboard ada", 0),
    ("plan --json", 0),
];

const ACCESS: &str = "
hubs: { prod: { domain: hub.leap.example.org } }
people: { ada: { name: Ada, github: { login: ada } } }
access:
  organization: canary-org
  categories:
    crew: { team: crew, members: { exact: people/crew.yaml }, hubs: { prod: { login: true } } }
";

/// A folder with a stack, canaries all around it, and what was said so far.
struct Cage {
    folder: TempDir,
    shell: Shell,
    said: Vec<(String, Said)>,
}

impl Cage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let put = |file: &str, text: &str, mode: u32| {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            path.to_string_lossy().into_owned()
        };
        put("environments/prod.yaml", "environment: prod\n", 0o644);
        put("stack/stack.yaml", STACK, 0o644);
        put("stack/enc/all.yaml", "sops: {}\n", 0o644);
        for (place, mode) in [("file", 0o600), ("open", 0o644), ("manager", 0o600)] {
            put(&format!("stack/private/{place}.txt"), &canary(place), mode);
        }
        put("piped", &canary("piped"), 0o600);
        let sops = canary("sops").replace('\'', "");
        let script = format!(
            "#!/bin/sh\nprintf '%s' '{sops}'\ncase \"$*\" in *broken*) echo '{sops}' >&2; exit 1;; esac\n"
        );
        put("bin/sops", &script, 0o755);
        let google = serde_json::json!({
            "type": "service_account", "client_email": "ada@canary-project.iam.gserviceaccount.com",
            "private_key_id": "1", "private_key": canary("google"), "project_id": "canary-project",
            "token_uri": "https://oauth2.example.org/token",
        });
        let google = put("google.json", &google.to_string(), 0o600);
        let kube = put("kube", &format!("users: [{{ token: {:?} }}]\n", canary("kube")), 0o600);
        let path = std::env::var("PATH").unwrap_or_default();
        let path = format!("{}:{path}", folder.path().join("bin").display());
        let shell = Shell::new(folder.path().join("stack"))
            .with("PATH", path)
            .with("CANARY_VARIABLE", canary("variable"))
            .with("GITHUB_TOKEN", canary("github"))
            .with("AWS_ACCESS_KEY_ID", canary("aws-id"))
            .with("AWS_SECRET_ACCESS_KEY", canary("aws-key"))
            .with("AWS_SESSION_TOKEN", canary("aws-token"))
            .with("KUBECONFIG", kube)
            .with("GOOGLE_APPLICATION_CREDENTIALS", google);
        Self { folder, shell, said: Vec::new() }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn runs(&mut self, line: &str) -> &Said {
        let mut command = self.shell.command(line);
        command.stdin(File::open(self.path("piped")).unwrap());
        let said = Said::of(&command.output().unwrap());
        // Before a command takes it away again.
        self.nothing_is_left_in(line);
        self.said.push((line.to_owned(), said));
        let (line, said) = self.said.last().unwrap();
        none(line, &format!("{}\n{}", said.stdout, said.stderr));
        said
    }

    /// Looks into every file that a command may have written.
    fn nothing_is_left_in(&self, line: &str) {
        for file in written(&self.path("stack")) {
            let bytes = fs::read(&file).unwrap();
            none(&format!("{line}: {}", file.display()), &String::from_utf8_lossy(&bytes));
        }
    }
}

/// Every file below the stack but those that hold canaries from the beginning.
fn written(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let folders = folders.iter().filter(|path| !path.ends_with("private"));
    files.into_iter().chain(folders.flat_map(|folder| written(folder))).collect()
}

#[track_caller]
fn none(place: &str, text: &str) {
    for canary in PLACES {
        for writing in writings(canary) {
            assert!(!text.contains(&writing), "the canary {canary} is in {place} as {writing}");
        }
    }
}

/// The commands without commands of their own, as a person writes them.
fn leaves(command: &clap::Command, path: &str) -> Vec<String> {
    let below = command.get_subcommands().filter(|command| command.get_name() != "help");
    let below: Vec<String> = below
        .flat_map(|command| leaves(command, format!("{path} {}", command.get_name()).trim()))
        .collect();
    if below.is_empty() { vec![path.to_owned()] } else { below }
}

#[test]
fn no_command_says_or_leaves_a_secret_or_a_credential() {
    let mut cage = Cage::new();
    for (line, code) in LINES {
        let said = cage.runs(line).clone();
        assert_eq!(said.code, Some(*code), "{line}\n{}{}", said.stdout, said.stderr);
    }
    let doctor = cage.said.iter().find(|(line, _)| line == "doctor --secrets").unwrap();
    let readable = doctor.1.stdout.matches("  can be read (by").count();
    assert_eq!(readable, 4, "the canaries were not read at all:\n{}", doctor.1.stdout);
    assert!(cage.path("stack/events.jsonl").exists());
    assert!(cage.path("stack/.leap-infra/sandbox/journal.jsonl").exists());
}

#[test]
fn no_answer_about_access_says_or_leaves_a_credential() {
    let mut cage = Cage::new();
    fs::write(cage.path("stack/access.yaml"), ACCESS).unwrap();
    fs::create_dir(cage.path("stack/people")).unwrap();
    fs::write(cage.path("stack/people/crew.yaml"), "members: [{ person: ada }]\n").unwrap();
    for (line, code) in ABOUT_ACCESS {
        let said = cage.runs(line).clone();
        assert_eq!(said.code, Some(*code), "{line}\n{}{}", said.stdout, said.stderr);
    }
}

#[test]
fn every_command_is_tried_with_canaries() {
    let all: BTreeSet<String> = leaves(&leap_infra::cli::Cli::command(), "").into_iter().collect();
    let tried = |leaf: &String| LINES.iter().any(|(line, _)| line.starts_with(leaf.as_str()));
    let missing: Vec<&String> = all.iter().filter(|leaf| !tried(leaf)).collect();
    assert!(missing.is_empty(), "add these commands to LINES: {missing:?}");
}

#[test]
fn a_refusal_that_repeats_the_value_is_not_shown() {
    let mut cage = Cage::new();
    cage.runs("apply --auto-approve");
    let echo = format!("not allowed: {}", canary("manager"));
    let faults = serde_json::json!([
        { "on": { "method": "*:addVersion" }, "then": { "status": { "code": 403, "message": echo } } }
    ]);
    let file = cage.path("faults.json");
    fs::write(&file, faults.to_string()).unwrap();
    cage.shell = std::mem::replace(&mut cage.shell, Shell::new("/"))
        .with("LEAP_INFRA_SANDBOX_FAULTS", file.to_string_lossy());
    let said = cage.runs("secret set manager --from-file private/manager.txt").clone();
    assert_eq!(said.code, Some(5));
    assert!(said.stderr.contains("not shown: what was said holds the secret"), "{}", said.stderr);
}

#[test]
fn credentials_that_cannot_be_read_are_not_quoted() {
    let mut cage = Cage::new();
    fs::write(cage.path("google.json"), format!("{{ \"type\": {} ", canary("google"))).unwrap();
    for line in ["doctor", "plan --live", "secret list --live", "doctor --secrets --live"] {
        assert_eq!(cage.runs(line).code, Some(5), "{line}");
    }
}
