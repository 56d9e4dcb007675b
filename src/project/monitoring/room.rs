//! How much room measures take, as far as that can be said before anything was measured.

use super::made::{Made, gigabytes};
use super::settings::Prometheus;
use crate::project::format::span;

/// How many series a cluster has by itself, by a guess that is rather high.
const OF_CLUSTER: f64 = 40_000.0;
/// How many each hub has, and each machine with what runs on it.
const OF_HUB: f64 = 3_000.0;
const OF_MACHINE: f64 = 1_500.0;
/// Of the machines that there may be beside those that always are, so many are usually there.
const USUALLY: f64 = 0.1;
/// How many bytes one measure takes on the disk.
/// <https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects>
const BYTES: f64 = 1.5;
/// The bytes of a GB, as Google counts.
const GB: f64 = 1_073_741_824.0;

/// What is kept, in numbers.
pub(super) struct Room {
    /// How many series are measured.
    pub(super) series: f64,
    /// How many GB they take in the time that they are kept.
    pub(super) gb: f64,
    /// How many GB of the disk can be filled with them.
    pub(super) has_gb: f64,
}

impl Room {
    /// What is measured of a cluster, and kept for as long as is said.
    pub(super) fn of(made: &Made<'_>, settings: &Prometheus) -> Self {
        let machines = made.cluster.rooms().into_iter().map(|(_, room)| {
            let (least, most) = room.spec.machines();
            least + (most - least) * USUALLY
        });
        let hubs = made.hubs().iter().fold(0.0, |sum, _| sum + OF_HUB);
        let series = OF_CLUSTER + hubs + machines.sum::<f64>() * OF_MACHINE;
        Self {
            series,
            gb: series * seconds(&settings.retention) / seconds(&settings.every).max(1.0) * BYTES
                / GB,
            has_gb: gigabytes(&settings.disk) * super::values::prometheus::FILLED,
        }
    }

    /// The same in words.
    pub(super) fn told(&self, settings: &Prometheus) -> String {
        let Self { series, gb, has_gb } = self;
        format!(
            "about {:.0} series, measured every {} and kept for {}: some {gb:.0} GB, of {has_gb:.0} \
             that can be filled of {}",
            rounded(*series),
            settings.every,
            settings.retention,
            settings.disk
        )
    }
}

/// No guess is more exact than a thousand.
fn rounded(series: f64) -> f64 {
    (series / 1000.0).round() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "nothing is kept for 2^53 seconds")]
fn seconds(text: &str) -> f64 {
    span(text) as f64
}
