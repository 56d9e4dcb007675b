//! Lives of a platform as nobody would think them up: declarations, every operation, bad luck and
//! other people's hands, mixed at random. Whatever happens, the laws hold: what is not ours and
//! what is held is never touched, what cannot be read is never absent, a run that died is repaired
//! by running again, and in the end there is what a platform would be that was made today.

use super::bench::{Bench, stack};
use super::garden::{Plot, garden};
use super::law::law_on;
use super::laws::strangers;
use super::life::{HIDDEN, Life, differences, name, of, told};
use leap_infra::apply::About;
use leap_infra::sandbox::gcs::seed_bucket;
use leap_infra::sandbox::{Action, Fault, Match};
use proptest::prelude::*;

// So that a case that is printed can be put here as it is.
use Deed::*;
use Luck::*;

/// What happens next.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Something else is declared and applied, with luck or without.
    Apply(Vec<Plot>, Luck),
    /// Only a part of it is applied: this step, or all but this, with what belongs to it.
    Part { plots: Vec<Plot>, only: bool, at: usize },
    /// A plan is saved, somebody changes a bucket at the console, and the plan is applied.
    Saved { plots: Vec<Plot>, at: usize },
    /// The declaration before the last is gone back to.
    GoBack(Luck),
    /// Everything goes.
    Destroy(Luck),
    /// Everything is handed back, and taken in again.
    HandOver(Luck),
    /// Somebody asks to leave a bucket and its access alone.
    LeaveAlone { at: usize },
    /// Nothing is held any more.
    Release,
    /// A bucket is changed at the console.
    Drift { at: usize },
    /// Somebody dies with the lease in their hands, and it is taken away.
    Unlock,
    /// Something may not be read.
    Hidden { what: usize },
}

/// How a run fares at the call that is this part of the way.
#[derive(Clone, Debug)]
pub enum Luck {
    Good,
    Refused(f64),
    NotNow(f64),
    NoAnswer(f64),
    Dies(f64),
    DiesUnheard(f64),
}

fn luck() -> impl Strategy<Value = Luck> {
    let part = || 0.0..1.0_f64;
    prop_oneof![
        2 => Just(Good),
        1 => part().prop_map(Refused),
        1 => part().prop_map(NotNow),
        1 => part().prop_map(NoAnswer),
        2 => part().prop_map(Dies),
        2 => part().prop_map(DiesUnheard),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    let at = || 0..3_usize;
    prop_oneof![
        4 => (garden(), luck()).prop_map(|(plots, luck)| Apply(plots, luck)),
        2 => (garden(), any::<bool>(), 0..40_usize)
            .prop_map(|(plots, only, at)| Part { plots, only, at }),
        2 => (garden(), at()).prop_map(|(plots, at)| Saved { plots, at }),
        1 => luck().prop_map(GoBack),
        1 => luck().prop_map(Destroy),
        1 => luck().prop_map(HandOver),
        2 => at().prop_map(|at| LeaveAlone { at }),
        1 => Just(Release),
        2 => at().prop_map(|at| Drift { at }),
        1 => Just(Unlock),
        1 => (0..HIDDEN.len()).prop_map(|what| Hidden { what }),
    ]
}

/// How many lives are lived; more with PROPTEST_CASES.
const LIVES: u32 = 8;

/// On about which call of a run luck strikes at the latest.
const CALLS: f64 = 60.0;

impl Luck {
    pub fn faults(&self) -> Vec<Fault> {
        let status = |code| {
            let message = "not today".to_owned();
            Action::Status { code, message, retry_after_seconds: None }
        };
        let (part, then) = match self {
            Self::Good => return Vec::new(),
            Self::Refused(part) => (part, status(403)),
            Self::NotNow(part) => (part, status(503)),
            Self::NoAnswer(part) => (part, Action::CutAfter),
            Self::Dies(part) => (part, Action::CrashBefore),
            Self::DiesUnheard(part) => (part, Action::CrashAfterEffect),
        };
        let call = Some(1 + (part * CALLS) as u64);
        vec![Fault { on: Match { call, ..Match::default() }, then }]
    }
}

impl Life {
    async fn goes_on(&mut self, deed: &Deed) {
        let untouchable = self.untouchable();
        match deed {
            Apply(plots, luck) => self.apply(plots, luck).await,
            Part { plots, only, at } => self.part(plots, *only, *at).await,
            Saved { plots, at } => self.saved(plots, *at).await,
            GoBack(luck) => {
                let plain = self.bench.about.clone();
                let back_to = Some("apply-before".to_owned());
                self.bench.about = About { back_to, ..plain.clone() };
                self.apply(&self.before.clone(), luck).await;
                self.bench.about = plain;
            }
            Destroy(luck) => {
                let nothing = of(&self.declared).without(&["prod".to_owned()]);
                self.carry_out(async || self.plan(&nothing).await, &nothing, luck).await;
            }
            HandOver(luck) => self.hand_over(luck).await,
            LeaveAlone { at } => return self.hold(*at).await,
            Release => return self.release().await,
            Drift { at } => {
                self.drift(&name(*at), "before").await;
                return;
            }
            Unlock => self.unlock().await,
            Hidden { what } => self.hidden(*what).await,
        }
        assert_eq!(self.untouchable(), untouchable, "what nobody may touch was touched");
    }
}

#[test]
fn whatever_happens_to_a_platform_it_ends_as_it_is_declared() {
    let life = proptest::collection::vec(deed(), 1..7);
    law_on(LIVES, (life, garden()), |(deeds, last)| async move {
        let mut life = Life::begin().await;
        for deed in &deeds {
            life.goes_on(deed).await;
        }
        life.release().await;
        life.apply(&last, &Good).await;
        let fresh = Bench::new().await;
        for stranger in strangers(&stack([])) {
            seed_bucket(fresh.sandbox.world(), stranger).unwrap();
        }
        fresh.apply(&of(&last)).await;
        assert_eq!(differences(&told(&life.bench), &told(&fresh)), Vec::<String>::new());
    });
}
