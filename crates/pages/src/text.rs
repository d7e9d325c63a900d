//! What people wrote, as HTML: every mark that a text can have, in elements that nest; and as plain words for titles.
//! Source: core.telegram.org/api/entities.

use std::fmt::Write;

use domain::{
    messages::{Entity, EntityKind},
    people::usernames,
};
use maud::{Escaper, PreEscaped};

/// Letters of a title or a short description.
pub(crate) const TITLE_MAX: usize = 80;

/// Letters of the description that other sites show with a link.
pub(crate) const SUMMARY_MAX: usize = 300;

/// Covers what a reader has to open first.
const COVER: char = '▒';

/// Where a text will stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum For<'a> {
    /// On a page of ours, with its style.
    Page,
    /// In a feed: no style, and links from anywhere to here, which begin with this.
    Feed(&'a str),
}

/// A marked text as HTML.
pub(crate) fn html(text: &str, entities: &[Entity], place: For<'_>) -> PreEscaped<String> {
    let marks: Vec<_> = entities.iter().filter_map(|it| Mark::of(text, it, place)).collect();
    let mut edges: Vec<usize> = marks.iter().flat_map(|it| [it.start, it.end]).chain([0, text.len()]).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut out = Writing::default();
    for piece in edges.windows(2) {
        let mut over: Vec<&Mark> = marks.iter().filter(|it| it.start <= piece[0] && piece[1] <= it.end).collect();
        over.sort_by_key(|it| (it.rank, it.start, std::cmp::Reverse(it.end)));
        // A link within a link is none, nor is code within code.
        for single in ["</a>", "</pre>"] {
            let mut seen = false;
            over.retain(|it| it.close != single || !std::mem::replace(&mut seen, true));
        }
        out.go_to(&over);
        out.write(&text[piece[0]..piece[1]], &over);
    }
    out.go_to(&[]);
    PreEscaped(out.html)
}

/// The beginning of a text in one line, with what has to be opened covered.
pub(crate) fn plain(text: &str, entities: &[Entity], letters: usize) -> String {
    let spoilers: Vec<_> = entities.iter().filter(|it| it.kind == EntityKind::Spoiler {}).collect();
    let hidden = |at: u32| spoilers.iter().any(|it| (it.offset..it.offset.saturating_add(it.length)).contains(&at));
    let mut out = String::new();
    let (mut at, mut count) = (0, 0);
    for letter in text.chars() {
        let space = letter.is_whitespace();
        if !(space && (out.is_empty() || out.ends_with(' '))) && is_clean(letter) {
            if count == letters {
                return out.trim_end().to_owned() + "…";
            }
            out.push(if space {
                ' '
            } else if hidden(at) {
                COVER
            } else {
                letter
            });
            count += 1;
        }
        at += utf16(letter);
    }
    out.trim_end().to_owned()
}

/// A name or title without what neither HTML nor XML may hold.
pub(crate) fn tidy(text: &str) -> String {
    text.chars().filter(|it| is_clean(*it)).collect()
}

/// Source: XML 1.0, "Characters"; control characters are errors in HTML, too.
fn is_clean(it: char) -> bool {
    matches!(it, '\n' | '\t') || !(it.is_control() || matches!(u32::from(it) & 0xffff, 0xfffe | 0xffff))
}

fn utf16(it: char) -> u32 {
    if it.len_utf16() == 2 { 2 } else { 1 }
}

/// A mark with its place in bytes and the element that it becomes.
struct Mark {
    start: usize,
    end: usize,
    /// What holds others comes first: quotes, then code, then marks within a line.
    rank: u8,
    open: String,
    close: &'static str,
    covers: bool,
}

const QUOTE: u8 = 0;
const BLOCK: u8 = 1;
const INLINE: u8 = 2;

impl Mark {
    fn of(text: &str, entity: &Entity, place: For<'_>) -> Option<Self> {
        let start = byte_at(text, entity.offset);
        let end = byte_at(text, entity.offset.saturating_add(entity.length));
        let marked = text.get(start..end).filter(|it| !it.is_empty())?;
        let (rank, open, close) = element(marked, &entity.kind, place)?;
        let covers = entity.kind == EntityKind::Spoiler {} && place != For::Page;
        Some(Self { start, end, rank, open, close, covers })
    }

    fn is_block(&self) -> bool {
        self.rank != INLINE
    }
}

/// The byte at which a place in UTF-16 units stands, or the next letter begins.
fn byte_at(text: &str, units: u32) -> usize {
    let mut at = 0;
    for (byte, letter) in text.char_indices() {
        if at >= units {
            return byte;
        }
        at += utf16(letter);
    }
    text.len()
}

fn element(marked: &str, kind: &EntityKind, place: For<'_>) -> Option<(u8, String, &'static str)> {
    let inline = |open: &str, close| Some((INLINE, open.to_owned(), close));
    let link = |to: Option<String>| {
        to.map(|to| (INLINE, format!("<a href=\"{}\" rel=\"nofollow ugc noopener\">", escaped(&to)), "</a>"))
    };
    match kind {
        EntityKind::Bold {} => inline("<strong>", "</strong>"),
        EntityKind::Italic {} => inline("<em>", "</em>"),
        EntityKind::Underline {} => inline("<u>", "</u>"),
        EntityKind::Strike {} => inline("<s>", "</s>"),
        EntityKind::Code {} => inline("<code>", "</code>"),
        EntityKind::Spoiler {} if place == For::Page => inline("<span class=\"spoiler\" tabindex=\"0\">", "</span>"),
        EntityKind::Spoiler {} => inline("<span>", "</span>"),
        EntityKind::Pre { language } if language.is_empty() => Some((BLOCK, "<pre>".into(), "</pre>")),
        EntityKind::Pre { language } => {
            Some((BLOCK, format!("<pre data-language=\"{}\">", escaped(language)), "</pre>"))
        }
        EntityKind::Blockquote { collapsed: true } if place == For::Page => {
            Some((QUOTE, "<blockquote class=\"long\" tabindex=\"0\">".into(), "</blockquote>"))
        }
        EntityKind::Blockquote { .. } => Some((QUOTE, "<blockquote>".into(), "</blockquote>")),
        EntityKind::Url {} => link(safe(marked)),
        EntityKind::TextUrl { url } => link(safe(url)),
        EntityKind::Email {} => link(safe(&format!("mailto:{marked}"))),
        EntityKind::Phone {} => link(safe(&format!("tel:{marked}"))),
        EntityKind::Mention {} => {
            let name = marked.strip_prefix('@').filter(|it| usernames::is_valid(it))?;
            let base = if let For::Feed(base) = place { base } else { "" };
            link(Some(format!("{base}/{name}")))
        }
        EntityKind::Hashtag {} | EntityKind::Cashtag {} | EntityKind::BankCard {} | EntityKind::MentionName { .. } => {
            inline("<span class=\"tag\">", "</span>")
        }
        // Nobody here takes commands.
        EntityKind::BotCommand {} | EntityKind::CustomEmoji { .. } | EntityKind::Unknown {} => None,
    }
}

/// Where links may lead: nothing that a browser would run.
const SCHEMES: [&str; 7] = ["http", "https", "ftp", "mailto", "tel", "tg", "ton"];

/// An address that a browser may follow; without a scheme it is a host's.
fn safe(address: &str) -> Option<String> {
    let address = address.trim();
    if address.is_empty() || address.chars().any(char::is_control) {
        return None;
    }
    let address = address.replace(' ', "%20");
    let Some((scheme, rest)) = address.split_once(':') else { return Some(format!("http://{address}")) };
    if SCHEMES.iter().any(|it| it.eq_ignore_ascii_case(scheme)) {
        return Some(address);
    }
    // A host with a port, or a colon further on.
    let port = rest.starts_with(|it: char| it.is_ascii_digit()) && scheme.contains('.');
    (port || scheme.contains(['/', '?', '#'])).then(|| format!("http://{address}"))
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    let _ = Escaper::new(&mut out).write_str(&tidy(text));
    out
}

/// HTML under way.
#[derive(Default)]
struct Writing<'a> {
    html: String,
    open: Vec<&'a Mark>,
    /// A block ended or began here, which breaks the line by itself.
    broken: bool,
}

impl<'a> Writing<'a> {
    /// Closes and opens elements until exactly these are open.
    fn go_to(&mut self, wanted: &[&'a Mark]) {
        let same = self.open.iter().zip(wanted).take_while(|(one, other)| std::ptr::eq(**one, **other)).count();
        for mark in self.open.drain(same..).rev() {
            self.html.push_str(mark.close);
            self.broken |= mark.is_block();
        }
        for mark in &wanted[same..] {
            if mark.is_block() {
                self.unbreak();
            }
            self.html.push_str(&mark.open);
            self.open.push(mark);
        }
    }

    /// The line feed before a block is the block's own.
    fn unbreak(&mut self) {
        if let Some(short) = self.html.strip_suffix("<br>") {
            self.html.truncate(short.len());
        }
    }

    fn write(&mut self, text: &str, over: &[&Mark]) {
        let text = if std::mem::take(&mut self.broken) { text.strip_prefix('\n').unwrap_or(text) } else { text };
        let preserved = over.iter().any(|it| it.rank == BLOCK);
        let covered = over.iter().any(|it| it.covers);
        for letter in text.chars().filter(|it| is_clean(*it)) {
            match letter {
                '\n' if !preserved => self.html.push_str("<br>"),
                '&' => self.html.push_str("&amp;"),
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '"' => self.html.push_str("&quot;"),
                it if covered && !it.is_whitespace() => self.html.push(COVER),
                it => self.html.push(it),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity(offset: u32, length: u32, kind: EntityKind) -> Entity {
        Entity { offset, length, kind, ..Entity::default() }
    }

    #[track_caller]
    fn check(text: &str, marks: &[(u32, u32, EntityKind)], wanted: &str) {
        let marks: Vec<_> = marks.iter().map(|(at, length, kind)| entity(*at, *length, kind.clone())).collect();
        assert_eq!(html(text, &marks, For::Page).0, wanted);
    }

    #[test]
    fn every_mark_becomes_an_element() {
        let url = EntityKind::TextUrl { url: "https://example.org/?a=1&b=\"2\"".into() };
        check(
            "link",
            &[(0, 4, url)],
            "<a href=\"https://example.org/?a=1&amp;b=&quot;2&quot;\" rel=\"nofollow ugc noopener\">link</a>",
        );
        for (kind, wanted) in [
            (EntityKind::Bold {}, "<strong>it</strong>"),
            (EntityKind::Italic {}, "<em>it</em>"),
            (EntityKind::Underline {}, "<u>it</u>"),
            (EntityKind::Strike {}, "<s>it</s>"),
            (EntityKind::Code {}, "<code>it</code>"),
            (EntityKind::Pre { language: "ru\"st".into() }, "<pre data-language=\"ru&quot;st\">it</pre>"),
            (EntityKind::Spoiler {}, "<span class=\"spoiler\" tabindex=\"0\">it</span>"),
            (EntityKind::Blockquote { collapsed: false }, "<blockquote>it</blockquote>"),
            (EntityKind::Blockquote { collapsed: true }, "<blockquote class=\"long\" tabindex=\"0\">it</blockquote>"),
            (EntityKind::Hashtag {}, "<span class=\"tag\">it</span>"),
            (EntityKind::CustomEmoji { document: 7 }, "it"),
            (EntityKind::Unknown {}, "it"),
        ] {
            check("it", &[(0, 2, kind)], wanted);
        }
        let rel = "rel=\"nofollow ugc noopener\"";
        for (text, kind, to) in [
            ("@claude", EntityKind::Mention {}, "/claude"),
            ("example.org:80/a", EntityKind::Url {}, "http://example.org:80/a"),
            ("a@b.org", EntityKind::Email {}, "mailto:a@b.org"),
            ("+33-1", EntityKind::Phone {}, "tel:+33-1"),
        ] {
            check(text, &[(0, text.len() as u32, kind)], &format!("<a href=\"{to}\" {rel}>{text}</a>"));
        }
    }

    #[test]
    fn nothing_that_people_write_becomes_markup() {
        check("<script>&\"", &[], "&lt;script&gt;&amp;&quot;");
        check("a\u{0}\u{b}\u{ffff}b", &[], "ab");
        for url in
            ["javascript:alert(1)", "JavaScript:alert(1)", " data:text/html,x", "java\nscript:x", "vbscript:x", ""]
        {
            check("x", &[(0, 1, EntityKind::TextUrl { url: url.into() })], "x");
        }
        check("@a\"b", &[(0, 4, EntityKind::Mention {})], "@a&quot;b");
    }

    #[test]
    fn marks_that_overlap_nest() {
        use EntityKind::{Bold, Italic, Pre, TextUrl, Url};
        check("abc", &[(0, 2, Bold {}), (1, 2, Italic {})], "<strong>a<em>b</em></strong><em>c</em>");
        let quote = EntityKind::Blockquote { collapsed: false };
        check(
            "abc",
            &[(0, 3, Bold {}), (1, 1, quote.clone())],
            "<strong>a</strong><blockquote><strong>b</strong></blockquote><strong>c</strong>",
        );
        let pre = Pre { language: String::new() };
        check("abc", &[(0, 3, pre), (1, 1, quote)], "<pre>a</pre><blockquote><pre>b</pre></blockquote><pre>c</pre>");
        let out = TextUrl { url: "http://a.org".into() };
        let html = "<a href=\"http://a.org\" rel=\"nofollow ugc noopener\">b.org</a>";
        check("b.org", &[(0, 5, out), (0, 5, Url {})], html);
    }

    /// Any marks at all, from a generator that says the same each time.
    #[test]
    fn whatever_the_marks_elements_nest_and_the_text_stays() {
        let mut state = 7_u64;
        let mut draw = |below: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32 % below
        };
        let text = "a<b😀 c&d\"e مرحبا fghij";
        for round in 0..2000 {
            let marks: Vec<_> = (0..draw(9))
                .map(|_| {
                    let kind = match draw(9) {
                        0 => EntityKind::Bold {},
                        1 => EntityKind::Italic {},
                        2 => EntityKind::Pre { language: "a\"b".into() },
                        3 => EntityKind::Blockquote { collapsed: draw(2) == 0 },
                        4 => EntityKind::TextUrl { url: "https://example.org/<\">".into() },
                        5 => EntityKind::Url {},
                        6 => EntityKind::Code {},
                        7 => EntityKind::Spoiler {},
                        _ => EntityKind::Hashtag {},
                    };
                    entity(draw(30), draw(40), kind)
                })
                .collect();
            let html = html(text, &marks, For::Page).0;
            assert_eq!(
                nested(&html),
                text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;"),
                "{round}: {html}"
            );
        }
    }

    /// What stands between elements, which must nest, no link in a link, no block in a line.
    #[track_caller]
    fn nested(html: &str) -> String {
        let (mut open, mut out) = (Vec::new(), String::new());
        for piece in html.split_inclusive(['<', '>']) {
            if let Some(tag) = piece.strip_suffix('>') {
                let name = tag.split(' ').next().unwrap();
                match name.strip_prefix('/') {
                    Some(name) => assert_eq!(open.pop(), Some(name), "{html}"),
                    None => {
                        assert!(name != "a" || !open.contains(&"a"), "{html}");
                        let block = |it: &&str| ["blockquote", "pre"].contains(it);
                        assert!(!block(&name) || open.iter().all(|it| *it == "blockquote"), "{html}");
                        open.push(name);
                    }
                }
            } else {
                out.push_str(piece.strip_suffix('<').unwrap_or(piece));
            }
        }
        assert!(open.is_empty(), "{html}");
        out
    }

    #[test]
    fn places_are_counted_in_utf16_and_never_cut_a_letter() {
        check("😀b", &[(2, 1, EntityKind::Bold {})], "😀<strong>b</strong>");
        check("😀b", &[(1, 1, EntityKind::Bold {})], "😀b");
        check("ab", &[(1, 99, EntityKind::Bold {})], "a<strong>b</strong>");
        check("ab", &[(7, u32::MAX, EntityKind::Bold {})], "ab");
    }

    #[test]
    fn lines_end_once_around_a_block() {
        let quote = EntityKind::Blockquote { collapsed: false };
        check("a\nq\nb", &[(2, 1, quote)], "a<blockquote>q</blockquote>b");
        check("a\nb", &[], "a<br>b");
        check("x\ny", &[(0, 3, EntityKind::Pre { language: String::new() })], "<pre>x\ny</pre>");
    }

    #[test]
    fn what_has_to_be_opened_stays_covered_where_it_cannot_be() {
        let hidden = [entity(4, 3, EntityKind::Spoiler {})];
        assert_eq!(plain("he  dies\nat last", &hidden, 80), "he ▒▒▒s at last");
        assert_eq!(html("he  dies", &hidden, For::Feed("")).0, "he  <span>▒▒▒</span>s");
        assert_eq!(plain("one two three", &[], 7), "one two…");
    }
}
