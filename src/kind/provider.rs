//! Whose clouds a kind lives in, as far as the engine must know.

/// Somebody's clouds, through the client that writes to them: every kind with this client shares
/// what the provider bears.
pub trait Provider: Send + Sync + 'static {
    /// What users call it, as in `--parallelism gcp=4`.
    const WORD: &'static str;

    /// How many steps at the same time it bears unless a person says otherwise; as many as run
    /// altogether when it names no number.
    const AT_ONCE: Option<usize> = None;
}

/// What a [`Provider`] says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bearing {
    /// Its name.
    pub name: &'static str,
    /// How many steps at the same time it bears, if it says.
    pub at_once: Option<usize>,
}

impl Bearing {
    /// What a provider says.
    pub(super) fn of<P: Provider>() -> Self {
        Self { name: P::WORD, at_once: P::AT_ONCE }
    }
}
