//! Peers that clients name by a constructor of a near type: many bot libraries put what they know of a peer,
//! an `InputPeer`, wherever an `InputUser` or `InputChannel` belongs. The fields are the same, so the id is put
//! right. Source: observed with Pyrogram 2.0 and its forks, which name members of groups no other way.

use std::borrow::Cow;

use grammers_tl_types::{Identifiable, types};

use crate::{
    layer::Layer,
    walk::{self, Limits, WalkError, Walked},
};

/// Peers put right in one request: each costs a walk, and no request names more than the members of a basic group.
const PEERS_MAX: usize = 200;

/// A constructor of `InputPeer`, and the one with the same fields of the type that belongs there.
const KIN: [(u32, u32); 5] = [
    (types::InputPeerUser::CONSTRUCTOR_ID, types::InputUser::CONSTRUCTOR_ID),
    (types::InputPeerChannel::CONSTRUCTOR_ID, types::InputChannel::CONSTRUCTOR_ID),
    (types::InputPeerUserFromMessage::CONSTRUCTOR_ID, types::InputUserFromMessage::CONSTRUCTOR_ID),
    (types::InputPeerChannelFromMessage::CONSTRUCTOR_ID, types::InputChannelFromMessage::CONSTRUCTOR_ID),
    (types::InputPeerSelf::CONSTRUCTOR_ID, types::InputUserSelf::CONSTRUCTOR_ID),
];

/// Walks a request as [`walk::request`] does, with such peers put right; borrowed where there are none.
pub(super) fn request<'a>(
    layer: Layer,
    request: &'a [u8],
    limits: &Limits,
) -> Result<(Walked, Cow<'a, [u8]>), WalkError> {
    let mut bytes = Cow::Borrowed(request);
    for _ in 0..PEERS_MAX {
        let (id, at) = match walk::request(layer, &bytes, limits) {
            Ok(walked) => return Ok((walked, bytes)),
            Err(WalkError::WrongType { id, at }) => (id, at),
            Err(other) => return Err(other),
        };
        let Some((_, right)) = KIN.iter().find(|(of_peer, _)| *of_peer == id) else {
            return Err(WalkError::WrongType { id, at });
        };
        bytes.to_mut()[at..at + 4].copy_from_slice(&right.to_le_bytes());
    }
    Ok((walk::request(layer, &bytes, limits)?, bytes))
}

#[cfg(test)]
mod tests {
    use grammers_tl_types::{Serializable, enums, functions};

    use super::*;

    /// `messages.createChat` with so many users, each named as a peer.
    fn create_chat(users: usize) -> (Vec<u8>, Vec<u8>) {
        let right = |n: usize| types::InputUser { user_id: n as i64, access_hash: 7 }.into();
        let users: Vec<enums::InputUser> = (0..users).map(right).collect();
        let right = functions::messages::CreateChat { users, title: "Optics".into(), ttl_period: None }.to_bytes();
        let (good, peer) = (types::InputUser::CONSTRUCTOR_ID, types::InputPeerUser::CONSTRUCTOR_ID);
        let mut named = right.clone();
        for four in named.chunks_exact_mut(4).filter(|it| **it == good.to_le_bytes()) {
            four.copy_from_slice(&peer.to_le_bytes());
        }
        (named, right)
    }

    #[test]
    fn a_peer_where_a_user_belongs_is_that_user_at_every_layer() {
        let (named, right) = create_chat(3);
        for layer in [Layer::NEWEST, Layer::serving(229).unwrap(), Layer::serving(177).unwrap()] {
            let upgraded = crate::upgrade(layer, &named, &Limits::REQUEST).expect("a request");
            assert_eq!(upgraded.bytes, right, "{layer:?}");
        }
        let (named, right) = create_chat(PEERS_MAX);
        assert_eq!(crate::upgrade(Layer::NEWEST, &named, &Limits::REQUEST).map(|it| it.bytes), Ok(right.into()));
        let (named, _) = create_chat(PEERS_MAX + 1);
        assert!(matches!(request(Layer::NEWEST, &named, &Limits::REQUEST), Err(WalkError::WrongType { .. })));
    }

    #[test]
    fn a_user_is_no_channel_and_a_group_is_neither() {
        let channel = types::InputChannel { channel_id: 5, access_hash: 7 }.into();
        let right = functions::channels::LeaveChannel { channel }.to_bytes();
        let mut as_peer = right.clone();
        as_peer[4..8].copy_from_slice(&types::InputPeerChannel::CONSTRUCTOR_ID.to_le_bytes());
        let found = request(Layer::NEWEST, &as_peer, &Limits::REQUEST);
        assert_eq!(found.map(|(_, bytes)| bytes.into_owned()), Ok(right.clone()));
        for other in [types::InputPeerUser::CONSTRUCTOR_ID, types::InputPeerChat::CONSTRUCTOR_ID] {
            as_peer[4..8].copy_from_slice(&other.to_le_bytes());
            let found = request(Layer::NEWEST, &as_peer, &Limits::REQUEST);
            assert!(matches!(found, Err(WalkError::WrongType { at: 4, .. })), "{found:?}");
        }
    }
}
