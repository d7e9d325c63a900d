//! Peers that a client names by a message in which it saw them, as it does with those it knows only without
//! an access hash. They are found in a request's bytes and put as any other peer is named, with its hash,
//! before a handler sees them. Source: core.telegram.org/api/min.

use std::borrow::Cow;

use domain::{Domain, MessageId, Peer, Refusal, UserId, messages};
use tl::{
    Cursor, Deserializable, Identifiable, Layer, Limits, Serializable, WalkError,
    enums::{InputChannel, InputPeer, InputUser},
    types, walk,
};

use crate::{RpcError, input, render};

/// Longer requests carry files and address books, and no such peers.
const REQUEST_MAX: usize = 16 << 10;

/// Such peers of one request.
const PEERS_MAX: usize = 100;

const IDS: [u32; 4] = [
    types::InputPeerUserFromMessage::CONSTRUCTOR_ID,
    types::InputPeerChannelFromMessage::CONSTRUCTOR_ID,
    types::InputUserFromMessage::CONSTRUCTOR_ID,
    types::InputChannelFromMessage::CONSTRUCTOR_ID,
];

/// A request of the newest layer, with every such peer as `me` names it by its hash.
pub(crate) async fn resolve<'a>(
    domain: &Domain,
    me: Option<UserId>,
    request: Cow<'a, [u8]>,
) -> Result<Cow<'a, [u8]>, RpcError> {
    let (Some(me), true) = (me, request.len() <= REQUEST_MAX) else { return Ok(request) };
    let places = places(&request);
    if places.is_empty() {
        return Ok(request);
    }
    if places.len() > PEERS_MAX {
        return Err(Refusal::LimitInvalid.into());
    }
    let mut bytes = request.into_owned();
    // From the last on: what one is named within comes after it.
    for at in places.into_iter().rev() {
        let (named, length) = read(&bytes[at..]).ok_or(Refusal::PeerIdInvalid)?;
        let put = hashed(domain, me, &named).await?;
        bytes.splice(at..at + length, put);
    }
    Ok(Cow::Owned(bytes))
}

/// Where such peers begin. A text may hold the same bytes, so each is tried: with an id that nobody knows the
/// walk stops exactly there, if an object begins there.
fn places(request: &[u8]) -> Vec<usize> {
    let words = request.chunks_exact(4).enumerate();
    let alike = words.filter(|(_, it)| IDS.iter().any(|id| id.to_le_bytes() == **it)).map(|(n, _)| n * 4);
    let mut tried = Vec::new();
    let begins = |at: &usize| {
        if tried.is_empty() {
            tried = request.to_vec();
        }
        let (at, unknown) = (*at, [0xff; 4]);
        let known: [u8; 4] = tried[at..at + 4].try_into().expect("a word has four bytes");
        tried[at..at + 4].copy_from_slice(&unknown);
        let walked = walk::request(Layer::NEWEST, &tried, &Limits::REQUEST);
        tried[at..at + 4].copy_from_slice(&known);
        matches!(walked, Err(WalkError::UnknownConstructor { at: stopped, .. }) if stopped == at)
    };
    alike.take(PEERS_MAX + 1).filter(begins).collect()
}

/// Who is named, within which chat and message, and how it has to be put.
struct Named {
    who: Peer,
    within: InputPeer,
    message: MessageId,
    /// As `InputUser` or `InputChannel`, rather than `InputPeer`.
    bare: bool,
}

fn read(bytes: &[u8]) -> Option<(Named, usize)> {
    let id = u32::from_le_bytes(*bytes.first_chunk()?);
    let mut cursor = Cursor::from_slice(bytes);
    let user = |id: i64| u64::try_from(id).ok().map(|it| Peer::User(UserId(it)));
    let channel = |id: i64| u64::try_from(id).ok().map(|it| Peer::Channel(domain::ChannelId(it)));
    let bare =
        id == types::InputUserFromMessage::CONSTRUCTOR_ID || id == types::InputChannelFromMessage::CONSTRUCTOR_ID;
    let (who, within, message) = if id == types::InputUserFromMessage::CONSTRUCTOR_ID {
        match InputUser::deserialize(&mut cursor).ok()? {
            InputUser::FromMessage(it) => (user(it.user_id)?, it.peer, it.msg_id),
            _ => return None,
        }
    } else if id == types::InputChannelFromMessage::CONSTRUCTOR_ID {
        match InputChannel::deserialize(&mut cursor).ok()? {
            InputChannel::FromMessage(it) => (channel(it.channel_id)?, it.peer, it.msg_id),
            _ => return None,
        }
    } else {
        match InputPeer::deserialize(&mut cursor).ok()? {
            InputPeer::UserFromMessage(it) => (user(it.user_id)?, it.peer, it.msg_id),
            InputPeer::ChannelFromMessage(it) => (channel(it.channel_id)?, it.peer, it.msg_id),
            _ => return None,
        }
    };
    Some((Named { who, within, message: MessageId(message), bare }, cursor.pos()))
}

/// The same peer by its hash, if the message introduces it.
async fn hashed(domain: &Domain, me: UserId, named: &Named) -> Result<Vec<u8>, RpcError> {
    let within = match &named.within {
        InputPeer::Channel(it) => {
            let it = types::InputChannel { channel_id: it.channel_id, access_hash: it.access_hash };
            Peer::Channel(input::channel(domain, me, &it.into())?)
        }
        InputPeer::Chat(it) => Peer::Chat(input::chat(it.chat_id)?),
        other => input::peer(domain, me, other)?,
    };
    let (who, message) = (named.who, named.message);
    if !domain.query(|view| messages::introduces(view, me, within, message, who)).await? {
        return Err(if who.user().is_some() { Refusal::UserIdInvalid } else { Refusal::ChannelInvalid }.into());
    }
    let access_hash = domain.world().access_hash(me, who);
    Ok(match who {
        Peer::User(user) => {
            let user_id = render::user::id(user);
            match named.bare {
                true => InputUser::from(types::InputUser { user_id, access_hash }).to_bytes(),
                false => InputPeer::from(types::InputPeerUser { user_id, access_hash }).to_bytes(),
            }
        }
        Peer::Channel(channel) => {
            let channel_id = render::group::channel_id(channel);
            match named.bare {
                true => InputChannel::from(types::InputChannel { channel_id, access_hash }).to_bytes(),
                false => InputPeer::from(types::InputPeerChannel { channel_id, access_hash }).to_bytes(),
            }
        }
        Peer::Chat(_) => return Err(Refusal::PeerIdInvalid.into()),
    })
}

#[cfg(test)]
mod tests;
