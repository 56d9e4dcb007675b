//! The forms of texts that say who somebody is.

use crate::project::format::Wrong;

/// The longest login; the accounts of an enterprise end in `_` and a short word beside that.
const LONGEST: usize = 39;

/// Whether a text can be a login on GitHub.
/// <https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication>
pub(crate) fn github_login(text: &str) -> Result<(), Wrong> {
    let bare = text.trim_start_matches("https://").trim_start_matches("github.com/");
    let bare = bare.trim_start_matches('@').trim_end_matches('/');
    if bare == text && is_login(text) {
        return Ok(());
    }
    let words =
        "a login of GitHub: letters, digits and single hyphens, at most 39, no hyphen first";
    let meant = (bare != text && is_login(bare)).then(|| format!("write `{bare}`"));
    Err(Wrong::expected(words).suggest(meant))
}

fn is_login(text: &str) -> bool {
    let (name, enterprise) = text.split_once('_').unwrap_or((text, "x"));
    let word = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    word(name)
        && word(enterprise)
        && text.len() <= LONGEST
        && !name.starts_with('-')
        && !name.contains("--")
}

/// Whether a text is an ORCID, its last sign included, which is computed from the others.
/// <https://support.orcid.org/hc/en-us/articles/360006897674-Structure-of-the-ORCID-Identifier>
pub(crate) fn orcid(text: &str) -> Result<(), Wrong> {
    let bare = text.trim_start_matches("https://").trim_start_matches("orcid.org/");
    let bare = bare.trim_end_matches('/').to_uppercase();
    let Some(last) = last_sign(&bare) else {
        return Err(Wrong::expected("an ORCID, as in `0000-0002-1825-0097`"));
    };
    if !bare.ends_with(last) {
        let words = "an ORCID whose last sign follows from the others: one of them is mistyped";
        return Err(Wrong::expected(words));
    }
    if bare == text {
        return Ok(());
    }
    let words = "the ORCID alone, as in `0000-0002-1825-0097`";
    Err(Wrong::expected(words).suggest(format!("write `{bare}`")))
}

/// What an ORCID must end in (ISO 7064, 11-2); none if the text has not its form.
fn last_sign(text: &str) -> Option<char> {
    let groups: Vec<&str> = text.split('-').collect();
    let signs = groups.concat();
    let (digits, last) = signs.split_at_checked(15)?;
    let form = groups.len() == 4 && groups.iter().all(|group| group.len() == 4);
    let good = digits.chars().all(|c| c.is_ascii_digit())
        && last.chars().all(|c| c.is_ascii_digit() || c == 'X');
    let sum = digits.chars().filter_map(|c| c.to_digit(10)).fold(0, |sum, digit| (sum + digit) * 2);
    let rest = (12 - sum % 11) % 11;
    let sign = if rest == 10 { Some('X') } else { char::from_digit(rest, 10) };
    sign.filter(|_| form && good)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_told_from_an_address_and_from_a_name() {
        for good in ["ada", "Ada-Lovelace", "a1", "ada_leap"] {
            assert!(github_login(good).is_ok(), "{good}");
        }
        for wrong in ["", "-ada", "ada--l", "Ada Lovelace", "ada@example.org", &"a".repeat(40)] {
            assert!(github_login(wrong).is_err(), "{wrong}");
        }
        for written in ["@ada", "https://github.com/ada", "github.com/ada/"] {
            let wrong = github_login(written).unwrap_err();
            assert_eq!(wrong.suggestion.as_deref(), Some("write `ada`"), "{written}");
        }
    }

    #[test]
    fn an_orcid_with_a_slip_in_it_is_no_orcid() {
        assert_eq!(orcid("0000-0002-1825-0097"), Ok(()));
        assert_eq!(orcid("0000-0002-1694-233X"), Ok(()));
        let slip = orcid("0000-0002-1825-0079").unwrap_err();
        assert!(slip.expected.contains("mistyped"));
        let pasted = orcid("https://orcid.org/0000-0002-1825-0097").unwrap_err();
        assert_eq!(pasted.suggestion.as_deref(), Some("write `0000-0002-1825-0097`"));
        for wrong in ["", "0000000218250097", "0000-0002-1825", "nobody", "é000-0002-1825-009"] {
            assert!(orcid(wrong).is_err(), "{wrong}");
        }
    }
}
