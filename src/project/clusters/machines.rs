//! What of a machine is left for pods, after what GKE keeps for itself.
//!
//! The formula: <https://cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes#memory_and_cpu_reservations>

use super::tables::Size;

/// The memory that GKE keeps, as the share of each further part of a machine's, in GiB.
const MEMORY: [(f64, f64); 5] =
    [(4.0, 0.25), (4.0, 0.20), (8.0, 0.10), (112.0, 0.06), (f64::INFINITY, 0.02)];

/// The same for CPUs.
const CPU: [(f64, f64); 4] = [(1.0, 0.06), (1.0, 0.01), (2.0, 0.005), (f64::INFINITY, 0.0025)];

/// What machines with less than 1 GiB keep, in GiB.
const SMALL: f64 = 255.0 / 1024.0;

/// Below this, pods are evicted, in GiB.
const EVICTION: f64 = 100.0 / 1024.0;

/// What pods can have of a machine: CPUs, and memory in GiB.
pub(super) fn allocatable(size: Size) -> Size {
    let Size { cpu, memory_gb } = size;
    let kept = if memory_gb < 1.0 { SMALL } else { shares(memory_gb, &MEMORY) };
    Size { cpu: cpu - shares(cpu, &CPU), memory_gb: (memory_gb - kept - EVICTION).max(0.0) }
}

fn shares(mut whole: f64, parts: &[(f64, f64)]) -> f64 {
    let mut kept = 0.0;
    for (part, share) in parts {
        let taken = whole.min(*part);
        kept += taken * share;
        whole -= taken;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_what_googles_page_says() {
        // The page's own example: a machine with 32 GiB keeps 3.66 GiB (and 0.1 for evictions).
        let left = allocatable(Size { cpu: 4.0, memory_gb: 32.0 });
        assert!((left.memory_gb - (32.0 - 3.56 - 0.0977)).abs() < 0.01, "{left:?}");
        assert!((left.cpu - 3.92).abs() < 0.001, "{left:?}");
    }
}
