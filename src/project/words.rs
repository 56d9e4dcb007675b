//! Words for messages: the nearest match, lists of names.

/// The one of `known` that `word` was probably meant to be.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // One mistake in three characters, but never more than three.
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    let scored = known.into_iter().filter(|candidate| *candidate != word).filter_map(|candidate| {
        let distance = strsim::damerau_levenshtein(word, candidate);
        let part = word.len() >= 4 && (candidate.contains(word) || word.contains(candidate));
        let begun = word.chars().zip(candidate.chars()).take_while(|(a, b)| a == b).count() >= 4;
        let close = distance <= allowed || part || begun && distance <= 3;
        close.then_some((distance, candidate))
    });
    scored.min().map(|(_, candidate)| candidate)
}

/// Names in backticks with commas between them.
pub(crate) fn quoted<S: AsRef<str>>(names: &[S]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    quoted.join(", ")
}

/// Names in backticks, as alternatives: `a`, `b` or `c`.
pub(crate) fn either<S: AsRef<str>>(names: &[S]) -> String {
    match names {
        [] => String::new(),
        [first @ .., last] if !first.is_empty() => {
            format!("{} or `{}`", quoted(first), last.as_ref())
        }
        _ => quoted(names),
    }
}

/// The first sentence of a description, without its full stop.
pub(crate) fn first_sentence(text: &str) -> String {
    let line = text.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let sentence = line.split(". ").next().unwrap_or_default();
    sentence.trim_end_matches('.').to_owned()
}

/// A sentence as it stands inside another one.
pub(crate) fn uncapitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match (letters.next(), letters.clone().next()) {
        // `CORS` stays as it is.
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_finds_what_was_meant() {
        let known = ["delete_after_days", "lifecycle", "logs_to"];
        assert_eq!(nearest("delete_after_day", known), Some("delete_after_days"));
        assert_eq!(nearest("lifecylce", known), Some("lifecycle"));
        assert_eq!(nearest("stage", ["staging", "prod"]), Some("staging"));
        assert_eq!(nearest("colour", known), None);
    }
}
