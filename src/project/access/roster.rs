//! The files that say who is in a category, `people/research.yaml`: people or logins, with dates.
//! They lie in folders below the stack's, where no sections are looked for.

use super::settings::Members;
use crate::project::check::check;
use crate::project::files;
use crate::project::layout::Laid;
use crate::project::problem::{Findings, Problem, Sources};
use crate::project::tree::{Node, read};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, LazyLock};

/// Who is in a category.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MembersFile {
    /// The people. Who left may stay here with an `until:` that is over.
    pub members: Vec<Member>,
}

/// One person in a category; say exactly one of `person` and `login`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Their key in `people`.
    #[serde(default)]
    pub person: Option<String>,
    /// Their login on GitHub, for who is not in `people`.
    #[serde(default)]
    #[schemars(extend("format" = "github-login"))]
    pub login: Option<String>,
    /// The number of their account, which stays when the login is changed.
    #[serde(default)]
    pub id: Option<u64>,
    /// The first day.
    #[serde(default)]
    #[schemars(extend("format" = "day"))]
    pub since: Option<String>,
    /// The last day.
    #[serde(default)]
    #[schemars(extend("format" = "day"))]
    pub until: Option<String>,
    /// The day on which it was decided that they leave. A week later, removing them counts no
    /// longer among the removals that a plan may make at once.
    #[serde(default)]
    #[schemars(extend("format" = "day"))]
    pub decided: Option<String>,
    /// What they may do in the team: be in it, or change who is.
    #[serde(default)]
    pub role: Role,
    /// Why they are in it, or who vouches for them.
    #[serde(default)]
    pub note: Option<String>,
}

/// What somebody may do in a team.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Be in it.
    #[default]
    Member,
    /// Change it, and who is in it.
    Maintainer,
}

/// One of these files as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Roster {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// The tree, for positions.
    pub(crate) node: Node,
    /// The people, one for each entry of the tree.
    pub(crate) members: Vec<Member>,
}

/// All of these files, by the path that declares them.
pub(crate) type Rosters = Arc<BTreeMap<String, Roster>>;

/// The schema of a file of members.
pub(crate) static MEMBERS: LazyLock<Json> =
    LazyLock::new(|| schemars::schema_for!(MembersFile).to_value());

/// Reads every file of members that a category of any environment names.
pub(crate) fn load(
    folder: &Path,
    shown: &Path,
    layout: &[Laid],
    sources: &mut Sources,
    findings: &mut Findings,
) -> Rosters {
    let mut rosters = BTreeMap::new();
    for (written, node) in layout.iter().flat_map(named) {
        if rosters.contains_key(&written) {
            continue;
        }
        let file = Path::new(&written);
        if let Some(problem) = misplaced(file, node) {
            findings.push(problem);
            continue;
        }
        let place = file.parent().unwrap_or(Path::new(""));
        let shown = files::shown(&shown.join(place), file);
        let path = folder.join(file);
        if !path.exists() {
            let message = format!("there is no file `{written}` in the folder of the stack");
            let problem = Problem::error("missing-members", &node.range, message);
            let help = "make it; with nobody in it: `members: []`".to_owned();
            findings.push(problem.suggest(help));
            continue;
        }
        let Some(node) = read(&path, &shown, sources, findings) else { continue };
        rosters.extend(roster(path, node, findings).map(|roster| (written, roster)));
    }
    Arc::new(rosters)
}

/// The files that an environment names, and where.
fn named(laid: &Laid) -> Vec<(String, &Node)> {
    let written = laid.tree.at(["access", "categories"]).map(Node::entries).unwrap_or_default();
    let categories = laid.declaration.access.iter().flat_map(|access| &access.categories);
    let named = categories.filter_map(|(key, category)| {
        let node = &written.iter().find(|(known, _)| known.name == *key)?.1;
        let (file, members) = (category.members.file()?, node.child("members")?);
        let word = if matches!(category.members, Members::Exact(_)) { "exact" } else { "at-least" };
        Some((file.to_owned(), members.child(word)?))
    });
    named.collect()
}

/// A file of members lies below the folder of the stack and not in it, where sections are.
fn misplaced(file: &Path, node: &Node) -> Option<Problem> {
    let inside = file.components().all(|part| matches!(part, Component::Normal(_)));
    let yaml = file.extension().is_some_and(|ending| ending == "yaml");
    if inside && yaml && file.components().count() > 1 {
        return None;
    }
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let message = format!("`{}` cannot be a file of members", file.display());
    let problem = Problem::error("members-file", &node.range, message);
    let problem =
        problem.expected("a file below the folder of the stack, as in `people/research.yaml`");
    Some(problem.suggest(format!("write `people/{name}.yaml`")))
}

fn roster(path: PathBuf, node: Node, findings: &mut Findings) -> Option<Roster> {
    let mut found = Findings::default();
    let unusable = check(&MEMBERS, &node, &mut found);
    let usable = unusable.is_empty() && !found.stop();
    found.sorted().into_iter().for_each(|problem| findings.push(problem));
    let members = serde_json::from_value::<MembersFile>(node.json()).ok().filter(|_| usable)?;
    Some(Roster { path, node, members: members.members })
}

impl Roster {
    /// The entries as they were written, one for each member.
    pub(crate) fn entries(&self) -> &[Node] {
        self.node.child("members").map(Node::items).unwrap_or_default()
    }
}
