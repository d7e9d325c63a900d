//! Events on their way from the owner to the sessions: each becomes a publication of its topic.

use std::sync::{Arc, OnceLock};

use api::push::{channel_topic, mailbox_topic};
use domain::{
    LogId,
    updates::{Event, Hearers},
    upkeep,
};
use gateway::{
    Handle,
    service::{Entry, Publication, Topic},
};
use mtproto::{AuthKeyId, SessionId};
use tokio::sync::mpsc::Sender;

use crate::driver::Audience;

/// Passes events on to the gateway, which is started after the owner and joins later.
#[derive(Default)]
pub struct Sessions {
    gateway: OnceLock<Handle>,
    upkeep: OnceLock<Sender<LogId>>,
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

impl Audience for Sessions {
    fn tell(&self, event: Event) {
        if let (Some(grown), Some(upkeep)) = (upkeep::grown(&event), self.upkeep.get()) {
            // With a full line the mailbox's turn comes when it has grown again.
            let _ = upkeep.try_send(grown);
        }
        let Some(gateway) = self.gateway.get() else { return };
        if let Event::KeysClosed(keys) = &event {
            return keys.iter().for_each(|key| gateway.close_key(AuthKeyId(key.0)));
        }
        if let Event::Joined { user, channel } | Event::Left { user, channel } = event {
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
    let entry: Entry = Arc::new(event);
    let to = |topic, except, each| Publication { topic, entry: Arc::clone(&entry), skip, only, except, each };
    let mut all = vec![to(Topic(topic), own.clone(), each)];
    all.extend(own.into_iter().map(|topic| to(topic, Vec::new(), false)));
    all
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
        let [only] = &logged(Hearers { each: true, own: Vec::new() })[..] else { panic!("one publication") };
        assert_eq!((only.topic, only.each), (Topic(channel_topic(ChannelId(5))), true));
        assert_eq!(only.skip, Some((AuthKeyId(7), SessionId(9))), "who wrote it has it in its answer");
    }

    #[test]
    fn a_large_groups_entry_has_a_publication_more_for_each_who_is_concerned() {
        let own: Vec<_> = [3, 4].map(|it| Topic(mailbox_topic(UserId(it)))).into();
        let all = logged(Hearers { each: false, own: vec![UserId(3), UserId(4)] });
        assert_eq!(
            all.iter().map(|it| it.topic).collect::<Vec<_>>(),
            [&[Topic(channel_topic(ChannelId(5)))], &own[..]].concat()
        );
        assert_eq!((&all[0].except, all[1].except.len()), (&own, 0));
        assert!(all.iter().all(|it| it.skip.is_some() && !it.each));
    }
}
