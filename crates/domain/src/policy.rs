//! What an operator's own screening is asked before anything is written: each message that people send, edit or forward,
//! and each file that they have uploaded. What it refuses leaves nothing behind. It runs in the line of commands, so it
//! answers from memory, at once, and the same for the same.

use crate::{
    ids::{Peer, UserId},
    messages::rows::Body,
    refusal::Refusal,
    view::{Decided, View},
};

/// What becomes of what somebody wants to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is sent.
    Allow,
    /// Its sender is told `CONTENT_REJECTED`, and nobody else anything.
    Reject,
}

/// A message that is about to be written, in the words of its sender; in an edit, as it will be.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    /// Who writes.
    pub by: UserId,
    /// To whom; the sender itself is Saved Messages.
    pub peer: Peer,
    /// Text, media, poll or checklist.
    pub body: &'a Body,
}

/// A file that is about to become something that can be carried.
#[derive(Clone, Copy, Debug)]
pub struct Uploaded<'a> {
    /// Who has uploaded it.
    pub by: UserId,
    /// Bytes of the whole.
    pub size: u64,
    /// Its first bytes, as many as [`Policy::reads`] asks for or it has.
    pub head: &'a [u8],
}

/// An operator's screening of what people send.
pub trait Policy: Send + Sync {
    /// Whether a message may be sent.
    fn message(&self, it: Written<'_>) -> Verdict;

    /// Bytes of the beginning of each file that it wants to see, at most [`READS_MAX`]; 0: it is not asked about files.
    fn reads(&self) -> u64;

    /// Whether a file may be sent.
    fn file(&self, it: Uploaded<'_>) -> Verdict;
}

/// Bytes of a file that are read for a policy: the largest photo, which it may want whole.
pub const READS_MAX: u64 = 10 << 20;

/// Lets everything pass: what a server does whose operator has decided nothing.
pub struct AllowAll;

impl Policy for AllowAll {
    fn message(&self, _: Written<'_>) -> Verdict {
        Verdict::Allow
    }

    fn reads(&self) -> u64 {
        0
    }

    fn file(&self, _: Uploaded<'_>) -> Verdict {
        Verdict::Allow
    }
}

/// Refuses what the policy rejects.
pub(crate) fn screen(view: &(impl View + ?Sized), by: UserId, peer: Peer, body: &Body) -> Decided<()> {
    match view.world().policy.message(Written { by, peer, body }) {
        Verdict::Allow => Ok(()),
        Verdict::Reject => Err(Refusal::ContentRejected.into()),
    }
}
