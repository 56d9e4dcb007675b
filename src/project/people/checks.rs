//! What the schema cannot say about people.

use crate::project::format::day;
use crate::project::layout::Laid;
use crate::project::problem::{Findings, Problem, Range};
use crate::project::tree::Node;
use crate::project::words::nearest;
use std::collections::BTreeMap;

/// What tells one person from every other, with the path to it.
const UNIQUE: [(&str, &[&str]); 3] =
    [("login", &["github", "login"]), ("id", &["github", "id"]), ("ORCID", &["orcid"])];

/// Checks the people of all environments.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    for laid in layout {
        let people = laid.tree.child("people").map(Node::entries).unwrap_or_default();
        for (what, path) in UNIQUE {
            let mut taken: BTreeMap<String, &Range> = BTreeMap::new();
            for (_, person) in people {
                let Some(node) = person.at(path.iter().copied()) else { continue };
                // GitHub does not tell capitals from small letters.
                let Some(first) = taken.insert(node.short().to_lowercase(), &node.range) else {
                    continue;
                };
                let message = format!("two people have the {what} `{}`", node.short());
                let problem = Problem::error("person-twice", &node.range, message);
                findings.push(problem.related(first, "the other one").expected("one entry each"));
            }
        }
        let posts = people.iter().filter_map(|(_, person)| person.child("roles"));
        findings.extend(posts.flat_map(Node::items).filter_map(span));
    }
}

/// What ends does not begin afterwards.
pub(crate) fn span(node: &Node) -> Option<Problem> {
    let (since, until) = (node.child("since")?, node.child("until")?);
    let (first, last) = (day(since.text()?)?, day(until.text()?)?);
    (last < first).then(|| {
        let message = format!("it ends on {last}, before it begins on {first}");
        let problem = Problem::error("dates", &until.range, message);
        problem.related(&since.range, "it begins here").expected("the last day, on or after that")
    })
}

/// A text that names a person means one that there is.
pub(crate) fn refers(laid: &Laid, node: &Node) -> Option<Problem> {
    let key = node.text()?;
    let people = &laid.declaration.people;
    let message = match people.get(key) {
        Some(person) if person.github.is_some() => return None,
        Some(_) => format!("`{key}` has no account on GitHub, so nobody can be let in"),
        None => format!("there is no person `{key}` in `people`"),
    };
    let near = nearest(key, people.keys().map(String::as_str));
    let by_login = people.iter().find(|(_, person)| {
        person.github.as_ref().is_some_and(|account| account.login.eq_ignore_ascii_case(key))
    });
    let near = by_login.map(|(key, _)| key.as_str()).or(near);
    let near = near.filter(|near| *near != key).map(|near| format!("did you mean `{near}`?"));
    let problem = Problem::error("reference", &node.range, message);
    Some(problem.expected("the key of a person with `github:`").suggest(near))
}
