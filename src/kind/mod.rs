//! The `Kind` trait: what the engine asks of every type of resource.
