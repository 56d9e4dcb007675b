//! A call that is stopped at the cloud's door until the test has done what happens meanwhile: so a
//! story does not hang on how fast the machine is.

use futures::future::BoxFuture;
use leap_infra::sandbox::{Label, Turn};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// The call of one sandbox that is stopped, if one is to be.
#[derive(Clone, Default)]
pub struct Cue(Arc<Door>);

type Fits = Box<dyn Fn(&Label) -> bool + Send + Sync>;

#[derive(Default)]
struct Door {
    stops: Mutex<Option<Fits>>,
    arrived: Notify,
    opened: Notify,
}

impl Cue {
    /// Stops the next call that fits, once.
    pub fn stop(&self, fits: impl Fn(&Label) -> bool + Send + Sync + 'static) {
        *self.0.stops.lock().unwrap() = Some(Box::new(fits));
    }

    /// Waits until that call has arrived, does this, and lets the call go on.
    pub async fn meanwhile<T>(&self, happens: impl Future<Output = T>) -> T {
        self.0.arrived.notified().await;
        let outcome = happens.await;
        self.0.opened.notify_one();
        outcome
    }

    /// What the sandbox asks at each call.
    pub fn turn(&self) -> Turn {
        let door = Arc::clone(&self.0);
        Arc::new(move |label: &Label| -> BoxFuture<'static, Box<dyn Send>> {
            let stopped = door.stops.lock().unwrap().take_if(|fits| fits(label)).is_some();
            let door = Arc::clone(&door);
            Box::pin(async move {
                if stopped {
                    door.arrived.notify_one();
                    door.opened.notified().await;
                }
                Box::new(()) as Box<dyn Send>
            })
        })
    }
}

/// The creation of one bucket.
pub fn making(bucket: &'static str) -> impl Fn(&Label) -> bool {
    move |label| label.method.ends_with("/CreateBucket") && label.resource.ends_with(bucket)
}
