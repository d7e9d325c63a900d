//! How far something is that takes long: who does it says so, who asked for it may look, or go away.

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What is being done.
    pub what: String,
    pub done: u64,
    pub of: u64,
}

/// The side that works.
pub struct Progress(watch::Sender<Step>);

/// Both sides.
pub fn pair() -> (Progress, watch::Receiver<Step>) {
    let (send, receive) = watch::channel(Step::default());
    (Progress(send), receive)
}

impl Progress {
    /// Tells how far it is; the newest is what is seen.
    pub fn tell(&self, what: &str, done: u64, of: u64) {
        self.0.send_replace(Step { what: what.to_owned(), done, of });
    }

    /// Whether nobody waits any more.
    pub fn is_abandoned(&self) -> bool {
        self.0.is_closed()
    }
}
