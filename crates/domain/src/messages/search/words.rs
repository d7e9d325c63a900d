//! Words as searches compare them: without case, accents and forms of writing, in no language in
//! particular. Where a script has no spaces, each pair of letters is a word.

use caseless::Caseless;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::messages::Body;

/// Bytes of a word; what is longer is cut, in texts and queries alike.
const WORD_BYTES_MAX: usize = 48;

/// The words of a message: of its text, and of what it carries.
pub(crate) fn of_body(body: &Body) -> Vec<String> {
    match &body.media {
        Some(media) => of_text(&[&[body.text.as_str()], &media.words()[..]].concat().join("\n")),
        None => of_text(&body.text),
    }
}

/// The words of a text, each once, in order of the alphabet.
pub(crate) fn of_text(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    split(text, |run, sigil| match run {
        Run::Word(word) => {
            if let Some(sigil) = sigil {
                words.push(cut(format!("{sigil}{word}")));
            }
            words.push(cut(word));
        }
        Run::Spaceless(letters) => {
            words.extend(letters.windows(2).map(|it| it.iter().collect()));
            words.extend(letters.last().map(char::to_string));
        }
    });
    words.sort_unstable();
    words.dedup();
    words
}

/// What a text's words must begin with to match a query. A tag or a name with its sign asks for just that.
pub(crate) fn of_query(query: &str) -> Vec<String> {
    let mut words = Vec::new();
    split(query, |run, sigil| match run {
        Run::Word(word) => words.push(cut(sigil.map_or_else(|| word.clone(), |it| format!("{it}{word}")))),
        Run::Spaceless(letters) if letters.len() == 1 => words.push(letters[0].to_string()),
        Run::Spaceless(letters) => words.extend(letters.windows(2).map(|it| it.iter().collect())),
    });
    words.sort_unstable();
    words.dedup();
    words
}

/// Whether each word of the query begins one of the text's, which are sorted.
pub(crate) fn match_all(query: &[String], words: &[String]) -> bool {
    let begins = |wanted: &String| {
        let at = words.partition_point(|it| it < wanted);
        words.get(at).is_some_and(|it| it.starts_with(wanted.as_str()))
    };
    query.iter().all(begins)
}

/// A tag as it is compared: as a whole, with its sign.
pub(crate) fn tag(tag: &str) -> String {
    fold(tag)
}

enum Run {
    Word(String),
    Spaceless(Vec<char>),
}

/// Calls `take` with each run of letters and the sign right before it.
fn split(text: &str, mut take: impl FnMut(Run, Option<char>)) {
    let folded;
    let text = if text.is_ascii() {
        folded = text.to_ascii_lowercase();
        &folded
    } else {
        folded = fold(text);
        &folded
    };
    let (mut word, mut letters, mut before, mut sigil) = (String::new(), Vec::new(), None, None);
    for it in text.chars().chain(Some(' ')) {
        let spaceless = is_spaceless(it);
        let part = !spaceless && (it.is_alphanumeric() || is_combining_mark(it));
        if !part && !word.is_empty() {
            take(Run::Word(std::mem::take(&mut word)), sigil);
        }
        if !spaceless && !letters.is_empty() {
            take(Run::Spaceless(std::mem::take(&mut letters)), None);
        }
        if part {
            if word.is_empty() {
                sigil = before.filter(|it| matches!(it, '#' | '$' | '@'));
            }
            word.push(it);
        }
        if spaceless {
            letters.push(it);
        }
        before = Some(it);
    }
}

/// Case folded, compatibility forms made one, accents of alphabets taken off. Marks that make other
/// letters in their script (as in Japanese or the scripts of India) stay.
fn fold(text: &str) -> String {
    text.nfkd().filter(|it| !is_accent(*it)).default_case_fold().nfkc().collect()
}

/// Accents of Latin, Greek and Cyrillic; vowel points of Hebrew and Arabic.
fn is_accent(it: char) -> bool {
    matches!(it, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{652}' | '\u{670}')
}

/// Letters of scripts that put no space between words, and emoji.
fn is_spaceless(it: char) -> bool {
    matches!(it,
        '\u{e00}'..='\u{eff}'       // Thai, Lao
        | '\u{1000}'..='\u{109f}'   // Myanmar
        | '\u{1780}'..='\u{17ff}'   // Khmer
        | '\u{2600}'..='\u{27bf}'   // symbols and dingbats
        | '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{30ff}'   // Hiragana, Katakana
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{1f300}'..='\u{1faff}' // emoji
        | '\u{20000}'..='\u{3ffff}')
}

fn cut(mut word: String) -> String {
    if word.len() > WORD_BYTES_MAX {
        let end = (0..=WORD_BYTES_MAX).rev().find(|at| word.is_char_boundary(*at)).unwrap_or(0);
        word.truncate(end);
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(query: &str, text: &str) -> bool {
        match_all(&of_query(query), &of_text(text))
    }

    #[test]
    fn case_accents_and_forms_of_writing_make_no_difference() {
        assert_eq!(of_text("Straße, CAFÉ & Ёлка-1"), ["1", "cafe", "strasse", "елка"]);
        assert!(finds("strasse", "STRASSE") && finds("STRASSE", "Straße"));
        assert!(finds("e\u{301}cole", "École") && finds("ecole", "l'école"));
        assert!(finds("\u{ff28}ello", "hello"), "full-width letters");
        assert!(finds("שלום", "שָׁלוֹם"));
        assert!(!finds("か", "が"), "another letter, not an accent");
    }

    #[test]
    fn each_word_of_a_query_begins_a_word_of_the_text_in_any_order() {
        assert!(finds("dawn att", "Attack at dawn"));
        assert!(!finds("tack", "attack") && !finds("dawn dusk", "dawn"));
        assert!(finds("example", "see https://www.example.org/a?b"));
        assert!(finds("don't", "don\u{27}t worry"));
    }

    #[test]
    fn a_tag_with_its_sign_finds_tags_and_names_only() {
        assert!(finds("#opt", "of #optics") && finds("opt", "of #optics") && !finds("#opt", "of optics"));
        assert!(finds("@claude", "ask @claude_chappe"));
    }

    #[test]
    fn texts_without_spaces_are_found_by_any_part() {
        assert!(finds("京都", "東京都に住む") && finds("住", "東京都に住む") && !finds("都京", "東京都に住む"));
        assert!(finds("ภาษา", "เรียนภาษาไทย"));
        assert!(finds("手机", "我的iPhone手机") && finds("iph", "我的iPhone手机"));
        assert!(finds("😀", "well 😀😁") && finds("😁", "well 😀😁"));
    }

    #[test]
    fn long_words_are_cut_in_texts_and_queries_alike() {
        let long = "é".repeat(500);
        assert!(finds(&long, &long) && of_text(&long)[0].len() <= WORD_BYTES_MAX);
    }
}
