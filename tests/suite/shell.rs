//! A person at a terminal: the real binary, in an environment that holds nothing else.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// The top of the repository.
pub const TOP: &str = env!("CARGO_MANIFEST_DIR");

/// Where a person works, and what their environment says.
pub struct Shell {
    folder: PathBuf,
    variables: Vec<(String, String)>,
}

/// What a command said, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub stdout: String,
    pub stderr: String,
    /// The exit code; none if a signal ended it.
    pub code: Option<i32>,
}

impl Shell {
    /// A shell in this folder, with a home in which there is nothing.
    pub fn new(folder: impl AsRef<Path>) -> Self {
        let shell = Self { folder: folder.as_ref().to_owned(), variables: Vec::new() };
        let path = std::env::var("PATH").unwrap_or_default();
        let home = ("HOME", "/nowhere");
        // What is installed here must not show.
        let helm = ("LEAP_INFRA_HELM", "no-helm");
        [home, helm, ("PATH", &path), ("USER", "ada"), ("NO_GCE_CHECK", "true")]
            .into_iter()
            .fold(shell, |shell, (name, value)| shell.with(name, value))
    }

    /// The same with one more variable.
    pub fn with(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// The same towards a sandbox that runs elsewhere.
    pub fn towards(self, sandbox: &leap_infra::sandbox::Sandbox) -> Self {
        self.with("LEAP_INFRA_SANDBOX_URL", sandbox.url())
    }

    /// `leap-infra` with the words of a line.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leap-infra"));
        command.args(line.split_whitespace()).current_dir(&self.folder).env_clear();
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts it, and does not wait for it.
    pub fn start(&self, line: &str) -> Child {
        self.command(line).spawn().unwrap()
    }

    /// Runs it to its end.
    pub fn run(&self, line: &str) -> Said {
        Said::of(&self.command(line).output().unwrap())
    }

    /// Runs it to its end, which must be a good one.
    pub fn succeed(&self, line: &str) -> Said {
        let said = self.run(line);
        assert_eq!(said.code, Some(0), "leap-infra {line}\n{}{}", said.stderr, said.stdout);
        said
    }
}

impl Said {
    /// What a command that has ended said.
    pub fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        Self { stdout, stderr, code: output.status.code() }
    }

    /// Whether a plan found nothing to do.
    pub fn is_nothing_to_do(&self) -> bool {
        self.stdout.contains("Plan: 0 to add, 0 to change, 0 to destroy.")
            && !self.stdout.contains("refused.")
    }

    /// The words that the refusals of a plan offer.
    pub fn words(&self) -> Vec<&str> {
        let lines = self.stdout.lines().map(str::trim);
        lines.filter_map(|line| line.strip_prefix("to go on all the same: ")).collect()
    }
}

/// A folder of its own with the LEAP stack and the environments in it.
pub fn leap() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for below in ["stacks/leap", "environments"] {
        copy(&Path::new(TOP).join(below), &folder.path().join(below));
    }
    folder
}

/// Copies what is declared in a folder, and not what a sandbox left there.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        match path.is_dir() {
            true if name == ".leap-infra" => {}
            true => copy(&path, &to.join(name)),
            false => _ = std::fs::copy(&path, to.join(name)).unwrap(),
        }
    }
}

/// Puts one text in the place of another that must be there.
pub fn edit(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{} has no {from:?}", file.display());
    std::fs::write(file, text.replacen(from, to, 1)).unwrap();
}
