//! From the limits, the accelerators and the disk of a live pool to the words of the project file.

use super::discover_pools::Words;
use super::settings::Role;
use crate::project::discover::object;
use crate::project::layout::Laid;
use crate::project::words::nearest;
use crate::providers::gcp::gke_node_pool::{Counted, Disk, Gpu, Limits, Spec};
use serde_json::{Value, json};

/// Whether a declaration may have machines of a type: those of the tables, and newer ones.
pub(super) fn is_known(laid: &Laid, machine: &str) -> bool {
    let machines = &laid.tables.machines;
    let newer = || {
        let names = machines.names();
        let near = nearest(machine, names.iter().map(String::as_str));
        !machines.knows_family(machine) && near.is_none()
    };
    machines.size(machine).is_some() || newer()
}

/// How many machines there may be.
///
/// # Errors
/// When no declaration can have these limits; why.
pub(super) fn limits(words: &mut Words, limits: &Limits, retiring: bool) -> Result<(), String> {
    let Limits { counted, min, max, any_zone } = limits;
    if *max < 1 {
        return Err("it can never have a machine".to_owned());
    }
    let name = if *counted == Counted::Total { "total" } else { "per_zone" };
    words.say("nodes", json!({ name: format!("{min}..{max}") }));
    if *any_zone != (*counted == Counted::Total) {
        words.cannot(match any_zone {
            true => "new machines may be in any zone",
            false => "new machines are spread evenly over the zones",
        });
    }
    if retiring && *min > 0 {
        words.cannot(format!("{min} machines are kept, although it is retiring"));
    }
    Ok(())
}

/// The accelerators of each machine.
///
/// # Errors
/// When no declaration can have these; why.
pub(super) fn accelerators(words: &mut Words, laid: &Laid, spec: &Spec) -> Result<(), String> {
    let Some(gpu) = &spec.gpu else { return Ok(()) };
    let why = || format!("{} accelerators {} on {}", gpu.count, gpu.kind, spec.machine);
    let known = laid.tables.gpus.gpus.get(&gpu.kind).ok_or_else(why)?;
    let counts = known.counts(&spec.machine).ok_or_else(why)?;
    let there = spec.zones.iter().all(|zone| known.zones.contains(zone));
    if !counts.contains(&gpu.count) || !there {
        return Err(why());
    }
    let driver = one_of(&gpu.driver, &DRIVERS).unwrap_or_else(|| {
        words.cannot(format!("the driver {}", gpu.driver));
        "default"
    });
    let shared = gpu.sharing.as_ref().and_then(|name| one_of(name, &SHARING));
    if gpu.sharing.is_some() && shared.is_none() {
        words.cannot("how its accelerators are shared");
    }
    let usual = driver == "default" && shared.is_none();
    words.say(
        "gpu",
        match usual && counts.first() == Some(&gpu.count) {
            true => json!(gpu.kind),
            false => full(gpu, driver, shared),
        },
    );
    Ok(())
}

const DRIVERS: [(&str, &str); 3] =
    [("DEFAULT", "default"), ("LATEST", "latest"), ("INSTALLATION_DISABLED", "none")];

const SHARING: [(&str, &str); 2] = [("TIME_SHARING", "time_sharing"), ("MPS", "mps")];

fn one_of(name: &str, words: &[(&str, &'static str)]) -> Option<&'static str> {
    words.iter().find(|(api, _)| *api == name).map(|(_, word)| *word)
}

fn full(gpu: &Gpu, driver: &str, shared: Option<&str>) -> Value {
    let clients = gpu.clients.filter(|clients| shared.is_some() && (2..=48).contains(clients));
    object([
        ("type", Some(json!(gpu.kind))),
        ("count", Some(json!(gpu.count))),
        ("driver", (driver != "default").then(|| json!(driver))),
        ("shared", shared.map(|word| json!(word))),
        ("clients", clients.map(|clients| json!(clients))),
    ])
}

/// The disk that each machine starts from.
pub(super) fn disk(words: &mut Words, disk: &Disk, role: Role) {
    let Disk { kind, size_gb, iops, throughput } = disk;
    if *size_gb < 10 {
        return words.cannot(format!("its disks have {size_gb} GB"));
    }
    let size = format!("{size_gb} GB");
    let number = |it: &Option<i64>| it.and_then(|it| u32::try_from(it).ok()).map(|it| json!(it));
    match (kind.as_str(), iops, throughput) {
        ("pd-balanced", None, None) if *size_gb == role.disk_gb() => {}
        ("pd-balanced", None, None) => words.say("disk", size),
        _ => words.say(
            "disk",
            object([
                ("type", Some(json!(kind))),
                ("size", Some(json!(size))),
                ("iops", number(iops)),
                ("throughput", number(throughput)),
            ]),
        ),
    }
}
