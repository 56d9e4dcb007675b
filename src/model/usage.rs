//! What a thing uses in a month, as quantities: what each costs is not known here.

/// So much of something, in a month.
#[derive(Clone, Debug, PartialEq)]
pub struct Usage {
    /// Of what.
    pub what: What,
    /// How much.
    pub amount: Amount,
}

/// What is paid for. Places are regions and areas in lower case, `us-central1`, `us`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Machines of a type, around the clock.
    Machine {
        /// Their type, `n2-highmem-4`.
        machine: String,
        /// Where.
        region: String,
        /// Whether they may be taken away at any time.
        spot: bool,
    },
    /// Accelerators of a type, around the clock.
    Gpu {
        /// Their type, `nvidia-tesla-t4`.
        gpu: String,
        /// Where.
        region: String,
        /// Whether they may be taken away at any time.
        spot: bool,
    },
    /// Gigabytes of disks.
    Disk {
        /// Their type, `pd-balanced`.
        disk: String,
        /// Where.
        region: String,
    },
    /// Disks of which each is made for so many reads and writes, or MiB, in a second.
    DiskSpeed {
        /// Their type, `hyperdisk-balanced`.
        disk: String,
        /// Where.
        region: String,
        /// Reads and writes in a second of each.
        iops: i64,
        /// MiB in a second of each.
        throughput: i64,
    },
    /// Gigabytes of objects.
    Storage {
        /// Their class, `STANDARD`.
        class: String,
        /// Where: one place, or the two regions of a pair.
        places: Vec<String>,
    },
    /// Gigabytes that are read back from a class that is meant for what nobody reads.
    Retrieval {
        /// The class, `NEARLINE`.
        class: String,
    },
    /// Gigabytes that leave for the internet.
    Egress,
    /// Control planes of clusters, around the clock.
    Cluster,
    /// Static addresses, around the clock.
    Address,
    /// Gigabytes of images in a registry.
    Images,
    /// Versions of secrets that can be read.
    SecretVersion,
    /// Something of which it cannot be told what it costs, in words.
    Unknown(String),
}

/// How much of something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amount {
    /// The least.
    pub floor: f64,
    /// The most; none where it is as much as somebody puts in.
    pub ceiling: Option<f64>,
}

impl Amount {
    /// Exactly so much.
    pub fn exactly(amount: f64) -> Self {
        Self { floor: amount, ceiling: Some(amount) }
    }

    /// Between a least and a most.
    pub fn between(floor: f64, ceiling: f64) -> Self {
        Self { floor, ceiling: Some(ceiling) }
    }

    /// As much as somebody puts in.
    pub fn open() -> Self {
        Self { floor: 0.0, ceiling: None }
    }

    /// So many times as much.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { floor: self.floor * factor, ceiling: self.ceiling.map(|most| most * factor) }
    }
}

impl Usage {
    /// So much of something.
    pub fn new(what: What, amount: Amount) -> Self {
        Self { what, amount }
    }
}

/// What a person expects of a thing that takes whatever is put in: said in the declaration, and
/// kept by no cloud.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Expected {
    /// Gigabytes that lie there.
    pub stored_gb: Option<f64>,
    /// Gigabytes that leave for the internet in a month, at our expense.
    pub egress_gb: Option<f64>,
}
