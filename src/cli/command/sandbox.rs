//! `sandbox`: the cloud inside this program.

use crate::cli::StackArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::target;
use crate::cli::ui::Ui;
use crate::sandbox::{self, Transport};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Run, look into or empty the cloud inside this program
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand, Debug)]
enum What {
    /// Serve it on a port of this machine, for other clients, until interrupted
    Serve {
        /// The port; a free one, when it is not given
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// Where it keeps its state; in memory only, when neither this nor a stack is given
        #[arg(long, value_name = "FOLDER")]
        folder: Option<PathBuf>,
        /// Faults to answer with, a JSON file (docs/sandbox.md says how they are written)
        #[arg(long, value_name = "FILE")]
        faults: Option<PathBuf>,
        /// Let one call in twenty go wrong, by chance: the same seed, the same luck
        #[arg(long, value_name = "SEED")]
        chaos: Option<u64>,
        /// How long operations take that the real clouds take their time for, such as making a cluster
        #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
        operation_time: u64,
        /// Speak HTTPS, with a certificate made for this run: for clients that speak nothing else
        #[arg(long)]
        tls: bool,
        /// Where to write the certificate that clients must trust then
        #[arg(long, value_name = "FILE", requires = "tls")]
        tls_ca: Option<PathBuf>,
    },
    /// Stand in for the program helm
    #[command(hide = true)]
    Helm {
        /// What helm would be called with
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// List what is in a stack's sandbox
    Show(StackArgs),
    /// Empty a stack's sandbox
    Reset(StackArgs),
}

/// Does one of them.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    match &args.what {
        What::Serve { port, folder, faults, chaos, operation_time, tls, tls_ca } => {
            let mut faults =
                faults.as_deref().map(target::faults_in).transpose()?.unwrap_or_default();
            faults.extend(chaos.map(|seed| sandbox::Chaos::new(seed).on_every_call()));
            let usual = target::options();
            let operation_time = Duration::from_millis(*operation_time);
            let options = sandbox::Options {
                behaviour: sandbox::Behaviour { operation_time, ..usual.behaviour },
                port: *port,
                transport: if *tls { Transport::Tls } else { Transport::Plain },
                folder: folder.clone(),
                faults,
                ..usual
            };
            serve(options, tls_ca.as_deref(), ui).await
        }
        What::Helm { arguments } => helm(arguments, ui).await,
        What::Show(stack) => {
            let sandbox = target::of_stack(stack).await?;
            let snapshot = sandbox.snapshot().map_err(|error| target::broken(&error))?;
            for (key, value) in snapshot.entries() {
                ui.say(if ui.json {
                    serde_json::json!({ "key": key, "value": value }).to_string()
                } else {
                    key.to_owned()
                });
            }
            Ok(Exit::Ok)
        }
        What::Reset(stack) => {
            let sandbox = target::of_stack(stack).await?;
            sandbox.store().reset().map_err(|error| target::broken(&error))?;
            ui.say("The sandbox is empty.");
            Ok(Exit::Ok)
        }
    }
}

/// Does what helm would do, for a cluster in the sandbox.
async fn helm(arguments: &[String], ui: &Ui) -> Result<Exit, Failure> {
    let failed = |why: String| {
        ui.remark(format!("Error: {why}"));
        Ok(Exit::Error)
    };
    let mut input = String::new();
    if let Err(error) = std::io::stdin().read_to_string(&mut input) {
        return failed(format!("failed to read -: {error}"));
    }
    let kubeconfig = std::env::var_os("KUBECONFIG").unwrap_or_default();
    let kubeconfig = match std::fs::read_to_string(kubeconfig) {
        Ok(text) => text,
        Err(error) => return failed(format!("the kubeconfig cannot be read: {error}")),
    };
    match sandbox::helm::run(arguments, &input, &kubeconfig).await {
        Ok(said) => ui.say(said.trim_end()),
        Err(why) => return failed(why),
    }
    Ok(Exit::Ok)
}

async fn serve(options: sandbox::Options, tls_ca: Option<&Path>, ui: &Ui) -> Result<Exit, Failure> {
    for fault in &options.faults {
        if let sandbox::Action::Random(chaos) = &fault.then {
            ui.remark(target::by_chance(chaos));
        }
    }
    let started = sandbox::start(options).await;
    let sandbox = started.map_err(|error| target::no_sandbox(&error))?;
    if let (Some(file), Some(authority)) = (tls_ca, sandbox.authority()) {
        std::fs::write(file, authority).map_err(|error| {
            let summary = format!("cannot write the certificate to {}", file.display());
            Failure::new(Exit::Error, summary).because(&error)
        })?;
    }
    ui.say(sandbox.url());
    ui.remark(format!(
        "Cloud Storage (gRPC and JSON) until interrupted. Use it with\n  {}={}",
        target::SANDBOX_URL,
        sandbox.url()
    ));
    _ = tokio::signal::ctrl_c().await;
    sandbox.stop().await;
    Ok(Exit::Ok)
}
