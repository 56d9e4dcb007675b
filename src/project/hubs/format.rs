//! The forms of texts in a hub's settings.

use crate::project::format::Wrong;

/// Whether a text can be where a hub is found.
/// <https://www.rfc-editor.org/rfc/rfc1123#section-2.1>
pub(crate) fn hub_domain(text: &str) -> Result<(), Wrong> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(allowed)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let good = |text: &str| text.len() <= 253 && text.contains('.') && text.split('.').all(label);
    if good(text) {
        return Ok(());
    }
    let bare = text.trim_start_matches("https://").trim_end_matches('/').to_lowercase();
    let meant = good(&bare).then(|| format!("write `{bare}`"));
    Err(Wrong::expected("a domain in small letters, as in `hub.leap.example.org`").suggest(meant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_was_pasted_is_told_as_its_domain() {
        assert_eq!(hub_domain("hub.leap.example.org"), Ok(()));
        let wrong = hub_domain("https://Hub.leap.example.org/").unwrap_err();
        assert_eq!(wrong.suggestion.as_deref(), Some("write `hub.leap.example.org`"));
        assert!(hub_domain("hub").is_err());
    }
}
