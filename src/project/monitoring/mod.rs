//! `monitoring`: what keeps an eye on a cluster and lets people in to it: Prometheus and Grafana, the
//! alerts and where they go, the guard against mining, the ingress and its certificates. One for each
//! cluster; every part that is written is made, and no other.
//!
//! `settings.rs` is what is written, `alerts/` what is alerted of and when, `values/` what the charts
//! are told, `front.rs` what hubs ask: who lets people in, and who signs.

mod alerts;
mod charts;
mod checks;
mod expand;
mod front;
mod made;
mod placed;
mod room;
mod settings;
mod told;
mod values;

pub use settings::{
    Alert, Certificates, Grafana, GrafanaLogin, Ingress, Mail, Monitoring, PagerDuty, Prometheus,
    Receiver, Slack,
};

pub(crate) use checks::check;
pub(crate) use expand::{expand, keys};
pub(crate) use front::{Front, front, is_measured, of_categories};
pub(crate) use placed::derived;
pub(crate) use told::{told, values_of};
