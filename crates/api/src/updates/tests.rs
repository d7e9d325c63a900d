//! What was missed of channels, by members and passers-by.

mod together;

use std::sync::Arc;

use domain::{
    MessageId,
    groups::{ChannelRow, MemberRow, rights::BannedRights},
    testing::groups::Happens,
    updates::Change,
};
use tl::{
    enums::{self, updates::ChannelDifference},
    functions::updates::{GetChannelDifference, GetDifference, GetState},
    types,
};

use super::channel::{MEMBER_SECONDS, PASSER_SECONDS};
use crate::testing::{NoPorts, call, call_through, groups::Group, refused};

impl Group {
    fn ask(&self, by: usize, pts: i32, limit: i32) -> GetChannelDifference {
        let filter = enums::ChannelMessagesFilter::Empty;
        GetChannelDifference { force: false, channel: self.input(by), filter, pts, limit }
    }

    fn missed(&self, by: usize, pts: i32) -> ChannelDifference {
        call(&self.hall, self.people[by], &self.ask(by, pts, 100)).expect("readable")
    }

    fn refusal(&self, by: usize, request: &GetChannelDifference) -> String {
        refused(&self.hall, self.people[by], request)
    }

    /// The channels that a difference names, and where they stand.
    fn moved(&self, by: usize, pts: i32, date: i32) -> Vec<(i64, Option<i32>)> {
        let request = GetDifference { pts, pts_limit: None, pts_total_limit: None, date, qts: 0, qts_limit: None };
        match call(&self.hall, self.people[by], &request).expect("readable") {
            enums::updates::Difference::Empty(_) => Vec::new(),
            enums::updates::Difference::Difference(it) => {
                assert_eq!(it.chats.len(), 1, "the channel is named");
                let too_long = it.other_updates.iter().filter_map(|it| match it {
                    enums::Update::ChannelTooLong(it) => Some((it.channel_id, it.pts)),
                    _ => None,
                });
                too_long.collect()
            }
            other => panic!("{other:?}"),
        }
    }
}

fn whole(it: ChannelDifference) -> types::updates::ChannelDifference {
    if let ChannelDifference::Difference(it) = it { it } else { panic!("{it:?}") }
}

fn ids(all: &[enums::Message]) -> Vec<i32> {
    all.iter().map(|it| if let enums::Message::Message(it) = it { it.id } else { panic!("{it:?}") }).collect()
}

#[test]
fn a_member_gets_what_it_missed_and_then_nothing() {
    let group = Group::of(3);
    group.post(0, &[]);
    group.post(0, &[1]);
    group.happen(Happens::Edit(MessageId(1), "changed".into()));
    let it = whole(group.missed(1, 1));
    assert_eq!((it.r#final, it.pts, it.timeout), (true, 4, Some(MEMBER_SECONDS)));
    assert_eq!((ids(&it.new_messages), it.other_updates.len()), (vec![1, 2], 1));
    assert_eq!((it.users.len(), it.chats.len()), (1, 1));
    let ChannelDifference::Empty(it) = group.missed(1, 4) else { panic!("nothing is left") };
    assert_eq!((it.r#final, it.pts), (true, 4));
}

#[test]
fn what_has_no_place_in_the_count_is_no_part_of_a_difference() {
    let group = Group::of(3);
    let renamed = || Happens::Note(Change::Channel { channel: group.id }, 0);
    group.happen(renamed());
    let ChannelDifference::Empty(_) = group.missed(1, 1) else { panic!("nothing that counts") };
    group.post(0, &[]);
    group.happen(renamed());
    let it = whole(group.missed(1, 1));
    assert_eq!((it.pts, ids(&it.new_messages), it.chats.len()), (2, vec![1], 1));
    assert_eq!(it.other_updates, []);
}

#[test]
fn a_long_difference_comes_in_slices_that_join() {
    let group = Group::of(3);
    (0..25).for_each(|_| drop(group.post(0, &[])));
    let (mut pts, mut all, mut sizes) = (1, Vec::new(), Vec::new());
    loop {
        let it = whole(call(&group.hall, group.people[1], &group.ask(1, pts, 10)).expect("readable"));
        all.extend(ids(&it.new_messages));
        sizes.push(it.new_messages.len());
        assert_eq!(it.timeout.is_some(), it.r#final);
        pts = it.pts;
        if it.r#final {
            break;
        }
    }
    assert_eq!((sizes, pts), (vec![10, 10, 5], 26));
    assert_eq!(all, (1..=25).collect::<Vec<_>>());
}

#[test]
fn who_is_shown_less_misses_less() {
    let group = Group::with(3, ChannelRow { history_hidden: true, ..ChannelRow::default() });
    group.post(0, &[]);
    group.place(group.people[1].user, MemberRow { joined: 2, visible_from: MessageId(2), ..MemberRow::default() });
    group.happen(Happens::Edit(MessageId(1), "changed".into()));
    group.post(0, &[]);
    let it = whole(group.missed(1, 1));
    assert_eq!((ids(&it.new_messages), it.pts), (vec![2], 4));
    let told = |it: &enums::Update| matches!(it, enums::Update::EditChannelMessage(_));
    assert!(!it.other_updates.iter().any(told));
}

#[test]
fn passers_by_read_what_is_public_and_ask_again_soon() {
    let group = Group::with(2, ChannelRow { public: true, ..ChannelRow::default() });
    group.place(group.people[2].user, MemberRow::default());
    group.post(0, &[]);
    let it = whole(group.missed(2, 1));
    assert_eq!((ids(&it.new_messages), it.timeout), (vec![1], Some(PASSER_SECONDS)));
}

#[test]
fn only_who_passes_by_a_public_channel_hears_it_for_having_asked() {
    let heard = |public: bool, member: bool| {
        let group = Group::with(2, ChannelRow { public, ..ChannelRow::default() });
        group.place(group.people[2].user, MemberRow { joined: u32::from(member), ..MemberRow::default() });
        let ports = Arc::new(NoPorts::default());
        let answer = call_through(&group.hall, group.people[2], Arc::clone(&ports), &group.ask(2, 1, 100));
        assert_eq!(answer.is_ok(), public || member);
        let heard = std::mem::take(&mut *ports.heard.lock().expect("nobody panicked"));
        heard == [(group.people[2].user, group.id)]
    };
    assert!(heard(true, false));
    assert!(!heard(true, true), "members hear it anyway");
    assert!(!heard(false, false) && !heard(false, true));
}

#[test]
fn a_trimmed_log_lets_the_client_start_anew() {
    let group = Group::of(3);
    (0..3).for_each(|_| drop(group.post(0, &[])));
    group.hall.pass(u64::from(domain::upkeep::ENTRY_SECONDS) + 1);
    domain::testing::ready(domain::upkeep::tend(&group.hall.domain, group.id.into())).expect("tended");
    let ChannelDifference::TooLong(it) = group.missed(1, 1) else { panic!("the log is gone") };
    let enums::Dialog::Dialog(dialog) = it.dialog else { panic!("a dialog") };
    assert_eq!((it.r#final, dialog.pts, ids(&it.messages)), (true, Some(4), vec![3, 2, 1]));
    assert!(matches!(group.missed(1, 4), ChannelDifference::Empty(_)));
}

#[test]
fn a_filter_leaves_out_what_it_does_not_want() {
    let group = Group::of(3);
    (0..3).for_each(|_| drop(group.post(0, &[])));
    group.happen(Happens::Edit(MessageId(2), "changed".into()));
    let ask = |no_new, ranges: &[(i32, i32)]| {
        let range = |it: &(i32, i32)| types::MessageRange { min_id: it.0, max_id: it.1 }.into();
        let ranges = ranges.iter().map(range).collect();
        let filter = types::ChannelMessagesFilter { exclude_new_messages: no_new, ranges }.into();
        GetChannelDifference { filter, ..group.ask(1, 1, 100) }
    };
    let get = |request| whole(call(&group.hall, group.people[1], &request).expect("readable"));
    let counts = |it: types::updates::ChannelDifference| (ids(&it.new_messages), it.other_updates.len(), it.pts);
    assert_eq!(counts(get(ask(false, &[(2, 2)]))), (vec![2], 1, 5));
    assert_eq!(counts(get(ask(true, &[(1, 3)]))), (vec![], 1, 5));
    let nothing = call(&group.hall, group.people[1], &ask(true, &[(3, 3)])).expect("readable");
    assert!(matches!(nothing, ChannelDifference::Empty(it) if it.pts == 5));
    assert_eq!(group.refusal(1, &ask(false, &[(3, 2)])), "400 RANGES_INVALID");
    assert_eq!(
        group.refusal(1, &ask(false, &[(1, 1); domain::updates::channels::RANGES_MAX + 1])),
        "400 RANGES_INVALID"
    );
}

#[test]
fn nobody_else_reads_a_log() {
    let group = Group::of(3);
    group.post(0, &[]);
    group.place(group.people[1].user, MemberRow::default());
    let banned = BannedRights::VIEW_MESSAGES;
    group.place(group.people[2].user, MemberRow { joined: 1, banned, ..MemberRow::default() });
    assert_eq!(group.refusal(1, &group.ask(1, 1, 100)), "406 CHANNEL_PRIVATE");
    assert_eq!(group.refusal(2, &group.ask(2, 1, 100)), "406 CHANNEL_PRIVATE");
    assert_eq!(group.refusal(1, &group.ask(0, 1, 100)), "400 CHANNEL_INVALID", "another's hash");
    assert_eq!(group.refusal(0, &group.ask(0, 0, 100)), "400 PERSISTENT_TIMESTAMP_EMPTY");
    assert_eq!(group.refusal(0, &group.ask(0, -1, 100)), "400 PERSISTENT_TIMESTAMP_INVALID");
    assert_eq!(group.refusal(0, &group.ask(0, 1, -1)), "400 LIMIT_INVALID");
}

#[test]
fn who_was_away_is_told_which_channels_have_news() {
    let group = Group::of(3);
    let state = call(&group.hall, group.people[1], &GetState {}).expect("a state");
    let enums::updates::State::State(state) = state;
    group.hall.pass(5);
    assert_eq!(group.moved(1, state.pts, state.date + 5), []);
    group.post(0, &[]);
    let (id, pts) = (crate::render::group::channel_id(group.id), Some(2));
    assert_eq!(group.moved(1, state.pts, state.date + 5), [(id, pts)]);
    group.hall.pass(5);
    assert_eq!(group.moved(1, state.pts, state.date + 10), [], "what it knew then is not told again");
    // What has no number is no news.
    group.happen(Happens::Note(Change::Channel { channel: group.id }, 0));
    assert_eq!(group.moved(1, state.pts, state.date + 10), []);
    group.place(group.people[1].user, MemberRow::default());
    assert_eq!(group.moved(1, state.pts, state.date), [], "who has left is told of no news");
}

#[test]
fn the_last_slice_names_the_channels() {
    let group = Group::of(3);
    let (me, note) = (group.people[1], Change::Config {});
    (0..3).for_each(|_| group.hall.run(Noted(me.user, note.clone())).expect("noted"));
    group.post(0, &[]);
    let date = 1;
    let ask = |pts, date| {
        let request = GetDifference { pts, pts_limit: Some(2), pts_total_limit: None, date, qts: 0, qts_limit: None };
        call(&group.hall, me, &request).expect("readable")
    };
    let enums::updates::Difference::Slice(first) = ask(1, date) else { panic!("a slice") };
    let enums::updates::State::State(state) = first.intermediate_state;
    assert_eq!((first.chats.len(), state.date), (0, date), "the client's own date stands");
    let enums::updates::Difference::Difference(last) = ask(state.pts, state.date) else { panic!("the rest") };
    assert!(last.other_updates.iter().any(|it| matches!(it, enums::Update::ChannelTooLong(_))));
}

struct Noted(domain::UserId, Change);

impl domain::Command for Noted {
    type Reply = ();

    fn decide(&self, turn: &mut domain::Turn<'_>) -> domain::Decided<()> {
        domain::updates::append(turn, self.0, self.1.clone(), 1, None).map(drop)
    }
}
