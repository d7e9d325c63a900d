//! Who is named by a message, and who may be.

use domain::{
    MessageId,
    groups::{ChannelRow, MemberRow},
};
use tl::{Serializable, enums, functions::users::GetUsers, types};

use super::*;
use crate::testing::{call, groups::Group, peer, refused, text};

impl Group {
    fn within(&self, by: usize) -> InputPeer {
        let enums::InputChannel::Channel(it) = self.input(by) else { panic!("a channel with a hash") };
        types::InputPeerChannel { channel_id: it.channel_id, access_hash: it.access_hash }.into()
    }

    /// One of the people as another names it, who saw it in a message.
    fn seen(&self, by: usize, who: usize, msg_id: i32) -> types::InputUserFromMessage {
        let user_id = render::user::id(self.people[who].user);
        types::InputUserFromMessage { peer: self.within(by), msg_id, user_id }
    }

    fn users(&self, by: usize, who: types::InputUserFromMessage) -> Result<usize, String> {
        let request = GetUsers { id: vec![who.into()] };
        match call(&self.hall, self.people[by], &request) {
            Ok(found) => Ok(found.len()),
            Err(error) => Err(format!("{} {}", error.code, error.name)),
        }
    }
}

#[test]
fn somebody_seen_in_a_message_is_named_by_it() {
    let group = Group::of(3);
    group.post(0, &[]);
    assert_eq!(group.users(1, group.seen(1, 0, 1)), Ok(1));
    assert_eq!(group.users(1, group.seen(1, 2, 1)), Err("400 USER_ID_INVALID".into()), "not in that message");
    assert_eq!(group.users(1, group.seen(1, 0, 2)), Err("400 MSG_ID_INVALID".into()));
    assert_eq!(group.users(1, group.seen(0, 0, 1)), Err("400 CHANNEL_INVALID".into()), "another's hash");
    group.place(group.people[1].user, MemberRow::default());
    assert_eq!(group.users(1, group.seen(1, 0, 1)), Err("406 CHANNEL_PRIVATE".into()));
}

#[test]
fn nobody_is_named_by_a_message_that_one_may_not_see() {
    let group = Group::with(3, ChannelRow { history_hidden: true, ..ChannelRow::default() });
    group.post(0, &[]);
    group.place(group.people[1].user, MemberRow { joined: 2, visible_from: MessageId(2), ..MemberRow::default() });
    assert_eq!(group.users(1, group.seen(1, 0, 1)), Err("400 MSG_ID_INVALID".into()));
    assert_eq!(group.users(2, group.seen(2, 0, 1)), Ok(1));
}

#[test]
fn a_message_reaches_who_is_named_by_one() {
    let group = Group::of(3);
    group.post(0, &[]);
    let seen = group.seen(1, 0, 1);
    let to = types::InputPeerUserFromMessage { peer: seen.peer, msg_id: 1, user_id: seen.user_id };
    call(&group.hall, group.people[1], &text(&to.into(), "hello", 1)).expect("a message is sent");
}

#[test]
fn what_only_looks_like_such_a_peer_stays_as_it_is() {
    let group = Group::of(3);
    let (me, other) = (group.people[0], group.people[1]);
    for id in IDS {
        let request = text(&peer(&group.hall, me, other), "hello", i64::from(id) << 32 | i64::from(id));
        assert!(request.to_bytes().chunks_exact(4).any(|it| it == id.to_le_bytes()), "the bytes are there");
        assert!(places(&request.to_bytes()).is_empty());
    }
}

#[test]
fn peers_within_peers_are_put_from_the_inside() {
    let group = Group::of(3);
    group.post(0, &[]);
    let enums::InputChannel::Channel(it) = group.input(1) else { panic!("a channel with a hash") };
    let inner = types::InputPeerChannelFromMessage { peer: group.within(1), msg_id: 1, channel_id: it.channel_id };
    let seen = types::InputUserFromMessage { peer: inner.into(), ..group.seen(1, 0, 1) };
    assert_eq!(group.users(1, seen), Ok(1));
}

#[test]
fn a_request_names_so_many_and_no_more() {
    let group = Group::of(3);
    group.post(0, &[]);
    let all = |n| GetUsers { id: vec![group.seen(1, 0, 1).into(); n] };
    let found = call(&group.hall, group.people[1], &all(PEERS_MAX)).expect("as many as may be");
    assert_eq!(found.len(), PEERS_MAX);
    assert_eq!(refused(&group.hall, group.people[1], &all(PEERS_MAX + 1)), "400 LIMIT_INVALID");
}
