//! What came of a selftest.

use crate::cli::view::plan::counted;
use serde::Serialize;

/// Something that running again did not repair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failed {
    /// Where: a call and a way to die, or a seed.
    pub at: String,
    /// What was wrong afterwards.
    pub why: String,
    /// The words after `leap-infra` that show it again.
    pub again: String,
}

/// A run that was killed at many points.
#[derive(Clone, Debug, Serialize)]
pub struct CrashTest {
    /// How many calls the run makes.
    calls: u64,
    /// How many points there are.
    crash_points: usize,
    /// How many of them were chosen.
    chosen: usize,
    /// How many were tried: fewer, if the time ran out.
    tried: usize,
    recovered: usize,
    failed: Vec<Failed>,
}

impl CrashTest {
    /// Nothing tried yet.
    pub fn new(calls: u64, crash_points: usize, chosen: usize) -> Self {
        Self { calls, crash_points, chosen, tried: 0, recovered: 0, failed: Vec::new() }
    }

    /// One more was tried.
    pub fn tried(&mut self, outcome: Result<(), Failed>) {
        self.tried += 1;
        match outcome {
            Ok(()) => self.recovered += 1,
            Err(failed) => self.failed.push(failed),
        }
    }

    /// What was not repaired.
    pub fn failed(&self) -> &[Failed] {
        &self.failed
    }

    /// For programs.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// For people.
    pub fn text(&self) -> String {
        let Self { calls, crash_points, chosen, tried, recovered, failed } = self;
        let points = counted(*crash_points, "crash point");
        let sampled = match (tried == chosen, tried == crash_points) {
            (true, true) => String::new(),
            (true, false) => format!(", {tried} of them tried as was asked"),
            (false, _) => format!(", {tried} of them tried before the time ran out"),
        };
        let calls = counted(usize::try_from(*calls).unwrap_or(usize::MAX), "call");
        format!("{points} ({calls}, three ways){sampled}, {recovered} recovered.\n{}", told(failed))
    }
}

/// Runs among faults.
#[derive(Clone, Debug, Serialize)]
pub struct FaultTest {
    /// The seed of the first run.
    seed: u64,
    /// How many runs were asked for.
    runs: u64,
    /// Which part of the calls goes wrong.
    percent: u8,
    tried: u64,
    /// How many did everything in spite of the faults.
    complete: u64,
    /// How many did not, said so, and were repaired by running again.
    repaired: u64,
    calls: usize,
    failed: Vec<Failed>,
}

impl FaultTest {
    /// Nothing tried yet.
    pub fn new(seed: u64, runs: u64, percent: u8) -> Self {
        let (tried, complete, repaired, calls, failed) = (0, 0, 0, 0, Vec::new());
        Self { seed, runs, percent, tried, complete, repaired, calls, failed }
    }

    /// One more ended well: at once, or after another run.
    pub fn endured(&mut self, complete: bool, calls: usize) {
        self.tried += 1;
        self.calls += calls;
        if complete {
            self.complete += 1;
        } else {
            self.repaired += 1;
        }
    }

    /// One more ended badly.
    pub fn failed(&mut self, failed: Failed) {
        self.tried += 1;
        self.failed.push(failed);
    }

    /// What was not repaired.
    pub fn failures(&self) -> &[Failed] {
        &self.failed
    }

    /// For programs.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// For people.
    pub fn text(&self) -> String {
        let Self { seed, runs, percent, tried, complete, repaired, calls, failed } = self;
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let done = counted(count(*tried), "run");
        let early = if tried == runs {
            String::new()
        } else {
            format!(" of {runs}, then the time ran out")
        };
        let calls = counted(*calls, "call");
        format!(
            "{done}{early} from seed {seed}, {percent} % of {calls} gone wrong: {complete} complete at \
             once, {repaired} repaired by running again, {} not repaired.\n{}",
            failed.len(),
            told(failed)
        )
    }
}

fn told(failed: &[Failed]) -> String {
    let line = |Failed { at, why, again }: &Failed| {
        format!("! {at}: {why}\n  again: leap-infra {again}\n")
    };
    failed.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed() -> Failed {
        let [at, why] = ["call 7, before-answer", "a lease is left"].map(str::to_owned);
        Failed { at, why, again: "selftest crash leap --call 7 --way before-answer".to_owned() }
    }

    #[test]
    fn a_sample_is_called_a_sample() {
        let text = |all, chosen, tried| {
            let mut test = CrashTest::new(10, all, chosen);
            (0..tried).for_each(|_| test.tried(Ok(())));
            test.text()
        };
        assert_eq!(text(30, 30, 30), "30 crash points (10 calls, three ways), 30 recovered.\n");
        assert!(text(30, 3, 3).contains("3 of them tried as was asked, 3 recovered"));
        assert!(text(30, 30, 4).contains("4 of them tried before the time ran out, 4 recovered"));
    }

    #[test]
    fn what_failed_says_how_to_see_it_again() {
        let mut test = CrashTest::new(10, 30, 1);
        test.tried(Err(failed()));
        let text = test.text();
        assert!(text.contains("0 recovered"), "{text}");
        assert!(text.contains("again: leap-infra selftest crash leap --call 7"), "{text}");
        let mut test = FaultTest::new(1, 2, 5);
        test.endured(false, 40);
        test.failed(failed());
        assert!(
            test.text().contains("0 complete at once, 1 repaired by running again, 1 not repaired")
        );
    }
}
