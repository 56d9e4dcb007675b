//! From quantities to money.

use super::prices::{Bounds, Prices, Tier};
use crate::model::{Amount, Expected, ResourceId, Rules, Span, Usage, Usd, What};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The hours of a month, as Google's own estimates have it: 365 days, divided by twelve.
const HOURS: f64 = 730.0;

/// How large a type of machine is: its CPUs as they are paid for, and its memory in GB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// The CPUs.
    pub cpu: f64,
    /// The memory in GB.
    pub memory_gb: f64,
}

/// Prices, and what else it takes to price something.
pub struct Pricing<'a> {
    /// The tables.
    pub prices: &'a Prices,
    /// How large types of machines are.
    pub size: &'a dyn Fn(&str) -> Option<Size>,
    /// What is expected of things that take whatever is put in.
    pub expected: &'a BTreeMap<ResourceId, Expected>,
    /// What kinds say that they use.
    pub rules: &'a dyn Rules,
}

/// What one thing costs in a month.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cost {
    /// The least and the most of all that is priced.
    pub span: Span,
    /// What it is made up of.
    pub parts: Vec<Part>,
    /// What is paid for by what is put in, in words.
    pub by_use: Vec<String>,
    /// What has no price here, in words.
    pub not_priced: Vec<String>,
}

/// One priced part of a thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// What, in words: `n2-highmem-4 in us-central1`.
    pub what: String,
    /// How much of it at least.
    pub least: f64,
    /// How much of it at most.
    pub most: f64,
    /// What that costs.
    pub span: Span,
}

/// What one unit costs in a month at least and at most, or why that is not known.
type Unit = Result<(f64, f64), String>;

impl Pricing<'_> {
    /// What a thing costs in a month.
    pub fn cost(&self, id: &ResourceId, spec: &Value) -> Cost {
        let mut cost = Cost::default();
        let expected = self.expected.get(id).copied().unwrap_or_default();
        for usage in self.rules.usage(&id.kind, &id.name, spec) {
            self.with(expected, usage).iter().for_each(|usage| self.add(&mut cost, usage));
        }
        cost
    }

    /// A usage with what is expected put in the place of what nobody knows.
    fn with(&self, expected: Expected, usage: Usage) -> Vec<Usage> {
        let What::Storage { class, .. } = &usage.what else { return vec![usage] };
        let mut all = Vec::new();
        if let Some(out) = expected.egress_gb.map(Amount::exactly) {
            let class = class.clone();
            let free = self.prices.storage.retrieval.get(&class) == Some(&0.0);
            all.push(Usage::new(What::Egress, out));
            all.extend((!free).then(|| Usage::new(What::Retrieval { class }, out)));
        }
        let amount = expected.stored_gb.map_or(usage.amount, Amount::exactly);
        all.insert(0, Usage { amount, ..usage });
        all
    }

    fn add(&self, cost: &mut Cost, usage: &Usage) {
        let (what, amount) = (words(&usage.what), usage.amount);
        let unit = match self.unit(&usage.what, amount) {
            Ok(unit) => unit,
            Err(why) => return cost.not_priced.push(why),
        };
        let Some(most) = amount.ceiling else {
            let each = amounts(unit.0, unit.1);
            return cost
                .by_use
                .push(format!("{what}: {each} for each {} and month", noun(&usage.what)));
        };
        let (least, dear) = (amount.floor * unit.0, most * unit.1);
        let span = Span { floor: Usd::dollars(least), ceiling: Usd::dollars(dear) };
        cost.span = cost.span + span;
        cost.parts.push(Part { what, least: amount.floor, most, span });
    }

    /// What one of something costs in a month.
    fn unit(&self, what: &What, amount: Amount) -> Unit {
        let prices = self.prices;
        match what {
            What::Machine { machine, region, spot } => {
                let hour = self.machine(machine, region)?;
                Ok(by_the_hour(hour, spot.then_some(prices.machines.spot)))
            }
            What::Gpu { gpu, region, spot } => {
                let hour = prices.gpus.regions.get(region).and_then(|gpus| gpus.get(gpu));
                let hour = *hour.ok_or_else(|| words(what))?;
                Ok(by_the_hour(hour, spot.then_some(prices.gpus.spot)))
            }
            What::Disk { disk, region } => {
                let disks = prices.disks.regions.get(region);
                same(disks.and_then(|disks| disks.get(disk)).map(|disk| disk.gb), what)
            }
            What::DiskSpeed { disk, region, iops, throughput } => {
                same(self.speed(disk, region, *iops, *throughput), what)
            }
            What::Storage { class, places } => same(self.storage(class, places), what),
            What::Retrieval { class } => same(prices.storage.retrieval.get(class).copied(), what),
            What::Egress => Ok(each(&prices.network.egress, amount.ceiling.unwrap_or_default())),
            What::Cluster => Ok(by_the_hour(prices.fees.cluster, None)),
            What::Address => Ok(by_the_hour(1.0, Some(prices.fees.address))),
            What::Images => same(Some(prices.fees.images_gb), what),
            What::SecretVersion => same(Some(prices.fees.secret_version), what),
            What::Unknown(words) => Err(words.clone()),
        }
    }

    /// A machine by the hour: the price of its type, or of its CPUs and its memory.
    fn machine(&self, machine: &str, region: &str) -> Result<f64, String> {
        let table = &self.prices.machines;
        if let Some(price) = table.machines.get(region).and_then(|types| types.get(machine)) {
            return Ok(*price);
        }
        let series = machine.split('-').next().unwrap_or_default();
        let series = table.regions.get(region).and_then(|all| all.get(series));
        let known = series.zip((self.size)(machine));
        let price =
            known.map(|(series, size)| size.cpu * series.cpu + size.memory_gb * series.memory_gb);
        price.ok_or_else(|| format!("{machine} in {region}"))
    }

    /// A disk that is made to order, beyond what is included, by the month.
    fn speed(&self, disk: &str, region: &str, iops: i64, throughput: i64) -> Option<f64> {
        let disk = self.prices.disks.regions.get(region)?.get(disk)?;
        let beyond = |asked: i64, included: i64| {
            f64::from(i32::try_from((asked - included).max(0)).unwrap_or(i32::MAX))
        };
        let (iops, throughput) =
            (beyond(iops, disk.iops_included), beyond(throughput, disk.throughput_included));
        Some(iops * disk.iops? + throughput * disk.throughput?)
    }

    /// A GB of objects by the month; of a pair, in both of its regions.
    fn storage(&self, class: &str, places: &[String]) -> Option<f64> {
        let table = &self.prices.storage;
        match places {
            [one] => match table.pairs.get(one) {
                Some(pair) => self.storage(class, pair),
                None => table.places.get(one)?.get(class).copied(),
            },
            pair => pair.iter().map(|place| table.in_pairs.get(place)?.get(class).copied()).sum(),
        }
    }
}

fn same(price: Option<f64>, what: &What) -> Unit {
    price.map(|price| (price, price)).ok_or_else(|| words(what))
}

fn by_the_hour(price: f64, part: Option<Bounds>) -> (f64, f64) {
    let Bounds { least, most } = part.unwrap_or(Bounds { least: 1.0, most: 1.0 });
    (price * least * HOURS, price * most * HOURS)
}

/// What each of so many GB costs on average, where the price falls as they become more.
fn each(tiers: &[Tier], amount: f64) -> (f64, f64) {
    let first = tiers.first().map(|tier| tier.gb).unwrap_or_default();
    if amount <= 0.0 {
        return (first, first);
    }
    let (mut from, mut sum) = (0.0, 0.0);
    for Tier { up_to_gb, gb } in tiers {
        let to = up_to_gb.unwrap_or(f64::INFINITY).min(amount);
        sum += (to - from).max(0.0) * gb;
        from = to.max(from);
    }
    (sum / amount, sum / amount)
}

/// What is paid for, in words.
fn words(what: &What) -> String {
    let spot = |spot: &bool| if *spot { ", spot" } else { "" };
    match what {
        What::Machine { machine, region, spot: cheap } => {
            format!("{machine} in {region}{}", spot(cheap))
        }
        What::Gpu { gpu, region, spot: cheap } => format!("{gpu} in {region}{}", spot(cheap)),
        What::Disk { disk, region } => format!("GB of {disk} in {region}"),
        What::DiskSpeed { disk, region, iops, throughput } => {
            format!("{disk} in {region} for {iops} IOPS and {throughput} MiB/s")
        }
        What::Storage { class, places } => {
            format!("GB {} in {}", class.to_lowercase(), places.join(" and "))
        }
        What::Retrieval { class } => format!("GB read back from {}", class.to_lowercase()),
        What::Egress => "GB to the internet".to_owned(),
        What::Cluster => "control plane".to_owned(),
        What::Address => "static address".to_owned(),
        What::Images => "GB of images".to_owned(),
        What::SecretVersion => "version of a secret in each place".to_owned(),
        What::Unknown(words) => words.clone(),
    }
}

/// One of it.
fn noun(what: &What) -> &'static str {
    match what {
        What::SecretVersion => "version",
        What::Disk { .. } | What::Storage { .. } | What::Retrieval { .. } => "GB",
        What::Egress | What::Images => "GB",
        _ => "one",
    }
}

/// A price as it stands in a table: with as many places as it needs.
fn amounts(least: f64, most: f64) -> String {
    let one = |price: f64| {
        let text = format!("{price:.5}");
        let text = text.trim_end_matches('0');
        let places = text.len() - text.find('.').map_or(text.len(), |dot| dot + 1);
        format!("${text}{}", "0".repeat(3_usize.saturating_sub(places)))
    };
    if least == most { one(least) } else { format!("{} to {}", one(least), one(most)) }
}

#[cfg(test)]
mod tests;
