//! Peers as clients name them, checked: an access hash proves that the server told the caller of the peer.
//! Source: core.telegram.org/api/peers.

use domain::{Domain, Peer, Refusal, UserId};
use tl::enums::{InputDialogPeer, InputPeer, InputUser};

use crate::RpcError;

/// A private chat's other side, or oneself. Groups and channels are refused until they exist.
pub fn peer(domain: &Domain, me: UserId, input: &InputPeer) -> Result<Peer, RpcError> {
    match input {
        InputPeer::PeerSelf => Ok(Peer::User(me)),
        InputPeer::User(it) => Ok(Peer::User(checked(domain, me, it.user_id, it.access_hash, Refusal::PeerIdInvalid)?)),
        InputPeer::UserFromMessage(it) => from_message(domain, me, &it.peer, it.user_id),
        InputPeer::Channel(_) | InputPeer::ChannelFromMessage(_) => Err(Refusal::ChannelInvalid.into()),
        InputPeer::Chat(_) => Err(Refusal::ChatIdInvalid.into()),
        InputPeer::Empty => Err(Refusal::PeerIdInvalid.into()),
    }
}

/// A user, or oneself.
pub fn user(domain: &Domain, me: UserId, input: &InputUser) -> Result<UserId, RpcError> {
    match input {
        InputUser::UserSelf => Ok(me),
        InputUser::User(it) => checked(domain, me, it.user_id, it.access_hash, Refusal::UserIdInvalid),
        InputUser::FromMessage(it) => from_message(domain, me, &it.peer, it.user_id).map(Peer::user),
        InputUser::Empty => Err(Refusal::UserIdInvalid.into()),
    }
}

/// The peer of a dialog; folders of peers are refused.
pub fn dialog_peer(domain: &Domain, me: UserId, input: &InputDialogPeer) -> Result<Peer, RpcError> {
    match input {
        InputDialogPeer::Peer(it) => peer(domain, me, &it.peer),
        InputDialogPeer::Folder(_) | InputDialogPeer::Community(_) => Err(Refusal::PeerIdInvalid.into()),
    }
}

fn checked(domain: &Domain, me: UserId, id: i64, hash: i64, refusal: Refusal) -> Result<UserId, RpcError> {
    let user = UserId(u64::try_from(id).map_err(|_| refusal)?);
    // Some clients keep no hash of their own account. Source: observed with Telethon 1.45.
    if user == me || domain.world().access_hash(me, Peer::User(user)) == hash {
        return Ok(user);
    }
    Err(refusal.into())
}

/// A `min` user is named by a message that it was seen in; in private chats that is a chat's own side.
fn from_message(domain: &Domain, me: UserId, within: &InputPeer, id: i64) -> Result<Peer, RpcError> {
    let chat = peer(domain, me, within)?.user();
    let user = UserId(u64::try_from(id).map_err(|_| Refusal::UserIdInvalid)?);
    if user == chat || user == me { Ok(Peer::User(user)) } else { Err(Refusal::UserIdInvalid.into()) }
}
