//! Photos of both kinds of group: who may change them, who sees them, what tells of them.

use super::*;
use crate::{
    groups::{
        basic::{info::DeleteChat, migrate::MigrateChat},
        invites::{
            Invite,
            export::EditInvite,
            join::{Preview, check},
            overview,
            tests::{Room, rooms},
        },
        log::Wanted,
    },
    messages::{
        media::carriers::{Named, carried, carries, located, square},
        rows::open_body,
    },
    people::photos::tests::squares,
};

/// Changes a group's photo; the number of the message that tells of it.
fn edit(room: &Room, by: Caller, photo: Option<u64>) -> Result<(), Refusal> {
    let photo = photo.map(squares);
    match room.peer {
        Peer::Chat(chat) => room.hall.run(EditChatPhoto { by, chat, photo }).map(drop),
        Peer::Channel(channel) => room.hall.run(EditChannelPhoto { by, channel, photo }).map(drop),
        Peer::User(_) => Err(Refusal::PeerIdInvalid),
    }
}

fn sees(room: &Room, who: Caller) -> Option<u64> {
    room.hall.ask(|view| read(view, who.user, room.peer)).unwrap().map(|it| it.id)
}

fn square_of(room: &Room, who: Caller, photo: u64) -> Result<u64, Refusal> {
    room.hall.ask(|view| square(view, who.user, room.peer, photo, false)).map(|it| it.id)
}

/// The newest thing that happened, as a member has it.
fn last(room: &Room, who: Caller) -> (Action, MessageUid) {
    let log = room.peer.log(who.user);
    let read = |view: &dyn View| {
        let id = crate::ids::MessageId(crate::updates::counters(view, log)?.last_message_id);
        let row = copy(view, log, id)?.expect("a message");
        Ok((open_body(view, log, &row)?.action.expect("a service message"), row.uid))
    };
    room.hall.ask(read).unwrap()
}

#[test]
fn who_may_change_the_looks_changes_the_photo_and_members_see_it() {
    for room in rooms() {
        let (owner, member, stranger) = (room.owner, room.member, room.guests[0]);
        assert_eq!(edit(&room, owner, None), Err(Refusal::ChatNotModified));
        edit(&room, owner, Some(5)).unwrap();
        assert_eq!((sees(&room, member), sees(&room, stranger)), (Some(5), None));
        assert_eq!(last(&room, member).0, Action::ChatEditPhoto { photo: squares(5) });
        assert_eq!(square_of(&room, member, 5), Ok(51));
        assert_eq!(square_of(&room, stranger, 5), Err(Refusal::LocationInvalid));
        assert!(edit(&room, stranger, Some(6)).is_err());
        edit(&room, member, Some(6)).expect("nothing forbids it");
        assert_eq!((sees(&room, owner), square_of(&room, owner, 5)), (Some(6), Err(Refusal::LocationInvalid)));
        edit(&room, owner, None).unwrap();
        assert_eq!((sees(&room, member), last(&room, member).0), (None, Action::ChatDeletePhoto {}));
    }
}

#[test]
fn a_photo_has_its_files_while_it_is_shown_and_in_its_message() {
    for room in rooms() {
        edit(&room, room.owner, Some(5)).unwrap();
        let (_, uid) = last(&room, room.member);
        let (group, told) = (room.peer, Carrier::Message { log: room.peer.log(room.member.user), uid });
        let has = |carrier| room.hall.ask(|view| carries(view, carrier, 53)).unwrap();
        let all = room.hall.ask(|view| uses::carriers(view, 53, None, 9)).unwrap();
        assert!(all.contains(&told) && all.contains(&Carrier::GroupPhoto { group }));
        assert!(has(told) && has(Carrier::GroupPhoto { group }));
        edit(&room, room.owner, None).unwrap();
        assert_eq!((has(told), has(Carrier::GroupPhoto { group })), (true, false));
        assert!(room.hall.ask(|view| carried(view, room.member.user, told)).unwrap().is_some());
    }
}

#[test]
fn admins_are_told_of_both_photos() {
    for room in rooms() {
        let Peer::Channel(channel) = room.peer else { continue };
        edit(&room, room.owner, Some(5)).unwrap();
        edit(&room, room.owner, Some(6)).unwrap();
        let wanted = Wanted { channel, limit: 1, ..Wanted::default() };
        let log = room.hall.ask(|view| log::page(view, room.owner.user, &wanted)).unwrap();
        let AdminEvent::Photo { before, after, told_before, told } = &log[0].event else { panic!("the photo") };
        assert_eq!((before.as_ref(), after.as_ref()), (Some(&squares(5)), Some(&squares(6))));
        for (told, id) in [(told_before, 5), (told, 6)] {
            let carrier = told_by(channel, *told);
            let found = room.hall.ask(|view| carried(view, room.owner.user, carrier)).unwrap().expect("there");
            assert_eq!(found.named(), [id]);
        }
    }
}

#[test]
fn a_group_takes_its_photo_along_and_one_that_ends_has_none() {
    for room in rooms() {
        let Peer::Chat(chat) = room.peer else { continue };
        edit(&room, room.owner, Some(5)).unwrap();
        let made = room.hall.run(MigrateChat { by: room.owner, chat }).unwrap().channel;
        for group in [room.peer, Peer::Channel(made)] {
            assert_eq!(room.hall.ask(|view| read(view, room.member.user, group)).unwrap(), Some(squares(5)));
            let carrier = Carrier::GroupPhoto { group };
            assert!(room.hall.ask(|view| carries(view, carrier, 51)).unwrap());
            assert!(room.hall.ask(|view| uses::carriers(view, 51, None, 9)).unwrap().contains(&carrier));
        }
    }
    for room in rooms() {
        let Peer::Chat(chat) = room.peer else { continue };
        edit(&room, room.owner, Some(5)).unwrap();
        room.hall.run(DeleteChat { by: room.owner, chat }).unwrap();
        let carrier = Carrier::GroupPhoto { group: room.peer };
        assert!(!room.hall.ask(|view| carries(view, carrier, 51)).unwrap());
    }
}

/// A main link of the owner's, and the photo that it shows to somebody outside.
fn by_link(room: &Room, guest: Caller) -> (Invite, Named) {
    let own = room.hall.ask(|view| overview(view, room.owner.user, room.peer)).unwrap();
    let link = own.and_then(|it| it.main).expect("a link");
    let Preview::Closed(shown) = room.hall.ask(|view| check(view, guest.user, &link.card.hash)).unwrap() else {
        panic!("the group is closed")
    };
    let (photo, access) = shown.photo.expect("a photo");
    let named = Named { id: photo.id, access_hash: access.hash(5), reference: access.reference.to_vec() };
    (link, named)
}

#[test]
fn who_holds_a_link_is_shown_the_photo_before_it_is_in() {
    for room in rooms() {
        let (guest, other) = (room.guests[0], room.guests[1]);
        edit(&room, room.owner, Some(5)).unwrap();
        let (_, named) = by_link(&room, guest);
        let find = |who: Caller| room.hall.ask(|view| located(view, who.user, &named, "a")).map(|it| it.id);
        assert_eq!((find(guest), find(other)), (Ok(51), Err(Refusal::FileReferenceExpired)));
        edit(&room, room.owner, None).unwrap();
        assert_eq!(find(guest), Err(Refusal::FileReferenceExpired));
    }
}

#[test]
fn a_link_that_is_revoked_shows_the_photo_no_longer() {
    for room in rooms() {
        let guest = room.guests[0];
        edit(&room, room.owner, Some(5)).unwrap();
        let (link, named) = by_link(&room, guest);
        let find = || room.hall.ask(|view| located(view, guest.user, &named, "a")).map(|it| it.id);
        assert_eq!(find(), Ok(51));
        let revoke = EditInvite {
            by: room.owner,
            peer: room.peer,
            hash: link.card.hash,
            revoke: true,
            title: None,
            expires: None,
            limit: None,
            request_needed: None,
        };
        room.hall.run(revoke).unwrap();
        assert_eq!(find(), Err(Refusal::FileReferenceExpired));
        let (_, named) = by_link(&room, guest);
        assert_eq!(room.hall.ask(|view| located(view, guest.user, &named, "a")).map(|it| it.id), Ok(51));
    }
}
