//! `in:` of sections: which environments have a thing.

use crate::project::layout::Laid;
use crate::project::problem::{Findings, Problem};
use crate::project::tree::Node;
use crate::project::words::{nearest, quoted};

/// `in:` of every `thing` in a section (`buckets`, `dns.records`) names environments that exist, and at least one.
pub(crate) fn members(layout: &[Laid], section: &str, thing: &str, findings: &mut Findings) {
    let all: Vec<&str> = layout.iter().map(Laid::env).collect();
    for laid in layout {
        let things = laid.tree.at(section.split('.')).map(Node::entries).unwrap_or_default();
        for (key, node) in things {
            let Some(list) = node.child("in") else { continue };
            if list.items().is_empty() {
                let message = format!("no environment has the {thing} `{}`", key.name);
                let problem = Problem::warning("unused", &list.range, message);
                findings.push(problem.suggest("remove it, or name an environment".to_owned()));
            }
            for item in list.items() {
                findings.extend(item.text().and_then(|name| environment(name, item, &all)));
            }
        }
    }
}

fn environment(name: &str, item: &Node, all: &[&str]) -> Option<Problem> {
    (!all.contains(&name)).then(|| {
        let near = nearest(name, all.iter().copied());
        let near = near.map(|near| format!("did you mean `{near}`?"));
        let message = format!("there is no environment `{name}`");
        let problem = Problem::error("unknown-environment", &item.range, message);
        problem.expected(format!("one of {}", quoted(all))).suggest(near)
    })
}
