//! The forms of texts in what is in clusters.

use crate::project::format::Wrong;

/// Whether a text can be the name of a namespace, and of most objects that are in one.
/// <https://kubernetes.io/docs/concepts/overview/working-with-objects/names/>
pub(crate) fn kubernetes_name(text: &str) -> Result<(), Wrong> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let edge = |c: char| c != '-';
    let good = |text: &str| {
        (1..=63).contains(&text.len())
            && text.chars().all(allowed)
            && text.starts_with(edge)
            && text.ends_with(edge)
    };
    if good(text) {
        return Ok(());
    }
    let meant = text.to_lowercase().replace(['_', ' ', '.'], "-");
    let meant = good(&meant).then(|| format!("write `{meant}`"));
    Err(Wrong::expected("at most 63 small letters, digits and hyphens, no hyphen at the ends")
        .suggest(meant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_in_small_letters() {
        assert_eq!(kubernetes_name("hub-prod"), Ok(()));
        let wrong = kubernetes_name("Hub_prod").unwrap_err();
        assert_eq!(wrong.suggestion.as_deref(), Some("write `hub-prod`"));
        assert!(kubernetes_name("-hub").is_err());
    }
}
