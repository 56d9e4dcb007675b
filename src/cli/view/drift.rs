//! What drifted, in the look of a plan.

use crate::cli::view::change::lines;
use crate::cli::view::look::{Detail, Look, Sign};
use crate::cli::view::plan::{head, left_alone, unknown};
use crate::plan::{Drift, Drifted, Origin};
use std::fmt::Write;

/// Everything that somebody else changed, and the figures on the last line.
pub fn text(drift: &Drift, environments: &[String], look: Look) -> String {
    let mut out = String::new();
    for env in environments {
        let drifted = drift.drifted.iter().filter(|one| one.id.env == *env);
        let origin = drift.unknown_origin.iter().filter(|one| one.id.env == *env);
        let owners = drift.unknown_owners.iter().filter(|one| one.env == *env);
        let mut part = String::new();
        drifted.chain(origin).for_each(|one| object(&mut part, one, look));
        let gone = drift.gone.iter().filter(|id| id.env == *env);
        gone.for_each(|id| {
            head(&mut part, Sign::Delete, id, "gone: others removed it", None, look);
        });
        owners.for_each(|one| unknown(&mut part, one, look));
        if !part.is_empty() {
            _ = writeln!(out, "{}\n{part}", look.paint.strong(&format!("{env}:")));
        }
    }
    left_alone(&mut out, &drift.ignored, look);
    out.push_str(&last_line(drift));
    out.push('\n');
    out
}

fn object(out: &mut String, drifted: &Drifted, look: Look) {
    let word = match drifted.origin {
        Origin::DriftAndPending if drifted.source.is_some() => {
            "drift and pending (declared -> live)"
        }
        Origin::Drift | Origin::DriftAndPending if drifted.source.is_some() => {
            "drift (declared -> live)"
        }
        Origin::Drift | Origin::DriftAndPending => "drift, and no longer declared",
        Origin::Unfinished => "unfinished: the last apply did not end",
        _ => "origin unknown (declared -> live)",
    };
    let word = word.replace("->", look.arrow());
    head(out, Sign::Update, &drifted.id, &word, drifted.source.as_ref(), look);
    if look.detail != Detail::Concise {
        out.push_str(&lines(&drifted.changes, false, look));
    }
}

/// `Drift: X drifted.` and what is not drift.
fn last_line(drift: &Drift) -> String {
    let mut line = format!("Drift: {} drifted.", drift.drifted.len());
    for (count, words) in [
        (drift.gone.len(), "gone"),
        (drift.unknown_origin.len(), "of unknown origin"),
        (drift.unknown_owners.len(), "of unknown owner"),
        (drift.pending.len(), "pending"),
        (drift.never_made.len(), "not made yet"),
        (drift.missing.len(), "not there (never made, or removed by others)"),
        (drift.unchanged, "unchanged"),
    ] {
        if count > 0 {
            _ = write!(line, " {count} {words}.");
        }
    }
    line
}
