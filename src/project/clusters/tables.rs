//! Tables of machines and accelerators: what Google has where. They ship with the program, each
//! with its date and source; `tables/machines.json` and `tables/gpus.json` beside the stack's
//! files take their place.

use crate::project::problem::{Findings, Problem, Range, Sources};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

/// The folder of a stack that may hold tables of its own.
const FOLDER: &str = "tables";

/// What there is, as far as we know.
#[derive(Clone, Debug)]
pub struct Tables {
    pub(super) machines: Machines,
    pub(super) gpus: Gpus,
}

/// Types of machines.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Machines {
    /// The day on which this was true.
    pub(super) as_of: String,
    /// Where it is from.
    pub(super) source: String,
    /// Types that differ in the number of their CPUs, by what the name begins with.
    families: BTreeMap<String, Family>,
    /// Single types.
    machines: BTreeMap<String, Size>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    memory_per_cpu_gb: f64,
    cpus: Vec<u32>,
}

/// How large a machine is.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Size {
    pub(super) cpu: f64,
    pub(super) memory_gb: f64,
}

/// Accelerators.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gpus {
    /// The day on which this was true.
    pub(super) as_of: String,
    /// Where it is from.
    pub(super) source: String,
    /// By type.
    pub(super) gpus: BTreeMap<String, GpuKind>,
}

/// A type of accelerator.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GpuKind {
    /// The quota that limits it.
    pub(super) quota: String,
    /// How many of them go with a machine, by what the machine's type begins with.
    pub(super) machines: BTreeMap<String, Vec<i64>>,
    /// The zones that have it.
    pub(super) zones: Vec<String>,
}

static SHIPPED: LazyLock<Tables> = LazyLock::new(|| Tables {
    machines: serde_json::from_str(include_str!("tables/machines.json"))
        .expect("a test reads the table that is shipped"),
    gpus: serde_json::from_str(include_str!("tables/gpus.json"))
        .expect("a test reads the table that is shipped"),
});

/// The tables of a stack: its own, or else those that are shipped.
pub(crate) fn load(
    folder: &Path,
    shown: &Path,
    sources: &mut Sources,
    findings: &mut Findings,
) -> Tables {
    let mut tables = SHIPPED.clone();
    let mut place = (folder.join(FOLDER), shown.join(FOLDER), sources, findings);
    if let Some(machines) = own(&mut place, "machines.json") {
        tables.machines = machines;
    }
    if let Some(gpus) = own(&mut place, "gpus.json") {
        tables.gpus = gpus;
    }
    tables
}

/// Where tables are, and where to say what is wrong with them.
type Place<'a> = (std::path::PathBuf, std::path::PathBuf, &'a mut Sources, &'a mut Findings);

fn own<T: DeserializeOwned>(
    (folder, shown, sources, findings): &mut Place<'_>,
    file: &str,
) -> Option<T> {
    let text = std::fs::read_to_string(folder.join(file)).ok()?;
    let name = shown.join(file).display().to_string();
    let table = serde_json::from_str(&text);
    sources.insert(name.as_str().into(), text.into());
    table
        .map_err(|error| {
            let mut range = Range::file(&name);
            range.start.line = u32::try_from(error.line().max(1)).unwrap_or(1);
            range.start.column = u32::try_from(error.column().max(1)).unwrap_or(1);
            range.end = range.start;
            let problem =
                Problem::error("table", &range, format!("this table cannot be read: {error}"));
            findings.push(problem.suggest("remove it to use the table that is shipped".to_owned()));
        })
        .ok()
}

impl Tables {
    /// The CPUs and the memory in GB of a type of machine, if it is known.
    pub(crate) fn size(&self, machine: &str) -> Option<(f64, f64)> {
        self.machines.size(machine).map(|size| (size.cpu, size.memory_gb))
    }
}

impl Machines {
    /// How large a machine of a type is, if the type is known.
    pub(super) fn size(&self, machine: &str) -> Option<Size> {
        if let Some(size) = self.machines.get(machine) {
            return Some(*size);
        }
        let (family, cpus) = machine.rsplit_once('-')?;
        let (family, cpus) = (self.families.get(family)?, cpus.parse().ok()?);
        family.cpus.contains(&cpus).then(|| Size {
            cpu: f64::from(cpus),
            memory_gb: f64::from(cpus) * family.memory_per_cpu_gb,
        })
    }

    /// Whether something is known of machines whose type begins like this one.
    pub(super) fn knows_family(&self, machine: &str) -> bool {
        let series = machine.split('-').next().unwrap_or_default();
        let mut known = self.families.keys().chain(self.machines.keys());
        known.any(|known| known.split('-').next() == Some(series))
    }

    /// All types.
    pub(super) fn names(&self) -> Vec<String> {
        let family = |(name, family): (&String, &Family)| {
            family.cpus.iter().map(|cpus| format!("{name}-{cpus}")).collect::<Vec<_>>()
        };
        self.families.iter().flat_map(family).chain(self.machines.keys().cloned()).collect()
    }
}

impl GpuKind {
    /// How many of them go with a machine of a type; nothing if none do.
    pub(super) fn counts(&self, machine: &str) -> Option<&[i64]> {
        let fits = |(name, _): &(&String, &Vec<i64>)| match name.ends_with('-') {
            true => machine.starts_with(name.as_str()),
            false => machine == name.as_str(),
        };
        self.machines.iter().find(fits).map(|(_, counts)| counts.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_that_are_shipped_say_when_and_from_where() {
        let Tables { machines, gpus } = &*SHIPPED;
        for (as_of, source) in [(&machines.as_of, &machines.source), (&gpus.as_of, &gpus.source)] {
            assert_eq!(as_of.len(), "2026-11-01".len());
            assert!(source.starts_with("https://cloud.google.com/"));
        }
    }

    #[test]
    fn a_machine_is_as_large_as_its_family_says() {
        let size = SHIPPED.machines.size("n2-highmem-16").unwrap();
        assert_eq!((size.cpu, size.memory_gb), (16.0, 128.0));
        assert_eq!(SHIPPED.machines.size("n2-highmem-17"), None);
    }

    #[test]
    fn accelerators_know_their_machines() {
        let gpus = &SHIPPED.gpus.gpus;
        assert_eq!(gpus["nvidia-tesla-t4"].counts("n1-standard-8"), Some(&[1, 2, 4][..]));
        assert_eq!(gpus["nvidia-l4"].counts("g2-standard-24"), Some(&[2][..]));
        assert_eq!(gpus["nvidia-l4"].counts("n2-highmem-4"), None);
    }
}
