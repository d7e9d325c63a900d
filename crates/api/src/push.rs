//! What sessions are told unasked: topics, and events as `Updates`.

use bytes::Bytes;
use domain::{AuthKeyId, ChannelId, Domain, LogId, Refusal, UserId, groups::channel, updates::Event};
use tl::{Layer, enums, types};

use crate::render;

/// The high byte of a topic tells its kind.
const KIND_SHIFT: u32 = 56;
const MAILBOX: u64 = 1;
const KEY: u64 = 2;
const CHANNEL: u64 = 3;
const PASSERS: u64 = 4;
const NUMBER: u64 = (1 << KIND_SHIFT) - 1;

/// The topic of a user's sessions.
pub fn mailbox_topic(user: UserId) -> u64 {
    MAILBOX << KIND_SHIFT | user.0
}

/// The topic of a channel's log.
pub fn channel_topic(channel: ChannelId) -> u64 {
    CHANNEL << KIND_SHIFT | channel.0
}

/// The topic of who passes by a channel: mailboxes follow it for a while. What is published there is in the words
/// that are the same for all.
pub fn passers_topic(channel: ChannelId) -> u64 {
    PASSERS << KIND_SHIFT | channel.0
}

fn log_topic(log: LogId) -> u64 {
    match log {
        LogId::Mailbox(user) => mailbox_topic(user),
        LogId::Channel(channel) => channel_topic(channel),
    }
}

/// The topic of one key's sessions, signed in or not.
pub fn key_topic(key: AuthKeyId) -> u64 {
    KEY << KIND_SHIFT | key.0 & NUMBER
}

/// Whose mailbox a topic is.
pub fn mailbox_of(topic: u64) -> Option<UserId> {
    (topic >> KIND_SHIFT == MAILBOX).then_some(UserId(topic & NUMBER))
}

/// The topic that an event is for; `None` for what no session is told by a push.
pub fn topic(event: &Event) -> Option<u64> {
    match event {
        Event::Logged { log, .. } | Event::Passing { log, .. } => Some(log_topic(*log)),
        Event::Missed { user, .. } | Event::Behind { user, .. } => Some(mailbox_topic(*user)),
        Event::LoginTokenAccepted(key) => Some(key_topic(*key)),
        Event::KeysClosed(_) | Event::Joined { .. } | Event::Left { .. } => None,
    }
}

/// The topics whose entries a topic's sessions hear beside its own: a mailbox follows its channels.
pub async fn follows(domain: &Domain, topic: u64) -> Result<Vec<u64>, Refusal> {
    let Some(user) = mailbox_of(topic) else { return Ok(Vec::new()) };
    let joined = domain.query(|view| channel::joined(view, user)).await?;
    Ok(joined.into_iter().map(channel_topic).collect())
}

/// An event as its topic's sessions learn of it; a channel's topic stands for all its members, that of a
/// mailbox for one.
pub async fn render(domain: &Domain, event: &Event, topic: u64) -> Option<enums::Updates> {
    let member = mailbox_of(topic);
    match event {
        Event::Logged { log: LogId::Mailbox(user), entry, .. } => {
            render::updates::entries(domain, *user, vec![entry.clone()]).await.ok()
        }
        Event::Logged { log: LogId::Channel(channel), entry, .. } => match member {
            Some(member) => render::updates::pushed(domain, member, *channel, entry).await.ok()?,
            None => render::updates::shared(domain, *channel, entry).await.ok(),
        },
        Event::Passing { log: LogId::Mailbox(user), what, .. } => {
            render::updates::passing(domain, *user, what).await.ok()
        }
        Event::Passing { log: LogId::Channel(channel), what, .. } => {
            render::updates::passing_in(domain, member, *channel, what).await.ok()?
        }
        Event::Missed { user, channel, entry } => render::updates::pushed(domain, *user, *channel, entry).await.ok()?,
        Event::Behind { channel, pts, .. } => Some(short(domain, crate::updates::channel::too_long(*channel, *pts))),
        Event::LoginTokenAccepted(_) => Some(short(domain, enums::Update::LoginToken)),
        Event::KeysClosed(_) | Event::Joined { .. } | Event::Left { .. } => None,
    }
}

/// The newest layer's bytes at each of these layers, and as they are where none was announced; a layer
/// that is served as another has the same.
pub(crate) fn at_layers(newest: &Bytes, layers: &[Option<u16>]) -> Vec<Option<Bytes>> {
    let mut made: Vec<(Layer, Option<Bytes>)> = vec![(Layer::NEWEST, Some(Bytes::clone(newest)))];
    let mut at = |layer: &Option<u16>| {
        let serving = |announced| Layer::serving(i32::from(announced)).unwrap_or(Layer::OLDEST);
        let layer = layer.map_or(Layer::NEWEST, serving);
        if let Some((_, bytes)) = made.iter().find(|(it, _)| *it == layer) {
            return bytes.clone();
        }
        let mut out = Vec::with_capacity(newest.len());
        let bytes = tl::downgrade(layer, newest, &mut out).ok().map(|()| out.into());
        made.push((layer, bytes));
        made.last().and_then(|(_, bytes)| bytes.clone())
    };
    layers.iter().map(&mut at).collect()
}

fn short(domain: &Domain, update: enums::Update) -> enums::Updates {
    let date = i32::try_from(domain.now().secs()).unwrap_or(i32::MAX);
    types::UpdateShort { update, date }.into()
}

#[cfg(test)]
mod groups;

#[cfg(test)]
mod tests {
    use super::*;
    use tl::Serializable;

    #[test]
    fn sessions_of_one_served_layer_share_the_same_bytes() {
        let newest = enums::Updates::TooLong.to_bytes().into();
        let layers = [Some(152), Some(230), None, Some(230), Some(152), Some(232), Some(233)];
        let bodies: Vec<Bytes> = at_layers(&newest, &layers).into_iter().flatten().collect();
        assert_eq!(bodies.len(), layers.len());
        let at = |n: usize| bodies[n].as_ptr();
        assert_eq!((at(1), at(2), at(3)), (newest.as_ptr(), newest.as_ptr(), newest.as_ptr()));
        assert_eq!(at(0), at(4));
        assert_ne!(at(0), at(1));
        assert_eq!(at(5), at(6));
        assert_ne!(at(5), at(1), "what is ahead has ids of its own");
    }
}
