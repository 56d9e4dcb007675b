//! Reads a question: names, arguments and what is asked of each, without fragments and directives.
//! <https://spec.graphql.org/October2021/#sec-Language>

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::vec::IntoIter;

use serde_json::{Value, json};

/// One thing that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    pub(super) name: String,
    arguments: BTreeMap<String, Value>,
    /// What is asked of it.
    pub(super) fields: Vec<Field>,
}

impl Field {
    pub(super) fn argument(&self, name: &str) -> &Value {
        self.arguments.get(name).unwrap_or(&Value::Null)
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.argument(name).as_str().unwrap_or_default()
    }
}

/// What a question asks for, its variables filled in; none if it cannot be read.
pub(super) fn read(text: &str, variables: &Value) -> Option<Vec<Field>> {
    let words = words(text);
    // Whatever stands before the first brace only names the question and its variables.
    let start = words.iter().position(|word| word == "{")?;
    let mut words = words.into_iter().skip(start + 1).collect::<Vec<_>>().into_iter().peekable();
    let fields = fields(&mut words, variables, DEEPEST)?;
    words.next().is_none().then_some(fields)
}

/// How far questions may be nested.
const DEEPEST: usize = 20;

type Words = Peekable<IntoIter<String>>;

fn fields(words: &mut Words, variables: &Value, deeper: usize) -> Option<Vec<Field>> {
    let deeper = deeper.checked_sub(1)?;
    let mut fields = Vec::new();
    loop {
        let name = words.next()?;
        match name.as_str() {
            "}" => return Some(fields),
            name if !is_name(name) => return None,
            _ => {}
        }
        let mut field = Field { name, arguments: BTreeMap::new(), fields: Vec::new() };
        if words.next_if_eq("(").is_some() {
            field.arguments = arguments(words, variables)?;
        }
        if words.next_if_eq("{").is_some() {
            field.fields = self::fields(words, variables, deeper)?;
        }
        fields.push(field);
    }
}

fn arguments(words: &mut Words, variables: &Value) -> Option<BTreeMap<String, Value>> {
    let mut arguments = BTreeMap::new();
    loop {
        let name = words.next()?;
        if name == ")" {
            return Some(arguments);
        }
        words.next_if_eq(":")?;
        let value = words.next()?;
        let value = match value.strip_prefix('$') {
            Some(name) => variables[name].clone(),
            // Numbers and texts are written as in JSON; words stand for values of an enum.
            None => serde_json::from_str(&value).unwrap_or_else(|_| json!(value)),
        };
        arguments.insert(name, value);
    }
}

fn is_name(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The words of a question: names, texts, and signs of one character. Commas are spaces.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        let part = quoted || c.is_ascii_alphanumeric() || "_$-\"".contains(c);
        if c == '"' {
            quoted = !quoted;
        }
        if part {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if !c.is_whitespace() && c != ',' {
            words.push(c.to_string());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_with_its_variables() {
        let text = "query($o: String!) { organization(login: $o) { team(slug: \"a b\", first: 2) { slug } login } }";
        let fields = read(text, &json!({ "o": "leap" })).unwrap();
        assert_eq!(fields[0].text("login"), "leap");
        let team = &fields[0].fields[0];
        assert_eq!((team.text("slug"), team.argument("first")), ("a b", &json!(2)));
        assert_eq!(fields[0].fields[1].name, "login");
    }

    #[test]
    fn half_a_question_is_none() {
        assert_eq!(read(&"{ a ".repeat(100_000), &Value::Null), None);
        for text in ["", "query", "{ a", "{ a(b: }", "{ a } }", "{ ...x }"] {
            assert_eq!(read(text, &Value::Null), None, "{text}");
        }
    }
}
