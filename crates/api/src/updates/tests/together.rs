//! Many who come back at once: whatever happened, each is told what the rows say, and the next costs little.

use domain::{
    Caller, ChannelId, MessageId, Peer,
    groups::{BannedRights, ChannelRow, MemberRow, access},
    messages::{Reaction, reactions::react::React},
    people::edit::UpdateProfile,
    testing::{
        Hall,
        counting::{Cost, Counting},
        groups::Happens,
    },
    updates::{
        Change,
        channels::{self, Wanted},
    },
};
use tl::{Serializable, functions::updates::GetChannelDifference};

use super::super::channel::answer;
use crate::{
    render::group::channel_id,
    testing::{call, channel_peer, groups::Group, text},
};

/// What somebody is told: the bytes, or the refusal.
fn told(hall: &Hall, by: Caller, request: &GetChannelDifference) -> Result<Vec<u8>, String> {
    call(hall, by, request).map(|it| it.to_bytes()).map_err(|it| it.name.into_owned())
}

impl Group {
    /// Everybody asks from everywhere; with what others read before and without, it is the same.
    fn check(&self) {
        let cold = self.hall.cold();
        let now = self.hall.ask(|view| domain::updates::counters(view, self.id)).expect("readable").pts.0;
        for by in 0..self.people.len() {
            for pts in [1, (now / 2).max(1), now.saturating_sub(1).max(1), now] {
                let request = self.ask(by, pts, 100);
                let (warm, cold) =
                    (told(&self.hall, self.people[by], &request), told(&cold, self.people[by], &request));
                assert_eq!(warm, cold, "person {by} from {pts} of {now}");
            }
        }
    }

    fn react(&self, by: usize, id: i32, emoticon: Option<&str>) {
        let reactions = emoticon.map(|it| Reaction::Emoji { emoticon: it.into() }).into_iter().collect();
        let (by, peer, message) = (self.people[by], Peer::Channel(self.id), MessageId(id));
        self.hall.run(React { by, peer, message, reactions, big: false, add_to_recent: false }).expect("may react");
    }
}

#[test]
fn each_is_told_what_the_rows_say_whatever_has_happened() {
    for members in [3, 201] {
        let group = Group::with(members, ChannelRow { public: true, ..ChannelRow::default() });
        let step = |what: &dyn Fn()| {
            what();
            group.check();
            group.check();
        };
        (0..4).for_each(|by| step(&|| drop(group.post(by % 3, &[(by + 1) % 3]))));
        step(&|| drop(group.happen(Happens::Edit(MessageId(2), "changed".into()))));
        step(&|| group.react(1, 1, Some("👍")));
        step(&|| group.react(2, 1, Some("👎")));
        step(&|| group.react(1, 1, None));
        step(&|| drop(group.happen(Happens::Delete(vec![MessageId(3)]))));
        let pinned =
            Change::PinnedMessages { peer: Peer::Channel(group.id), messages: vec![MessageId(1)], pinned: true };
        step(&|| drop(group.happen(Happens::Note(pinned.clone(), 1))));
        let name = |first: &str| UpdateProfile {
            by: group.people[0],
            first_name: Some(first.into()),
            last_name: None,
            about: None,
        };
        step(&|| group.hall.run(name("Moth")).expect("renamed"));
        let banned = BannedRights::VIEW_MESSAGES;
        let places = [
            MemberRow { joined: 2, visible_from: MessageId(2), ..MemberRow::default() },
            MemberRow::default(),
            MemberRow { joined: 1, banned, ..MemberRow::default() },
            MemberRow { joined: 1, banned, banned_until: 5, ..MemberRow::default() },
        ];
        for row in places {
            step(&|| group.place(group.people[1].user, row.clone()));
        }
        step(&|| group.hall.pass(100));
        step(&|| drop(group.post(2, &[])));
    }
}

/// What an answer costs one reader.
fn cost(group: &Group, hall: &Hall, by: usize) -> Cost {
    let (me, id): (_, ChannelId) = (group.people[by].user, group.id);
    let cost = hall.ask(|view| {
        let view = Counting::over(view);
        let access = access::reader(&view, id, me)?;
        let missed = channels::missed(&view, &access, domain::Pts(1), 100, &Wanted::default())?;
        answer(&view, me, id, missed, 100)?;
        Ok(view.cost())
    });
    cost.expect("readable")
}

/// Rows of its own that a reader of a channel's posts reads: its place as a member, looked at twice, and how many
/// members there are.
const OWN_MAX: usize = 3;

#[test]
fn the_next_reader_of_a_channels_posts_reads_only_what_is_its_own_and_opens_nothing() {
    let group = Group::with(300, ChannelRow { broadcast: true, public: true, ..ChannelRow::default() });
    for n in 0..50 {
        let by = group.people[0];
        let peer = channel_peer(&group.hall, by, channel_id(group.id));
        call(&group.hall, by, &text(&peer, &format!("post {n}"), n + 1)).expect("posted");
    }
    group.check();
    let (warm, cold) = (cost(&group, &group.hall, 1), cost(&group, &group.hall.cold(), 1));
    assert!(warm.gets <= OWN_MAX && warm.scans == 0 && warm.opened == 0, "{warm:?}");
    assert!(cold.opened > 50 && cold.gets > 150, "{cold:?}");
}
