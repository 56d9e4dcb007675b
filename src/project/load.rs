//! From a folder to a declaration that was checked in every environment.

use crate::project::access;
use crate::project::check::check;
use crate::project::clusters::{Tables, load_tables};
use crate::project::declaration::Declaration;
use crate::project::environments::{Gathered, gather};
use crate::project::files::{self, STACK_FILE};
use crate::project::hubs::{self, Texts};
use crate::project::layout::Laid;
use crate::project::problem::{Findings, Problem, Range, Sources};
use crate::project::releases::{Lock, load_lock};
use crate::project::schema::DECLARATION;
use crate::project::sections::CHECKS;
use crate::project::tree::{
    Key, Node, Overridden, Value, fill, lay, only_plain, placeholders, read,
};
use std::collections::BTreeMap;
use std::io::ErrorKind::NotFound;
use std::path::Path;
use std::sync::Arc;

/// Short names for the paths of some values in `${…}`.
const SHORT: [(&str, &str); 2] = [("project", "cloud.project"), ("region", "cloud.region")];

/// Everything that was found, whether or not it can be used.
pub(crate) struct Loaded {
    /// The sections of the stack before anything is laid over them.
    pub(crate) base: Node,
    pub(crate) layout: Vec<Laid>,
    pub(crate) sources: Sources,
    pub(crate) findings: Findings,
}

/// Reads and checks everything; with `top`, nothing above that folder.
pub(crate) fn load(folder: &Path, shown: &Path, top: Option<&Path>) -> Loaded {
    let (mut sources, mut findings) = (Sources::new(), Findings::default());
    let (base, whole) = sections(folder, shown, &mut sources, &mut findings);
    only_plain(&base, &mut findings);
    placeholders(&base, &sources, &mut findings);
    let environments = gather(folder, shown, top, &mut sources, &mut findings);
    let tables = Arc::new(load_tables(folder, shown, &mut sources, &mut findings));
    let lock = Arc::new(load_lock(folder, shown, &mut sources, &mut findings));
    let templates = Arc::new(hubs::load_templates(folder, shown, &mut sources, &mut findings));
    let suffixes = Arc::new(suffixes(&environments));
    let known = Known { tables, lock, templates, folder, suffixes };
    let mut layout: Vec<Laid> = Vec::new();
    let mut lost = Vec::new();
    for gathered in &environments {
        let tree = merged(&base, gathered, &sources, &mut findings);
        let unusable = check(&DECLARATION, &tree, &mut findings);
        lost.extend(unusable.iter().filter(|path| path.len() <= 2).cloned());
        layout.extend(laid(gathered, tree, &unusable, known.clone(), &mut findings));
    }
    let rosters = access::load(folder, shown, &layout, &mut sources, &mut findings);
    layout.iter_mut().for_each(|laid| laid.rosters = Arc::clone(&rosters));
    if !whole {
        // What is missing may stand in the file that could not be read.
        findings.retain(|problem| problem.code != "missing-key");
    }
    let lenient = findings.list().iter().all(|problem| LENIENT.contains(&problem.code));
    if layout.len() == environments.len() {
        let mut found = Findings::default();
        CHECKS.iter().for_each(|check| check(&layout, &mut found));
        // Where a setting could not be used, what it would go together with cannot be told; what
        // refers to nothing can, unless that is a whole entry that could not be used.
        found.retain(|problem| lenient || problem.code == "reference" && !may_mean(problem, &lost));
        found.sorted().into_iter().for_each(|problem| findings.push(problem));
    }
    about_placeholders(&mut findings);
    Loaded { base, layout, sources, findings }
}

/// Whether a reference may mean one of these sections and entries.
fn may_mean(problem: &Problem, lost: &[Vec<String>]) -> bool {
    lost.iter().any(|path| match path.as_slice() {
        [_, entry] => problem.message.contains(&format!("`{entry}`")),
        _ => true,
    })
}

/// What is still to be filled in is nothing else that is wrong.
fn about_placeholders(findings: &mut Findings) {
    const FOLLOWS: [&str; 4] = ["format", "bucket-name", "reference", "unknown-value"];
    let open = findings.list().iter().filter(|problem| problem.code == "placeholder");
    let open: Vec<Range> = open.map(|problem| problem.range.clone()).collect();
    findings.retain(|problem| {
        let Range { file, start, end } = &problem.range;
        let holds = |open: &Range| open.file == *file && open.start >= *start && open.end <= *end;
        !(FOLLOWS.contains(&problem.code) && open.iter().any(holds))
    });
}

/// Problems that do not stand in the way of looking at the rest.
const LENIENT: [&str; 10] = [
    "unknown-key",
    "format",
    "out-of-range",
    "placeholder",
    "duplicate-key",
    "duplicate-entry",
    "list-replaced",
    "yml-not-read",
    "missing-members",
    "members-file",
];

/// The sections of all files of the folder in one tree, and whether every file could be read.
fn sections(
    folder: &Path,
    shown: &Path,
    sources: &mut Sources,
    findings: &mut Findings,
) -> (Node, bool) {
    let range = Range::file(&files::shown(shown, Path::new(STACK_FILE)));
    let mut whole = true;
    let mut sections: Vec<(Key, Node)> = Vec::new();
    let mut paths = files::listed(folder, shown, "yaml", findings);
    // The stack's own file first, also when it is missing: then that is said.
    let stack_file = folder.join(STACK_FILE);
    paths.retain(|path| *path != stack_file);
    if std::fs::symlink_metadata(&stack_file).is_err_and(|why| why.kind() == NotFound) {
        // What else is in a folder that is no stack is nobody's mistake.
        paths.clear();
    }
    paths.insert(0, stack_file);
    for path in paths {
        let Some(node) = read(&path, &files::shown(shown, &path), sources, findings) else {
            whole = false;
            continue;
        };
        let Value::Map(entries) = node.value else { continue };
        for (key, node) in entries {
            match sections.iter().find(|(known, _)| known.name == key.name) {
                Some((first, _)) => findings.push(twice(&key, first)),
                None => sections.push((key, node)),
            }
        }
    }
    for path in files::listed(folder, shown, "yml", findings) {
        let range = Range::file(&files::shown(shown, &path));
        let problem = Problem::warning("yml-not-read", &range, "this file is not read");
        findings.push(problem.suggest("let its name end in `.yaml`".to_owned()));
    }
    (Node::new(Value::Map(sections), range), whole)
}

fn twice(key: &Key, first: &Key) -> Problem {
    let message = format!("the section `{}` is in two files", key.name);
    let problem = Problem::error("section-twice", &key.range, message);
    problem.related(&first.range, "first written here").expected("each section in one file only")
}

/// The tree of one environment: laid over, and filled in.
fn merged(base: &Node, gathered: &Gathered, sources: &Sources, findings: &mut Findings) -> Node {
    let Gathered { environment, own, over } = gathered;
    let over = over.as_ref().filter(|over| !over.is_blank());
    let laid = over.and_then(|over| match over.value {
        Value::Map(_) => lay(Some(base), over, findings),
        _ => {
            let problem = Problem::error("wrong-type", &over.range, "`over` should be sections");
            findings.push(problem.expected("sections, as in the files of the stack"));
            None
        }
    });
    let mut tree = laid.unwrap_or_else(|| base.clone());
    if let Some(project) = own.child("project") {
        own_project(&mut tree, project);
    }
    let fixed = [("env", &environment.name), ("suffix", &environment.suffix)];
    let fixed = fixed.map(|(name, value)| (name, value.clone())).into();
    let short = BTreeMap::from(SHORT);
    let mut filled = fill(&tree, &fixed, &short, sources, findings);
    hubs::resemble(&mut filled);
    filled
}

/// Puts an environment's own project in the place of the stack's.
fn own_project(tree: &mut Node, project: &Node) {
    let Value::Map(sections) = &mut tree.value else { return };
    let cloud = sections.iter_mut().find(|(key, _)| key.name == "cloud");
    let Some((_, Node { value: Value::Map(cloud), .. })) = cloud else { return };
    let place = cloud.iter_mut().find(|(key, _)| key.name == "project");
    if let Some((_, below)) = place {
        let was = Overridden { range: below.range.clone(), value: below.short() };
        let overrode = below.overrode.iter().cloned().chain([was]).collect();
        *below = Node { overrode, ..project.clone() };
    } else {
        let key = Key { name: "project".to_owned(), range: project.range.clone() };
        cloud.push((key, project.clone()));
    }
}

/// How derived names end in each environment.
fn suffixes(environments: &[Gathered]) -> BTreeMap<String, String> {
    let suffix = |one: &Gathered| (one.environment.name.clone(), one.environment.suffix.clone());
    environments.iter().map(suffix).collect()
}

/// What all environments know beside what is declared.
#[derive(Clone)]
struct Known<'a> {
    tables: Arc<Tables>,
    lock: Arc<Lock>,
    templates: Arc<Texts>,
    folder: &'a Path,
    suffixes: Arc<BTreeMap<String, String>>,
}

/// The environment as types, if it has them.
fn laid(
    gathered: &Gathered,
    tree: Node,
    unusable: &[Vec<String>],
    known: Known<'_>,
    findings: &mut Findings,
) -> Option<Laid> {
    let mut usable = tree.clone();
    unusable.iter().for_each(|path| usable.prune(path));
    match serde_json::from_value::<Declaration>(usable.json()) {
        Ok(declaration) => {
            let environment = gathered.environment.clone();
            let rosters = access::Rosters::default();
            let Known { tables, lock, templates, folder, suffixes } = known;
            let folder = folder.to_owned();
            Some(Laid {
                environment,
                tree,
                declaration,
                tables,
                lock,
                folder,
                templates,
                suffixes,
                rosters,
                day: None,
            })
        }
        Err(error) if !findings.stop() => {
            findings.push(Problem::error("type", &tree.range, error.to_string()));
            None
        }
        Err(_) => None,
    }
}
