//! Content in and out of its seal: finds or makes the key of a scope, then seals or opens.
//! Nothing that people wrote reaches a row except through here.

use bytes::Bytes;
use store::{Direction, Key, KeyBuilder, Range};
use vault::{Aad, ContentKey, Kind, Scope};

use crate::{
    ids::{LogId, Peer, StickerSetId, UserId, VSHARDS_IN_USE},
    record,
    spaces::CONTENT_KEY,
    turn::Turn,
    view::{Decided, Rows, Stop, View, load},
};

/// Seconds after which a scope's next content is sealed under a new key: thirty days bound what one
/// leaked key opens.
const EPOCH_SECONDS: u32 = 30 * 24 * 3600;

/// Epochs of one scope that are looked at: a hundred years of them.
const EPOCHS_MAX: usize = 1200;

record! {
    /// The current epoch of a scope.
    pub struct Epoch { 1 => number: u32, 2 => began: u32 }
}

record! {
    /// A content key, wrapped by the key provider.
    pub struct WrappedKey { 1 => wrapped: Bytes }
}

/// The scope of a chat's content: both sides of a private one share it, and all members of a group.
pub fn chat_scope(log: impl Into<LogId>, peer: Peer) -> Scope {
    match (log.into(), peer) {
        (LogId::Mailbox(one), Peer::User(other)) => Scope::Chat { low: one.0.min(other.0), high: one.0.max(other.0) },
        (LogId::Channel(id), Peer::User(_)) => group_scope(Peer::Channel(id)),
        (_, Peer::Chat(_) | Peer::Channel(_)) => group_scope(peer),
    }
}

/// The scope of what a group or channel says of itself, and of its messages.
pub fn group_scope(peer: Peer) -> Scope {
    let (kind, id) = peer.key_parts();
    Scope::Group(u64::from(kind) << 56 | id)
}

/// The scope of a sticker set: what its maker wrote, and the keys of its files. It is among those of groups, where the
/// high byte tells kinds apart.
pub fn set_scope(set: StickerSetId) -> Scope {
    Scope::Group(SET << 56 | set.0)
}

/// Peers have the numbers before it.
const SET: u64 = 4;

/// The scope of what an account says of itself and notes for itself.
pub fn account_scope(user: UserId) -> Scope {
    Scope::Account(user.0)
}

/// The scope of what is kept to search a log.
pub fn index_scope(log: LogId) -> Scope {
    Scope::Index(log.number())
}

/// Seals under the scope's current key, which is made here if there is none or it is old.
/// `id` and `version` must be named again to open: a uid and its edit version, or a row's id.
pub fn seal(turn: &mut Turn<'_>, scope: Scope, kind: Kind, id: &[u8], version: u32, plain: &[u8]) -> Decided<Bytes> {
    let (epoch, key) = current_key(turn, scope)?;
    let nonce = turn.draw();
    Ok(vault::seal(kind, &key, epoch, Aad { id, version }, nonce, plain).into())
}

/// Opens what [`seal`] made.
pub fn open(
    view: &(impl View + ?Sized),
    scope: Scope,
    kind: Kind,
    id: &[u8],
    version: u32,
    sealed: &[u8],
) -> Decided<Vec<u8>> {
    let epoch = vault::epoch_of(sealed)?;
    let key = stored_key(view, scope, epoch)?.ok_or(Stop::Sealed)?;
    Ok(vault::open(kind, &key, Aad { id, version }, sealed)?)
}

/// Destroys every key of a scope: nothing that was sealed under it opens again.
pub fn destroy(turn: &mut Turn<'_>, scope: Scope) -> Decided<()> {
    let range = Range::prefix(epoch_prefix(scope).key());
    // An epoch lasts a month, so these are all.
    for (key, _) in turn.scan(&range, Direction::Forward, EPOCHS_MAX)? {
        turn.delete(key);
    }
    Ok(())
}

/// Opens many values, and unwraps each key once.
#[derive(Default)]
pub struct Opener(Vec<(Scope, u32, ContentKey)>);

impl Opener {
    /// As [`open`].
    pub fn open(
        &mut self,
        view: &(impl View + ?Sized),
        scope: Scope,
        kind: Kind,
        (id, version): (&[u8], u32),
        sealed: &[u8],
    ) -> Decided<Vec<u8>> {
        let epoch = vault::epoch_of(sealed)?;
        let known = self.0.iter().position(|(of, number, _)| (*of, *number) == (scope, epoch));
        let at = match known {
            Some(at) => at,
            None => {
                let key = stored_key(view, scope, epoch)?.ok_or(Stop::Sealed)?;
                self.0.push((scope, epoch, key));
                self.0.len() - 1
            }
        };
        Ok(vault::open(kind, &self.0[at].2, Aad { id, version }, sealed)?)
    }
}

fn current_key(turn: &mut Turn<'_>, scope: Scope) -> Decided<(u32, ContentKey)> {
    let now = turn.now().secs();
    let epoch: Option<Epoch> = load(turn, &epoch_key(scope, 0))?;
    if let Some(epoch) = &epoch
        && now.saturating_sub(epoch.began) < EPOCH_SECONDS
    {
        let key = stored_key(turn, scope, epoch.number)?.ok_or(Stop::Sealed)?;
        return Ok((epoch.number, key));
    }
    let number = epoch.map_or(1, |it| it.number + 1);
    let key = ContentKey::new(turn.draw());
    let nonce = turn.draw();
    let wrapped = turn.world().keys.wrap(&scope, number, &key, nonce);
    turn.put(epoch_key(scope, number), &WrappedKey { wrapped: wrapped.into(), ..WrappedKey::default() });
    turn.put(epoch_key(scope, 0), &Epoch { number, began: now, ..Epoch::default() });
    Ok((number, key))
}

fn stored_key(view: &(impl View + ?Sized), scope: Scope, epoch: u32) -> Decided<Option<ContentKey>> {
    let Some(row) = load::<WrappedKey>(view, &epoch_key(scope, epoch))? else { return Ok(None) };
    Ok(Some(view.world().keys.unwrap(&scope, epoch, &row.wrapped)?))
}

/// Destroying these rows destroys everything sealed under them.
fn epoch_key(scope: Scope, epoch: u32) -> Key {
    epoch_prefix(scope).u32(epoch).key()
}

fn epoch_prefix(scope: Scope) -> KeyBuilder {
    let bytes = scope.to_bytes();
    let vshard = bytes.iter().fold(0_u16, |sum, byte| sum.wrapping_mul(31).wrapping_add(u16::from(*byte)));
    Key::of(CONTENT_KEY, vshard % VSHARDS_IN_USE).bytes(&bytes)
}
