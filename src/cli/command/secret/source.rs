//! Where a new value comes from.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::secrets::generate::{self, Form};
use crate::cli::ui::Ui;
use crate::model::secret::Value;
use std::io::{self, IsTerminal, Read};
use std::path::PathBuf;

/// The most that Secret Manager takes.
/// <https://cloud.google.com/secret-manager/quotas#content_limits>
const LARGEST: u64 = 64 * 1024;

/// How a generated value looks.
#[derive(clap::Args, Debug)]
pub(super) struct FormArgs {
    /// How many random bytes (letters, for alphanumeric)
    #[arg(long, default_value_t = 32, value_name = "N", value_parser = clap::value_parser!(u16).range(8..=4096))]
    length: u16,
    /// How they are written
    #[arg(long = "as", value_enum, default_value_t = Form::Hex, value_name = "FORM")]
    form: Form,
}

impl FormArgs {
    /// A new random value.
    pub(super) fn value(&self) -> Value {
        generate::generate(self.length, self.form)
    }
}

/// Where a value comes from: a prompt on a terminal, else stdin, unless something else is said.
#[derive(clap::Args, Debug)]
pub(super) struct SourceArgs {
    /// Take the value from this file, as it is; `-` is stdin
    #[arg(long, value_name = "FILE", conflicts_with = "generate")]
    from_file: Option<PathBuf>,
    /// Make a random value
    #[arg(long)]
    generate: bool,
    #[command(flatten)]
    form: FormArgs,
}

impl SourceArgs {
    /// The value. One line feed at the end of what a prompt or stdin gives is not part of it.
    pub(super) fn value(&self, key: &str, ui: &Ui) -> Result<Value, Failure> {
        let stdin = |line: bool| read(io::stdin().lock(), line);
        let value = match &self.from_file {
            _ if self.generate => Ok(self.form.value()),
            Some(path) if path.as_os_str() == "-" => stdin(false),
            Some(path) => {
                let file = std::fs::File::open(path);
                file.and_then(|file| read(file, false))
            }
            None if ui.answers => prompt(key, ui),
            None if io::stdin().is_terminal() => {
                let failure = Failure::new(Exit::Error, "nobody is here to be asked for the value");
                return Err(failure.hint("say --from-file FILE, --generate, or pipe it in"));
            }
            None => stdin(true),
        };
        let value = value.map_err(|error| {
            Failure::new(Exit::Error, "the value cannot be read").because(&error)
        })?;
        if value.is_empty() {
            return Err(Failure::new(Exit::Error, "the value is empty, so nothing was changed"));
        }
        Ok(value)
    }
}

fn read(from: impl Read, line: bool) -> io::Result<Value> {
    let mut bytes = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        let why = format!("it is larger than {LARGEST} bytes");
        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
    }
    if line && bytes.ends_with(b"\n") {
        bytes.truncate(bytes.len() - 1);
    }
    Ok(Value::new(bytes))
}

/// Asks on the terminal, without showing what is typed.
fn prompt(key: &str, ui: &Ui) -> io::Result<Value> {
    ui.remark(format!("The value of `{key}`, which is not shown while you type:"));
    let terminal = io::stdin();
    let before = rustix::termios::tcgetattr(&terminal)?;
    let mut silent = before.clone();
    silent.local_modes.remove(rustix::termios::LocalModes::ECHO);
    let flush = rustix::termios::OptionalActions::Flush;
    rustix::termios::tcsetattr(&terminal, flush, &silent)?;
    let mut line = String::new();
    let outcome = terminal.read_line(&mut line);
    rustix::termios::tcsetattr(&terminal, rustix::termios::OptionalActions::Now, &before)?;
    outcome?;
    let end = line.trim_end_matches(['\n', '\r']).len();
    line.truncate(end);
    Ok(Value::new(line.into_bytes()))
}
