//! What every call passes through: it is recorded, may be struck by a fault,
//! and takes its time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use http::HeaderValue;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Serialize;

use super::damage::damaged;
use super::fault::{Action, Faults};
use super::refusal::{Code, Refusal, worded};
use super::view::View;
use super::wire::Cutter;
use super::{Api, Clock, Fault, Label, Moment, Store, StoreError, grpc, record};

/// So many calls are remembered; then the older half is forgotten.
const MOST_CALLS: usize = 200_000;

/// The largest body of a call, in bytes. A call is held in memory as a whole; what is larger is
/// uploaded in parts, as clients do with large objects anyway.
pub(super) const LARGEST_BODY: usize = 256 << 20;

/// A call that the sandbox has received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// Its number, from 1 since the record was cleared.
    pub number: u64,
    /// The method: `google.storage.v2.Storage/CreateBucket`, `GET /storage/v1/b/{bucket}/o`.
    pub method: String,
    /// The name of what it was about.
    pub resource: String,
    /// Whether it may have changed anything.
    pub mutating: bool,
    /// The answer's status: `OK`, `NOT_FOUND`, `404`; or `no answer`.
    pub status: String,
    /// The API that it was for.
    pub api: &'static str,
}

/// What happens when a crash point fires.
pub type OnCrash = Arc<dyn Fn() + Send + Sync>;

/// Asked when a call arrives, before it has any effect: it goes on once that answers, and what was
/// answered is dropped when the call is over. So a test decides whose turn it is.
pub type Turn = Arc<dyn Fn(&Label) -> BoxFuture<'static, Box<dyn Send>> + Send + Sync>;

/// The state of the gate; one for the whole server.
pub(super) struct Gate {
    state: Mutex<State>,
    store: Store,
    clock: Clock,
    latency: Duration,
    on_crash: Option<OnCrash>,
    turn: Option<Turn>,
    /// The time that calls spent in APIs, in nanoseconds; those at the same time count each.
    worked: AtomicU64,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    /// How many calls were received since the record was cleared.
    received: u64,
    faults: Faults,
    caller: Caller,
    /// How many callers have died: what one of them sent must not happen in the life of the next.
    deaths: u64,
}

/// A call that was let in.
struct Arrival {
    number: u64,
    actions: Vec<Action>,
    /// How many callers had died before.
    deaths: u64,
}

/// How the caller fares, as far as crash points say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Caller {
    #[default]
    Alive,
    /// It dies at its next call.
    Doomed,
    /// Whatever it still sends has no effect and gets no answer.
    Dead,
}

impl Gate {
    pub(super) fn new(
        faults: Vec<Fault>,
        store: Store,
        clock: Clock,
        latency: Duration,
        on_crash: Option<OnCrash>,
        turn: Option<Turn>,
    ) -> Self {
        let (state, worked) = Default::default();
        let gate = Self { state, store, clock, latency, on_crash, turn, worked };
        gate.set_faults(faults);
        gate
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    pub(super) fn worked(&self) -> Duration {
        Duration::from_nanos(self.worked.load(Ordering::Relaxed))
    }

    /// Empties the record, counts from 1 again, and lets a dead caller's successor in.
    pub(super) fn clear(&self) {
        let mut state = self.state();
        state.calls.clear();
        state.received = 0;
        state.faults.recount();
        state.caller = Caller::Alive;
    }

    /// Replaces the rules, and lets a dead caller's successor in.
    pub(super) fn set_faults(&self, faults: Vec<Fault>) {
        let mut state = self.state();
        state.faults = Faults::new(faults);
        self.store.look_back(state.faults.look_back());
        state.caller = Caller::Alive;
    }

    /// Records a call and says what is to happen to it; none if its caller is dead.
    fn arrive(&self, api: &'static str, label: &Label) -> Option<Arrival> {
        let mut state = self.state();
        if state.caller == Caller::Dead {
            return None;
        }
        self.clock.tick();
        state.received += 1;
        let number = state.received;
        let Label { method, resource, mutating } = label.clone();
        let status = "no answer".to_owned();
        if state.calls.len() == MOST_CALLS {
            state.calls.drain(..MOST_CALLS / 2);
        }
        state.calls.push(Call { number, method, resource, mutating, status, api });
        let mut actions = state.faults.strike(number, label);
        if state.caller == Caller::Doomed {
            actions = vec![Action::CrashBefore];
        }
        Some(Arrival { number, actions, deaths: state.deaths })
    }

    fn answered(&self, number: u64, response: &Response) {
        let status = match response.extensions().get::<Code>() {
            Some(code) => code.name().to_owned(),
            None => response.status().as_u16().to_string(),
        };
        let mut state = self.state();
        // The record may have been cleared since the call arrived.
        if let Some(call) = state.calls.iter_mut().rfind(|call| call.number == number) {
            call.status = status;
        }
    }

    /// Waits for ever if the caller has died since.
    async fn only_the_living(&self, arrival: &Arrival) {
        if self.state().deaths != arrival.deaths {
            never::<()>().await;
        }
    }

    /// The caller dies of this call, unless it has died of another meanwhile: calls of a doomed
    /// caller may arrive together, and the later of them must not kill its successor.
    fn crash(&self, arrival: &Arrival) {
        let mut state = self.state();
        if state.deaths != arrival.deaths {
            return;
        }
        state.caller = Caller::Dead;
        state.deaths += 1;
        drop(state);
        if let Some(on_crash) = &self.on_crash {
            on_crash();
        }
    }

    fn doom(&self) {
        self.state().caller = Caller::Doomed;
    }

    /// No code that can panic runs while it is held.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The middleware around an API.
pub(super) async fn pass(
    gate: Arc<Gate>,
    api: Arc<dyn Api>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    // The whole body is read first, so that from here on a call is all or nothing.
    let is_grpc = grpc::is_grpc(&parts.headers);
    if body.size_hint().lower() > LARGEST_BODY as u64 {
        // Not even waited for.
        return refused(Refusal::too_large(LARGEST_BODY), is_grpc);
    }
    let body = match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return refused(Refusal::too_large(LARGEST_BODY), is_grpc);
        }
        Err(error) => return refused(Refusal::invalid(error.to_string()), is_grpc),
    };
    let label = api.label(&parts, &body);
    let Some(arrival) = gate.arrive(api.name(), &label) else { return never().await };
    let Arrival { number, actions, .. } = &arrival;
    let _turn = match &gate.turn {
        Some(turn) => Some(turn(&label).await),
        None => None,
    };
    let cutter = parts.extensions.get::<ConnectInfo<Cutter>>().cloned();

    let delays = actions.iter().filter_map(delay).sum::<Duration>() + gate.latency;
    if !delays.is_zero() {
        tokio::time::sleep(delays).await;
        gate.only_the_living(&arrival).await;
    }
    if let Some(response) = before(&gate, &*api, &arrival, cutter.as_ref(), is_grpc).await {
        gate.answered(*number, &response);
        return response;
    }
    let (asked, view) = (record::asked(api.name(), &parts, &body), View::of(actions));
    let began = Instant::now();
    let response = view.around(next.run(Request::from_parts(parts, Body::from(body)))).await;
    let mut response = worded(response, &*api, is_grpc).await;
    let took = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
    gate.worked.fetch_add(took, Ordering::Relaxed);
    if let Some(asked) = asked {
        response = asked.answered(response).await;
    }
    after(&gate, &arrival, cutter.as_ref()).await;
    gate.only_the_living(&arrival).await;
    gate.answered(*number, &response);
    if view.skew != 0 {
        dated(&mut response, http::header::DATE, view.around(async { gate.clock.now() }).await);
    }
    damaged(response, actions).await
}

fn delay(action: &Action) -> Option<Duration> {
    match action {
        Action::Delay { ms } => Some(Duration::from_millis(*ms)),
        _ => None,
    }
}

/// What strikes before the effect; an answer if the call goes no further.
async fn before(
    gate: &Gate,
    api: &dyn Api,
    arrival: &Arrival,
    cutter: Option<&ConnectInfo<Cutter>>,
    is_grpc: bool,
) -> Option<Response> {
    for action in &arrival.actions {
        match action {
            Action::CrashBefore => {
                gate.crash(arrival);
                return Some(never().await);
            }
            Action::CutBefore => return Some(cut(cutter).await),
            Action::Status { code, message, retry_after_seconds } => {
                let mut response = struck(api, *code, message, is_grpc);
                if let Some(seconds) = *retry_after_seconds {
                    let headers = response.headers_mut();
                    headers.insert(http::header::RETRY_AFTER, HeaderValue::from(seconds));
                }
                return Some(response);
            }
            Action::StatusUntil { code, seconds } => {
                let now = gate.clock.now();
                let then = now.plus(Duration::from_secs(*seconds));
                let mut response = match api.words(*code, SPENT) {
                    Some(response) => spent(response, then),
                    None => {
                        let mut response = struck(api, *code, "", is_grpc);
                        dated(&mut response, http::header::RETRY_AFTER, then);
                        response
                    }
                };
                dated(&mut response, http::header::DATE, now);
                return Some(response);
            }
            Action::NameTaken => {
                let message = "The requested name is not available: it was deleted a moment ago.";
                return Some(refused(Refusal::exists(message), is_grpc));
            }
            Action::Meanwhile { key, value } => {
                if let Err(error) = meanwhile(&gate.store, key, value.as_ref()) {
                    return Some(refused(error.into(), is_grpc));
                }
            }
            _ => {}
        }
    }
    None
}

/// What somebody else does to the world.
fn meanwhile(
    store: &Store,
    key: &str,
    value: Option<&serde_json::Value>,
) -> Result<(), StoreError> {
    store.transact(|transaction| {
        match value {
            Some(value) => transaction.put(key, value.clone()),
            None => transaction.remove(key),
        }
        Ok(())
    })
}

/// What strikes between the effect and the answer.
async fn after(gate: &Gate, arrival: &Arrival, cutter: Option<&ConnectInfo<Cutter>>) {
    for action in &arrival.actions {
        match action {
            Action::CrashAfterEffect => {
                gate.crash(arrival);
                never::<()>().await;
            }
            Action::CutAfter => cut::<()>(cutter).await,
            Action::CrashAfter => gate.doom(),
            _ => {}
        }
    }
}

/// A refusal that a fault asks for, as the API words it.
fn struck(api: &dyn Api, code: u16, message: &str, is_grpc: bool) -> Response {
    let usual = || refused(Refusal::of_status(code, message), is_grpc);
    api.words(code, message).unwrap_or_else(usual)
}

/// What GitHub says when nothing more may be asked.
const SPENT: &str = "API rate limit exceeded";

/// Says as GitHub does that nothing more may be asked until then.
fn spent(mut response: Response, until: Moment) -> Response {
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-remaining", HeaderValue::from(0));
    headers.insert("x-ratelimit-reset", HeaderValue::from(until.seconds()));
    response
}

fn refused(refusal: Refusal, is_grpc: bool) -> Response {
    if is_grpc { grpc::answer(Err(refusal)) } else { refusal.into_response() }
}

fn dated(response: &mut Response, name: http::HeaderName, moment: Moment) {
    if let Some(date) = moment.http_date() {
        response.headers_mut().insert(name, date);
    }
}

async fn cut<T>(cutter: Option<&ConnectInfo<Cutter>>) -> T {
    if let Some(ConnectInfo(cutter)) = cutter {
        cutter.cut();
    }
    never().await
}

/// Waits until the connection goes away, and this with it.
async fn never<T>() -> T {
    std::future::pending().await
}
