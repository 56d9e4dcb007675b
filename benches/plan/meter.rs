//! What this process has used so far, read from `/proc` (proc(5)).

use serde::{Deserialize, Serialize};
use std::fs;
use std::time::Duration;

/// Ticks of the clock in a second, as Linux counts processor time for everybody.
const TICKS: u64 = 100;

/// Time spent and memory needed.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Used {
    pub wall: Duration,
    /// Processor time of all threads, to 10 ms.
    pub cpu: Duration,
    /// The most memory that was ever resident, in KiB.
    pub peak: u64,
}

/// Processor time of all threads of this process, dead ones included.
pub fn cpu() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, after_name) = stat.rsplit_once(") ").unwrap();
    // Fields 14 and 15 of all; the first two are behind us.
    let ticks = after_name.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().unwrap());
    Duration::from_millis(ticks.sum::<u64>() * 1000 / TICKS)
}

/// The most memory that was ever resident, in KiB.
pub fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
