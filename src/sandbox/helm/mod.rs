//! What stands in for the program `helm` where the cluster is in the sandbox: it keeps releases as
//! Helm does, and makes their objects, all through the Kubernetes API. It needs no network.
//!
//! It knows the commands `upgrade --install`, `rollback` and `uninstall` with the flags that are used
//! of them, and refuses the rest. A chart that lies in a folder is rendered, as far as `render.rs`
//! goes; of any other, which it cannot have, `outline.rs` says what its release holds.

mod api;
mod arguments;
mod command;
mod outline;
mod record;
mod render;

use arguments::{Arguments, Command};
use serde_json::Value;

/// Runs a command: its arguments, what it reads, and the kubeconfig that leads to the cluster.
///
/// # Errors
/// With what it says before it fails, without the `Error: ` before that.
pub async fn run(arguments: &[String], input: &str, kubeconfig: &str) -> Result<String, String> {
    let Arguments { command, namespace } = arguments::read(arguments)?;
    let config: Value = serde_json::from_str(kubeconfig)
        .map_err(|error| format!("the kubeconfig cannot be read: {error}"))?;
    let server = config.pointer("/clusters/0/cluster/server").and_then(Value::as_str);
    let server = server.ok_or("the kubeconfig names no server")?;
    let token = config.pointer("/users/0/user/token").and_then(Value::as_str);
    let here = command::Here { api: api::Api::new(server, token), namespace };
    match command {
        Command::Upgrade(upgrade) => here.upgrade(&upgrade, input).await,
        Command::Rollback { release, revision } => here.rollback(&release, revision).await,
        Command::Uninstall { release } => here.uninstall(&release).await,
    }
}
