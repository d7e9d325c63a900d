//! What goes, and what must stay.

use store::{Direction, Key, Kv, Range, Subspace};

use super::*;
use crate::{
    Caller, Peer, Pts,
    accounts::codes::{Purpose, SendCode},
    messages::send::SendMessage,
    spaces::{CODE, LOG, SENT},
    testing::{Hall, ready},
    updates::{
        counters,
        difference::{Difference, difference},
    },
};

fn send(hall: &Hall, by: Caller, random_id: i64) -> crate::MessageId {
    let send = SendMessage {
        by,
        peer: Peer::User(by.user),
        text: "x".into(),
        entities: Vec::new(),
        reply: None,
        random_id,
        silent: false,
        noforwards: false,
        no_webpage: false,
        clear_draft: false,
        send_as: None,
        album: 0,
    };
    hall.run(send).expect("sends").message
}

fn rows(hall: &Hall, space: Subspace) -> usize {
    let range = Range { start: Key::from_bytes(&[space.id]), end: Key::from_bytes(&[space.id + 1]) };
    ready(hall.kv().scan(&range, Direction::Forward, usize::MAX)).expect("memory").len()
}

fn pass(hall: &Hall) {
    let mut after = None;
    while let Some(next) = ready(sweep(&hall.domain, after)).expect("sweeps") {
        after = Some(next);
    }
}

fn ask(hall: &Hall, of: Caller, from: i32) -> Difference {
    hall.ask(|view| difference(view, of.user, Pts(from), u32::MAX, None, None)).expect("reads")
}

#[test]
fn a_random_id_is_known_for_seven_days() {
    let hall = Hall::new();
    let me = hall.person("Alice", "9996621001");
    let first = send(&hall, me, 5);
    hall.pass(u64::from(RANDOM_ID_SECONDS) - 1);
    pass(&hall);
    assert_eq!((send(&hall, me, 5), rows(&hall, SENT)), (first, 1));
    hall.pass(10);
    pass(&hall);
    assert_eq!(rows(&hall, SENT), 0);
    assert_ne!(send(&hall, me, 5), first);
}

#[test]
fn old_entries_go_and_who_missed_them_starts_anew() {
    let hall = Hall::new();
    let me = hall.person("Alice", "9996621001");
    for n in 1..=1200 {
        send(&hall, me, n);
    }
    hall.pass(u64::from(ENTRY_SECONDS) - 1);
    send(&hall, me, 2000);
    pass(&hall);
    assert_eq!(rows(&hall, LOG), 1201);
    assert!(matches!(ask(&hall, me, 1), Difference::Entries { .. }));
    hall.pass(10);
    pass(&hall);
    assert_eq!(rows(&hall, LOG), 1);
    let now = hall.ask(|view| counters(view, me.user)).unwrap().pts;
    assert_eq!(ask(&hall, me, 1), Difference::TooLong(now));
    assert!(matches!(ask(&hall, me, now.0 - 1), Difference::Entries { .. }));
    assert_eq!(ask(&hall, me, now.0), Difference::Empty);
    hall.events();
    pass(&hall);
    assert_eq!(rows(&hall, LOG), 1, "a pass over what is tidy changes nothing");
}

#[test]
fn a_log_keeps_so_many_entries_and_no_more() {
    let hall = Hall::new();
    let me = hall.person("Alice", "9996621001");
    for n in 1..=30 {
        send(&hall, me, n);
    }
    // The log stands far above what it holds.
    struct Jump(Caller);
    impl crate::Command for Jump {
        type Reply = ();
        fn decide(&self, turn: &mut crate::Turn<'_>) -> crate::Decided<()> {
            let row = counters(turn, self.0.user)?;
            let row = crate::updates::Counters { pts: Pts(ENTRIES_KEPT + 11), ..row };
            crate::updates::put_counters(turn, self.0.user, &row);
            Ok(())
        }
    }
    hall.run(Jump(me)).unwrap();
    ready(tend(&hall.domain, me.user.into())).unwrap();
    assert_eq!((rows(&hall, LOG), rows(&hall, SENT)), (20, 20), "entries up to pts 11 are gone");
}

#[test]
fn codes_go_a_day_after_their_time_is_up() {
    let hall = Hall::new();
    let ask = |phone: &str| {
        let code = SendCode { phone: phone.into(), purpose: Purpose::SignIn, owner: None };
        hall.run(code).expect("a code is made");
    };
    ask("9996621001");
    hall.pass(24 * 3600);
    ask("9996621002");
    assert_eq!(ready(purge(&hall.domain)), Ok(0));
    hall.pass(3600);
    assert_eq!((ready(purge(&hall.domain)), rows(&hall, CODE)), (Ok(1), 1));
}
