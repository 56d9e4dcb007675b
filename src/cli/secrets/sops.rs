//! A secret in a file that SOPS encrypted: the program `sops` decrypts it. What it says on
//! stderr is not shown: it may quote the file.

use super::file;
use crate::model::secret::Value;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long the program may take; it may have to ask a key service.
const DEADLINE: Duration = Duration::from_secs(30);

/// How often is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(20);

/// Decrypts the value at a key, `inbox.key`, of a file; why not, in words.
pub(super) fn read(folder: &Path, file: &str, key: &str) -> Result<Value, String> {
    let path = file::inside(folder, file)?;
    let keys: String = key.split('.').map(|key| format!("[{}]", serde_json::json!(key))).collect();
    let mut command = Command::new("sops");
    command.args(["--decrypt", "--extract", &keys]).arg(path);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            "the program `sops` is not there: see https://getsops.io".to_owned()
        }
        _ => format!("the program `sops` cannot be run: {error}"),
    })?;
    output(child, DEADLINE).map(file::without_line_feed)
}

fn output(mut child: Child, deadline: Duration) -> Result<Vec<u8>, String> {
    let stdout = child.stdout.take().ok_or("`sops` has no output")?;
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stdout.take(file::LARGEST + 1).read_to_end(&mut bytes).map(|_| bytes)
    });
    let end = Instant::now() + deadline;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < end => std::thread::sleep(LOOK),
            _ => {
                _ = child.kill();
                _ = child.wait();
                return Err(format!("`sops` did not end within {} seconds", deadline.as_secs()));
            }
        }
    };
    if !status.success() {
        let code = status.code().map_or("a signal".to_owned(), |code| format!("code {code}"));
        return Err(format!(
            "`sops` ended with {code}; run it yourself to see why, since what it says may hold \
             the secret"
        ));
    }
    match reader.join() {
        Ok(Ok(bytes)) if bytes.len() as u64 <= file::LARGEST => Ok(bytes),
        Ok(Ok(_)) => Err(format!("it is larger than {} bytes", file::LARGEST)),
        _ => Err("what `sops` wrote could not be read".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, deadline: Duration) -> Result<Vec<u8>, String> {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdout(Stdio::piped()).stderr(Stdio::null());
        output(command.spawn().unwrap(), deadline)
    }

    #[test]
    fn a_program_that_fails_is_not_quoted() {
        let why = shell("echo canary; echo canary >&2; exit 3", DEADLINE).unwrap_err();
        assert!(why.contains("code 3") && !why.contains("canary"), "{why}");
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let why = shell("exec sleep 60", Duration::from_millis(50)).unwrap_err();
        assert!(why.contains("did not end"), "{why}");
    }
}
