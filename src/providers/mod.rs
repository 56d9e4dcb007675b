//! One folder per cloud: its client, the only place that opens a connection, and its kinds.

pub mod gcp;
