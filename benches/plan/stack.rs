//! A declaration of as many buckets as wanted, in a folder of its own.

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
    pub size: usize,
    pub access: Access,
    folder: TempDir,
}

impl Stack {
    pub fn new(size: usize, access: Access) -> Self {
        let folder = TempDir::new().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("stack.yaml", STACK);
        write("buckets.yaml", &buckets(size, access));
        fs::create_dir(folder.path().join("environments")).unwrap();
        write("environments/prod.yaml", "environment: prod\n");
        Self { size, access, folder }
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
