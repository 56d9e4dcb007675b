//! A declaration of as many buckets, or of a platform as large, as wanted, in a folder of its own.

use std::fmt::{self, Write as _};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Who may do what with the buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing is said of it.
    None,
    /// Every bucket has a reader and a writer.
    Everywhere,
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Everywhere => "on every bucket",
        })
    }
}

/// A stack on disk; it goes with this value.
pub struct Stack {
    /// What it declares, in words.
    pub what: String,
    folder: TempDir,
}

impl Stack {
    /// As many buckets.
    pub fn of_buckets(size: usize, access: Access) -> Self {
        let what = format!("{size} buckets, access {access}");
        Self::new(what, &[("buckets", &buckets(size, access))])
    }

    /// One cluster and the accounts of its users' programs, far larger than any of today.
    pub fn of_platform() -> Self {
        let what = format!("{POOLS} pools, {ACCOUNTS} accounts, {MEMBERS} members");
        let (pools, accounts, shared) = (pools(), accounts(), shared());
        let files = [("clusters", &pools), ("identities", &accounts), ("buckets", &shared)];
        Self::new(what, &files.map(|(name, text)| (name, text.as_str())))
    }

    /// People in teams of very different size.
    pub fn of_people() -> Self {
        let what = format!("{PEOPLE} people in {} teams", TEAMS.len());
        let stack = Self::new(what, &[("access", &teams())]);
        fs::create_dir(stack.folder().join("people")).unwrap();
        let mut logins = (0..PEOPLE).map(login);
        for (team, size) in TEAMS.iter().enumerate() {
            let people = logins.by_ref().take(*size).map(|login| format!("  - login: {login}\n"));
            let text = format!("members:\n{}", people.collect::<String>());
            fs::write(stack.folder().join(format!("people/t{team:02}.yaml")), text).unwrap();
        }
        stack
    }

    fn new(what: String, files: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("stack.yaml", STACK);
        fs::create_dir(folder.path().join("environments")).unwrap();
        write("environments/prod.yaml", "environment: prod\n");
        files.iter().for_each(|(name, text)| write(&format!("{name}.yaml"), text));
        Self { what, folder }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

const STACK: &str = "\
stack: bench
institution: A bench
prefix: bench
contact: bench@example.org
cloud:
  project: bench-project
  region: us-central1
  zone: us-central1-c
";

fn buckets(size: usize, access: Access) -> String {
    let mut text = "buckets:\n".to_owned();
    for number in 0..size {
        match access {
            Access::None => writeln!(text, "  b{number:05}: {{ delete_after_days: 7 }}"),
            Access::Everywhere => {
                let grants = "read: [\"group:readers@b.org\"], write: [\"user:ada@b.org\"]";
                writeln!(text, "  b{number:05}: {{ grants: {{ {grants} }} }}")
            }
        }
        .unwrap();
    }
    text
}

/// Who is on GitHub, in this organization.
pub const ORGANIZATION: &str = "bench-org";
pub const PEOPLE: usize = 2_000;
/// How many people each team has: 2,000 altogether.
const TEAMS: [usize; 30] = {
    let mut sizes = [25; 30];
    let mut large = 0;
    while large < 10 {
        sizes[large] = 150;
        large += 1;
    }
    sizes
};

/// The login of one of them.
pub fn login(number: usize) -> String {
    format!("student-{number:04}")
}

/// How many questions it takes to see who is in all teams, 100 at a time.
pub fn least_questions() -> usize {
    TEAMS.iter().map(|size| size.div_ceil(100)).sum()
}

fn teams() -> String {
    let mut text = format!("access:\n  organization: {ORGANIZATION}\n  categories:\n");
    for number in 0..TEAMS.len() {
        let members = format!("{{ exact: people/t{number:02}.yaml }}");
        writeln!(text, "    t{number:02}: {{ team: t{number:02}, members: {members} }}").unwrap();
    }
    text
}

const POOLS: usize = 300;
const ACCOUNTS: usize = 500;
/// Members of roles: in the project's policy, which holds 1,500, and in that of a bucket.
const MEMBERS: usize = ACCOUNTS * (ROLES.len() + 2);
/// What each account may do in the project.
const ROLES: [&str; 2] = ["roles/logging.logWriter", "roles/monitoring.metricWriter"];

fn pools() -> String {
    let mut text = "clusters:\n  main:\n    version: 1.35.3-gke.1943000\n    pools:\n".to_owned();
    text += "      core: { role: core, machine: n2-highmem-4, nodes: { total: 1..5 } }\n";
    for number in 1..POOLS {
        let one = format!("machine: n2-highmem-16, nodes: {{ total: 0..{number} }}");
        writeln!(text, "      p{number:03}: {{ role: user, community: c{number:03}, {one} }}")
            .unwrap();
    }
    text
}

fn accounts() -> String {
    let mut text = "identities:\n".to_owned();
    for number in 0..ACCOUNTS {
        writeln!(text, "  a{number:03}: {{ roles: [{}] }}", ROLES.join(", ")).unwrap();
    }
    text
}

fn shared() -> String {
    let members: Vec<String> =
        (0..ACCOUNTS).map(|number| format!("\"identity:a{number:03}\"")).collect();
    let members = members.join(", ");
    format!("buckets:\n  shared: {{ grants: {{ read: [{members}], write: [{members}] }} }}\n")
}
