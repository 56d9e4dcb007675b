//! The forms of texts in a bucket's settings.

use crate::project::address;
use crate::project::format::Wrong;
use crate::project::words::nearest;

/// The short words for roles, and the roles that they stand for.
/// <https://cloud.google.com/storage/docs/access-control/iam-roles>
pub(crate) const ROLES: [(&str, &str); 4] = [
    ("admin", "roles/storage.admin"),
    ("write", "roles/storage.objectUser"),
    ("create", "roles/storage.objectCreator"),
    ("read", "roles/storage.objectViewer"),
];

/// The role that a key of `grants` stands for.
pub(crate) fn role(key: &str) -> Option<&str> {
    let short = ROLES.iter().find(|(word, _)| *word == key).map(|(_, role)| *role);
    short.or_else(|| {
        let full = ["roles/", "projects/", "organizations/"];
        full.iter().any(|start| key.starts_with(start)).then_some(key)
    })
}

/// Whether a text names someone who can be granted something.
/// <https://cloud.google.com/iam/docs/principal-identifiers>
pub(crate) fn member(text: &str) -> Result<(), Wrong> {
    const TYPES: [&str; 4] = ["group", "user", "serviceAccount", "domain"];
    const WORDS: &str = "`group:`, `user:` or `serviceAccount:` and an address, `domain:` and a \
                         domain, `principal://…` or `principalSet://…`";
    let wrong = Wrong::expected(WORDS);
    if ["allUsers", "allAuthenticatedUsers"].contains(&text) {
        return Err(Wrong::expected("someone in particular")
            .suggest("say `public: read` on the bucket".to_owned()));
    }
    if address::identity(text).is_some_and(|key| !key.is_empty()) {
        return Ok(());
    }
    if text.starts_with("principal://") || text.starts_with("principalSet://") {
        return Ok(());
    }
    let Some((kind, name)) = text.split_once(':') else {
        let guess = text.contains('@').then(|| {
            let kind =
                if text.ends_with("gserviceaccount.com") { "serviceAccount" } else { "group" };
            format!("did you mean `{kind}:{text}`?")
        });
        return Err(wrong.suggest(guess));
    };
    if !TYPES.contains(&kind) {
        let lower = kind.to_lowercase();
        let same = TYPES.into_iter().find(|known| known.to_lowercase() == lower);
        let near = same.or_else(|| nearest(kind, TYPES));
        return Err(wrong.suggest(near.map(|near| format!("did you mean `{near}:{name}`?"))));
    }
    let address =
        name.split_once('@').is_some_and(|(who, place)| !who.is_empty() && place.contains('.'));
    let good = if kind == "domain" { name.contains('.') && !name.contains('@') } else { address };
    let lower = name.to_lowercase();
    if good && lower != name {
        // IAM gives addresses back in lower case, so that anything else would never match.
        let wrong = Wrong::expected("an address in lower case");
        return Err(wrong.suggest(format!("write `{kind}:{lower}`")));
    }
    if good { Ok(()) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_says_what_it_is() {
        assert!(member("group:writers@leap.example.org").is_ok());
        assert!(member("domain:leap.example.org").is_ok());
        let bare = member("writers@leap.example.org").unwrap_err();
        assert_eq!(
            bare.suggestion.as_deref(),
            Some("did you mean `group:writers@leap.example.org`?")
        );
        let case = member("serviceaccount:x@p.iam.gserviceaccount.com").unwrap_err();
        assert!(case.suggestion.unwrap().contains("serviceAccount:"));
    }
}
