//! The texts of a hub: its configuration in Python, the page where people log in, and the file
//! that greets them. An institution may put a text of its own in the place of each, by a file of
//! the same name in `templates/` beside its stack.

use handlebars::{Handlebars, html_escape, no_escape};
use serde::Serialize;
use std::collections::BTreeMap;

/// The folder of a stack that may hold templates of its own.
pub const FOLDER: &str = "templates";

/// Who is in which teams.
pub const TEAMS: &str = "hub-teams.py.hbs";
/// How people log in with GitHub.
pub const LOGIN: &str = "hub-login.py.hbs";
/// What people may start.
pub const SERVERS: &str = "hub-servers.py.hbs";
/// Which clusters of Dask people may start.
pub const DASK: &str = "hub-dask.py.hbs";
/// The page where people log in.
pub const HOME: &str = "hub-home.html.hbs";
/// The file that greets people.
pub const WELCOME: &str = "hub-welcome.md.hbs";

const SHIPPED: [(&str, &str); 6] = [
    (TEAMS, include_str!("../../templates/hub-teams.py.hbs")),
    (LOGIN, include_str!("../../templates/hub-login.py.hbs")),
    (SERVERS, include_str!("../../templates/hub-servers.py.hbs")),
    (DASK, include_str!("../../templates/hub-dask.py.hbs")),
    (HOME, include_str!("../../templates/hub-home.html.hbs")),
    (WELCOME, include_str!("../../templates/hub-welcome.md.hbs")),
];

/// The templates of a stack: those that are shipped, with its own in their place.
#[derive(Clone, Debug)]
pub struct Templates {
    texts: BTreeMap<String, String>,
}

/// Why a template gave no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct Failed {
    /// The line of the template.
    pub line: u32,
    /// What is wrong there.
    pub reason: String,
}

/// How people log in with GitHub.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Login {
    /// After how many seconds teams are read again.
    pub refresh: u64,
    /// For how many seconds what was read holds where GitHub does not answer.
    pub stale_after: u64,
}

/// Which clusters of Dask people may start.
#[derive(Clone, Debug, Serialize)]
pub struct Dask {
    /// What is declared, as a text of Python that holds JSON.
    pub rules: String,
    /// After how many seconds a cluster goes that does nothing.
    pub idle: u64,
}

/// What people read on the page where they log in, and in the file that greets them.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// The heading.
    pub heading: String,
    /// What they read below it.
    pub text: Option<String>,
    /// Links, by what they are called.
    pub links: BTreeMap<String, String>,
    /// Whom to ask.
    pub contact: Option<String>,
    /// How much a home may hold; none where there are no homes.
    pub home_quota: Option<String>,
    /// What can be opened beside JupyterLab, with the titles of the images that have it.
    pub apps: BTreeMap<String, String>,
    /// Buckets, by the variable that names them.
    pub buckets: BTreeMap<String, String>,
}

impl Default for Templates {
    fn default() -> Self {
        let owned = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
        Self { texts: SHIPPED.map(owned).into() }
    }
}

impl Templates {
    /// What templates there are.
    pub fn names() -> [&'static str; 6] {
        SHIPPED.map(|(name, _)| name)
    }

    /// Puts a text in the place of the one that is shipped.
    pub fn put(&mut self, name: &str, text: String) {
        self.texts.insert(name.to_owned(), text);
    }

    /// What a template says; nothing if there is none.
    pub fn text(&self, name: &str) -> &str {
        self.texts.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The text that a template gives. A name that has no value is an error, and not an empty line.
    ///
    /// # Errors
    /// When the template is wrong, with its line.
    pub fn render(&self, name: &str, values: &impl Serialize) -> Result<String, Failed> {
        let mut handlebars = Handlebars::new();
        handlebars.set_strict_mode(true);
        handlebars.register_escape_fn(if name == HOME { html_escape } else { no_escape });
        handlebars.register_template_string(name, self.text(name)).map_err(|error| {
            let line = error.pos().map_or(1, |(line, _)| line);
            Failed { line: line_number(line), reason: error.reason().to_string() }
        })?;
        handlebars.render(name, values).map_err(|error| {
            let line = error.line_no.unwrap_or(1);
            Failed { line: line_number(line), reason: error.reason().to_string() }
        })
    }
}

fn line_number(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_missing_is_told_with_its_line() {
        let mut templates = Templates::default();
        templates.put(LOGIN, "a\nb = {{refresh}}\nc = {{forgotten}}\n".to_owned());
        let login = Login { refresh: 1, stale_after: 2 };
        let failed = templates.render(LOGIN, &login).unwrap_err();
        assert_eq!(failed.line, 3);
        assert!(failed.reason.contains("forgotten"), "{}", failed.reason);
        templates.put(LOGIN, "a\n{{#if}}\n".to_owned());
        assert!(templates.render(LOGIN, &login).is_err());
    }

    #[test]
    fn the_page_escapes_what_people_write_and_python_does_not() {
        let page = Page {
            heading: "Ice & <snow>".to_owned(),
            text: None,
            links: BTreeMap::new(),
            contact: None,
            home_quota: None,
            apps: BTreeMap::new(),
            buckets: BTreeMap::new(),
        };
        let templates = Templates::default();
        let home = templates.render(HOME, &page).unwrap();
        assert!(home.contains("<h1>Ice &amp; &lt;snow&gt;</h1>"), "{home}");
        assert!(home.contains("\n{{ super() }}\n"), "{home}");
        assert!(templates.render(WELCOME, &page).unwrap().starts_with("# Ice & <snow>\n"));
    }
}
