//! Events on their way from the owner to the sessions: each becomes a publication of its topic, and of that of
//! who passes by.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use api::push::{channel_topic, mailbox_topic, passers_topic};
use domain::{
    ChannelId, LogId, Now, UserId,
    updates::{Event, Hearers},
    upkeep,
};
use gateway::{
    Handle,
    service::{Entry, Publication, Topic},
};
use mtproto::{AuthKeyId, SessionId};
use tokio::sync::mpsc::Sender;

use crate::{
    driver::{self, Audience},
    passers::Passers,
};

/// Passes events on to the gateway, which is started after the owner and joins later.
#[derive(Default)]
pub struct Sessions {
    gateway: OnceLock<Handle>,
    upkeep: OnceLock<Sender<LogId>>,
    passers: Mutex<Passers>,
}

impl Sessions {
    /// From now on events reach sessions.
    pub fn join(&self, gateway: Handle) {
        let _ = self.gateway.set(gateway);
    }

    /// From now on mailboxes that have grown are named there.
    pub fn name_grown(&self, mailboxes: Sender<LogId>) {
        let _ = self.upkeep.set(mailboxes);
    }
}

impl Sessions {
    /// Somebody passes by a channel: its sessions hear it for a while.
    pub fn hear(&self, user: UserId, channel: ChannelId) {
        let Some(gateway) = self.gateway.get() else { return };
        let now = driver::now();
        self.end_passing(gateway, now);
        // Beside the change, so that changes stand in line as they were made.
        let mut passers = self.passers();
        if let Some(other) = passers.pass(now, user, channel) {
            unfollow(gateway, user, other);
        }
        // Each time: the gateway forgets what a mailbox follows when its last session goes.
        gateway.follow(Topic(mailbox_topic(user)), Topic(passers_topic(channel)));
    }

    /// Who joined hears it as a member, and who left or was put out not at all.
    fn pass_no_more(&self, gateway: &Handle, user: UserId, channel: ChannelId) {
        let mut passers = self.passers();
        if passers.forget(user, channel) {
            unfollow(gateway, user, channel);
        }
    }

    /// Whose time is over hears nothing of what is published from now on.
    fn end_passing(&self, gateway: &Handle, now: Now) {
        let mut passers = self.passers();
        while let Some((user, channel)) = passers.poll_ended(now) {
            unfollow(gateway, user, channel);
        }
    }

    fn passers(&self) -> MutexGuard<'_, Passers> {
        self.passers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unfollow(gateway: &Handle, user: UserId, channel: ChannelId) {
    gateway.unfollow(Topic(mailbox_topic(user)), Topic(passers_topic(channel)));
}

impl Audience for Sessions {
    fn tell(&self, event: Event) {
        if let (Some(grown), Some(upkeep)) = (upkeep::grown(&event), self.upkeep.get()) {
            // With a full line the mailbox's turn comes when it has grown again.
            let _ = upkeep.try_send(grown);
        }
        let Some(gateway) = self.gateway.get() else { return };
        self.end_passing(gateway, driver::now());
        if let Event::KeysClosed(keys) = &event {
            return keys.iter().for_each(|key| gateway.close_key(AuthKeyId(key.0)));
        }
        if let Event::Joined { user, channel } | Event::Left { user, channel } = event {
            self.pass_no_more(gateway, user, channel);
            let (who, what) = (Topic(mailbox_topic(user)), Topic(channel_topic(channel)));
            return match event {
                Event::Joined { .. } => gateway.follow(who, what),
                _ => gateway.unfollow(who, what),
            };
        }
        publications(event).into_iter().for_each(|it| gateway.publish(it));
    }
}

/// An event as one publication, and one more for each who is told in words of its own.
fn publications(event: Event) -> Vec<Publication> {
    let Some(topic) = api::push::topic(&event) else { return Vec::new() };
    let (skip, only) = match &event {
        Event::Logged { skip, .. } | Event::Passing { skip, .. } => (*skip, None),
        Event::LoginTokenAccepted(key) => (None, Some(AuthKeyId(key.0))),
        Event::Missed { .. }
        | Event::Behind { .. }
        | Event::KeysClosed(_)
        | Event::Joined { .. }
        | Event::Left { .. } => (None, None),
    };
    let (each, own) = match &event {
        Event::Logged { to, .. } | Event::Passing { to, .. } => (to.each, own_topics(to)),
        Event::Missed { .. }
        | Event::Behind { .. }
        | Event::LoginTokenAccepted(_)
        | Event::KeysClosed(_)
        | Event::Joined { .. }
        | Event::Left { .. } => (false, Vec::new()),
    };
    let skip = skip.map(|it| (AuthKeyId(it.key.0), SessionId(it.session)));
    let passers = passed(&event);
    let entry: Entry = Arc::new(event);
    let topic = Topic(topic);
    let publication = Publication { topic, entry, skip, only, except: own.clone(), each, behind: None };
    let other = |topic_of_others, except| {
        let behind = Some(topic);
        Publication { topic: topic_of_others, except, each: false, behind, ..publication.clone() }
    };
    let mut all = vec![publication.clone()];
    all.extend(passers.map(|passers| other(passers, own.clone())));
    all.extend(own.iter().map(|own| other(*own, Vec::new())));
    all
}

/// Where who passes by is told.
fn passed(event: &Event) -> Option<Topic> {
    match event {
        Event::Logged { log: LogId::Channel(channel), to, .. }
        | Event::Passing { log: LogId::Channel(channel), to, .. } => to.passers.then(|| Topic(passers_topic(*channel))),
        _ => None,
    }
}

fn own_topics(to: &Hearers) -> Vec<Topic> {
    to.own.iter().map(|user| Topic(mailbox_topic(*user))).collect()
}

#[cfg(test)]
mod tests {
    use domain::{
        ChannelId, UserId,
        updates::{Change, LogEntry, Origin},
    };

    use super::*;

    fn logged(to: Hearers) -> Vec<Publication> {
        let (channel, key) = (ChannelId(5), domain::AuthKeyId(7));
        let skip = Some(Origin { key, session: 9 });
        let entry = LogEntry { change: Change::Channel { channel }, ..LogEntry::default() };
        publications(Event::Logged { log: channel.into(), entry, skip, to })
    }

    #[test]
    fn a_small_groups_entry_is_one_publication_in_the_words_of_each() {
        let [only] = &logged(Hearers { each: true, ..Hearers::default() })[..] else { panic!("one publication") };
        assert_eq!((only.topic, only.each), (Topic(channel_topic(ChannelId(5))), true));
        assert_eq!(only.skip, Some((AuthKeyId(7), SessionId(9))), "who wrote it has it in its answer");
    }

    #[test]
    fn who_passes_by_is_told_in_a_publication_of_its_own() {
        let to = Hearers { each: true, own: vec![UserId(3)], passers: true };
        let [members, passers, own] = &logged(to)[..] else { panic!("three publications") };
        assert_eq!((members.topic, members.each), (Topic(channel_topic(ChannelId(5))), true));
        assert_eq!((passers.topic, passers.each), (Topic(passers_topic(ChannelId(5))), false));
        assert_eq!(passers.except, [Topic(mailbox_topic(UserId(3)))], "as all are told is not for it");
        assert_eq!((passers.skip, own.topic), (members.skip, Topic(mailbox_topic(UserId(3)))));
    }

    #[test]
    fn a_large_groups_entry_has_a_publication_more_for_each_who_is_concerned() {
        let own: Vec<_> = [3, 4].map(|it| Topic(mailbox_topic(UserId(it)))).into();
        let all = logged(Hearers { own: vec![UserId(3), UserId(4)], ..Hearers::default() });
        assert_eq!(
            all.iter().map(|it| it.topic).collect::<Vec<_>>(),
            [&[Topic(channel_topic(ChannelId(5)))], &own[..]].concat()
        );
        assert_eq!((&all[0].except, all[1].except.len()), (&own, 0));
        assert!(all.iter().all(|it| it.skip.is_some() && !it.each));
    }
}
