//! The forms of texts in a cluster's settings.

use crate::project::format::{Wrong, size_from};

/// The least and the most in a text such as `0..100`.
pub(crate) fn bounds(text: &str) -> Option<(i32, i32)> {
    let (least, most) = text.split_once("..")?;
    Some((least.trim().parse().ok()?, most.trim().parse().ok()?))
}

/// Whether a text is a least and a most.
///
/// # Errors
/// When it is not; what was expected.
pub(crate) fn node_range(text: &str) -> Result<(), Wrong> {
    let wrong = Wrong::expected("the least and the most, as in `0..100`");
    match bounds(text) {
        Some((least, most)) if least >= 0 && most >= 0 => Ok(()),
        Some(_) => Err(wrong),
        None => {
            let dash = text.split_once('-').map(|(a, b)| (a.trim(), b.trim()));
            let number = |text: &str| text.parse::<u32>().is_ok();
            let meant = dash.filter(|(a, b)| number(a) && number(b));
            let meant = meant.map(|(a, b)| format!("write `{a}..{b}`"));
            let single = number(text).then(|| format!("write `{text}..{text}`"));
            Err(wrong.suggest(meant.or(single)))
        }
    }
}

/// Whether a text is the size of a machine's disk.
///
/// # Errors
/// When it is not; what was expected.
pub(crate) fn gigabytes(text: &str) -> Result<(), Wrong> {
    size_from(10, text)
}

/// Whether a text is a version of Kubernetes: `1.35`, `1.35.3` or all of it.
///
/// # Errors
/// When it is not; what was expected.
pub(crate) fn kubernetes_version(text: &str) -> Result<(), Wrong> {
    let (version, build) = text.split_once('-').unwrap_or((text, "gke.1"));
    let numbers: Vec<bool> = version.split('.').map(|part| part.parse::<u32>().is_ok()).collect();
    let good = (2..=3).contains(&numbers.len())
        && numbers.iter().all(|is| *is)
        && build.strip_prefix("gke.").is_some_and(|build| build.parse::<u64>().is_ok());
    let words = "a version as in `1.35.3-gke.1943000`, `1.35.3` or `1.35`";
    if good { Ok(()) } else { Err(Wrong::expected(words)) }
}

/// The effects of taints.
const EFFECTS: [&str; 3] = ["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"];

/// The key, the value and the effect of a taint.
pub(crate) fn taint_parts(text: &str) -> Option<(&str, &str, &str)> {
    let (rest, effect) = text.rsplit_once(':')?;
    let (key, value) = rest.split_once('=').unwrap_or((rest, ""));
    (!key.is_empty() && EFFECTS.contains(&effect)).then_some((key, value, effect))
}

/// Whether a text is a taint.
///
/// # Errors
/// When it is not; what was expected.
pub(crate) fn taint(text: &str) -> Result<(), Wrong> {
    if taint_parts(text).is_some() {
        return Ok(());
    }
    let wrong =
        Wrong::expected("a key, a value and an effect, as in `dedicated=models:NO_SCHEDULE`");
    let meant = ["NoSchedule", "PreferNoSchedule", "NoExecute"].iter().zip(EFFECTS);
    let mut meant = meant.filter_map(|(kubernetes, google)| {
        let rest = text.strip_suffix(kubernetes).filter(|rest| rest.ends_with(':'))?;
        Some(format!("write `{rest}{google}`"))
    });
    Err(wrong.suggest(meant.next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_with_a_hyphen_is_put_right() {
        assert_eq!(bounds("0..100"), Some((0, 100)));
        let wrong = node_range("0-100").unwrap_err();
        assert_eq!(wrong.suggestion.as_deref(), Some("write `0..100`"));
    }

    #[test]
    fn a_version_may_be_its_beginning() {
        for good in ["1.35", "1.35.3", "1.35.3-gke.1943000"] {
            assert!(kubernetes_version(good).is_ok(), "{good}");
        }
        for wrong in ["latest", "1", "1.35.3-gke", "v1.35"] {
            assert!(kubernetes_version(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_taint_in_the_words_of_kubernetes_is_put_right() {
        let wrong = taint("dedicated=models:NoSchedule").unwrap_err();
        let right = "write `dedicated=models:NO_SCHEDULE`";
        assert_eq!(wrong.suggestion.as_deref(), Some(right));
    }
}
