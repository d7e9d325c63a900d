//! Events on their way from the owner to the sessions: each becomes a publication of its topic.

use std::sync::{Arc, OnceLock};

use domain::{LogId, updates::Event, upkeep};
use gateway::{
    Handle,
    service::{Publication, Topic},
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
        let Some(topic) = api::push::topic(&event) else { return };
        let (skip, only) = match &event {
            Event::Logged { skip, .. } | Event::Passing { skip, .. } => (*skip, None),
            Event::LoginTokenAccepted(key) => (None, Some(AuthKeyId(key.0))),
            Event::KeysClosed(_) => (None, None),
        };
        gateway.publish(Publication {
            topic: Topic(topic),
            entry: Arc::new(event),
            skip: skip.map(|it| (AuthKeyId(it.key.0), SessionId(it.session))),
            only,
            except: Vec::new(),
            each: false,
        });
    }
}
