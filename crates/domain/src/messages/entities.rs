//! Links that people write without marking them: URLs, names, tags, commands, addresses, numbers.
//! Source: core.telegram.org/api/entities, "the server recognises".

use super::rows::{Entity, EntityKind};

/// Letters of the longest thing recognised: beyond it a text is no link.
const LINK_MAX: usize = 2048;

/// Top-level domains that make a bare word a link: those of countries and common ones, in order. With a
/// scheme any host does.
const COUNTRIES: &str = "\
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca \
    cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo \
    fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je \
    jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo \
    mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt \
    pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk \
    tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw";
const COMMON: &str = "\
    academy agency app art asia best bio biz blog buzz cafe cat center chat city cloud club codes coffee com \
    company cool coop dev digital edu email engineering events example expert fun games gov group guide help \
    host info institute int jobs land legal life link live ltd media mil mobi museum name net network news one \
    online org page party photo photos pics plus press pro pub red school science shop show site social \
    software solutions space store studio support systems team tech tel today tools top tours town travel tube \
    university video vip website wiki work works world xxx xyz zone";

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

/// Schemes that begin a link wherever they stand.
const SCHEMES: [&str; 5] = ["https://", "http://", "ftp://", "tg://", "ton://"];

/// What stands between the parts of a word that are looked at one by one, but not within a link with a scheme.
const BORDERS: [char; 15] = [',', ';', '|', '(', ')', '[', ']', '{', '}', '<', '>', '"', '\'', '«', '»'];

fn in_word(word: &str, offset: u32) -> Vec<Entity> {
    let lower = word.to_ascii_lowercase();
    let link = SCHEMES.iter().filter_map(|it| lower.find(it)).min().unwrap_or(word.len());
    let (mut found, mut at) = (Vec::new(), 0);
    for part in word[..link].split(BORDERS) {
        found.extend(in_part(part, offset + length(&word[..at])));
        at += part.len() + word[at + part.len()..].chars().next().map_or(0, char::len_utf8);
    }
    found.extend(in_part(&word[link..], offset + length(&word[..link])));
    found
}

/// As a whole, since hosts have ports; or what follows the first colon.
fn in_part(part: &str, offset: u32) -> Option<Entity> {
    let whole = kind_of(unended(part)).map(|it| (0, it));
    let found = whole.or_else(|| {
        let after = part.find(':')? + 1;
        Some((after, kind_of(unended(&part[after..]))?))
    });
    let (at, (kind, taken)) = found?;
    Some(Entity { offset: offset + length(&part[..at]), length: length(taken), kind, ..Entity::default() })
}

/// Without what ends a sentence or closes what was opened before the word.
fn unended(mut word: &str) -> &str {
    while let Some(last) = word.chars().next_back() {
        let opened = last == ')' && word.matches('(').count() >= word.matches(')').count();
        if opened || !".,:;!?)]}\"'>»".contains(last) {
            break;
        }
        word = &word[..word.len() - last.len_utf8()];
    }
    word
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
        _ if is_bank_card(word) => Some((EntityKind::BankCard {}, word)),
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

/// Thirteen to nineteen digits of a network's range whose check digit is right (ISO/IEC 7812-1).
fn is_bank_card(word: &str) -> bool {
    let digits: Option<Vec<u32>> = word.chars().map(|it| it.to_digit(10)).collect();
    let Some(digits) = digits.filter(|it| (13..=19).contains(&it.len()) && (2..=6).contains(&it[0])) else {
        return false;
    };
    let doubled = |(at, digit): (usize, &u32)| if at % 2 == 0 { *digit } else { digit * 2 - u32::from(*digit > 4) * 9 };
    digits.iter().rev().enumerate().map(doubled).sum::<u32>() % 10 == 0
}

fn is_email(word: &str) -> bool {
    let Some((user, host)) = word.split_once('@') else { return false };
    let local = |it: char| it.is_ascii_alphanumeric() || "._%+-".contains(it);
    !user.is_empty() && user.chars().all(local) && is_host(host, true)
}

fn is_url(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let scheme = SCHEMES.iter().find(|it| lower.starts_with(**it));
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
    labels.len() > 1 && labels.iter().all(label) && (!known || is_top(top)) && top.chars().any(char::is_alphabetic)
}

fn is_top(label: &str) -> bool {
    let lower = label.to_ascii_lowercase();
    COUNTRIES.split(' ').chain(COMMON.split(' ')).any(|it| it == lower)
}

fn length(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let units: Vec<u16> = text.encode_utf16().collect();
        let one = |it: &Entity| {
            let part = &units[it.offset as usize..(it.offset + it.length) as usize];
            format!("{:?} {}", it.kind, String::from_utf16_lossy(part))
        };
        recognise(text).iter().map(one).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn links_end_where_the_sentence_goes_on() {
        assert_eq!(shown("(see https://en.example.org/wiki/A_(b))."), "Url https://en.example.org/wiki/A_(b)");
        assert_eq!(shown("look:https://a.example/x,y; and go.dev!"), "Url https://a.example/x,y | Url go.dev");
        assert_eq!(shown("Example.COM, mail:a.b@example.org"), "Url Example.COM | Email a.b@example.org");
        assert_eq!(shown("1.5 e.g. file.zzz ... a..b"), "");
    }

    #[test]
    fn names_tags_and_commands_are_found_beside_punctuation() {
        assert_eq!(shown("cc,@claude_chappe;#optics"), "Mention @claude_chappe | Hashtag #optics");
        assert_eq!(
            shown("/start /go@some_bot 1/2 #1 $USD $usd"),
            "BotCommand /start | BotCommand /go@some_bot | Cashtag $USD"
        );
        assert_eq!(shown("call +33612345678 now"), "Phone +33612345678");
        assert_eq!(shown("pay 4242424242424242 not 4242424242424241"), "BankCard 4242424242424242");
    }
}
