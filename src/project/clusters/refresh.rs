//! Fresh tables of machines and accelerators, made of what the API says today. Pure.

use super::tables::Tables;
use crate::project::Project;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A machine type as the API has it.
#[derive(Clone, Debug, PartialEq)]
pub struct FreshMachine {
    /// How many CPUs it has.
    pub cpus: u32,
    /// Its memory, in MiB.
    pub memory_mb: u32,
    /// The accelerators that it comes with, and how many.
    pub accelerators: Vec<(String, i64)>,
}

/// The zones that have an accelerator, by its type.
pub(super) type Accelerators = BTreeMap<String, BTreeSet<String>>;

/// Where tables are from, and when that was so.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The day, `2026-11-01`.
    pub as_of: &'a str,
    /// Where they are from.
    pub source: &'a str,
}

impl Project {
    /// The files `tables/machines.json` and `tables/gpus.json` that take the place of the tables
    /// which are shipped: paths below the stack's folder, and texts.
    pub fn fresh_tables(
        &self,
        machines: &BTreeMap<String, FreshMachine>,
        accelerators: &Accelerators,
        origin: Origin<'_>,
    ) -> [(&'static str, String); 2] {
        let tables = &self.layout[0].tables;
        [
            ("tables/machines.json", written(&sizes(machines, origin))),
            ("tables/gpus.json", written(&gpus(tables, machines, accelerators, origin))),
        ]
    }
}

fn written(table: &Value) -> String {
    format!("{table:#}\n")
}

fn sizes(machines: &BTreeMap<String, FreshMachine>, origin: Origin<'_>) -> Value {
    let Origin { as_of, source } = origin;
    let sizes: BTreeMap<&String, Value> = machines
        .iter()
        .map(|(name, machine)| {
            let memory_gb = f64::from(machine.memory_mb) / 1024.0;
            (name, json!({ "cpu": machine.cpus, "memory_gb": memory_gb }))
        })
        .collect();
    json!({ "as_of": as_of, "source": source, "families": {}, "machines": sizes })
}

/// The zones are the API's. Which machines an accelerator goes with is the API's where machines come
/// with accelerators, and as in the table before where they are put into machines of any size.
fn gpus(
    tables: &Tables,
    machines: &BTreeMap<String, FreshMachine>,
    accelerators: &Accelerators,
    origin: Origin<'_>,
) -> Value {
    let Origin { as_of, source } = origin;
    let mut gpus = Map::new();
    for (name, zones) in accelerators {
        let known = tables.gpus.gpus.get(name);
        let put_in = known.into_iter().flat_map(|known| &known.machines);
        let mut fits: BTreeMap<&str, BTreeSet<i64>> = put_in
            .filter(|(family, _)| family.ends_with('-'))
            .map(|(family, counts)| (family.as_str(), counts.iter().copied().collect()))
            .collect();
        for (machine, kind) in machines {
            let comes = kind.accelerators.iter().filter(|(kind, _)| kind == name);
            comes.for_each(|(_, count)| _ = fits.entry(machine).or_default().insert(*count));
        }
        // What goes with no machine that is known (parts of a GPU, say) cannot be declared.
        if fits.is_empty() {
            continue;
        }
        let quota = known.map_or_else(|| quota(name), |known| known.quota.clone());
        gpus.insert(name.clone(), json!({ "quota": quota, "machines": fits, "zones": zones }));
    }
    json!({ "as_of": as_of, "source": source, "gpus": gpus })
}

/// The quota of an accelerator that is newer than the table, as Google names them:
/// `nvidia-h200-141gb` counts as `NVIDIA_H200_GPUS`.
/// <https://cloud.google.com/compute/resource-usage#gpu_quota>
fn quota(kind: &str) -> String {
    let words = kind.split('-').filter(|word| *word != "tesla");
    let words: Vec<String> =
        words.filter(|word| !word.ends_with("gb")).map(str::to_uppercase).collect();
    format!("{}_GPUS", words.join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quota_of_a_new_accelerator_follows_from_its_name() {
        assert_eq!(quota("nvidia-h200-141gb"), "NVIDIA_H200_GPUS");
        assert_eq!(quota("nvidia-tesla-t4"), "NVIDIA_T4_GPUS");
    }
}
