//! The ways out of the server that handlers use: codes go to the senders, who listens is told to the sessions.

use std::{future::Future, pin::Pin, sync::Arc};

use api::ports::{CodePurpose, CodeTarget, Ports};
use domain::{ChannelId, UserId};

use crate::{audience::Sessions, senders::Senders};

/// Both.
pub struct Outside {
    pub senders: Senders,
    pub sessions: Arc<Sessions>,
}

impl Ports for Outside {
    fn send_code(
        &self,
        to: CodeTarget,
        code: String,
        purpose: CodePurpose,
    ) -> Pin<Box<dyn Future<Output = bool> + Send>> {
        self.senders.send_code(to, code, purpose)
    }

    fn hear(&self, user: UserId, channel: ChannelId) {
        self.sessions.hear(user, channel);
    }
}
