//! Tables in Markdown.

use crate::meter::Used;
use crate::role::Stages;
use std::fmt;
use std::time::Duration;

/// Rows under a heading.
pub struct Table {
    heading: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(heading: &[&'static str]) -> Self {
        Self { heading: heading.to_vec(), rows: Vec::new() }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    pub fn print(&self, title: &str) {
        println!("\n{title}:\n\n| {} |", self.heading.join(" | "));
        println!("|{}", "---|".repeat(self.heading.len()));
        self.rows.iter().for_each(|row| println!("| {} |", row.join(" | ")));
    }
}

/// Milliseconds below a second, else seconds.
pub fn time(time: Duration) -> String {
    match time.as_millis() {
        ms @ ..1_000 => format!("{ms} ms"),
        _ => format!("{:.2} s", time.as_secs_f64()),
    }
}

/// MB of KiB.
pub fn memory(kib: u64) -> String {
    format!("{} MB", kib * 1024 / 1_000_000)
}

impl fmt::Display for Used {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (CPU {}, {})", time(self.wall), time(self.cpu), memory(self.peak))
    }
}

impl Stages {
    /// The time of all of them.
    pub fn total(&self) -> Duration {
        self.load.wall + self.observe.wall + self.diff.wall
    }
}
