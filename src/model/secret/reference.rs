//! Where a secret is kept.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Where one secret is kept. Tells nothing of its value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// In Secret Manager; the newest version counts.
    Google {
        /// The project, `leap-pangeo`.
        project: String,
        /// The name, `hub-oauth`.
        name: String,
    },
    /// In an environment variable of the process that applies.
    Env(String),
    /// In a file beside the stack, or at an absolute path.
    File(String),
    /// In a file that SOPS encrypted.
    Sops {
        /// The file.
        file: String,
        /// The keys that lead to the value, outermost first, `inbox.key`.
        key: String,
    },
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Google { project, name } => write!(f, "projects/{project}/secrets/{name}"),
            Self::Env(name) => write!(f, "the environment variable {name}"),
            Self::File(path) => write!(f, "the file {path}"),
            Self::Sops { file, key } => write!(f, "{key} in the SOPS file {file}"),
        }
    }
}
