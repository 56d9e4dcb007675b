//! Finding and reading the environments of a stack.

use super::{Environment, EnvironmentFile, order};
use crate::project::check::check;
use crate::project::files;
use crate::project::problem::{Findings, Problem, Range, Sources};
use crate::project::schema::ENVIRONMENT;
use crate::project::tree::{Node, Value, only_plain, placeholders, read};
use crate::project::words::{nearest, quoted};
use std::path::{Path, PathBuf};

/// One environment, where its own project was written, and what is laid over the stack there.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(crate) environment: Environment,
    pub(crate) project: Option<Node>,
    pub(crate) over: Option<Node>,
}

/// A file in an `environments/` folder.
struct File {
    stem: String,
    node: Node,
}

/// Reads what environments a stack has, in the order of promotion.
pub(crate) fn gather(
    folder: &Path,
    shown: &Path,
    sources: &mut Sources,
    findings: &mut Findings,
) -> Vec<Gathered> {
    let own = (folder.join(files::ENVIRONMENTS), shown.join(files::ENVIRONMENTS));
    let own = read_all(&own, sources, findings);
    let contained = own.iter().any(|file| file.node.child("environment").is_some());
    let above = if contained { None } else { files::environments_above(folder, shown) };
    let mut gathered = Vec::new();
    let common = above.as_ref().map(|place| read_all(place, sources, findings));
    for file in common.unwrap_or_default() {
        if let Some((key, _)) = file.node.entry("over") {
            let place = files::shown(&shown.join(files::ENVIRONMENTS), Path::new(&file.stem));
            let message = "this file serves all stacks, so it says nothing of a particular one";
            let problem = Problem::error("over-in-root", &key.range, message);
            findings.push(problem.suggest(format!("move `over:` to {place}.yaml")));
        }
        gathered.extend(declared(&file, findings));
    }
    if above.is_none() && !contained {
        let range = Range::file(&files::shown(shown, Path::new(files::STACK_FILE)));
        let environment = Environment::only(&range);
        gathered.push(Gathered { environment, project: None, over: None });
    }
    // All declarations first: what is laid over one may stand in a file that sorts before it.
    let (declaring, overlays): (Vec<File>, Vec<File>) =
        own.into_iter().partition(|file| file.node.child("environment").is_some());
    gathered.extend(declaring.iter().filter_map(|file| declared(file, findings)));
    for file in &overlays {
        overlay(file, &mut gathered, findings);
    }
    sorted(gathered, findings)
}

fn read_all(
    (folder, shown): &(PathBuf, PathBuf),
    sources: &mut Sources,
    findings: &mut Findings,
) -> Vec<File> {
    let mut read_files = Vec::new();
    for path in files::ending(folder, "yaml").unwrap_or_default() {
        let node = read(&path, &files::shown(shown, &path), sources, findings);
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        read_files.extend(node.map(|node| File { stem, node }));
    }
    for file in &read_files {
        placeholders(&file.node, sources, findings);
    }
    read_files
}

/// The environment that a file declares.
fn declared(file: &File, findings: &mut Findings) -> Option<Gathered> {
    let mut own = file.node.clone();
    let over = take(&mut own, "over");
    only_plain(&own, findings);
    let before = findings.list().len();
    check(&ENVIRONMENT, &own, findings);
    if findings.list()[before..].iter().any(|problem| problem.code != "duplicate-entry") {
        return None;
    }
    let typed: EnvironmentFile = serde_json::from_value(own.json())
        .map_err(|error| findings.push(Problem::error("type", &own.range, error.to_string())))
        .ok()?;
    let (key, name) = own.entry("environment")?;
    if typed.environment != file.stem {
        let message = format!("the file is named `{}`, not `{}`", file.stem, typed.environment);
        let problem = Problem::error("environment-file", &name.range, message);
        findings.push(problem.expected("the name of the file without `.yaml`"));
    }
    let environment = typed.into_environment(&key.range);
    Some(Gathered { environment, project: own.child("project").cloned(), over })
}

/// What a file in the stack's own `environments/` lays over the stack.
fn overlay(file: &File, gathered: &mut [Gathered], findings: &mut Findings) {
    for (key, _) in file.node.entries().iter().filter(|(key, _)| key.name != "over") {
        let message = format!("`{}` says nothing here", key.name);
        let problem = Problem::error("unknown-key", &key.range, message);
        let problem = problem.expected("`over:`, and below it what differs in this environment");
        let close = nearest(&key.name, ["over"]).map(|_| "did you mean `over`?".to_owned());
        findings.push(problem.suggest(close.or(Some(
            "a file that declares an environment begins with `environment: NAME`".to_owned(),
        ))));
    }
    let found = gathered.iter().position(|known| known.environment.name == file.stem);
    let Some(position) = found else {
        let names: Vec<&str> = gathered.iter().map(|one| one.environment.name.as_str()).collect();
        let message = format!("there is no environment `{}`", file.stem);
        let near = nearest(&file.stem, names.iter().copied());
        let near = near.map(|near| format!("did you mean to name the file `{near}.yaml`?"));
        let range = file.node.entries().first().map_or(&file.node.range, |(key, _)| &key.range);
        let problem = Problem::error("unknown-environment", range, message);
        findings.push(problem.expected(format!("one of {}", quoted(&names))).suggest(near));
        return;
    };
    gathered[position].over = file.node.child("over").cloned();
}

fn sorted(gathered: Vec<Gathered>, findings: &mut Findings) -> Vec<Gathered> {
    let environments = gathered.iter().map(|one| one.environment.clone()).collect();
    let ordered = order(environments, findings);
    let mut gathered = gathered;
    gathered.sort_by_key(|one| ordered.iter().position(|other| other.name == one.environment.name));
    gathered
}

fn take(node: &mut Node, name: &str) -> Option<Node> {
    let Value::Map(entries) = &mut node.value else { return None };
    let position = entries.iter().position(|(key, _)| key.name == name)?;
    Some(entries.remove(position).1)
}
