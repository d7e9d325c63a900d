//! Who may link what, and what both sides say of it.

use super::*;
use crate::{
    groups::{
        AdminRights,
        admins::EditAdmin,
        channel,
        deletion::DeleteChannel,
        discussion::suitable,
        log::{self, AdminEvent},
        settings::{ChangeChannel, Setting},
    },
    updates::{Change, Event},
};

fn told(hall: &Hall) -> Vec<ChannelId> {
    let told = hall.events().into_iter().filter_map(|it| match it {
        Event::Logged { entry, skip: None, .. } => match entry.change {
            Change::Channel { channel } => Some(channel),
            _ => None,
        },
        _ => None,
    });
    told.collect()
}

#[test]
fn both_sides_say_that_they_are_linked_and_all_who_are_in_them_are_told() {
    for hall in halls() {
        let talk = Talk::unlinked(hall);
        talk.hall.events();
        let both = (Some(talk.channel), Some(talk.group));
        talk.link(talk.owner, both.0, both.1).unwrap();
        assert_eq!(talk.sides(), [Some(talk.group), Some(talk.channel)]);
        assert_eq!(told(&talk.hall), [talk.channel, talk.group]);
        assert_eq!(talk.link(talk.owner, both.0, both.1), Err(Refusal::LinkNotModified));
        let logged = |id, before, after| {
            let wanted = log::Wanted {
                channel: id,
                query: String::new(),
                kinds: Some(log::Kinds::INFO),
                admins: Vec::new(),
                max: 0,
                min: 0,
                limit: 1,
            };
            let found = talk.hall.ask(|view| log::page(view, talk.owner.user, &wanted)).unwrap();
            assert_eq!(found[0].by, talk.owner.user);
            assert!(
                matches!(&found[0].event, AdminEvent::Linked { before: b, after: a, .. } if (*b, *a) == (before, after))
            );
        };
        logged(talk.channel, None, both.1);
        logged(talk.group, None, both.0);
        talk.link(talk.owner, both.0, None).unwrap();
        assert_eq!(talk.sides(), [None, None]);
        assert_eq!(told(&talk.hall), [talk.channel, talk.group]);
        logged(talk.channel, both.1, None);
        logged(talk.group, both.0, None);
        assert_eq!(talk.link(talk.owner, both.0, None), Err(Refusal::LinkNotModified));
        assert_eq!(talk.link(talk.owner, None, both.1), Err(Refusal::LinkNotModified));
        assert_eq!(talk.link(talk.owner, None, None), Err(Refusal::BroadcastIdInvalid));
    }
}

#[test]
fn a_group_ends_its_link_by_itself() {
    for talk in talks() {
        talk.link(talk.owner, None, Some(talk.group)).unwrap();
        assert_eq!(talk.sides(), [None, None]);
    }
}

#[test]
fn each_side_needs_its_own_right() {
    /// What it may do in the channel, in the group, and what becomes of a link and of its end from the group.
    type Case = (Option<AdminRights>, Option<AdminRights>, Result<(), Refusal>, Result<(), Refusal>);
    let (info, pins) = (Some(AdminRights::CHANGE_INFO), Some(AdminRights::PIN_MESSAGES));
    let required = || Err(Refusal::ChatAdminRequired);
    let cases: [Case; 5] = [
        (info, pins, Ok(()), Ok(())),
        (info, info, required(), required()),
        (Some(AdminRights::POST_MESSAGES), pins, required(), Err(Refusal::LinkNotModified)),
        (None, pins, required(), Err(Refusal::LinkNotModified)),
        (info, None, required(), required()),
    ];
    for (in_channel, in_group, link, unlink) in cases {
        let talk = Talk::unlinked(Hall::new());
        let rights = |channel, rights: Option<AdminRights>| {
            let Some(rights) = rights else { return };
            let command = EditAdmin { by: talk.owner, channel, user: talk.alice.user, rights, rank: None };
            talk.hall.run(command).expect("appointed");
        };
        rights(talk.channel, in_channel);
        rights(talk.group, in_group);
        assert_eq!(talk.link(talk.alice, Some(talk.channel), Some(talk.group)), link);
        assert_eq!(talk.link(talk.alice, None, Some(talk.group)), unlink);
    }
    let talk = Talk::unlinked(Hall::new());
    let stranger = talk.link(talk.carol, Some(talk.channel), Some(talk.group));
    assert_eq!(stranger, Err(Refusal::ChannelPrivate), "who sees neither learns nothing");
}

#[test]
fn only_a_channel_is_linked_and_only_to_a_group_that_shows_its_history() {
    let talk = Talk::unlinked(Hall::new());
    let by = talk.owner;
    let other = make(&talk.hall, by, "More", true);
    assert_eq!(talk.link(by, Some(talk.group), Some(talk.group)), Err(Refusal::BroadcastIdInvalid));
    assert_eq!(talk.link(by, Some(talk.channel), Some(other)), Err(Refusal::MegagroupIdInvalid));
    assert_eq!(talk.link(by, None, Some(other)), Err(Refusal::MegagroupIdInvalid));
    let set = |setting| talk.hall.run(ChangeChannel { by, channel: talk.group, setting }).map(drop);
    set(Setting::HistoryHidden(true)).unwrap();
    assert_eq!(talk.link(by, Some(talk.channel), Some(talk.group)), Err(Refusal::MegagroupPrehistoryHidden));
    set(Setting::HistoryHidden(false)).unwrap();
    let forum = |enabled| {
        let command = crate::groups::topics::settings::ToggleForum { by, channel: talk.group, enabled, tabs: false };
        talk.hall.run(command).map(drop)
    };
    forum(true).unwrap();
    assert_eq!(talk.link(by, Some(talk.channel), Some(talk.group)), Err(Refusal::MegagroupIdInvalid));
    forum(false).unwrap();
    talk.link(by, Some(talk.channel), Some(talk.group)).unwrap();
    assert_eq!(set(Setting::HistoryHidden(true)), Err(Refusal::ChatLinkExists));
    assert_eq!(forum(true), Err(Refusal::ChatDiscussionUnallowed));
}

#[test]
fn suitable_groups_are_those_one_leads_that_serve_no_channel() {
    let talk = Talk::unlinked(Hall::new());
    let of = |by: Caller| talk.hall.ask(|view| suitable(view, by.user)).unwrap();
    assert_eq!(of(talk.owner), [Peer::Channel(talk.group)]);
    assert_eq!(of(talk.alice), [], "a member only");
    let users = vec![talk.alice.user];
    let chat = crate::groups::basic::create::CreateChat { by: talk.owner, title: "Few".into(), users, ttl_period: 0 };
    talk.hall.run(chat).expect("made");
    assert!(matches!(of(talk.owner)[..], [Peer::Chat(_), Peer::Channel(_)]));
    assert_eq!(of(talk.alice), [], "only its creator makes it a supergroup");
    talk.link(talk.owner, Some(talk.channel), Some(talk.group)).unwrap();
    assert!(matches!(of(talk.owner)[..], [Peer::Chat(_)]));
}

#[test]
fn a_group_that_another_channel_chooses_leaves_the_first() {
    for talk in talks() {
        let other = make(&talk.hall, talk.owner, "Other", true);
        talk.link(talk.owner, Some(other), Some(talk.group)).unwrap();
        assert_eq!(talk.sides(), [None, Some(other)]);
        let group = make(&talk.hall, talk.owner, "Group", false);
        talk.link(talk.owner, Some(other), Some(group)).unwrap();
        assert_eq!(talk.sides(), [None, None]);
    }
}

#[test]
fn of_two_links_at_once_one_stays_and_both_sides_agree() {
    for hall in halls() {
        let talk = Talk::unlinked(hall);
        let by = talk.owner;
        let (other, more) = (make(&talk.hall, by, "Other", true), make(&talk.hall, by, "More", false));
        // Which of them comes first is the owner's to say: it may have to fetch rows for one.
        let set = |channel, group| SetDiscussion { by, channel: Some(channel), group: Some(group) };
        let side = |id| talk.hall.ask(|view| linked(view, id)).unwrap();
        let channels =
            |group| [talk.channel, other].into_iter().filter(|it| side(*it) == Some(group)).collect::<Vec<_>>();
        let replies = talk.hall.run_together([set(talk.channel, talk.group), set(other, talk.group)]);
        assert_eq!(replies, [Ok(()), Ok(())]);
        let [has_it] = channels(talk.group)[..] else { panic!("one channel has it: {:?}", channels(talk.group)) };
        assert_eq!(side(talk.group), Some(has_it));
        talk.link(by, None, Some(talk.group)).unwrap();
        let replies = talk.hall.run_together([set(other, more), set(other, talk.group)]);
        assert_eq!(replies, [Ok(()), Ok(())]);
        let groups: Vec<_> = [more, talk.group].into_iter().filter(|it| side(*it) == Some(other)).collect();
        assert_eq!((groups.len(), side(other)), (1, Some(groups[0])));
    }
}

#[test]
fn an_ending_that_comes_late_ends_no_link_that_came_after() {
    let talk = Talk::unlinked(Hall::with_outbox());
    let by = talk.owner;
    let other = make(&talk.hall, by, "Other", true);
    let set = |channel, group| {
        let (channel, group) = (Some(channel), group);
        talk.hall.run_alone(SetDiscussion { by, channel, group }).expect("allowed");
    };
    // The group's word to the first channel, that another has it, is on its way while the first begins anew.
    set(talk.channel, Some(talk.group));
    talk.hall.apply_parcels();
    set(other, Some(talk.group));
    set(talk.channel, None);
    set(talk.channel, Some(talk.group));
    talk.hall.apply_parcels();
    let side = |id| talk.hall.ask(|view| linked(view, id)).unwrap();
    let agreed = match side(talk.group) {
        Some(id) if id == talk.channel => side(talk.channel) == Some(talk.group) && side(other).is_none(),
        Some(id) if id == other => side(other) == Some(talk.group) && side(talk.channel).is_none(),
        _ => false,
    };
    assert!(agreed, "{:?}", (side(talk.channel), side(other), side(talk.group)));
}

#[test]
fn who_deletes_either_side_leaves_the_other_without() {
    for (talk, group) in talks().into_iter().chain(talks()).zip([true, true, true, false, false, false]) {
        let (gone, stays) = if group { (talk.group, talk.channel) } else { (talk.channel, talk.group) };
        let post = talk.post("one");
        talk.comment(talk.alice, post, "first").unwrap();
        talk.hall.run(DeleteChannel { by: talk.owner, channel: gone }).unwrap();
        let row = talk.hall.ask(|view| channel::channel(view, stays)).unwrap().unwrap();
        assert_eq!((row.linked, row.link), (None, 0));
        while crate::testing::ready(crate::groups::deletion::run(&talk.hall.domain)).unwrap() {}
        talk.hall.apply_parcels();
        if group {
            assert_eq!(talk.comments(talk.owner, post), None, "nobody can comment any more");
            talk.post("two");
        } else {
            assert_eq!(talk.group_texts(talk.alice).unwrap(), "first | ^one", "what was said stays");
        }
    }
}
