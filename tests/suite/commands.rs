//! The real program as a person meets it: what it prints and how it ends.

mod conformance;
mod everyday;
mod lease;
mod mistakes;
mod surface;

use super::shell::{Said, Shell, edit, leap};
use std::fmt::Write;
use std::path::PathBuf;
use tempfile::TempDir;

/// A terminal in a folder with the LEAP stack, and everything that was on it so far.
struct Terminal {
    folder: TempDir,
    shell: Shell,
    transcript: String,
}

impl Terminal {
    fn new() -> Self {
        let folder = leap();
        let shell = Shell::new(folder.path());
        Self { folder, shell, transcript: String::new() }
    }

    /// The same with one more variable in the environment.
    fn with(mut self, name: &str, value: &str) -> Self {
        self.shell = self.shell.with(name, value);
        self
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Changes a file, which the transcript remarks.
    fn edits(&mut self, file: &str, from: &str, to: &str) {
        edit(&self.path(file), from, to);
        _ = writeln!(self.transcript, "# in {file}: {from} becomes {to}\n");
    }

    /// Runs a command to its end.
    fn runs(&mut self, line: &str) -> Said {
        let said = self.shell.run(line);
        self.notes(line, &said);
        said
    }

    /// Adds a command and what it said to the transcript.
    fn notes(&mut self, line: &str, said: &Said) {
        let Said { stdout, stderr, code } = said;
        _ = writeln!(self.transcript, "$ leap-infra {line}");
        self.transcript += &self.timeless(stdout);
        for line in self.timeless(stderr).lines() {
            _ = writeln!(self.transcript, "{}", format!("stderr: {line}").trim_end());
        }
        let code = code.map_or("a signal".to_owned(), |code| code.to_string());
        _ = writeln!(self.transcript, "[ends with {code}]\n");
    }

    /// The same everywhere and always: no figures of seconds, no folder and no apply of this run.
    fn timeless(&self, text: &str) -> String {
        let text = text.replace(&*self.folder.path().to_string_lossy(), "FOLDER");
        let nameless = |line: &str| match line.split_once("/history/") {
            Some((before, _)) => format!("{before}/history/TIME-ID.json\n"),
            None => line.to_owned(),
        };
        let text: String = text.split_inclusive('\n').map(nameless).collect();
        let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        for at in 1..words.len() {
            let number = words[at - 1].trim_start_matches('(');
            let seconds = words[at].strip_prefix('s');
            let seconds = seconds.is_some_and(|rest| !rest.starts_with(char::is_alphabetic));
            if seconds && number.parse::<f64>().is_ok() {
                words[at - 1] = words[at - 1].replace(number, "N");
            }
        }
        words.join(" ")
    }
}
