//! The forms of names, and of what a record of each type says.

use super::settings::Kind;
use crate::project::format::Wrong;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The longest name. <https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4>
const LONGEST_NAME: usize = 253;

/// The longest text, in bytes: what a record may hold, its quotes included.
const LONGEST_TEXT: usize = 4000;

/// Whether a text is a name in lower case, perhaps with a star in front.
///
/// # Errors
/// When it is not; what is wrong with it.
pub(crate) fn domain_name(text: &str) -> Result<(), Wrong> {
    let bare = text.strip_prefix("*.").unwrap_or(text);
    if is_name(bare) {
        return Ok(());
    }
    let wrong = Wrong::expected("a whole name in lower case, as in `hub.leap.example.org`");
    let fixed = text.trim_end_matches('.').to_lowercase();
    let bare = fixed.strip_prefix("*.").unwrap_or(&fixed);
    let good = fixed != text && is_name(bare);
    Err(wrong.suggest(good.then(|| format!("write `{fixed}`"))))
}

fn is_name(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(letter)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= LONGEST_NAME && text.contains('.') && text.split('.').all(label)
}

/// Whether a text can be the name of a managed zone.
/// <https://cloud.google.com/dns/docs/reference/rest/v1/managedZones>
///
/// # Errors
/// When it cannot; what is wrong with it.
pub(crate) fn zone_name(text: &str) -> Result<(), Wrong> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let good = (1..=63).contains(&text.len())
        && text.chars().all(allowed)
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-');
    let words = "the zone's name in Cloud DNS (not its domain), as in `leap-example-org`";
    let wrong = Wrong::expected(words);
    let fixed = text.trim_end_matches('.').to_lowercase().replace('.', "-");
    let meant = (text.contains('.') && zone_name(&fixed).is_ok()).then_some(fixed);
    if good { Ok(()) } else { Err(wrong.suggest(meant.map(|it| format!("perhaps `{it}`")))) }
}

/// The type of a record that leads there, if nobody said one.
pub(super) fn usual(to: &[String]) -> Kind {
    match to.first().map(String::as_str) {
        Some(one) if one.starts_with("address:") => Kind::A,
        Some(one) if one.parse::<Ipv4Addr>().is_ok() => Kind::A,
        Some(one) if one.parse::<Ipv6Addr>().is_ok() => Kind::Aaaa,
        _ => Kind::Cname,
    }
}

/// What a record says, in its usual form.
///
/// # Errors
/// When a record of this type cannot say that; what is wrong with it.
pub(super) fn data(kind: Kind, text: &str) -> Result<String, Wrong> {
    let wrong = |words: &str| Err(Wrong::expected(words));
    match kind {
        Kind::A => match text.parse::<Ipv4Addr>() {
            Ok(number) => Ok(number.to_string()),
            Err(_) => wrong("a number of version 4, as in `192.0.2.1`, or `address:KEY`"),
        },
        Kind::Aaaa => match text.parse::<Ipv6Addr>() {
            Ok(number) => Ok(number.to_string()),
            Err(_) => wrong("a number of version 6, as in `2001:db8::1`"),
        },
        Kind::Cname => domain_name(text).map(|()| text.to_owned()),
        Kind::Mx => match text.split_once(' ') {
            Some((order, name)) if order.parse::<u16>().is_ok() && is_name(name) => {
                Ok(text.to_owned())
            }
            _ => wrong("an order and a name, as in `10 mail.example.org`"),
        },
        Kind::Caa => match text.splitn(3, ' ').collect::<Vec<_>>().as_slice() {
            [flags, "issue" | "issuewild" | "iodef", value]
                if flags.parse::<u8>().is_ok()
                    && value.len() > 1
                    && value.starts_with('"')
                    && value.ends_with('"') =>
            {
                Ok(text.to_owned())
            }
            _ => wrong("flags, a tag and a value in quotes, as in `0 issue \"letsencrypt.org\"`"),
        },
        Kind::Txt if text.len() <= LONGEST_TEXT && text.is_ascii() => Ok(text.to_owned()),
        Kind::Txt => wrong("a text of at most 4000 plain letters, without quotes around it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_whole_and_in_lower_case() {
        for good in ["leap.2i2c.cloud", "*.hub.example.org", "_acme-challenge.example.org"] {
            assert!(domain_name(good).is_ok(), "{good}");
        }
        let wrong = domain_name("Hub.Example.org.").unwrap_err();
        assert_eq!(wrong.suggestion.as_deref(), Some("write `hub.example.org`"));
        assert!(domain_name("hub").is_err() && domain_name("a.*.org").is_err());
        let wrong = zone_name("leap.example.org").unwrap_err();
        assert_eq!(wrong.suggestion.as_deref(), Some("perhaps `leap-example-org`"));
    }

    #[test]
    fn the_type_follows_from_where_it_leads() {
        let usual = |to: &str| usual(&[to.to_owned()]).word();
        let all = ["address:hub", "192.0.2.1", "2001:db8::1", "hub.example.org"].map(usual);
        assert_eq!(all, ["A", "A", "AAAA", "CNAME"]);
    }

    #[test]
    fn what_a_record_says_has_the_form_of_its_type() {
        assert_eq!(data(Kind::Aaaa, "2001:DB8:0::1").as_deref(), Ok("2001:db8::1"));
        assert!(data(Kind::Caa, "0 issue \"letsencrypt.org\"").is_ok());
        assert!(data(Kind::Mx, "10 mail.example.org").is_ok());
        for (kind, text) in [(Kind::A, "hub"), (Kind::Mx, "mail.org"), (Kind::Caa, "0 issue x")] {
            assert!(data(kind, text).is_err(), "{text}");
        }
    }
}
