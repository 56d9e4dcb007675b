//! What of a saved plan is left out, and why.

use crate::plan::{LeftOut, Stale};
use std::fmt::Write;

/// A line for each step that is not done.
pub fn text(stale: &[Stale], left_out: &[LeftOut]) -> String {
    let mut out = String::new();
    for LeftOut { id, because } in left_out {
        match stale.iter().find(|stale| stale.id == *id) {
            Some(stale) => _ = writeln!(out, "left out: {stale}"),
            None if because.env != id.env => {
                let env = &because.env;
                _ = writeln!(out, "left out: {id}, since {env} is left partly stale ({because})");
            }
            None => _ = writeln!(out, "left out: {id}, which waits for {because}"),
        }
    }
    out
}
