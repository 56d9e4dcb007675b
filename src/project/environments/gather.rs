//! Finding and reading the environments of a stack.

use super::{Environment, EnvironmentFile, order};
use crate::project::check::check;
use crate::project::files;
use crate::project::problem::{Findings, Problem, Range, Sources};
use crate::project::schema::{DECLARATION, ENVIRONMENT};
use crate::project::tree::{Node, Value, only_plain, placeholders, read};
use crate::project::words::{nearest, quoted};
use std::path::{Path, PathBuf};

/// One environment, how it was written, and what is laid over the stack there.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(crate) environment: Environment,
    /// The environment's own settings as they were written.
    pub(crate) own: Node,
    pub(crate) over: Option<Node>,
}

/// A file in an `environments/` folder.
struct File {
    /// Its name without `.yaml`.
    stem: String,
    /// How it is shown.
    shown: String,
    /// What is in it; nothing when it cannot be read.
    node: Option<Node>,
}

impl File {
    fn child(&self, name: &str) -> Option<&Node> {
        self.node.as_ref()?.child(name)
    }
}

/// Reads what environments a stack has, in the order of promotion.
pub(crate) fn gather(
    folder: &Path,
    shown: &Path,
    top: Option<&Path>,
    sources: &mut Sources,
    findings: &mut Findings,
) -> Vec<Gathered> {
    let own = (folder.join(files::ENVIRONMENTS), shown.join(files::ENVIRONMENTS));
    let own = read_all(&own, sources, findings);
    let contained = own.iter().any(|file| file.child("environment").is_some());
    let above = if contained { None } else { files::environments_above(folder, shown, top) };
    let mut gathered = Vec::new();
    let common = above.as_ref().map(|place| read_all(place, sources, findings));
    for file in common.unwrap_or_default() {
        findings.extend(of_one_stack(&file, shown));
        gathered.push(declared(&file, findings));
    }
    if above.is_none() && !contained {
        let range = Range::file(&files::shown(shown, Path::new(files::STACK_FILE)));
        let own = Node::new(Value::Map(Vec::new()), range.clone());
        gathered.push(Gathered { environment: Environment::only(&range), own, over: None });
    }
    // All declarations first: what is laid over one may stand in a file that sorts before it.
    let (declaring, overlays): (Vec<File>, Vec<File>) =
        own.into_iter().partition(|file| file.child("environment").is_some());
    gathered.extend(declaring.iter().map(|file| declared(file, findings)));
    for file in &overlays {
        overlay(file, &mut gathered, findings);
    }
    order(gathered, findings)
}

fn read_all(
    (folder, shown): &(PathBuf, PathBuf),
    sources: &mut Sources,
    findings: &mut Findings,
) -> Vec<File> {
    let mut read_files = Vec::new();
    for path in files::listed(folder, shown, "yaml", findings) {
        let shown = files::shown(shown, &path);
        let node = read(&path, &shown, sources, findings);
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        node.iter().for_each(|node| placeholders(node, sources, findings));
        read_files.push(File { stem, shown, node });
    }
    read_files
}

/// What a file that serves all stacks says of one.
fn of_one_stack(file: &File, shown: &Path) -> Option<Problem> {
    let (key, _) = file.node.as_ref()?.entry("over")?;
    let place = files::shown(&shown.join(files::ENVIRONMENTS), Path::new(&file.stem));
    let message = "this file serves all stacks, so it says nothing of a particular one";
    let problem = Problem::error("over-in-root", &key.range, message);
    Some(problem.suggest(format!("move `over:` to {place}.yaml")))
}

/// The environment that a file declares; as much of it as can be told, so that one mistake does
/// not look like many.
fn declared(file: &File, findings: &mut Findings) -> Gathered {
    let blank = || Node::new(Value::Map(Vec::new()), Range::file(&file.shown));
    let mut own = file.node.clone().unwrap_or_else(blank);
    let over = take(&mut own, "over");
    let mut known = own.clone();
    if file.node.is_some() {
        only_plain(&own, findings);
        check(&ENVIRONMENT, &own, findings).iter().for_each(|path| known.prune(path));
    }
    let text = |name: &str| own.child(name).and_then(Node::text).map(str::to_owned);
    let typed: EnvironmentFile = serde_json::from_value(known.json()).unwrap_or_else(|_| {
        let (environment, follows) = (file.stem.clone(), text("follows"));
        let suffix = text("suffix").unwrap_or_default();
        EnvironmentFile { environment, follows, suffix, ..EnvironmentFile::default() }
    });
    if let Some(name) = own.child("environment").filter(|_| typed.environment != file.stem) {
        let message = format!("the file is named `{}`, not `{}`", file.stem, typed.environment);
        let problem = Problem::error("environment-file", &name.range, message);
        findings.push(problem.expected("the name of the file without `.yaml`"));
    }
    let range = own.entry("environment").map_or(&own.range, |(key, _)| &key.range).clone();
    Gathered { environment: typed.into_environment(&range), own, over }
}

/// What a file in the stack's own `environments/` lays over the stack.
fn overlay(file: &File, gathered: &mut [Gathered], findings: &mut Findings) {
    let Some(node) = &file.node else { return };
    for (key, _) in node.entries().iter().filter(|(key, _)| key.name != "over") {
        let message = format!("`{}` says nothing here", key.name);
        let problem = Problem::error("unknown-key", &key.range, message);
        let problem = problem.expected("`over:`, and below it what differs in this environment");
        findings.push(problem.suggest(meant(&key.name)));
    }
    let found = gathered.iter().position(|known| known.environment.name == file.stem);
    let Some(position) = found else {
        let names: Vec<&str> = gathered.iter().map(|one| one.environment.name.as_str()).collect();
        let message = format!("there is no environment `{}`", file.stem);
        let near = nearest(&file.stem, names.iter().copied());
        let near = near.map(|near| format!("did you mean to name the file `{near}.yaml`?"));
        let range = node.entries().first().map_or(&node.range, |(key, _)| &key.range);
        let problem = Problem::error("unknown-environment", range, message);
        findings.push(problem.expected(format!("one of {}", quoted(&names))).suggest(near));
        return;
    };
    gathered[position].over = node.child("over").cloned();
}

/// What a key beside `over:` was probably meant to be.
fn meant(key: &str) -> String {
    let section = DECLARATION.pointer("/properties").is_some_and(|all| all.get(key).is_some());
    if section {
        return format!("write `over:` above `{key}:`, and `{key}:` two spaces further in");
    }
    match nearest(key, ["over", "environment"]) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "a file that declares an environment begins with `environment: NAME`".to_owned(),
    }
}

fn take(node: &mut Node, name: &str) -> Option<Node> {
    let Value::Map(entries) = &mut node.value else { return None };
    let position = entries.iter().position(|(key, _)| key.name == name)?;
    Some(entries.remove(position).1)
}
