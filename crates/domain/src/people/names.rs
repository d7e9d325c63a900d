//! Unique names: who holds a phone number or a username. Rows are keyed by a keyed hash, so the disk
//! doesn't tell which numbers and names exist.

use store::Key;

use crate::{
    ids::{ChannelId, Peer, StickerSetId, UserId, VSHARDS_IN_USE},
    record,
    spaces::NAME,
    turn::Turn,
    view::{Decided, View, load},
    world::World,
};

/// What kind of name; the number is part of the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// Digits only.
    Phone,
    /// Lower case.
    Username,
    /// The short name of a sticker set.
    StickerSet,
}

impl NameKind {
    fn byte(self) -> u8 {
        match self {
            NameKind::Phone => 1,
            NameKind::Username => 2,
            NameKind::StickerSet => 3,
        }
    }
}

record! {
    /// A taken name.
    pub struct NameRow {
        1 => user: UserId,
        2 => since: u32,
        /// A channel, where no user holds it.
        3 => channel: Option<ChannelId>,
        /// The sticker set that is called so.
        4 => set: StickerSetId,
    }
}

/// The person that holds a name. Numbers are digits only; usernames are compared without case.
pub fn holder(view: &(impl View + ?Sized), kind: NameKind, name: &str) -> Decided<Option<UserId>> {
    Ok(holder_of(view, kind, name)?.and_then(Peer::user))
}

/// Who holds a name, people and channels.
pub fn holder_of(view: &(impl View + ?Sized), kind: NameKind, name: &str) -> Decided<Option<Peer>> {
    let row = load::<NameRow>(view, &name_key(view.world(), kind, name))?;
    Ok(row.map(|it| it.channel.map_or(Peer::User(it.user), Peer::Channel)))
}

/// Takes a name for a user or channel; the caller has made sure that nobody holds it.
pub fn claim_for(turn: &mut Turn<'_>, kind: NameKind, name: &str, peer: Peer) {
    let since = turn.now().secs();
    let user = peer.user().unwrap_or_default();
    let row = NameRow { user, since, channel: peer.channel(), ..NameRow::default() };
    turn.put(name_key(turn.world(), kind, name), &row);
}

/// Takes a name for a user; the caller has made sure that nobody holds it.
pub fn claim(turn: &mut Turn<'_>, kind: NameKind, name: &str, user: UserId) {
    claim_for(turn, kind, name, Peer::User(user));
}

/// The sticker set of a short name.
pub fn set_of(view: &(impl View + ?Sized), name: &str) -> Decided<Option<StickerSetId>> {
    Ok(load::<NameRow>(view, &name_key(view.world(), NameKind::StickerSet, name))?.map(|it| it.set))
}

/// Takes a short name for a sticker set; the caller has made sure that no other is called so.
pub fn claim_for_set(turn: &mut Turn<'_>, name: &str, set: StickerSetId, by: UserId) {
    let row = NameRow { user: by, since: turn.now().secs(), set, ..NameRow::default() };
    turn.put(name_key(turn.world(), NameKind::StickerSet, name), &row);
}

/// Gives a name up.
pub fn release(turn: &mut Turn<'_>, kind: NameKind, name: &str) {
    turn.delete(name_key(turn.world(), kind, name));
}

/// Digits of a number as people write it; `None` unless 5 to 15 digits are left.
/// Source: E.164 allows 15; the shortest of Telegram's test and service numbers have 5.
pub fn digits(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let allowed = phone.chars().all(|it| it.is_ascii_digit() || "+-() .\u{a0}".contains(it));
    (allowed && (5..=15).contains(&digits.len())).then_some(digits)
}

fn name_key(world: &World, kind: NameKind, name: &str) -> Key {
    let hash = world.name_hash(kind.byte(), &name.to_lowercase());
    let vshard = u16::from_be_bytes([hash[0], hash[1]]) % VSHARDS_IN_USE;
    Key::of(NAME, vshard).bytes(&hash).key()
}
