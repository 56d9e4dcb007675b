//! A stack in a folder, and the cloud that it is about: the real program, against a sandbox in
//! this process with a clock that the test moves.

use super::shell::{Said, Shell, edit};
use leap_infra::sandbox::{self, Clock, Sandbox};
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

/// A Monday in 2026.
const START: u64 = 1_790_000_000;

pub struct Home {
    pub folder: TempDir,
    pub sandbox: Sandbox,
    pub shell: Shell,
}

impl Home {
    /// A folder with these files.
    pub async fn of(files: &[(&str, &str)]) -> Self {
        // Only the first test to come here installs it.
        _ = rustls::crypto::ring::default_provider().install_default();
        let clock = Clock::virtual_at(START);
        let options = sandbox::Options { clock, ..sandbox::Options::default() };
        let sandbox = sandbox::start(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let shell = Shell::new(folder.path()).towards(&sandbox);
        let home = Self { folder, sandbox, shell };
        files.iter().for_each(|(file, text)| home.write(file, text));
        home
    }

    /// The same, applied as it is declared.
    pub async fn applied(files: &[(&str, &str)]) -> Self {
        let home = Self::of(files).await;
        home.says("apply --auto-approve", 0);
        home
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).unwrap()
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn declare(&self, from: &str, to: &str) {
        edit(&self.path("stack.yaml"), from, to);
    }

    pub fn later(&self, seconds: u64) {
        self.sandbox.clock().advance(Duration::from_secs(seconds));
    }

    /// Runs a line in which `_` in a word stands for a space.
    pub fn run(&self, line: &str) -> Said {
        // What was just made is missing from lists for a moment.
        self.later(5);
        let words: Vec<String> = line.split(' ').map(|word| word.replace('_', " ")).collect();
        let mut command = self.shell.command("");
        Said::of(&tokio::task::block_in_place(|| command.args(words).output().unwrap()))
    }

    /// Runs a line that ends with this code.
    pub fn says(&self, line: &str, code: i32) -> Said {
        let said = self.run(line);
        let Said { stdout, stderr, .. } = &said;
        assert_eq!(said.code, Some(code), "leap-infra {line}\n{stderr}{stdout}");
        said
    }
}
