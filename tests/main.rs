//! Every story that needs more than one module: one binary, so that there is one link.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, unreachable_pub)]

#[path = "suite/bench.rs"]
mod bench;
#[path = "suite/crash.rs"]
mod crash;
#[path = "suite/desk.rs"]
mod desk;
#[path = "suite/plans.rs"]
mod plans;
#[path = "suite/project.rs"]
mod project;
#[path = "suite/toy.rs"]
mod toy;
