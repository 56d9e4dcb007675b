//! The forms of texts in an identity's settings.

use crate::project::format::Wrong;

/// The longest text that fits beside the mark; see `providers/gcp/description.rs`.
const TEXT_MAX: usize = 100;

/// What an account's name may be, in words.
const ACCOUNT_ID: &str = "6 to 30 lower case letters, digits and hyphens, beginning with a letter, \
                          prefix and suffix included";

/// Whether a text can be the part of an account's address before the `@`.
/// <https://cloud.google.com/iam/docs/service-accounts-create#creating>
pub(crate) fn account_id(text: &str) -> Result<(), Wrong> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let good = (6..=30).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.chars().all(allowed);
    if good { Ok(()) } else { Err(Wrong::expected(ACCOUNT_ID)) }
}

/// Whether a text can be a role in a project.
pub(crate) fn project_role(text: &str) -> Result<(), Wrong> {
    let good = match text.split('/').collect::<Vec<_>>()[..] {
        ["roles", name] => !name.is_empty(),
        ["projects" | "organizations", whose, "roles", name] => {
            !whose.is_empty() && !name.is_empty()
        }
        _ => false,
    };
    if good {
        return Ok(());
    }
    let bare = !text.contains('/') && text.contains('.');
    let wrong =
        Wrong::expected("a role, as in `roles/monitoring.viewer` or `projects/PROJECT/roles/NAME`");
    Err(wrong.suggest(bare.then(|| format!("did you mean `roles/{text}`?"))))
}

/// Whether a text names a repository of GitHub.
/// <https://docs.github.com/en/repositories/creating-and-managing-repositories>
pub(crate) fn github_repository(text: &str) -> Result<(), Wrong> {
    let name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let owner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let good = text.split_once('/').is_some_and(|(who, what)| {
        !who.is_empty() && who.chars().all(owner) && !what.is_empty() && what.chars().all(name)
    });
    let wrong = Wrong::expected("`OWNER/REPOSITORY`, as in `leap-stc/infrastructure`");
    let bare = text.trim_start_matches("https://").trim_start_matches("github.com/");
    let bare = bare.trim_end_matches('/').trim_end_matches(".git");
    let meant = (bare != text && bare.matches('/').count() == 1).then(|| format!("write `{bare}`"));
    if good { Ok(()) } else { Err(wrong.suggest(meant)) }
}

/// Whether a text names a service account of Kubernetes.
/// <https://kubernetes.io/docs/concepts/overview/working-with-objects/names>
pub(crate) fn kubernetes_account(text: &str) -> Result<(), Wrong> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let name = |part: &str| (1..=63).contains(&part.len()) && part.chars().all(allowed);
    let good = text.split_once('/').is_some_and(|(space, account)| name(space) && name(account));
    let words = "`NAMESPACE/NAME`, as in `prod/user-sa`";
    if good { Ok(()) } else { Err(Wrong::expected(words)) }
}

/// Whether a condition says anything.
pub(crate) fn expression(text: &str) -> Result<(), Wrong> {
    if text.trim().is_empty() {
        return Err(Wrong::expected("something: a condition without it is refused"));
    }
    Ok(())
}

/// Whether a text is short enough to stand beside a mark.
pub(crate) fn description(text: &str) -> Result<(), Wrong> {
    let good = text.len() <= TEXT_MAX && !text.contains("[leap-infra ");
    if good { Ok(()) } else { Err(Wrong::expected(format!("at most {TEXT_MAX} bytes"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_was_pasted_is_told_as_owner_and_repository() {
        let wrong = github_repository("https://github.com/leap-stc/infra.git").unwrap_err();
        assert_eq!(wrong.suggestion.as_deref(), Some("write `leap-stc/infra`"));
        assert!(github_repository("leap-stc/infra").is_ok());
    }

    #[test]
    fn a_role_has_its_prefix() {
        assert!(project_role("organizations/1/roles/odd").is_ok());
        let wrong = project_role("monitoring.viewer").unwrap_err();
        assert_eq!(wrong.suggestion.as_deref(), Some("did you mean `roles/monitoring.viewer`?"));
    }

    #[test]
    fn an_account_has_at_most_thirty_characters() {
        assert!(account_id(&"a".repeat(30)).is_ok());
        assert!(account_id(&"a".repeat(31)).is_err());
        assert!(account_id("short").is_err());
    }
}
