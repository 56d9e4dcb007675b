//! How far a long count has come, on stderr: a line that moves on a terminal, a line every ten
//! seconds otherwise.

use crate::cli::ui::Ui;
use indicatif::ProgressBar;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// After how long a silence a line is printed where none can move.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// A count of objects.
pub(super) struct Counting<'a> {
    ui: &'a Ui,
    bar: Option<ProgressBar>,
    objects: AtomicU64,
    spoke: Mutex<Instant>,
}

impl<'a> Counting<'a> {
    /// Nothing counted yet.
    pub(super) fn new(ui: &'a Ui) -> Self {
        let bar = ui.live.then(ProgressBar::new_spinner);
        Self { ui, bar, objects: AtomicU64::new(0), spoke: Mutex::new(Instant::now()) }
    }

    /// So many more, in a bucket.
    pub(super) fn more(&self, bucket: &str, objects: u64) {
        let all = self.objects.fetch_add(objects, Ordering::Relaxed) + objects;
        let text = format!("{bucket}: {all} objects seen");
        if let Some(bar) = &self.bar {
            bar.set_message(text);
            return bar.tick();
        }
        let mut spoke = self.spoke.lock().unwrap_or_else(PoisonError::into_inner);
        if spoke.elapsed() >= HEARTBEAT {
            *spoke = Instant::now();
            self.ui.remark(text);
        }
    }

    /// Clears what was drawn.
    pub(super) fn finish(&self) {
        self.bar.iter().for_each(ProgressBar::finish_and_clear);
    }
}
