//! Starting and stopping the server, and the handle that tests and commands hold.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::gate::{self, Gate};
use super::refusal::Refusal;
use super::wire::{Cutter, Wires};
use super::{
    Api, Behaviour, Call, Clock, Fault, OnCrash, Snapshot, Store, StoreError, Transport, Turn,
    Vault, World, artifactregistry, bigquery, billingbudgets, compute, container, dns, gcs, github,
    grpc, guard, iam, kubernetes, monitoring, resourcemanager, secretmanager, serviceusage, tls,
};

/// How to start a sandbox. The default: in memory, any port, the real time, lags on.
#[derive(Clone, Default)]
pub struct Options {
    /// The folder that keeps its state; in memory without one.
    pub folder: Option<PathBuf>,
    /// The port; 0 takes any that is free.
    pub port: u16,
    /// How one talks to it.
    pub transport: Transport,
    /// The time by which it lives.
    pub clock: Clock,
    /// Lags and limits.
    pub behaviour: Behaviour,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// What a crash point does to the caller. The call then waits for ever.
    pub on_crash: Option<OnCrash>,
    /// Decides whose turn it is, call by call; everybody's at once without it.
    pub turn: Option<Turn>,
    /// More APIs, beside those that are built in.
    pub apis: Vec<Arc<dyn Api>>,
}

/// Why there is no sandbox.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The port is taken, or the system refuses to open one.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no certificate.
    #[error("cannot make a certificate for the sandbox")]
    Certificate(#[from] tls::CertificateError),
    /// The state could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A running sandbox. It ends when this is dropped.
pub struct Sandbox {
    address: SocketAddr,
    world: World,
    gate: Arc<Gate>,
    server: JoinHandle<()>,
    wires: CancellationToken,
    authority: Option<String>,
}

/// Starts a sandbox on loopback.
pub async fn start(options: Options) -> Result<Sandbox, SandboxError> {
    let Options { folder, port, transport, clock, behaviour, faults, on_crash, turn, apis } =
        options;
    let store = match &folder {
        Some(folder) => Store::open(folder)?,
        None => Store::in_memory(),
    };
    let vault = Vault::open(folder.as_deref())?;
    let listen = |source| SandboxError::Listen { port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;

    let latency = behaviour.latency;
    let gate = Gate::new(faults, store.clone(), clock.clone(), latency, on_crash, turn);
    let gate = Arc::new(gate);
    let world = World { store, clock, behaviour, vault, address, transport };
    let router = router(&world, &gate, apis);

    let (acceptor, authority) = match transport {
        Transport::Plain => (None, None),
        Transport::Tls => tls::certified().map(|(acceptor, pem)| (Some(acceptor), Some(pem)))?,
    };
    let wires = CancellationToken::new();
    let service = router.into_make_service_with_connect_info::<Cutter>();
    let serve = axum::serve(Wires::new(listener, acceptor, wires.clone()), service);
    let server = tokio::spawn(async move {
        // It never returns: errors of connections stay with the connections.
        let _ = serve.await;
    });
    Ok(Sandbox { address, world, gate, server, wires, authority })
}

fn router(world: &World, gate: &Arc<Gate>, more: Vec<Arc<dyn Api>>) -> Router {
    let built_in: Vec<Arc<dyn Api>> = vec![
        Arc::new(Unknown),
        Arc::new(gcs::Gcs),
        Arc::new(compute::Compute),
        Arc::new(container::Container),
        Arc::new(artifactregistry::ArtifactRegistry),
        Arc::new(bigquery::BigQuery),
        Arc::new(billingbudgets::BillingBudgets),
        Arc::new(dns::Dns),
        Arc::new(github::GitHub),
        Arc::new(iam::Iam),
        Arc::new(kubernetes::Kubernetes),
        Arc::new(monitoring::Monitoring),
        Arc::new(resourcemanager::ResourceManager),
        Arc::new(secretmanager::SecretManager),
        Arc::new(serviceusage::ServiceUsage),
    ];
    let mut all = Router::new();
    for api in built_in.into_iter().chain(more) {
        let gate = Arc::clone(gate);
        let routes = api.router(world.clone());
        let pass = move |request: Request, next: Next| {
            gate::pass(Arc::clone(&gate), Arc::clone(&api), request, next)
        };
        all = all.merge(routes.layer(middleware::from_fn(pass)));
    }
    // The gate has read the whole body by then, and has set its limit.
    all.layer(DefaultBodyLimit::disable()).layer(middleware::from_fn(guard::only_local))
}

/// What no other API knows, refused in the words of the protocol that it came in.
struct Unknown;

impl Api for Unknown {
    fn name(&self) -> &'static str {
        "unknown"
    }

    fn router(&self, _: World) -> Router {
        Router::new().fallback(|request: Request| async move {
            if grpc::is_grpc(request.headers()) {
                let message = format!("unknown service or method: {}", request.uri().path());
                grpc::answer(Err(Refusal::unimplemented(message)))
            } else {
                Refusal::not_found("Not Found").into_response()
            }
        })
    }
}

impl Sandbox {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address to give to clients, `http://127.0.0.1:8080`.
    pub fn url(&self) -> String {
        self.world.url()
    }

    /// Who vouches for it, as a certificate in PEM; none if it is talked to in the clear.
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// What its APIs stand on, to put things there past them.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Everything it knows.
    pub fn store(&self) -> &Store {
        &self.world.store
    }

    /// Its time.
    pub fn clock(&self) -> &Clock {
        &self.world.clock
    }

    /// The calls since the record was cleared.
    pub fn calls(&self) -> Vec<Call> {
        self.gate.calls()
    }

    /// The time that all calls together have spent in the APIs, delays of faults not counted.
    pub fn worked(&self) -> Duration {
        self.gate.worked()
    }

    /// Empties the record and counts calls from 1 again; answers callers again after a crash.
    pub fn clear_calls(&self) {
        self.gate.clear();
    }

    /// Replaces the rules of what goes wrong; answers callers again after a crash.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        self.gate.set_faults(faults);
    }

    /// Returns the state as it is now. Cheap: nothing is copied until it changes.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let content = self.world.store.content()?;
        Ok(Snapshot::new(content, self.world.clock.virtual_now()))
    }

    /// Goes back to a state, with its time; clears the record of calls, keeps the faults.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.gate.clear();
        if let Some(time) = snapshot.time() {
            self.world.clock.turn_to(time);
        }
        self.world.store.replace(snapshot.content())
    }

    /// Closes every connection and waits until the port is free.
    pub async fn stop(mut self) {
        self.end();
        // An error here is the cancellation that was just asked for.
        let _ = (&mut self.server).await;
    }

    fn end(&self) {
        self.wires.cancel();
        self.server.abort();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.end();
    }
}
