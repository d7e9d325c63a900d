//! Peers as clients name them, checked: an access hash proves that the server told the caller of the peer.
//! Source: core.telegram.org/api/peers.

use domain::{
    ChannelId, ChatId, Domain, Peer, Refusal, UserId, groups::BannedRights, messages::media::carriers::Named,
};
use tl::enums::{self, InputChannel, InputDialogPeer, InputDocument, InputPeer, InputUser};

use crate::RpcError;

/// Whoever a chat is with. Whether the caller may look into a group or channel is for the rules to say.
pub fn peer(domain: &Domain, me: UserId, input: &InputPeer) -> Result<Peer, RpcError> {
    match input {
        InputPeer::PeerSelf => Ok(Peer::User(me)),
        InputPeer::User(it) => Ok(Peer::User(checked(domain, me, it.user_id, it.access_hash, Refusal::PeerIdInvalid)?)),
        InputPeer::Channel(it) => Ok(Peer::Channel(known(domain, me, it.channel_id, it.access_hash)?)),
        InputPeer::Chat(it) => chat(it.chat_id).map(Peer::Chat),
        // The latter are peers with a hash by now: `from_message`.
        InputPeer::Empty | InputPeer::UserFromMessage(_) | InputPeer::ChannelFromMessage(_) => {
            Err(Refusal::PeerIdInvalid.into())
        }
    }
}

/// A user, or oneself.
pub fn user(domain: &Domain, me: UserId, input: &InputUser) -> Result<UserId, RpcError> {
    match input {
        InputUser::UserSelf => Ok(me),
        InputUser::User(it) => checked(domain, me, it.user_id, it.access_hash, Refusal::UserIdInvalid),
        InputUser::Empty | InputUser::FromMessage(_) => Err(Refusal::UserIdInvalid.into()),
    }
}

/// A supergroup or channel. Whether the caller may look into it is for the rules to say.
pub fn channel(domain: &Domain, me: UserId, input: &InputChannel) -> Result<ChannelId, RpcError> {
    match input {
        InputChannel::Channel(it) => known(domain, me, it.channel_id, it.access_hash),
        InputChannel::Empty | InputChannel::FromMessage(_) => Err(Refusal::ChannelInvalid.into()),
    }
}

/// A document that the server told of; whether the caller may see what carries it is for the rules to say.
pub fn document(input: &InputDocument, empty: Refusal) -> Result<Named, RpcError> {
    match input {
        InputDocument::Document(it) => {
            Ok(Named { id: it.id.cast_unsigned(), access_hash: it.access_hash, reference: it.file_reference.clone() })
        }
        InputDocument::Empty => Err(empty.into()),
    }
}

/// A basic group's number; whether the caller is in it is for the rules to say.
pub fn chat(id: i64) -> Result<ChatId, RpcError> {
    u64::try_from(id).map(ChatId).map_err(|_| Refusal::ChatIdInvalid.into())
}

/// What somebody may not do; until when is not among the rights.
pub fn banned_rights(it: &enums::ChatBannedRights) -> BannedRights {
    let enums::ChatBannedRights::Rights(it) = it;
    let all = [
        (it.view_messages, BannedRights::VIEW_MESSAGES),
        (it.send_messages, BannedRights::SEND_MESSAGES),
        (it.send_media, BannedRights::SEND_MEDIA),
        (it.send_stickers, BannedRights::SEND_STICKERS),
        (it.send_gifs, BannedRights::SEND_GIFS),
        (it.send_games, BannedRights::SEND_GAMES),
        (it.send_inline, BannedRights::SEND_INLINE),
        (it.embed_links, BannedRights::EMBED_LINKS),
        (it.send_polls, BannedRights::SEND_POLLS),
        (it.change_info, BannedRights::CHANGE_INFO),
        (it.invite_users, BannedRights::INVITE_USERS),
        (it.pin_messages, BannedRights::PIN_MESSAGES),
        (it.manage_topics, BannedRights::MANAGE_TOPICS),
        (it.send_photos, BannedRights::SEND_PHOTOS),
        (it.send_videos, BannedRights::SEND_VIDEOS),
        (it.send_roundvideos, BannedRights::SEND_ROUNDVIDEOS),
        (it.send_audios, BannedRights::SEND_AUDIOS),
        (it.send_voices, BannedRights::SEND_VOICES),
        (it.send_docs, BannedRights::SEND_DOCS),
        (it.send_plain, BannedRights::SEND_PLAIN),
        (it.edit_rank, BannedRights::EDIT_RANK),
        (it.send_reactions, BannedRights::SEND_REACTIONS),
        (it.manage_linked_peers, BannedRights::MANAGE_LINKED_PEERS),
    ];
    let set = all.into_iter().filter(|(set, _)| *set);
    set.fold(BannedRights::NONE, |rights, (_, right)| rights.with(right))
}

/// The peer of a dialog; folders of peers are refused.
pub fn dialog_peer(domain: &Domain, me: UserId, input: &InputDialogPeer) -> Result<Peer, RpcError> {
    match input {
        InputDialogPeer::Peer(it) => peer(domain, me, &it.peer),
        InputDialogPeer::Folder(_) | InputDialogPeer::Community(_) => Err(Refusal::PeerIdInvalid.into()),
    }
}

fn known(domain: &Domain, me: UserId, id: i64, hash: i64) -> Result<ChannelId, RpcError> {
    let id = ChannelId(u64::try_from(id).map_err(|_| Refusal::ChannelInvalid)?);
    let told = domain.world().access_hash(me, Peer::Channel(id)) == hash;
    if told { Ok(id) } else { Err(Refusal::ChannelInvalid.into()) }
}

fn checked(domain: &Domain, me: UserId, id: i64, hash: i64, refusal: Refusal) -> Result<UserId, RpcError> {
    let user = UserId(u64::try_from(id).map_err(|_| refusal)?);
    // Some clients keep no hash of their own account. Source: observed with Telethon 1.45.
    if user == me || domain.world().access_hash(me, Peer::User(user)) == hash {
        return Ok(user);
    }
    Err(refusal.into())
}
