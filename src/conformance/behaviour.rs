//! The lines of `docs/sandbox.md`: what the sandbox does, how that is known, and who checks it.

/// The document itself, as of this build.
const DOCUMENT: &str = include_str!("../../docs/sandbox.md");

/// The head of the last column of its tables.
const COLUMN: &str = "id";

/// One line of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// Its id, which the scenario bears that checks it; or what stands in its place: `test NAME`.
    pub id: String,
    /// What the cloud does.
    pub text: String,
    /// How that is known.
    pub source: String,
    /// The number of the line.
    pub line: usize,
}

impl Behaviour {
    /// Stands for a line that is missing from the document.
    pub(super) fn unwritten(id: &str) -> Self {
        let text = "not in the document".to_owned();
        Self { id: id.to_owned(), text, source: String::new(), line: 0 }
    }

    /// Where it is written.
    pub fn place(&self) -> String {
        format!("docs/sandbox.md:{}", self.line)
    }
}

/// Every line of the tables that have a column for ids.
pub fn behaviours() -> Vec<Behaviour> {
    read(DOCUMENT)
}

fn read(document: &str) -> Vec<Behaviour> {
    let mut found = Vec::new();
    let mut inside = false;
    for (number, line) in document.lines().enumerate() {
        let cells: Vec<&str> = match line.trim().strip_prefix('|') {
            Some(rest) => rest.trim_end_matches('|').split(" | ").map(str::trim).collect(),
            None => {
                inside = false;
                continue;
            }
        };
        if cells.first() == Some(&"behaviour") {
            inside = cells.last() == Some(&COLUMN) || cells.len() == 2;
        } else if inside && !cells[0].starts_with("--") {
            let cell = |at: usize| cells.get(at).copied().unwrap_or_default().to_owned();
            let id = cell(2).trim_matches('`').to_owned();
            found.push(Behaviour { id, text: cell(0), source: cell(1), line: number + 1 });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_are_read_with_their_ids() {
        let document = "| behaviour | source | id |\n|---|---|---|\n| a | *assumed* | `b-c` |\n\
                        | d | ours | test `e` |\n\n| other | x |\n|---|---|\n| f | g |\n";
        let lines = read(document);
        assert_eq!(lines.len(), 2);
        assert_eq!((&*lines[0].id, lines[0].line), ("b-c", 3));
        assert_eq!((&*lines[1].text, &*lines[1].source), ("d", "ours"));
    }
}
