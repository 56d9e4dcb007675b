//! The tables of prices that are shipped, each with its day and its source. A stack's own file of
//! the same name below `tables/prices/` takes the place of one of them.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The folder of a stack that may hold tables of its own.
const FOLDER: &str = "tables/prices";

/// What things cost, as far as we know.
#[derive(Clone, Debug)]
pub struct Prices {
    pub(super) machines: Machines,
    pub(super) gpus: Gpus,
    pub(super) disks: Disks,
    pub(super) storage: Storage,
    pub(super) network: Network,
    pub(super) fees: Fees,
}

/// Why there are no prices.
#[derive(Debug, thiserror::Error)]
pub enum PricesError {
    /// A stack's own table is there and cannot be read.
    #[error("cannot read the prices in {file}")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A table is not one.
    #[error("{file} is no table of prices: {why}")]
    Table {
        /// The file.
        file: String,
        /// What is wrong, with line and column.
        why: String,
    },
}

/// Where a table is from, and of when.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The name of the table, `machines`.
    pub table: &'static str,
    /// The day on which it was true.
    pub as_of: String,
    /// Where it is from.
    pub source: String,
}

/// What part of the full price is paid for what may be taken away.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bounds {
    pub(super) least: f64,
    pub(super) most: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Machines {
    as_of: String,
    source: String,
    pub(super) spot: Bounds,
    /// Of each series, in each region.
    pub(super) regions: BTreeMap<String, BTreeMap<String, Series>>,
    /// Of single types, by the hour, in each region.
    pub(super) machines: BTreeMap<String, BTreeMap<String, f64>>,
}

/// By the hour.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Series {
    pub(super) cpu: f64,
    pub(super) memory_gb: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gpus {
    as_of: String,
    source: String,
    pub(super) spot: Bounds,
    pub(super) regions: BTreeMap<String, BTreeMap<String, f64>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Disks {
    as_of: String,
    source: String,
    pub(super) regions: BTreeMap<String, BTreeMap<String, Disk>>,
}

/// By the month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Disk {
    pub(super) gb: f64,
    pub(super) iops: Option<f64>,
    pub(super) iops_included: i64,
    pub(super) throughput: Option<f64>,
    pub(super) throughput_included: i64,
}

/// By class.
pub(super) type Classes = BTreeMap<String, f64>;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Storage {
    as_of: String,
    source: String,
    pub(super) places: BTreeMap<String, Classes>,
    pub(super) in_pairs: BTreeMap<String, Classes>,
    pub(super) pairs: BTreeMap<String, Vec<String>>,
    pub(super) retrieval: Classes,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Network {
    as_of: String,
    source: String,
    pub(super) egress: Vec<Tier>,
}

/// For each GB up to so many in all; beyond everything, if nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tier {
    #[serde(default)]
    pub(super) up_to_gb: Option<f64>,
    pub(super) gb: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fees {
    as_of: String,
    source: String,
    pub(super) cluster: f64,
    pub(super) address: Bounds,
    pub(super) secret_version: f64,
    pub(super) images_gb: f64,
}

impl Prices {
    /// The tables of the stack in a folder: its own, or else those that are shipped.
    ///
    /// # Errors
    /// When one of its own cannot be used.
    pub fn of(folder: &Path) -> Result<Self, PricesError> {
        let folder = folder.join(FOLDER);
        Ok(Self {
            machines: table(&folder, "machines.yaml", include_str!("prices/machines.yaml"))?,
            gpus: table(&folder, "gpus.yaml", include_str!("prices/gpus.yaml"))?,
            disks: table(&folder, "disks.yaml", include_str!("prices/disks.yaml"))?,
            storage: table(&folder, "storage.yaml", include_str!("prices/storage.yaml"))?,
            network: table(&folder, "network.yaml", include_str!("prices/network.yaml"))?,
            fees: table(&folder, "fees.yaml", include_str!("prices/fees.yaml"))?,
        })
    }

    /// Where each table is from, and of when.
    pub fn origins(&self) -> [Origin; 6] {
        let Self { machines, gpus, disks, storage, network, fees } = self;
        let tables = [
            ("machines", &machines.as_of, &machines.source),
            ("gpus", &gpus.as_of, &gpus.source),
            ("disks", &disks.as_of, &disks.source),
            ("storage", &storage.as_of, &storage.source),
            ("network", &network.as_of, &network.source),
            ("fees", &fees.as_of, &fees.source),
        ];
        tables.map(|(table, as_of, source)| Origin {
            table,
            as_of: as_of.clone(),
            source: source.clone(),
        })
    }

    /// The day of the oldest table.
    pub fn as_of(&self) -> String {
        self.origins().into_iter().map(|origin| origin.as_of).min().unwrap_or_default()
    }
}

fn table<T: DeserializeOwned>(folder: &Path, file: &str, shipped: &str) -> Result<T, PricesError> {
    let path = folder.join(file);
    match std::fs::read_to_string(&path) {
        Ok(own) => read(&own, &path.display().to_string()),
        Err(error) if error.kind() == ErrorKind::NotFound => read(shipped, file),
        Err(source) => Err(PricesError::Unreadable { file: path, source }),
    }
}

fn read<T: DeserializeOwned>(text: &str, file: &str) -> Result<T, PricesError> {
    // Without the lines around it: the message stands in one line of ours.
    let options = serde_saphyr::options! { with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let why = error.to_string().lines().next().unwrap_or_default().to_owned();
        PricesError::Table { file: file.to_owned(), why }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_that_are_shipped_say_when_and_from_where() {
        let prices = Prices::of(Path::new("/nowhere")).unwrap();
        for Origin { table, as_of, source } in prices.origins() {
            assert_eq!(as_of.len(), "2026-11-25".len(), "{table}");
            assert!(source.contains("https://cloud.google.com/"), "{table}");
        }
        assert_eq!(prices.as_of(), "2026-11-25");
    }

    #[test]
    fn a_table_of_ones_own_takes_the_place_of_the_one_that_is_shipped() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join(FOLDER);
        std::fs::create_dir_all(&own).unwrap();
        let fees = "as_of: '2026-11-01'\nsource: our contract\ncluster: 0.05\n\
                    address: { least: 0, most: 0 }\nsecret_version: 0\nimages_gb: 0\n";
        std::fs::write(own.join("fees.yaml"), fees).unwrap();
        let prices = Prices::of(folder.path()).unwrap();
        assert_eq!(prices.fees.cluster, 0.05);
        assert_eq!(prices.origins()[5].source, "our contract");

        std::fs::write(own.join("fees.yaml"), format!("{fees}clutser: 0.1\n")).unwrap();
        let error = Prices::of(folder.path()).unwrap_err().to_string();
        assert!(error.contains("fees.yaml") && error.contains("clutser"), "{error}");
    }
}
