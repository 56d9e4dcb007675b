//! Where something is declared: the lines that a person deletes to have it declared no longer.

use crate::model::Source;
use crate::project::Project;
use crate::project::tree::{Key, Node};
use std::collections::BTreeMap;
use std::fmt;

/// The lines of one entry of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The key of the entry.
    pub key: String,
    /// The file and the first and last line.
    pub lines: (String, u32, u32),
    /// What is laid over it, by file: the first line in it.
    pub laid_over: BTreeMap<String, u32>,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, first, last) = &self.lines;
        write!(f, "{file}:{first}")?;
        if last > first {
            write!(f, "-{last}")?;
        }
        write!(f, " (`{}`)", self.key)?;
        self.laid_over.iter().try_for_each(|(file, line)| write!(f, " and {file}:{line}"))
    }
}

impl Project {
    /// The entry that declares what has this source, in an environment.
    pub fn written(&self, env: &str, source: &Source) -> Option<Written> {
        let laid = self.layout.iter().find(|laid| laid.env() == env)?;
        let entries = laid.tree.entries().iter().flat_map(|(_, section)| section.entries());
        entries.map(|(key, node)| lines(key, node)).find(|written| {
            let (file, first, last) = &written.lines;
            *file == source.file && (*first..=*last).contains(&source.line)
        })
    }
}

fn lines(key: &Key, node: &Node) -> Written {
    let (file, first) = (key.range.file.to_string(), key.range.start.line);
    let (mut last, mut laid_over) = (first, BTreeMap::new());
    node.visit(&mut |node| {
        let leaf = node.items().is_empty() && node.entries().is_empty();
        if *node.range.file == *file {
            last = last.max(if leaf { node.range.end.line } else { node.range.start.line });
        } else {
            let line = laid_over.entry(node.range.file.to_string()).or_insert(u32::MAX);
            *line = node.range.start.line.min(*line);
        }
    });
    Written { key: key.name.clone(), lines: (file, first, last), laid_over }
}
