//! Reactions as TL: on a message, in lists, as a set to choose from.

use domain::{
    Peer, UserId,
    messages::{
        Reaction, SeenMessage,
        reactions::{react::Listed, standard, tags::Tag},
    },
};
use tl::{enums, types};

use crate::render::{hash, message::date, user::peer};

/// A reaction.
pub fn reaction(it: &Reaction) -> enums::Reaction {
    match it {
        Reaction::Emoji { emoticon } => types::ReactionEmoji { emoticon: emoticon.clone() }.into(),
    }
}

/// The reactions to a message as its mailbox's owner sees them: in Saved Messages they are tags.
pub fn of(viewer: UserId, seen: &SeenMessage) -> enums::MessageReactions {
    let tags = seen.saved.is_some();
    let listed_there = seen.crowd.as_ref().is_none_or(|it| it.listed);
    let recent = seen.reactions.iter().flat_map(|it| {
        it.reactions.iter().map(|reaction| Listed {
            who: it.who,
            reaction: reaction.clone(),
            date: it.date,
            big: it.big,
            unread: it.unread,
        })
    });
    types::MessageReactions {
        // Words for any member don't say what the reader chose.
        min: viewer == UserId::NOBODY,
        can_see_list: !tags && listed_there,
        reactions_as_tags: tags,
        results: results(viewer, seen),
        recent_reactions: (!tags && !seen.reactions.is_empty()).then(|| recent.map(|it| listed(viewer, &it)).collect()),
        top_reactors: None,
    }
    .into()
}

/// Each reaction with its number, the most frequent first, then as they were chosen.
fn results(viewer: UserId, seen: &SeenMessage) -> Vec<enums::ReactionCount> {
    let mut all: Vec<types::ReactionCount> = Vec::new();
    if let Some(crowd) = &seen.crowd {
        let order =
            |it: &Reaction| crowd.own.iter().position(|own| own == it).and_then(|at| i32::try_from(at + 1).ok());
        let count = |(it, times): &(Reaction, u32)| types::ReactionCount {
            chosen_order: order(it),
            reaction: reaction(it),
            count: date(*times),
        };
        all.extend(crowd.counts.iter().map(count));
    }
    // From the earliest on, so that a later one does not move those before it.
    for person in seen.reactions.iter().rev().filter(|_| seen.crowd.is_none()) {
        for (at, it) in person.reactions.iter().enumerate() {
            let (one, own) = (reaction(it), person.who == viewer);
            let chosen_order = own.then(|| i32::try_from(at + 1).unwrap_or(i32::MAX));
            match all.iter_mut().find(|it| it.reaction == one) {
                Some(it) => (it.count, it.chosen_order) = (it.count + 1, it.chosen_order.or(chosen_order)),
                None => all.push(types::ReactionCount { chosen_order, reaction: one, count: 1 }),
            }
        }
    }
    all.sort_by_key(|it| std::cmp::Reverse(it.count));
    all.into_iter().map(Into::into).collect()
}

/// One person's one reaction.
pub fn listed(viewer: UserId, it: &Listed) -> enums::MessagePeerReaction {
    types::MessagePeerReaction {
        big: it.big,
        unread: it.unread,
        my: it.who == viewer,
        peer_id: peer(Peer::User(it.who)),
        date: date(it.date),
        reaction: reaction(&it.reaction),
    }
    .into()
}

/// The reactions to a message changed.
pub fn update(viewer: UserId, chat: Peer, seen: &SeenMessage) -> types::UpdateMessageReactions {
    types::UpdateMessageReactions {
        peer: peer(chat),
        msg_id: seen.id.0,
        top_msg_id: None,
        saved_peer_id: seen.saved.map(peer),
        reactions: of(viewer, seen),
    }
}

/// A list of reactions, or that it is as the client knows it. Of an emoji a quarter of the MD5 counts, after a 0.
/// Source: observed with TDLib 1.8.66, which complains of any other hash.
pub fn list(all: &[Reaction], known: i64) -> enums::messages::Reactions {
    let hash = hash::of(all.iter().flat_map(|it| [0, number(it) >> 32]));
    if known != 0 && known == hash {
        return enums::messages::Reactions::NotModified;
    }
    types::messages::Reactions { hash, reactions: all.iter().map(reaction).collect() }.into()
}

/// Tags with their names and numbers, or that they are as the client knows them.
/// The order and the hash are those that TDLib 1.8.66 computes, too.
pub fn tags(mut all: Vec<Tag>, known: i64) -> enums::messages::SavedReactionTags {
    all.sort_by_key(|it| std::cmp::Reverse((it.count, number(&it.reaction) as u64)));
    let numbers = |it: &Tag| {
        let title = (!it.title.is_empty()).then(|| hash::of_text(&it.title));
        [number(&it.reaction)].into_iter().chain(title).chain([i64::from(it.count)]).collect::<Vec<_>>()
    };
    let hash = hash::of(all.iter().flat_map(numbers));
    if known != 0 && known == hash {
        return enums::messages::SavedReactionTags::NotModified;
    }
    let tag = |it: &Tag| {
        types::SavedReactionTag {
            reaction: reaction(&it.reaction),
            title: (!it.title.is_empty()).then(|| it.title.clone()),
            count: date(it.count),
        }
        .into()
    };
    types::messages::SavedReactionTags { tags: all.iter().map(tag).collect(), hash }.into()
}

/// What stands for a reaction in hashes of lists.
fn number(it: &Reaction) -> i64 {
    match it {
        Reaction::Emoji { emoticon } => hash::of_text(emoticon),
    }
}

/// The standard set. Clients offer a reaction only with its pictures named; these are files that this server
/// does not have yet, so asking for one is refused, and clients show the emoji itself or nothing.
/// Source: observed with TDLib 1.8.66, which takes a reaction without them for invalid.
pub fn available(dc_id: i32) -> Vec<enums::AvailableReaction> {
    standard::named().enumerate().map(|(at, it)| one_available(dc_id, at, it)).collect()
}

/// Pictures of one reaction.
const PICTURES: i64 = 8;

fn one_available(dc_id: i32, at: usize, (emoticon, title): (&str, &str)) -> enums::AvailableReaction {
    let first = PICTURES * (i64::try_from(at).unwrap_or(0) + 1);
    let still = picture(dc_id, first, emoticon, "image/webp");
    let moving = |number: i64| picture(dc_id, first + number, emoticon, "application/x-tgsticker");
    types::AvailableReaction {
        inactive: false,
        premium: false,
        reaction: emoticon.to_owned(),
        title: title.to_owned(),
        static_icon: still,
        appear_animation: moving(1),
        select_animation: moving(2),
        activate_animation: moving(3),
        effect_animation: moving(4),
        around_animation: Some(moving(5)),
        center_icon: Some(moving(6)),
    }
    .into()
}

/// A picture by number; its size is not known before there is one.
fn picture(dc_id: i32, number: i64, emoticon: &str, mime_type: &str) -> enums::Document {
    /// Pixels of a side, as of all stickers.
    const SIDE: i32 = 512;
    let sticker = types::DocumentAttributeSticker {
        mask: false,
        alt: emoticon.to_owned(),
        stickerset: enums::InputStickerSet::Empty,
        mask_coords: None,
    };
    types::Document {
        id: number,
        access_hash: number,
        file_reference: Vec::new(),
        date: 0,
        mime_type: mime_type.to_owned(),
        size: 0,
        thumbs: None,
        video_thumbs: None,
        dc_id,
        attributes: vec![types::DocumentAttributeImageSize { w: SIDE, h: SIDE }.into(), sticker.into()],
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash_of(it: enums::messages::Reactions) -> i64 {
        match it {
            enums::messages::Reactions::Reactions(it) => it.hash,
            enums::messages::Reactions::NotModified => 0,
        }
    }

    /// The number is the one that TDLib 1.8.66 computes for the same list.
    #[test]
    fn the_hash_of_a_list_is_the_one_that_clients_compute() {
        let all: Vec<_> = standard::all().collect();
        assert_eq!(hash_of(list(&all, 0)), 785_865_559_991_658_596);
        assert_eq!(hash_of(list(&all, 785_865_559_991_658_596)), 0, "not modified");
    }

    #[test]
    fn every_reaction_of_the_set_names_seven_pictures_of_its_own() {
        let mut ids: Vec<_> = available(2).iter().flat_map(pictures).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((ids.len(), count), (7 * 73, 7 * 73));
    }

    fn pictures(it: &enums::AvailableReaction) -> Vec<i64> {
        let enums::AvailableReaction::Reaction(it) = it;
        let needed = [&it.static_icon, &it.appear_animation, &it.select_animation, &it.activate_animation];
        let all = needed.into_iter().chain([&it.effect_animation]).chain(&it.around_animation).chain(&it.center_icon);
        all.filter_map(|it| match it {
            enums::Document::Document(it) => Some(it.id),
            enums::Document::Empty(_) => None,
        })
        .collect()
    }
}
