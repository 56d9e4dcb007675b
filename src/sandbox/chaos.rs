//! Faults by chance: which call is struck, and by what, follows from a seed and from how many
//! calls came before. The same calls in the same order meet the same fate.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::Label;
use super::fault::{Action, Ending, Fault, Match};

/// What a caller may meet by chance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chaos {
    /// Tells one run of bad luck from another.
    pub seed: u64,
    /// Which part of the calls is struck, from 0 to 1.
    #[serde(default = "usual_rate", deserialize_with = "part")]
    pub rate: f64,
    /// What may happen.
    #[serde(default = "Mishap::all")]
    pub of: Vec<Mishap>,
}

/// One of the things that may happen by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mishap {
    /// Too many requests.
    #[serde(rename = "429")]
    TooMany,
    /// An internal error.
    #[serde(rename = "500")]
    Internal,
    /// A bad gateway.
    #[serde(rename = "502")]
    Gateway,
    /// The service is unavailable.
    #[serde(rename = "503")]
    Unavailable,
    /// The gateway waited in vain.
    #[serde(rename = "504")]
    GatewayTimeout,
    /// A conflict, on a call that changes something.
    #[serde(rename = "409")]
    Conflict,
    /// A precondition that does not hold, on a call that changes something.
    #[serde(rename = "412")]
    Precondition,
    /// The connection breaks before the effect.
    #[serde(rename = "reset")]
    Reset,
    /// The connection breaks between the effect and the answer.
    #[serde(rename = "lost_answer")]
    LostAnswer,
    /// The answer trickles.
    #[serde(rename = "slow")]
    Slow,
    /// Half the answer arrives.
    #[serde(rename = "truncated")]
    Truncated,
    /// A list shows what was before the last change.
    #[serde(rename = "lag")]
    Lag,
    /// The server's clock is off, by up to five seconds.
    #[serde(rename = "skew")]
    Skew,
}

impl Mishap {
    /// All of them.
    pub fn all() -> Vec<Self> {
        let refusals = [Self::TooMany, Self::Internal, Self::Gateway, Self::Unavailable];
        let more = [Self::GatewayTimeout, Self::Conflict, Self::Precondition, Self::Reset];
        let rest = [Self::LostAnswer, Self::Slow, Self::Truncated, Self::Lag, Self::Skew];
        refusals.into_iter().chain(more).chain(rest).collect()
    }

    /// Those that a client gets over by trying again, however often it meets them.
    pub fn passing() -> Vec<Self> {
        let lasting = [Self::Conflict, Self::Precondition, Self::Lag];
        Self::all().into_iter().filter(|mishap| !lasting.contains(mishap)).collect()
    }
}

/// One call in twenty.
fn part<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    match f64::deserialize(deserializer)? {
        rate if (0.0..=1.0).contains(&rate) => Ok(rate),
        rate => Err(D::Error::custom(format!("a rate of {rate}: expected 0 to 1"))),
    }
}

fn usual_rate() -> f64 {
    0.05
}

impl Chaos {
    /// Anything, on one call in twenty.
    pub fn new(seed: u64) -> Self {
        Self { seed, rate: usual_rate(), of: Mishap::all() }
    }

    /// The rule that this is for every call.
    pub fn on_every_call(self) -> Fault {
        Fault { on: Match::default(), then: Action::Random(self) }
    }

    /// What happens to the `count`th call, if anything does.
    pub(super) fn draw(&self, count: u64, label: &Label) -> Option<Action> {
        let mut dice = Dice::new(self.seed ^ count.wrapping_mul(0x2545_f491_4f6c_dd1d));
        if dice.part() >= self.rate {
            return None;
        }
        let mishap = *self.of.get(dice.below(self.of.len() as u64) as usize)?;
        let from = format!("by chance: seed {}, call {count}", self.seed);
        mishap.action(label, from, &mut dice)
    }
}

impl Mishap {
    /// As it strikes one call; none if it cannot strike such a call.
    fn action(self, label: &Label, message: String, dice: &mut Dice) -> Option<Action> {
        let status = |code| {
            Some(Action::Status { code, message: message.clone(), retry_after_seconds: None })
        };
        match self {
            Self::TooMany => status(429),
            Self::Internal => status(500),
            Self::Gateway => status(502),
            Self::Unavailable => status(503),
            Self::GatewayTimeout => status(504),
            Self::Conflict => status(409).filter(|_| label.mutating),
            Self::Precondition => status(412).filter(|_| label.mutating),
            Self::Reset => Some(Action::CutBefore),
            Self::LostAnswer => Some(Action::CutAfter),
            Self::Slow => Some(Action::Trickle { ms: dice.below(4) + 1 }),
            Self::Truncated => {
                let endings = [Ending::Broken, Ending::Chunked, Ending::Quiet];
                Some(Action::Truncate(endings[dice.below(3) as usize]))
            }
            // What is read by its name is there at once in the clouds that we stand in for.
            Self::Lag => {
                Some(Action::Lag { changes: 1 }).filter(|_| label.method.contains("/List"))
            }
            Self::Skew => Some(Action::Skew { seconds: dice.below(11) as i64 - 5 }),
        }
    }
}

/// SplitMix64, <https://prng.di.unimi.it/splitmix64.c>: few lines, and the same for ever.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Returns dice that always fall alike for one seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns the next throw.
    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a part of one, below one.
    pub fn part(&mut self) -> f64 {
        // As many bits as a float holds exactly.
        (self.throw() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Returns a number below a bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.throw() % bound.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fates(chaos: &Chaos, mutating: bool) -> Vec<Option<Action>> {
        let label = Label { method: "a/Create".into(), resource: "x".into(), mutating };
        (1..=2_000).map(|count| chaos.draw(count, &label)).collect()
    }

    #[test]
    fn the_same_seed_brings_the_same_fate() {
        assert_eq!(fates(&Chaos::new(7), true), fates(&Chaos::new(7), true));
        assert_ne!(fates(&Chaos::new(7), true), fates(&Chaos::new(8), true));
    }

    #[test]
    fn so_many_calls_are_struck_as_the_rate_says() {
        let of = vec![Mishap::TooMany];
        let struck = |rate| {
            let chaos = Chaos { seed: 1, rate, of: of.clone() };
            fates(&chaos, true).iter().flatten().count()
        };
        assert_eq!((struck(0.0), struck(1.0)), (0, 2_000));
        assert!((60..140).contains(&struck(0.05)), "{}", struck(0.05));
    }

    #[test]
    fn a_conflict_strikes_only_changes_and_a_lag_only_looks() {
        let chaos = |of| Chaos { seed: 1, rate: 1.0, of };
        assert!(fates(&chaos(vec![Mishap::Conflict]), false).iter().all(Option::is_none));
        assert!(fates(&chaos(vec![Mishap::Lag]), true).iter().all(Option::is_none));
    }

    #[test]
    fn a_refusal_by_chance_says_how_to_have_it_again() {
        let chaos = Chaos { seed: 7, rate: 1.0, of: vec![Mishap::Unavailable] };
        let Some(Action::Status { message, .. }) = &fates(&chaos, true)[2] else { panic!() };
        assert_eq!(message, "by chance: seed 7, call 3");
    }
}
