//! Groups of emoji by which clients offer stickers, emoji, statuses and profile pictures: a table of the server's.
//! Source: core.telegram.org/api/emoji-categories.

use tl::{
    enums,
    functions::messages::{GetEmojiGroups, GetEmojiProfilePhotoGroups, GetEmojiStatusGroups, GetEmojiStickerGroups},
    types,
};

use crate::{Cx, RpcError, render, table::Row};

/// A line each: for what it is offered (`e` emoji, `k` stickers, `s` statuses, `p` profile pictures), the title, the
/// emoji; `#` begins a comment.
const TABLE: &str = include_str!("emoji_groups.tsv");

/// The title of the group whose stickers greet; clients show one of them in an empty chat.
const GREETING: &str = "Greetings";

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetEmojiGroups, User, Light => async |_: Cx, it: GetEmojiGroups| answer('e', it.hash);
    GetEmojiProfilePhotoGroups, User, Light => async |_: Cx, it: GetEmojiProfilePhotoGroups| answer('p', it.hash);
    GetEmojiStatusGroups, User, Light => async |_: Cx, it: GetEmojiStatusGroups| answer('s', it.hash);
    GetEmojiStickerGroups, User, Light => async |_: Cx, it: GetEmojiStickerGroups| answer('k', it.hash);
};

fn answer(used: char, known: i32) -> Result<enums::messages::EmojiGroups, RpcError> {
    let groups: Vec<_> = groups(used).collect();
    let texts = groups.iter().flat_map(|(title, emoji)| [*title, *emoji]);
    let hash = render::hash::of(texts.map(render::hash::of_text)) as i32 & i32::MAX;
    if known != 0 && known == hash {
        return Ok(enums::messages::EmojiGroups::NotModified);
    }
    Ok(types::messages::EmojiGroups { hash, groups: groups.into_iter().map(group).collect() }.into())
}

fn groups(used: char) -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = TABLE.lines().filter(|it| !it.starts_with('#'));
    lines.filter_map(move |line| {
        let (uses, rest) = line.split_once('\t')?;
        uses.contains(used).then(|| rest.split_once('\t')).flatten()
    })
}

/// Its icon would be a custom emoji; the server brings none.
fn group((title, emoji): (&str, &str)) -> enums::EmojiGroup {
    let emoticons = emoji.split(' ').map(str::to_owned).collect();
    let (title, icon_emoji_id) = (title.to_owned(), 0);
    match title == GREETING {
        true => types::EmojiGroupGreeting { title, icon_emoji_id, emoticons }.into(),
        false => types::EmojiGroup { title, icon_emoji_id, emoticons }.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_group_has_emoji_and_the_client_is_told_once() {
        for used in "eksp".chars() {
            assert!(groups(used).count() >= 6, "{used}");
            for (title, emoji) in groups(used) {
                let all: Vec<_> = emoji.split(' ').collect();
                assert!(all.len() >= 5, "{title}");
                assert!(
                    all.iter().all(|it| domain::stickers::emoji::split(it).is_ok_and(|it| it.len() == 1)),
                    "{title}"
                );
            }
            let Ok(enums::messages::EmojiGroups::Groups(it)) = answer(used, 0) else { panic!("groups") };
            assert!(matches!(answer(used, it.hash), Ok(enums::messages::EmojiGroups::NotModified)));
        }
    }
}
