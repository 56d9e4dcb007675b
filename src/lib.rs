//! Provision a research computing platform from one declaration.
//!
//! ```text
//! stack/*.yaml + environments ──project──▶ Project ──expand──▶ Stack   (every resource wanted)
//!                             live clouds ──observe──▶ World           (every resource found)
//!                           Stack + World ──plan──▶ Plan ──apply──▶ Report
//! ```
//! Two pictures of the world in one vocabulary, a pure function between them,
//! and an executor that decides nothing. ARCHITECTURE.md is the map.

pub mod apply;
pub mod cli;
pub mod conformance;
pub mod cost;
pub mod kind;
pub mod ledger;
pub mod model;
pub mod plan;
pub mod project;
pub mod providers;
pub mod render;
pub mod sandbox;
pub mod selftest;
