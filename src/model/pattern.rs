//! Texts in which `*` stands for any characters.

/// Whether a text is as a pattern says, where `*` stands for anything, be it nothing.
pub fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        let text = "prod:gcs-bucket/leap-scratch";
        for pattern in ["*", "prod:*", "*:gcs-bucket/*", "*scratch", "prod:*/leap-*", text] {
            assert!(fits(pattern, text), "{pattern}");
        }
        for pattern in ["staging:*", "*:gcs-bucket", "prod:*/leap-*x", "gcs*", "*leap-scratch-*"] {
            assert!(!fits(pattern, text), "{pattern}");
        }
    }

    #[test]
    fn what_stands_between_stars_does_not_overlap() {
        for (pattern, text) in [("a*a", "a"), ("*ab*ba", "aba"), ("ab*bc", "abc")] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
        assert!(fits("**", "") && fits("a**a", "aa") && fits("", ""));
    }
}
