//! What one call sees otherwise than its neighbours: an older world, another clock.
//!
//! It goes with the task that carries out the call, so that no API has to know of it.

use std::future::Future;

use super::fault::Action;

tokio::task_local! {
    static VIEW: View;
}

/// How a call sees the world.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct View {
    /// It sees the world as it was so many changes ago, and changes nothing.
    pub(super) back: Option<usize>,
    /// So far ahead is its clock, in microseconds.
    pub(super) skew: i64,
}

impl View {
    /// The view that faults give.
    pub(super) fn of(actions: &[Action]) -> Self {
        let mut view = Self::default();
        for action in actions {
            match action {
                Action::Lag { changes } => view.back = Some(*changes),
                Action::Skew { seconds } => view.skew = seconds.saturating_mul(1_000_000),
                _ => {}
            }
        }
        view
    }

    /// The view of the call that is being carried out.
    pub(super) fn current() -> Self {
        VIEW.try_with(|view| *view).unwrap_or_default()
    }

    /// Carries something out with this view.
    pub(super) async fn around<T>(self, work: impl Future<Output = T>) -> T {
        if self == Self::default() { work.await } else { VIEW.scope(self, work).await }
    }
}
