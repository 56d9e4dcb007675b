//! The share of a machine that a server has: what is set aside for it, and what it may use.
//!
//! Of a machine, GKE keeps a part; the system's kernel takes another before Kubernetes counts; and
//! what runs on every machine (network, logs, metadata) asks for a little. What is left is divided
//! by as many servers of a size as the machine has memory for. So a machine of 128 GB holds sixteen
//! servers of "8 GB", which have 7.2 GB set aside each and may use 8.

use super::settings::Limit;
use crate::project::clusters::Room;

/// The part of a machine's memory that its firmware and kernel take before Kubernetes counts.
const KERNEL: f64 = 0.02;

/// What the pods on every machine of GKE ask for in all, in GB and CPUs.
const PODS: (f64, f64) = (0.75, 0.35);

/// The part of its share of CPUs that is set aside for a server: people think more than they
/// compute, and who computes takes what others leave.
const CPU_ASIDE: f64 = 0.1;

/// A size is taken to fit once more if it is this little too large: sizes are round numbers.
const ROUND: f64 = 1.05;

/// What servers can have of a machine.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Machine {
    /// Its type.
    pub(super) kind: String,
    /// Its memory in GB.
    pub(super) memory: f64,
    /// Its CPUs.
    pub(super) cpu: f64,
    /// The memory that GKE keeps.
    pub(super) kept: f64,
    /// The memory that is left for servers.
    pub(super) left: f64,
    /// The CPUs that are left for servers.
    pub(super) cpu_left: f64,
}

/// What a server has of a machine.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Share {
    /// How many of them a machine holds.
    pub(super) on_each: u32,
    /// The memory that is set aside, in thousandths of a GB.
    pub(super) memory: f64,
    /// The memory that it may use.
    pub(super) memory_limit: f64,
    /// The CPUs that are set aside.
    pub(super) cpu: f64,
    /// The CPUs that it may use.
    pub(super) cpu_limit: f64,
}

impl Machine {
    /// What servers can have of the machines of a pool, if their type is known.
    pub(super) fn of(room: &Room) -> Option<Self> {
        let ((cpu, memory), (cpu_left, left)) = (room.nominal?, room.left?);
        let free = left - memory * KERNEL - PODS.0;
        Some(Self {
            kind: room.spec.machine.clone(),
            memory,
            cpu,
            kept: memory - left,
            left: down(free.max(0.0)),
            cpu_left: down((cpu_left - PODS.1).max(0.0)),
        })
    }

    /// The share of a server of a size, in GB; none if the machine is too small for one.
    pub(super) fn share(&self, size: f64, limit: Limit) -> Option<Share> {
        let fit = match limit {
            Limit::Size => self.memory / size,
            Limit::Guarantee => self.left * ROUND / size,
        };
        self.divided(fit.floor() as u32, size, limit)
    }

    /// The share of a server that has a whole machine.
    pub(super) fn whole(&self) -> Option<Share> {
        self.divided(1, self.memory, Limit::Size)
    }

    fn divided(&self, on_each: u32, size: f64, limit: Limit) -> Option<Share> {
        if on_each == 0 || self.left <= 0.0 {
            return None;
        }
        let memory = down((self.left / f64::from(on_each)).min(size));
        let memory_limit = match limit {
            Limit::Size => size,
            Limit::Guarantee => memory,
        };
        let cpu = down((self.cpu * CPU_ASIDE).min(self.cpu_left) / f64::from(on_each));
        Some(Share { on_each, memory, memory_limit, cpu, cpu_limit: self.cpu_left })
    }

    /// How it comes about, in a sentence.
    pub(super) fn told(&self) -> String {
        let Self { kind, memory, kept, left, cpu, cpu_left } = self;
        format!(
            "a {kind} has {} GB: GKE keeps {kept:.2}, its kernel {:.2}, what runs on every machine \
             {}; {left} GB and {cpu_left} of {cpu} CPUs are left",
            plain(*memory),
            memory * KERNEL,
            PODS.0,
        )
    }
}

impl Share {
    /// What it is, in a sentence.
    pub(super) fn told(&self, kind: &str) -> String {
        let Self { on_each, memory, memory_limit, cpu, cpu_limit } = self;
        format!(
            "{on_each} on a {kind}; {memory} GB and {cpu} CPUs set aside for each, up to {} GB and \
             {cpu_limit} CPUs",
            plain(*memory_limit)
        )
    }
}

/// Down to thousandths, so that as many fit as were counted.
fn down(number: f64) -> f64 {
    (number * 1000.0).floor() / 1000.0
}

/// Without zeros at the end.
pub(super) fn plain(number: f64) -> String {
    format!("{}", (number * 1000.0).round() / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(cpu: f64, memory: f64, cpu_left: f64, left: f64) -> Machine {
        let kind = "n2-highmem-16".to_owned();
        let free = left - memory * KERNEL - PODS.0;
        let (left, kept) = (down(free), memory - left);
        Machine { kind, memory, cpu, kept, left, cpu_left: down(cpu_left - PODS.1) }
    }

    #[test]
    fn sixteen_servers_of_eight_gigabytes_share_a_machine_of_128() {
        let big = machine(16.0, 128.0, 15.89, 118.582);
        let share = big.share(8.0, Limit::Size).unwrap();
        assert_eq!((share.on_each, share.memory, share.memory_limit), (16, 7.204, 8.0));
        assert_eq!((share.cpu, share.cpu_limit), (0.1, 15.54));
        assert_eq!(big.share(128.0, Limit::Size), big.whole());
        assert_eq!(big.share(129.0, Limit::Size), None);
    }

    #[test]
    fn as_many_fit_as_should() {
        for (cpu, memory, cpu_left, left) in
            [(16.0, 128.0, 15.89, 118.58), (4.0, 32.0, 3.92, 28.34), (64.0, 512.0, 63.7, 494.9)]
        {
            let machine = machine(cpu, memory, cpu_left, left);
            for tenths in 5..=(memory as u32 * 10) {
                for limit in [Limit::Size, Limit::Guarantee] {
                    let size = f64::from(tenths) / 10.0;
                    let Some(share) = machine.share(size, limit) else { continue };
                    let all = f64::from(share.on_each);
                    // In thousandths, as Kubernetes counts: fractions of two do not add up.
                    let parts = |number: f64| (number * 1000.0).round();
                    assert!(parts(share.memory) * all <= parts(machine.left), "{size}: {share:?}");
                    assert!(parts(share.cpu) * all <= parts(machine.cpu_left), "{size}: {share:?}");
                    assert!(share.memory <= share.memory_limit);
                }
            }
        }
    }

    #[test]
    fn a_size_that_is_a_rounded_part_of_what_is_left_counts_as_that_part() {
        let small = machine(4.0, 32.0, 3.92, 28.342);
        let parts = [(3.4, 8), (6.7, 4), (13.5, 2), (27.0, 1)];
        for (size, on_each) in parts {
            assert_eq!(small.share(size, Limit::Guarantee).unwrap().on_each, on_each, "{size}");
        }
    }
}
