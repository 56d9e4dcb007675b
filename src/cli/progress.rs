//! What is going on, on stderr: bars on a terminal, plain lines otherwise, a heartbeat when
//! nothing else is said for ten seconds.

use crate::apply::{Event, StepResult};
use crate::cli::ui::Ui;
use crate::cli::view::plan::counted;
use crate::model::ResourceId;
use crate::plan::Action;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// After how long a silence a heartbeat is printed.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Shows events as they happen.
#[derive(Clone)]
pub struct Progress {
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    ui: Ui,
    total: usize,
    ended: usize,
    running: BTreeMap<(ResourceId, Action), Running>,
    bars: Option<(MultiProgress, ProgressBar)>,
    spoke: Instant,
}

struct Running {
    since: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Progress through `total` steps.
    pub fn new(ui: &Ui, total: usize) -> Self {
        let bars = ui.live.then(|| {
            let bars = MultiProgress::new();
            let all = bars.add(ProgressBar::new(total as u64));
            let style = ProgressStyle::with_template("{bar:30} {pos} of {len}  {elapsed}");
            all.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            (bars, all)
        });
        let (running, spoke) = (BTreeMap::new(), Instant::now());
        let shared = Shared { ui: ui.clone(), total, ended: 0, running, bars, spoke };
        Self { shared: Arc::new(Mutex::new(shared)) }
    }

    /// Takes an event.
    pub fn take(&self, event: Event) {
        self.with(|shared| shared.take(event));
    }

    /// Speaks up when nothing was said for a while; runs until it is dropped.
    pub async fn heartbeat(&self) -> Infallible {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.with(Shared::beat);
        }
    }

    /// Says something between the lines that tell of steps.
    pub fn remark(&self, text: &str) {
        self.with(|shared| shared.line(text));
    }

    /// Clears what was drawn.
    pub fn finish(&self) {
        self.with(|shared| {
            if let Some((bars, all)) = shared.bars.take() {
                all.finish_and_clear();
                _ = bars.clear();
            }
        });
    }

    fn with(&self, act: impl FnOnce(&mut Shared)) {
        act(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Shared {
    fn take(&mut self, event: Event) {
        match event {
            Event::TookOver { env, from } => {
                self.line(&format!("{env}: took over from {from}, which did not finish"));
            }
            Event::LeaseLost { env } => {
                self.line(&format!("{env}: the lease is lost, so nothing new is begun"));
            }
            Event::Unasked { steps } => self.line(&unasked(steps)),
            Event::Began { id, action } => self.began(id, action),
            Event::Progress { id, note } => self.line(&format!("{id}: {note}")),
            Event::Retry { id, retried } => {
                let (wait, why) = (retried.wait.as_secs_f64(), retried.why);
                self.line(&format!("{id}: trying again in {wait:.1} s, because {why}"));
            }
            Event::Ended { id, action, result, took } => self.ended(&id, action, &result, took),
        }
    }

    fn began(&mut self, id: ResourceId, action: Action) {
        let bar = self.bars.as_ref().map(|(bars, all)| {
            let bar = bars.insert_before(all, ProgressBar::new_spinner());
            bar.set_message(format!("{} {id}", doing(action)));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        self.running.insert((id, action), Running { since: Instant::now(), bar });
    }

    fn ended(&mut self, id: &ResourceId, action: Action, result: &StepResult, took: Duration) {
        if let Some(Running { bar: Some(bar), .. }) = self.running.remove(&(id.clone(), action)) {
            bar.finish_and_clear();
        }
        // What was not even begun is summed up at the end.
        if matches!(result, StepResult::NotBegun) {
            return;
        }
        self.ended += 1;
        let (count, total, seconds) = (self.ended, self.total, took.as_secs_f64());
        let text = match result {
            StepResult::Done(None) => format!("{} {id} ({seconds:.1} s)", did(action)),
            StepResult::Done(Some(remark)) => format!("{} {id} ({remark})", did(action)),
            StepResult::Failed(error) => format!("failed {id}: {error}"),
            StepResult::Blocked(by) => format!("skipped {id}: blocked by {by}"),
            StepResult::BlockedBy { env } => format!("skipped {id}: {env} did not end well"),
            StepResult::NotBegun => String::new(),
        };
        let width = total.to_string().len();
        self.line(&format!("[{count:width$}/{total}] {text}"));
        if let Some((_, all)) = &self.bars {
            all.set_position(count as u64);
        }
    }

    fn beat(&mut self) {
        if self.bars.is_some() || self.spoke.elapsed() < HEARTBEAT {
            return;
        }
        let oldest = self.running.iter().min_by_key(|(_, running)| running.since);
        if let Some(((id, action), running)) = oldest {
            let (seconds, others) = (running.since.elapsed().as_secs(), self.running.len() - 1);
            let text = format!("still {} {id} ({seconds} s; {others} others)", doing(*action));
            self.line(&text);
        }
    }

    fn line(&mut self, text: &str) {
        self.spoke = Instant::now();
        match &self.bars {
            Some((bars, _)) => _ = bars.println(text),
            None => self.ui.remark(text),
        }
    }
}

/// What is said of steps that clouds could not be asked about beforehand.
pub(crate) fn unasked(steps: usize) -> String {
    let things = counted(steps, "thing");
    format!("{things} could not be checked beforehand: what they stand on is made by this plan")
}

pub(crate) fn doing(action: Action) -> &'static str {
    match action {
        Action::Create => "creating",
        Action::Update => "updating",
        Action::Delete => "deleting",
        Action::Wait => "waiting for",
        Action::Adopt => "adopting",
        Action::Disown => "handing back",
    }
}

pub(crate) fn did(action: Action) -> &'static str {
    match action {
        Action::Create => "created",
        Action::Update => "updated",
        Action::Delete => "deleted",
        Action::Wait => "finished",
        Action::Adopt => "adopted",
        Action::Disown => "handed back",
    }
}
