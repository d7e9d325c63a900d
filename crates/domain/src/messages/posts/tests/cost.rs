//! What a post costs: the same for ten members as for two thousand.

use store::{Kv, Range};

use super::*;

fn rows(group: &Group) -> usize {
    let all = Range { start: store::Key::from_bytes(&[0]), end: store::Key::from_bytes(&[0xff]) };
    crate::testing::ready(group.hall.kv().scan(&all, store::Direction::Forward, 1_000_000)).expect("reads").len()
}

/// Rows and events of a post.
fn cost(members: u32) -> (usize, usize) {
    let group = Group::new(Hall::new(), ChannelRow::default());
    for n in 3..members {
        let user = UserId::new(u64::from(n) + 10_000, crate::VShard((n % 4000) as u16));
        let row = MemberRow { joined: 1, ..MemberRow::default() };
        group.hall.run(Place { channel: group.id, user, row }).expect("placed");
    }
    group.hall.run(Count { channel: group.id, members }).expect("counted");
    group.send(group.alice, "the first makes the group's key").unwrap();
    group.hall.events();
    let before = rows(&group);
    group.send(group.alice, "hello").unwrap();
    (rows(&group) - before, group.hall.events().len())
}

#[test]
fn a_post_costs_the_same_in_a_group_of_any_size() {
    let few = cost(10);
    assert_eq!(few, (5, 1), "the message, its uid, its place, its random id, an entry; and one event");
    assert_eq!(cost(2000), few);
}
