//! Waiting for what a cloud does by itself.

use crate::kind::ProviderError;
use std::time::Duration;
use tokio::time::Instant;

/// The first pause between two looks, and the longest; each further one is longer by half.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(10));

/// Looks again and again until it is so, at most for so long.
///
/// # Errors
/// Those of a look, and when the time is over.
pub(super) async fn until(
    what: &str,
    patience: Duration,
    look: impl AsyncFn() -> Result<bool, ProviderError>,
) -> Result<(), ProviderError> {
    let (give_up, mut pause) = (Instant::now() + patience, PAUSES.0);
    while !look().await? {
        if Instant::now() + pause > give_up {
            let minutes = patience.as_secs() / 60;
            let why = format!("it took longer than {minutes} minutes; say the same again to go on");
            return Err(ProviderError::Refused { what: what.to_owned(), why });
        }
        tokio::time::sleep(pause).await;
        pause = pause.mul_f64(1.5).min(PAUSES.1);
    }
    Ok(())
}
