//! A user's row and the sealed card in it: what the user says of itself.

use std::sync::Arc;

use bytes::Bytes;
use store::Key;
use vault::Kind;

use crate::{
    files::Photo,
    ids::{ChannelId, UserId},
    record,
    record::Record,
    sealing,
    spaces::USER,
    turn::Turn,
    view::{Decided, Rows, View, load},
    warm,
};

record! {
    /// An account, without anything that people wrote.
    pub struct UserRow {
        /// Unix seconds.
        1 => created: u32,
        /// Deleted by its owner or by time; the id stays taken.
        2 => deleted: bool,
        /// Switched off by the operator.
        3 => disabled: bool,
        /// A [`UserCard`], sealed under the account's key; its AAD version is `card_version`.
        4 => card: Bytes,
        /// Grows with each change of the card.
        5 => card_version: u32,
        /// The operator's service account.
        6 => service: bool,
        /// A supporter's account (`user.support`).
        7 => support: bool,
    }
}

record! {
    /// What a user says of itself; stored only sealed.
    pub struct UserCard {
        1 => first_name: String,
        2 => last_name: String,
        /// Up to 70 characters.
        3 => about: String,
        /// Digits only.
        4 => phone: String,
        /// The editable name first, in the owner's order.
        5 => usernames: Vec<Username>,
        /// Day, month, year (0: not told); day 0: no birthday.
        6 => birthday: Vec<u32>,
        /// The palette entry of the name's colour, if chosen.
        7 => color: Option<u32>,
        /// A public channel of its own, shown in its profile.
        8 => channel: Option<ChannelId>,
        /// The photo that it shows, the latest of those it has.
        9 => photo: Option<Photo>,
        /// What is shown to whom that one is hidden from.
        10 => fallback: Option<Photo>,
    }
}

record! {
    /// A public name.
    pub struct Username {
        /// As the owner wrote it.
        1 => name: String,
        /// Whether it resolves.
        2 => active: bool,
        /// The one that `account.updateUsername` changes.
        3 => editable: bool,
    }
}

/// The key of a user's row.
pub fn user_key(id: UserId) -> Key {
    Key::of(USER, id.vshard().0).u64(id.0).key()
}

/// A user's row.
pub fn user(view: &(impl Rows + ?Sized), id: UserId) -> Decided<Option<UserRow>> {
    load(view, &user_key(id))
}

/// Opens a row's card.
pub fn card(view: &(impl View + ?Sized), id: UserId, row: &UserRow) -> Decided<UserCard> {
    if row.card.is_empty() {
        return Ok(UserCard::default());
    }
    let scope = sealing::account_scope(id);
    let plain = sealing::open(view, scope, Kind::UserCard, &id.0.to_be_bytes(), row.card_version, &row.card)?;
    Ok(UserCard::decode(&plain)?)
}

/// An account with its card, which is empty where the account is deleted; or that there is none.
pub(crate) type KnownUser = Option<(UserRow, UserCard)>;

/// An account as many ask for it.
pub(crate) fn known(view: &(impl View + ?Sized), id: UserId) -> Decided<Arc<KnownUser>> {
    let bytes = |it: &KnownUser| it.as_ref().map_or(0, |(row, _)| 512 + 3 * row.card.len());
    warm::keep(
        view,
        |it| &it.users,
        id,
        bytes,
        |view| {
            let Some(row) = user(view, id)? else { return Ok(None) };
            let card = if row.deleted { UserCard::default() } else { card(view, id, &row)? };
            Ok(Some((row, card)))
        },
    )
}

/// Writes a user's row with a changed card.
pub fn put_user(turn: &mut Turn<'_>, id: UserId, mut row: UserRow, card: &UserCard) -> Decided<()> {
    row.card_version += 1;
    let scope = sealing::account_scope(id);
    let plain = card.encode();
    row.card = sealing::seal(turn, scope, Kind::UserCard, &id.0.to_be_bytes(), row.card_version, &plain)?;
    turn.put(user_key(id), &row);
    Ok(())
}
