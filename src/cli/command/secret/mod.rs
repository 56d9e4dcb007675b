//! `secret`: the values in Secret Manager. None is ever printed.

mod list;
mod put;
mod source;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::planning::LookArgs;
use crate::cli::session::{self, Session};
use crate::cli::ui::Ui;
use crate::kind::ProviderError;
use crate::model::secret::Reference;
use crate::providers::gcp::SecretVersions;
use std::collections::BTreeSet;

/// Put values into Secret Manager, and see which there are
///
/// For example: leap-infra secret set hub-oauth -e prod. Values come from a prompt, a file, stdin
/// or a generator, and are never printed.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand, Debug)]
enum What {
    /// List the secrets, their versions and who may read them
    List {
        #[command(flatten)]
        look: LookArgs,
    },
    /// Put a value in, as a new version
    Set {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        source: source::SourceArgs,
    },
    /// Put a random value into a secret that has none yet
    Generate {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        form: source::FormArgs,
    },
    /// Put a new value in, disable old ones, and say what must be applied again
    Rotate {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        source: source::SourceArgs,
        /// How many earlier versions stay enabled
        #[arg(long, default_value_t = 1, value_name = "N")]
        keep: usize,
    },
}

/// Which secret.
#[derive(clap::Args, Debug)]
struct Which {
    /// The secret, by its key under `secrets:`
    key: String,
    #[command(flatten)]
    look: LookArgs,
}

/// Lists or changes.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    match &args.what {
        What::List { look } => list::run(look, ui).await,
        What::Set { which, source } => put::set(which, source, ui).await,
        What::Generate { which, form } => put::generate(which, form, ui).await,
        What::Rotate { which, source, keep } => put::rotate(which, source, *keep, ui).await,
    }
}

/// One secret in Secret Manager.
struct Kept {
    session: Session,
    versions: SecretVersions,
    reference: Reference,
    project: String,
    name: String,
}

/// The secret that is meant; the inner error as in [`session::open`].
async fn open(which: &Which, ui: &Ui) -> Result<Result<Kept, Exit>, Failure> {
    let session = match session::open(&which.look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(Err(exit)),
    };
    let key = which.key.as_str();
    let declared = |env: &String| session.project.secrets(env).get(key).cloned();
    let places: BTreeSet<Reference> = session.environments.iter().filter_map(declared).collect();
    let mut places = places.into_iter();
    let reference = match (places.next(), places.next()) {
        (Some(reference), None) => reference,
        (Some(_), Some(_)) => {
            let summary = format!("`{key}` is another secret in each environment");
            return Err(Failure::new(Exit::Error, summary).hint("choose one with -e"));
        }
        (None, _) => return Err(unknown(key, &session)),
    };
    let Reference::Google { project, name } = reference.clone() else {
        let summary = format!("`{key}` is not in Secret Manager: it is {reference}");
        return Err(Failure::new(Exit::Error, summary).hint("change its value there"));
    };
    let versions = SecretVersions::new(&session.connection);
    Ok(Ok(Kept { session, versions, reference, project, name }))
}

fn unknown(key: &str, session: &Session) -> Failure {
    let all: Vec<_> = session.environments.iter().map(|env| session.project.secrets(env)).collect();
    let keys: BTreeSet<&str> = all.iter().flat_map(|secrets| secrets.keys().copied()).collect();
    let near = keys
        .iter()
        .max_by(|a, b| strsim::jaro_winkler(a, key).total_cmp(&strsim::jaro_winkler(b, key)));
    let failure = Failure::new(Exit::Error, format!("no secret `{key}` is declared here"));
    match near {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("declare it under `secrets:`, as in `hub-oauth: { make: {} }`"),
    }
}

/// Why the cloud did not do it.
fn failed(summary: String, error: &ProviderError) -> Failure {
    let exit = if error.is_permission() { Exit::Permission } else { Exit::Error };
    let failure = Failure::new(exit, summary).because(error);
    match error {
        ProviderError::NotFound { .. } => {
            failure.hint("`leap-infra apply` makes it, if it says `make:`")
        }
        _ => failure,
    }
}
