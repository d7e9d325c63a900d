//! The standard set of reactions, in the order in which they are offered.
//! Source: core.telegram.org/bots/api#reactiontypeemoji.

use super::Reaction;

/// Makes an emoji be drawn as a picture; reactions are named without it, and clients send either.
const PICTURE: char = '\u{fe0f}';

/// Emoji and name.
const SET: &[(&str, &str)] = &[
    ("👍", "Thumbs Up"),
    ("👎", "Thumbs Down"),
    ("❤", "Red Heart"),
    ("🔥", "Fire"),
    ("🥰", "Smiling Face with Hearts"),
    ("👏", "Clapping Hands"),
    ("😁", "Beaming Face"),
    ("🤔", "Thinking Face"),
    ("🤯", "Exploding Head"),
    ("😱", "Screaming Face"),
    ("🤬", "Cursing Face"),
    ("😢", "Crying Face"),
    ("🎉", "Party Popper"),
    ("🤩", "Star-Struck"),
    ("🤮", "Vomiting Face"),
    ("💩", "Pile of Poo"),
    ("🙏", "Folded Hands"),
    ("👌", "OK Hand"),
    ("🕊", "Dove"),
    ("🤡", "Clown Face"),
    ("🥱", "Yawning Face"),
    ("🥴", "Woozy Face"),
    ("😍", "Heart Eyes"),
    ("🐳", "Whale"),
    ("❤\u{200d}🔥", "Heart on Fire"),
    ("🌚", "New Moon Face"),
    ("🌭", "Hot Dog"),
    ("💯", "Hundred Points"),
    ("🤣", "Rolling on the Floor"),
    ("⚡", "High Voltage"),
    ("🍌", "Banana"),
    ("🏆", "Trophy"),
    ("💔", "Broken Heart"),
    ("🤨", "Raised Eyebrow"),
    ("😐", "Neutral Face"),
    ("🍓", "Strawberry"),
    ("🍾", "Champagne"),
    ("💋", "Kiss Mark"),
    ("🖕", "Middle Finger"),
    ("😈", "Smiling Face with Horns"),
    ("😴", "Sleeping Face"),
    ("😭", "Loudly Crying Face"),
    ("🤓", "Nerd Face"),
    ("👻", "Ghost"),
    ("👨\u{200d}💻", "Man Technologist"),
    ("👀", "Eyes"),
    ("🎃", "Jack-O-Lantern"),
    ("🙈", "See-No-Evil Monkey"),
    ("😇", "Smiling Face with Halo"),
    ("😨", "Fearful Face"),
    ("🤝", "Handshake"),
    ("✍", "Writing Hand"),
    ("🤗", "Hugging Face"),
    ("🫡", "Saluting Face"),
    ("🎅", "Santa Claus"),
    ("🎄", "Christmas Tree"),
    ("☃", "Snowman"),
    ("💅", "Nail Polish"),
    ("🤪", "Zany Face"),
    ("🗿", "Moai"),
    ("🆒", "Cool"),
    ("💘", "Heart with Arrow"),
    ("🙉", "Hear-No-Evil Monkey"),
    ("🦄", "Unicorn"),
    ("😘", "Face Blowing a Kiss"),
    ("💊", "Pill"),
    ("🙊", "Speak-No-Evil Monkey"),
    ("😎", "Sunglasses"),
    ("👾", "Alien Monster"),
    ("🤷\u{200d}♂", "Man Shrugging"),
    ("🤷", "Person Shrugging"),
    ("🤷\u{200d}♀", "Woman Shrugging"),
    ("😡", "Enraged Face"),
];

/// The set with its names.
pub fn named() -> impl Iterator<Item = (&'static str, &'static str)> {
    SET.iter().copied()
}

/// The set.
pub fn all() -> impl Iterator<Item = Reaction> {
    named().map(|(emoticon, _)| Reaction::Emoji { emoticon: emoticon.to_owned() })
}

/// A reaction of the set, as a client names it.
pub fn reaction(emoticon: &str) -> Option<Reaction> {
    let plain: String = emoticon.chars().filter(|it| *it != PICTURE).collect();
    named().any(|(it, _)| it == plain).then_some(Reaction::Emoji { emoticon: plain })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_set_has_each_emoji_once_and_plain() {
        let mut all: Vec<_> = named().map(|(emoticon, _)| emoticon).collect();
        assert!(all.iter().all(|it| !it.contains(PICTURE)));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!((all.len(), count), (73, 73));
        assert!(count <= super::super::IN_CHAT_MAX, "a chat may allow all of them");
    }

    #[test]
    fn an_emoji_is_known_with_and_without_its_selector_and_others_are_not() {
        let heart = Some(Reaction::Emoji { emoticon: "❤".into() });
        assert_eq!(reaction("❤\u{fe0f}"), heart);
        assert_eq!(reaction("❤"), heart);
        assert_eq!(reaction("🧀"), None);
        assert_eq!(reaction(""), None);
    }
}
