//! The patterns of `matchGlob`.
//!
//! <https://cloud.google.com/storage/docs/json_api/v1/objects/list#list-objects-and-prefixes-using-glob>:
//! `*` and `?` do not match a slash, `**` does; `[a-z]` and `[!a-z]` are one character of a set,
//! `{a,b}` alternatives.

use crate::sandbox::refusal::Refusal;

/// So many patterns may alternatives make.
const MOST_ALTERNATIVES: usize = 100;

/// A pattern, as what its alternatives make of it.
#[derive(Debug)]
pub(super) struct Glob(Vec<Vec<Token>>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    One(char),
    AnyOne,
    Set { ranges: Vec<(char, char)>, inverted: bool },
    Within,
    Across,
}

impl Glob {
    pub(super) fn new(pattern: &str) -> Result<Self, Refusal> {
        let mut spread = vec![String::new()];
        let mut rest = pattern;
        while let Some((before, inner)) = rest.split_once('{') {
            let (choices, after) = inner.split_once('}').ok_or_else(|| invalid(pattern))?;
            let choices = choices.split(',').map(|choice| format!("{before}{choice}"));
            let choices: Vec<_> = choices.collect();
            if spread.len() * choices.len() > MOST_ALTERNATIVES {
                return Err(invalid(pattern));
            }
            spread =
                spread.iter().flat_map(|s| choices.iter().map(move |c| s.clone() + c)).collect();
            rest = after;
        }
        let tokens = |start: String| tokens(&(start + rest)).ok_or_else(|| invalid(pattern));
        spread.into_iter().map(tokens).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn fits(&self, name: &str) -> bool {
        self.0.iter().any(|tokens| fits(tokens, name))
    }
}

fn invalid(pattern: &str) -> Refusal {
    Refusal::invalid(format!("Invalid glob pattern: '{pattern}'"))
}

/// None if a set is not closed.
fn tokens(pattern: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(next) = chars.next() {
        tokens.push(match next {
            '*' if chars.next_if_eq(&'*').is_some() => Token::Across,
            '*' => Token::Within,
            '?' => Token::AnyOne,
            '[' => set(&mut chars)?,
            other => Token::One(other),
        });
    }
    Some(tokens)
}

fn set(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Token> {
    let inverted = chars.next_if(|next| matches!(next, '!' | '^')).is_some();
    let mut ranges = Vec::new();
    loop {
        let first = chars.next()?;
        if first == ']' && !ranges.is_empty() {
            return Some(Token::Set { ranges, inverted });
        }
        let last = match chars.next_if_eq(&'-') {
            Some(_) => chars.next()?,
            None => first,
        };
        ranges.push((first, last));
    }
}

/// Follows all ways at once: for each place of the pattern, whether the name so far leads there.
fn fits(tokens: &[Token], name: &str) -> bool {
    let mut there = vec![false; tokens.len() + 1];
    there[0] = true;
    skip_stars(tokens, &mut there);
    for c in name.chars() {
        let mut next = vec![false; tokens.len() + 1];
        for (at, token) in tokens.iter().enumerate().filter(|(at, _)| there[*at]) {
            match token {
                Token::Within if c != '/' => next[at] = true,
                Token::Across => next[at] = true,
                _ if is_one(token, c) => next[at + 1] = true,
                _ => {}
            }
        }
        there = next;
        skip_stars(tokens, &mut there);
    }
    there[tokens.len()]
}

fn skip_stars(tokens: &[Token], there: &mut [bool]) {
    for (at, token) in tokens.iter().enumerate() {
        if matches!(token, Token::Within | Token::Across) && there[at] {
            there[at + 1] = true;
        }
    }
}

fn is_one(token: &Token, c: char) -> bool {
    match token {
        Token::One(one) => *one == c,
        Token::AnyOne => c != '/',
        Token::Set { ranges, inverted } => {
            ranges.iter().any(|(first, last)| (*first..=*last).contains(&c)) != *inverted
        }
        Token::Within | Token::Across => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_names() {
        let fits = |pattern: &str, name: &str| Glob::new(pattern).unwrap().fits(name);
        assert!(fits("runs/*.json", "runs/1.json"));
        assert!(!fits("runs/*.json", "runs/a/1.json"));
        assert!(fits("runs/**.json", "runs/a/1.json"));
        assert!(fits("a?c[0-9]", "abc7") && !fits("a?c[!0-9]", "abc7"));
        assert!(fits("*.{csv,nc}", "x.nc") && !fits("*.{csv,nc}", "x.zarr"));
    }

    #[test]
    fn a_broken_or_exploding_pattern_is_refused() {
        for pattern in ["[a", "{a", &"{a,b}".repeat(30)] {
            assert_eq!(Glob::new(pattern).unwrap_err().http, 400, "{pattern}");
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_exponential_time() {
        let glob = Glob::new(&"*a".repeat(200)).unwrap();
        assert!(!glob.fits(&"a".repeat(1_000).replace("aaaaa", "aab/")));
    }
}
