//! Links to one's own profile that run out: for who has no username.
//! Source: core.telegram.org/method/contacts.exportContactToken.

use store::Key;

use crate::{
    caller::Caller,
    ids::{UserId, VSHARDS_IN_USE},
    people::user,
    record,
    refusal::Refusal,
    service::Command,
    spaces::TOKEN,
    turn::Turn,
    view::{Decided, View, load},
    world::World,
};

/// Seconds a link holds.
pub const TOKEN_SECONDS: u32 = 600;

/// Which kind of token the hash is of; other kinds belong to other rooms.
const KIND: u8 = 20;

record! {
    /// What a token leads to.
    pub struct ProfileToken { 1 => user: UserId, 2 => expires: u32 }
}

/// Makes a link.
pub struct ExportToken {
    /// To whose profile.
    pub by: Caller,
    /// Random; shown to the user in hex.
    pub token: [u8; 16],
}

impl Command for ExportToken {
    /// Unix seconds until which it holds.
    type Reply = u32;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<u32> {
        let expires = turn.now().secs() + TOKEN_SECONDS;
        let row = ProfileToken { user: self.by.user, expires, ..ProfileToken::default() };
        turn.put(token_key(turn.world(), &self.token), &row);
        Ok(expires)
    }
}

/// Who is behind a token that still holds.
pub fn owner(view: &(impl View + ?Sized), token: &[u8; 16]) -> Decided<UserId> {
    let row: Option<ProfileToken> = load(view, &token_key(view.world(), token))?;
    let row = row.filter(|it| it.expires > view.now().secs()).ok_or(Refusal::ImportTokenInvalid)?;
    if user(view, row.user)?.is_none_or(|it| it.deleted) {
        return Err(Refusal::ImportTokenInvalid.into());
    }
    Ok(row.user)
}

fn token_key(world: &World, token: &[u8; 16]) -> Key {
    let hash = vault::mac128(&world.secrets.names, &[&[KIND], token]);
    let vshard = u16::from_be_bytes([hash[0], hash[1]]) % VSHARDS_IN_USE;
    Key::of(TOKEN, vshard).bytes(&hash).key()
}
