//! Where a field stands in a spec, as one text: `logging.bucket`, `labels[app.kubernetes.io/name]`.

/// The path of what stands under a key. Keys that would be taken for several stand in brackets.
pub fn join(path: &str, key: &str) -> String {
    let apart = |it: char| it.is_whitespace() || matches!(it, '.' | '[' | ']');
    match (path.is_empty(), key.is_empty() || key.contains(apart)) {
        (_, true) => item(path, key),
        (true, false) => key.to_owned(),
        (false, false) => format!("{path}.{key}"),
    }
}

/// The path of an item of a list, by its name or its number.
pub fn item(path: &str, name: &str) -> String {
    format!("{path}[{name}]")
}

/// The keys and the names of items on a path, outermost first.
pub fn steps(path: &str) -> Vec<String> {
    let (mut steps, mut step, mut depth) = (Vec::new(), String::new(), 0_usize);
    let mut ended = true;
    for letter in path.chars() {
        match (letter, depth) {
            ('.', 0) | ('[', 0) | (']', 1) => {
                if letter == ']' || !ended {
                    steps.push(std::mem::take(&mut step));
                }
                ended = letter != '.';
                depth = usize::from(letter == '[');
                continue;
            }
            ('[', _) => depth += 1,
            (']', 2..) => depth -= 1,
            _ => {}
        }
        ended = false;
        step.push(letter);
    }
    if !ended {
        steps.push(step);
    }
    steps
}

/// The path of what something stands in, if that is a map, and what it is called there: an item
/// of a list keeps the name of its list.
pub fn split(path: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    let mut at = None;
    for (position, letter) in path.char_indices() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '.' if depth == 0 => at = Some(position),
            _ => {}
        }
    }
    at.map_or(("", path), |at| (&path[..at], &path[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_apart_into_what_it_was_made_of() {
        for keys in [
            &["logging", "bucket"][..],
            &["labels", "app.kubernetes.io/name"],
            &["choices", "8 GB", "limits", "memory"],
            &["a[0]", "", "b"],
            &["x.y"],
            &["x", "y.z", "u.v"],
        ] {
            let path = keys.iter().fold(String::new(), |path, key| join(&path, key));
            assert_eq!(steps(&path), keys, "{path}");
        }
        assert!(steps("").is_empty());
    }

    #[test]
    fn what_stands_in_a_list_is_called_by_its_list_as_well() {
        assert_eq!(split("a.b[x.y].c"), ("a.b[x.y]", "c"));
        assert_eq!(split("a.b[x.y]"), ("a", "b[x.y]"));
        assert_eq!(split("b"), ("", "b"));
    }
}
