//! A folder with a stack in it, for one test.

use leap_infra::cli::view::problems::{Colour, text};
use leap_infra::project::{Project, load};
use std::path::Path;
use tempfile::TempDir;

/// A stack that only lacks what a test adds to it.
pub(crate) const STACK: &str =
    "stack: demo\nprefix: demo\ncloud: { project: demo-project, region: us-central1 }\n";

/// A folder with a stack in it.
pub(crate) struct Folder(TempDir);

impl Folder {
    /// A folder with nothing in it.
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A stack with two environments, `staging` and `prod`.
    pub(crate) fn stack() -> Self {
        Self::empty()
            .file("stack.yaml", STACK)
            .file("environments/staging.yaml", "environment: staging\nsuffix: -staging\n")
            .file("environments/prod.yaml", "environment: prod\nfollows: staging\n")
    }

    /// A stack with these buckets and the single environment `prod`.
    pub(crate) fn buckets(buckets: &str) -> Self {
        Self::empty().file("stack.yaml", STACK).file("buckets.yaml", buckets)
    }

    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// What is said about the stack when it cannot be used.
    pub(crate) fn problems(&self) -> String {
        let problems = load(self.0.path(), Path::new("demo")).unwrap_err();
        text(&problems.list, &problems.sources, Colour::Off)
    }

    /// The stack, when it can be used.
    pub(crate) fn project(&self) -> Project {
        load(self.0.path(), Path::new("demo")).unwrap_or_else(|problems| {
            panic!("{}", text(&problems.list, &problems.sources, Colour::Off))
        })
    }

    /// What a person should look at, though the stack can be used.
    pub(crate) fn warnings(&self) -> String {
        let project = self.project();
        text(project.warnings(), project.sources(), Colour::Off)
    }
}
