//! What happens, for programs: one JSON object on each line, in the shape that Terraform's
//! readers know (<https://developer.hashicorp.com/terraform/internals/machine-readable-ui>).
//!
//! This is where lines go and what they have in common; what they say is in
//! [`crate::cli::view::event`].

use crate::apply::{Event, Report};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::view::event;
use crate::kind::Retried;
use crate::model::{Overrides, ResourceId};
use crate::plan::{Action, Plan};
use crate::project::Problem;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How often a step that runs is told of again.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Who is told of what happens; nobody, by default.
#[derive(Clone, Debug, Default)]
pub struct Events {
    shared: Option<Arc<Mutex<Shared>>>,
    stdout: bool,
}

#[derive(Debug, Default)]
struct Shared {
    stdout: bool,
    file: Option<File>,
    running: BTreeMap<(ResourceId, Action), Instant>,
}

impl Events {
    /// Tells stdout, a file, both, or nobody.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn open(stdout: bool, into: Option<&Path>) -> Result<Self, Failure> {
        if !stdout && into.is_none() {
            return Ok(Self::default());
        }
        let file = into.map(|path| {
            File::create(path).map_err(|error| {
                let summary = format!("cannot write events into {}", path.display());
                Failure::new(Exit::Error, summary).because(&error)
            })
        });
        let shared = Shared { stdout, file: file.transpose()?, running: BTreeMap::new() };
        let events = Self { shared: Some(Arc::new(Mutex::new(shared))), stdout };
        events.tell([event::version()]);
        Ok(events)
    }

    /// Whether they go to stdout, where nothing else must go then.
    pub fn on_stdout(&self) -> bool {
        self.stdout
    }

    /// A plan was made.
    pub fn planned(&self, plan: &Plan) {
        self.tell(event::plan(plan));
    }

    /// Guards were overridden.
    pub fn overridden(&self, overrides: &Overrides) {
        self.tell(overrides.words.iter().map(|words| event::overridden(words, overrides)));
    }

    /// Something happened while it was applied.
    pub fn take(&self, event: &Event) {
        let took = match event {
            Event::Began { id, action } => {
                self.with(|shared| {
                    shared.running.insert((id.clone(), *action), Instant::now());
                });
                Duration::ZERO
            }
            Event::Ended { id, action, took, .. } => {
                self.with(|shared| _ = shared.running.remove(&(id.clone(), *action)));
                *took
            }
            Event::TookOver { .. }
            | Event::LeaseLost { .. }
            | Event::Unasked { .. }
            | Event::Progress { .. }
            | Event::Retry { .. } => Duration::ZERO,
        };
        self.tell([event::happened(event, took)]);
    }

    /// A call outside of steps is tried again.
    pub fn retried(&self, retried: &Retried) {
        self.tell([event::retry(None, retried)]);
    }

    /// It is over.
    pub fn summed_up(&self, report: &Report, operation: &str) {
        self.tell([event::summary(report, operation)]);
    }

    /// The declaration has problems.
    pub fn problems(&self, problems: &[Problem]) {
        self.tell(problems.iter().map(event::problem));
    }

    /// A command did not do what it was asked.
    pub fn failed(&self, failure: &Failure) {
        self.tell([event::failure(failure)]);
    }

    /// Tells of what runs, again and again; until it is dropped.
    pub async fn heartbeat(&self) -> Infallible {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            let mut running = BTreeMap::new();
            self.with(|shared| running.clone_from(&shared.running));
            let line = |((id, action), since): (&(ResourceId, Action), &Instant)| {
                event::still(id, *action, since.elapsed())
            };
            self.tell(running.iter().map(line));
        }
    }

    fn tell(&self, lines: impl IntoIterator<Item = Value>) {
        self.with(|shared| lines.into_iter().for_each(|line| shared.write(line)));
    }

    fn with(&self, act: impl FnOnce(&mut Shared)) {
        if let Some(shared) = &self.shared {
            act(&mut shared.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

impl Shared {
    /// Whoever has stopped reading does not stop the apply.
    fn write(&mut self, mut line: Value) {
        line["@module"] = json!("leap-infra");
        line["@timestamp"] = json!(OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default());
        if let Some(file) = &mut self.file {
            _ = writeln!(file, "{line}");
        }
        if self.stdout {
            _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    }
}
