//! The page that says who may do what.

use super::{RenderError, Template, written};
use serde::Serialize;

const MARKDOWN: Template =
    Template { name: "access.md", text: include_str!("../../templates/access.md.hbs") };
const HTML: Template =
    Template { name: "access.html", text: include_str!("../../templates/access.html.hbs") };

/// Who may do what, as people read it.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// The stack.
    pub stack: String,
    /// Whose platform it is.
    pub institution: Option<String>,
    /// Whom to ask.
    pub contact: Option<String>,
    /// The day of which this is true.
    pub as_of: Option<String>,
    /// The categories of people.
    pub categories: Vec<Category>,
}

/// A category of people.
#[derive(Clone, Debug, Serialize)]
pub struct Category {
    /// What it is called.
    pub name: String,
    /// Whom it is for.
    pub description: Option<String>,
    /// The team.
    pub team: String,
    /// Where the team is found.
    pub team_page: String,
    /// The category that one must be in as well.
    pub requires: Option<String>,
    /// The last day.
    pub until: Option<String>,
    /// Whether there may be others than those who are named.
    pub others: bool,
    /// Whether anybody is named.
    pub declared: bool,
    /// Who is in it, as far as that is declared.
    pub people: Vec<Person>,
    /// What it gives.
    pub things: Vec<Thing>,
}

/// Somebody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Person {
    /// Their login on GitHub.
    pub login: String,
    /// What they are called.
    pub name: Option<String>,
    /// The last day.
    pub until: Option<String>,
}

/// Something that a category gives.
#[derive(Clone, Debug, Serialize)]
pub struct Thing {
    /// The thing.
    pub what: String,
    /// What may be done with it.
    pub level: String,
    /// The environments that it is in.
    pub places: String,
}

/// The page in Markdown.
///
/// # Errors
/// When the template is wrong.
pub fn markdown(page: &Page) -> Result<String, RenderError> {
    written(&MARKDOWN, page, markdown_text)
}

/// The page in HTML, by itself: no script, nothing that is loaded from elsewhere.
///
/// # Errors
/// When the template is wrong.
pub fn html(page: &Page) -> Result<String, RenderError> {
    written(&HTML, page, handlebars::html_escape)
}

/// A text that means nothing in Markdown, and calls nobody.
fn markdown_text(text: &str) -> String {
    let one = |c: char| match c {
        '|' | '`' | '*' | '_' | '<' | '[' | '\\' => format!("\\{c}"),
        '@' => "@\u{200b}".to_owned(),
        '\n' | '\r' => " ".to_owned(),
        c => c.to_string(),
    };
    text.chars().map(one).collect()
}
