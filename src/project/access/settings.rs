//! The types of what is written about access: categories of people, and what each one gives.
//! What is not said is not given.

use super::team::TeamName;
use crate::project::managed::Manage;
use crate::providers::github::github_team;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who may do what: categories of people, each with a team on GitHub.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// The organization on GitHub that the teams are in, as in `leap-stc`.
    #[schemars(extend("format" = "github-login"))]
    pub organization: String,
    /// People, by their keys in `people`, who own the organization. They are made owners, and
    /// nobody is ever made less.
    #[serde(default)]
    pub owners: Vec<String>,
    /// Where people are told that their time will be over, by `leap-infra access notices`.
    #[serde(default)]
    pub notices: Notices,
    /// The categories, by a short key.
    #[serde(default)]
    pub categories: BTreeMap<String, Category>,
}

/// Where people are told that their time will be over: 30 days before, and once more 7 days before.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notices {
    /// How they are told.
    #[serde(default)]
    pub to: To,
    /// The repository of the organization in which issues are opened.
    #[serde(default)]
    pub repository: Option<String>,
}

/// How people are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// By a file for each of them, which somebody mails.
    #[default]
    File,
    /// By an issue on GitHub that names them.
    Issue,
}

/// Where notices go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NoticesTo {
    /// Into files.
    #[default]
    Files,
    /// Into issues.
    Issues {
        /// The organization.
        owner: String,
        /// The repository.
        repository: String,
    },
}

/// A category of people: who is in it, and what that gives them. Somebody in two has what both
/// give.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Whom it is for, in a sentence that they understand.
    #[serde(default)]
    #[schemars(extend("format" = "short-text"))]
    pub description: Option<String>,
    /// The team on GitHub: its slug, or what is to be made. `other-organization:slug` is only read.
    pub team: Team,
    /// Whose the people in the team are: `unmanaged` (whoever GitHub says), `at-least: FILE` (those
    /// in the file; others may be there as well), or `exact: FILE` (those in the file and nobody
    /// else).
    pub members: Members,
    /// People, by their keys in `people`, who may add and remove members on GitHub.
    #[serde(default)]
    pub maintainers: Vec<String>,
    /// Another category that one must be in as well. This one adds to what that one gives, and
    /// lets nobody in by itself.
    #[serde(default)]
    pub requires: Option<String>,
    /// Whether people in teams below this one count as being in it. A hub asks for the team itself,
    /// so where they count, it has to ask for those below as well.
    #[serde(default)]
    pub children: Children,
    /// The last day of the category: nobody is in it afterwards.
    #[serde(default)]
    #[schemars(extend("format" = "day"))]
    pub until: Option<String>,
    /// What it gives on hubs, by their keys.
    #[serde(default)]
    pub hubs: BTreeMap<String, OnHub>,
    /// What it gives on buckets, by their keys: needs a hub with `identity: { per: category }`.
    #[serde(default)]
    pub buckets: BTreeMap<String, BucketRight>,
    /// Folders that its people share, on every hub that they may log in to.
    #[serde(default)]
    pub folders: Vec<Folder>,
    /// What the team may do in repositories of the organization: `read`, `triage`, `write`,
    /// `maintain`, `admin` or a role of the organization's own, by the name of the repository.
    #[serde(default)]
    pub repositories: BTreeMap<String, String>,
    /// How much the home of each person may hold, as in `100 GB`; of several the most.
    #[serde(default)]
    #[schemars(extend("format" = "volume"))]
    pub home_quota: Option<String>,
}

/// A team on GitHub.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Team {
    /// Its slug, as in `leap-pangeo-users`, or `other-organization:slug`.
    Called(#[schemars(extend("format" = "github-team"))] String),
    /// As in `{ name: LEAP Pangeo users, parent: leap }`.
    Made(MadeTeam),
}

/// A team of the organization.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MadeTeam {
    /// What people see. GitHub makes the slug of it.
    pub name: String,
    /// The slug of the team that it stands below.
    #[serde(default)]
    pub parent: Option<String>,
    /// Who can see it.
    #[serde(default)]
    pub privacy: Privacy,
    /// Whether its members are notified when it is mentioned.
    #[serde(default)]
    pub notifications: Notifications,
    /// How far the team is managed: `observe` looks and never touches, `mark` may mark it as ours
    /// and changes nothing else, `full` makes it what is declared.
    #[serde(default)]
    pub manage: Manage,
}

/// Who can see a team.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Privacy {
    /// Everybody in the organization.
    #[default]
    Closed,
    /// Its members and the owners of the organization. Such a team has no parent and no children.
    Secret,
}

/// Whether the members of a team are notified when it is mentioned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Notifications {
    /// They are.
    #[default]
    Enabled,
    /// They are not.
    Disabled,
}

/// Whose the people in a team are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Members {
    /// Whoever GitHub says; only read.
    Unmanaged,
    /// Those in a file are in it, as in `people/research.yaml`; others may be as well, and stay.
    AtLeast(String),
    /// Those in a file are in it, and nobody else.
    Exact(String),
}

/// Whether people in teams below one count as being in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Children {
    /// They do.
    Included,
    /// They do not.
    #[default]
    LeftOut,
}

/// What a category gives on a hub.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnHub {
    /// Whether its people may log in.
    #[serde(default)]
    pub login: bool,
    /// Profiles that they may start, with everything that can be chosen in them.
    #[serde(default)]
    pub profiles: Vec<String>,
    /// Profiles of which they may start only some choices, as in `{ gpu: [t4] }`.
    #[serde(default)]
    pub choices: BTreeMap<String, Vec<String>>,
    /// Whether they may administer the hub: see and enter the servers of everybody.
    #[serde(default)]
    pub admin: bool,
}

/// What may be done with a bucket.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum BucketRight {
    /// List and read objects.
    Read,
    /// That, and write and delete them.
    Write,
}

/// A folder that people share.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Folder {
    /// Where people see it, as in `~/shared-group`.
    pub path: String,
    /// What it is called on the disk, as in `_shared-group`.
    pub stored_as: String,
    /// What they may do in it.
    pub mode: Mode,
}

/// What may be done in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Read.
    ReadOnly,
    /// Read and write.
    ReadWrite,
}

impl NoticesTo {
    pub(super) fn of(access: &Access) -> Self {
        match (access.notices.to, &access.notices.repository) {
            (To::Issue, Some(repository)) => {
                Self::Issues { owner: access.organization.clone(), repository: repository.clone() }
            }
            _ => Self::Files,
        }
    }
}

impl Members {
    /// The file that says who they are.
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::Unmanaged => None,
            Self::AtLeast(file) | Self::Exact(file) => Some(file),
        }
    }

    /// Whether there may be others than those who are declared.
    pub fn is_open(&self) -> bool {
        !matches!(self, Self::Exact(_))
    }

    pub(super) fn spec(&self) -> github_team::Members {
        match self {
            Self::Unmanaged => github_team::Members::Unmanaged,
            Self::AtLeast(_) => github_team::Members::AtLeast,
            Self::Exact(_) => github_team::Members::Exact,
        }
    }
}

impl Category {
    /// The team, and the organization that it is in.
    pub(crate) fn team(&self, organization: &str) -> TeamName {
        match &self.team {
            Team::Called(text) => TeamName::parse(text, organization),
            Team::Made(made) => TeamName {
                organization: organization.to_owned(),
                slug: github_team::slug_of(&made.name),
            },
        }
    }
}

impl BucketRight {
    /// In a word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

impl Mode {
    /// In a word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::ReadOnly => "read-only",
            Self::ReadWrite => "read-write",
        }
    }
}
