//! Links that people write without marking them: URLs, names, tags, commands, addresses, numbers.
//! Source: core.telegram.org/api/entities, "the server recognises".

use super::rows::{Entity, EntityKind};

/// Letters of the longest thing recognised: beyond it a text is no link.
const LINK_MAX: usize = 2048;

/// Top-level domains that make a bare word a link; with a scheme any host does.
const TOP: &[&str] = &[
    "com", "org", "net", "edu", "gov", "info", "biz", "io", "me", "dev", "app", "ai", "eu", "de", "fr", "uk", "es",
    "it", "nl", "ch", "at", "be", "pl", "cz", "se", "no", "fi", "dk", "ru", "ua", "by", "kz", "tr", "ir", "in", "cn",
    "jp", "kr", "br", "us", "ca", "au", "co", "tv", "xyz", "online", "site", "example",
];

/// What is recognised in a text, in order.
pub fn recognise(text: &str) -> Vec<Entity> {
    let mut found = Vec::new();
    let mut units = 0_u32;
    let mut rest = text;
    while !rest.is_empty() {
        let space = rest.len() - rest.trim_start().len();
        units += length(&rest[..space]);
        rest = &rest[space..];
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        if word.len() <= LINK_MAX {
            found.extend(in_word(word, units));
        }
        units += length(word);
        rest = tail;
    }
    found
}

fn in_word(word: &str, offset: u32) -> Option<Entity> {
    let open = word.len() - word.trim_start_matches(['(', '[', '{', '"', '\'', '<', '«']).len();
    let inner = word[open..].trim_end_matches(['.', ',', ':', ';', '!', '?', ')', ']', '}', '"', '\'', '>', '»']);
    let (kind, taken) = kind_of(inner)?;
    let offset = offset + length(&word[..open]);
    Some(Entity { offset, length: length(taken), kind, ..Entity::default() })
}

fn kind_of(word: &str) -> Option<(EntityKind, &str)> {
    let name = |it: char| it.is_alphanumeric() || it == '_';
    match word.chars().next()? {
        '@' => {
            let taken = prefix(word, |it| it.is_ascii_alphanumeric() || it == '_');
            (5..=33).contains(&taken.len()).then_some((EntityKind::Mention {}, taken))
        }
        '#' => {
            let taken = prefix(word, name);
            let worded = taken[1..].chars().any(|it| !it.is_numeric());
            worded.then_some((EntityKind::Hashtag {}, taken))
        }
        '$' => {
            let taken = prefix(word, |it| it.is_ascii_uppercase());
            (4..=9).contains(&taken.len()).then_some((EntityKind::Cashtag {}, taken))
        }
        '/' => {
            let taken = prefix(word, |it| it.is_ascii_alphanumeric() || it == '_' || it == '@');
            (2..=65).contains(&taken.len()).then_some((EntityKind::BotCommand {}, taken))
        }
        '+' => {
            let digits = word.chars().filter(char::is_ascii_digit).count();
            let number = word[1..].chars().all(|it| it.is_ascii_digit() || it == '-');
            (number && (7..=15).contains(&digits)).then_some((EntityKind::Phone {}, word))
        }
        _ if is_email(word) => Some((EntityKind::Email {}, word)),
        _ if is_url(word) => Some((EntityKind::Url {}, word)),
        _ => None,
    }
}

/// The first letter and those after it that fit.
fn prefix(word: &str, fits: impl Fn(char) -> bool) -> &str {
    let end = word.char_indices().skip(1).find(|(_, it)| !fits(*it)).map_or(word.len(), |(at, _)| at);
    &word[..end]
}

fn is_email(word: &str) -> bool {
    let Some((user, host)) = word.split_once('@') else { return false };
    let local = |it: char| it.is_ascii_alphanumeric() || "._%+-".contains(it);
    !user.is_empty() && user.chars().all(local) && is_host(host, true)
}

fn is_url(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let scheme = ["https://", "http://", "ftp://", "tg://", "ton://"].iter().find(|it| lower.starts_with(**it));
    let rest = &lower[scheme.map_or(0, |it| it.len())..];
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = host.split(':').next().unwrap_or("");
    match scheme {
        Some(&("tg://" | "ton://")) => !rest.is_empty(),
        Some(_) => is_host(host, false) || host == "localhost" || host.parse::<std::net::Ipv4Addr>().is_ok(),
        None => is_host(host, true),
    }
}

fn is_host(host: &str, known: bool) -> bool {
    let labels: Vec<_> = host.split('.').collect();
    let label = |it: &&str| !it.is_empty() && it.len() <= 63 && it.chars().all(|it| it.is_alphanumeric() || it == '-');
    let top = labels.last().copied().unwrap_or("");
    labels.len() > 1
        && labels.iter().all(label)
        && (!known || TOP.contains(&top))
        && top.chars().any(char::is_alphabetic)
}

fn length(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}
