//! Looking at GitHub for a question about access: who is in the teams that it is about.

use super::clouds::{self, About};
use crate::cli::failure::{Failure, unreadable};
use crate::cli::session::{Session, patience};
use crate::cli::target::{Target, named};
use crate::cli::ui::Ui;
use crate::kind::ProviderError;
use crate::project::Project;
use crate::project::access::{Asked, OnGitHub, Otherwise, Past, Role, Seen, Sight};
use crate::providers::github::github_team_member;
use crate::providers::github::{AT_ONCE, Connection, Ended, Ending, Person, Reader};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use std::path::Path;

/// Whether somebody looks, and where.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(super) struct SightArgs {
    /// Hold the answer against GitHub as it is now, where the environments are: what differs from
    /// the declaration is marked
    #[arg(long, conflicts_with = "as_of")]
    look: bool,
    /// The same against the live GitHub, whatever the environments say
    #[arg(long, conflicts_with = "as_of")]
    live: bool,
}

/// What was seen, and where.
pub(super) struct Looked {
    pub(super) sight: Sight,
    /// What is otherwise in the clouds than declared, or why that cannot be told.
    pub(super) clouds: Result<Vec<Otherwise>, Failure>,
    /// For people.
    pub(super) place: &'static str,
    /// For programs.
    pub(super) word: &'static str,
}

impl SightArgs {
    /// Looks, if somebody asked for it.
    pub(super) async fn look(
        self,
        (asked, about): (&Asked<'_>, About<'_>),
        (project, folder): (&Project, &Path),
        environments: &[String],
        ui: &Ui,
    ) -> Result<Option<Looked>, Failure> {
        if !self.look && !self.live {
            return Ok(None);
        }
        let target = Target::open(project, folder, environments, self.live).await?;
        let connection = target.github_connection(patience(ui))?;
        let sight = sight(asked, project.name(), &connection).await;
        let sight = sight.map_err(|error| {
            let summary = "cannot see who is in the teams, so there is no answer".to_owned();
            Failure { summary, ..unreadable(&[error]) }
        })?;
        let (place, word) = (named(target.word()), target.word());
        let clouds = match about.is_in_clouds() {
            true => in_clouds(about, target, (project, folder), environments, ui).await,
            false => Ok(Vec::new()),
        };
        Ok(Some(Looked { sight, clouds, place, word }))
    }
}

/// What is otherwise in the clouds. Who sees the teams alone still gets the rest of the answer.
async fn in_clouds(
    about: About<'_>,
    target: Target,
    (project, folder): (&Project, &Path),
    environments: &[String],
    ui: &Ui,
) -> Result<Vec<Otherwise>, Failure> {
    let Ok(stack) = project.expand() else { return Ok(Vec::new()) };
    let declared = (project.clone(), stack);
    let session =
        Session::on(target, folder.to_owned(), declared, environments.to_vec(), ui).await?;
    clouds::otherwise(about, &session).await
}

async fn sight(
    asked: &Asked<'_>,
    stack: &str,
    connection: &Connection,
) -> Result<Sight, ProviderError> {
    let reader = &Reader::new(connection);
    let looks = asked.teams().into_iter().map(|team| async move {
        let (organization, slug) = &team;
        // Teams of others are read as they are called, and who is invited there is not told to us.
        let people = match asked.is_own(organization) {
            true => reader.people_of(organization, slug, stack).await?,
            false => reader.members_of(organization, slug).await?,
        };
        let people = people.iter().map(seen).collect();
        Ok::<_, ProviderError>((team, people))
    });
    let seen: Vec<_> = stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
    let mut sight = asked.sight(seen);
    for organization in asked.own_organizations() {
        let ended = reader.ended(&organization).await?;
        let past = ended.iter().map(|(login, ended)| (login.clone(), past(ended)));
        sight = sight.with_past(&organization, past.collect());
    }
    Ok(sight)
}

/// An invitation that ended, as the declaration speaks of people.
fn past(ended: &Ended) -> Past {
    let how = match ended.how {
        Ending::Expired => OnGitHub::Expired,
        Ending::Declined => OnGitHub::Declined,
        Ending::Failed(_) => OnGitHub::Failed,
    };
    Past { how, words: ended.to_string() }
}

/// A person of a team, as the declaration speaks of people.
pub(super) fn seen(person: &Person) -> Seen {
    let role = |role: github_team_member::Role| match role {
        github_team_member::Role::Member => Role::Member,
        github_team_member::Role::Maintainer => Role::Maintainer,
    };
    Seen { login: person.login.clone(), id: person.id, role: person.role.map(role) }
}
