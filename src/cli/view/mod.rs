//! How things look: each view turns one thing into text and prints nothing.

mod change;
pub mod conformance;
pub(crate) mod cost;
pub mod drift;
pub mod event;
pub mod history;
pub mod look;
pub mod markdown;
pub mod outline;
pub mod piece;
pub mod plan;
pub mod problems;
pub mod report;
pub mod selftest;
pub mod stale;
pub mod style;
pub mod table;
pub mod value;
