//! Requests to join: by a link that wants approval, or by a public group that does.
//! Source: core.telegram.org/api/invites, "Join requests".

use super::{
    enter::{self, Entered},
    invites::{
        InviteId, by_hash,
        importers::{asked, forget, joined, joining, newest, waiting},
        invite, manager,
    },
};
use crate::{
    caller::Caller,
    ids::{Peer, UserId},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::Change,
    view::{Decided, Rows},
};

/// Who asked last, as a badge shows. Source: clients draw three faces.
pub const RECENT_MAX: usize = 3;

/// Requests that one step answers: a join writes some ten rows.
pub const ANSWERED_AT_ONCE: usize = 100;

/// Requests of a group that wait; beyond, nobody can ask. Keeps what strangers can store bounded.
pub const WAITING_MAX: u32 = 10_000;

/// How many ask to join, and who did last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    /// How many wait.
    pub count: u32,
    /// The newest.
    pub recent: Vec<UserId>,
}

/// What waits at a group; who may see it is for the caller to check.
pub fn pending(view: &(impl Rows + ?Sized), peer: Peer) -> Decided<Pending> {
    let (count, recent) = newest(view, peer, RECENT_MAX)?;
    Ok(Pending { count, recent })
}

/// Files a request; a second one changes nothing. Whoever calls answers with `INVITE_REQUEST_SENT`.
pub fn ask(turn: &mut Turn<'_>, peer: Peer, user: UserId, link: Option<InviteId>) -> Decided<()> {
    if joining(turn, peer, user)?.is_some_and(|it| it.waits) {
        return Ok(());
    }
    if super::invites::requests_waiting(turn, peer)? >= WAITING_MAX {
        return Err(Refusal::UsersTooMuch.into());
    }
    asked(turn, peer, user, link)?;
    tell(turn, peer, user)
}

/// Takes a request back, if there is one: who asked came in by another way.
pub fn withdraw(turn: &mut Turn<'_>, peer: Peer, user: UserId) -> Decided<()> {
    if joining(turn, peer, user)?.is_some_and(|it| it.waits) {
        forget(turn, peer, user)?;
        tell(turn, peer, user)?;
    }
    Ok(())
}

/// Answers one request.
pub struct HideRequest {
    /// Who.
    pub by: Caller,
    /// The group.
    pub peer: Peer,
    /// Who asked.
    pub user: UserId,
    /// Let in, else turned away.
    pub approve: bool,
}

/// What answering came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answered {
    /// What the caller's clients learn of those let in.
    pub entered: Vec<Entered>,
    /// More wait.
    pub more: bool,
}

impl Command for HideRequest {
    type Reply = Answered;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Answered> {
        manager(turn, self.by.user, self.peer)?;
        if enter::is_in(turn, self.peer, self.user)? {
            return Err(Refusal::UserAlreadyParticipant.into());
        }
        let waits = joining(turn, self.peer, self.user)?.is_some_and(|it| it.waits);
        if !waits {
            return Err(Refusal::HideRequesterMissing.into());
        }
        let entered = answer(turn, &self.by, self.peer, self.user, self.approve)?;
        tell(turn, self.peer, self.by.user)?;
        Ok(Answered { entered: entered.into_iter().collect(), more: false })
    }
}

/// Answers all requests of a group, or of one link; as many as one step may.
pub struct HideAllRequests {
    /// Who.
    pub by: Caller,
    /// The group.
    pub peer: Peer,
    /// Those by this link alone.
    pub hash: Option<String>,
    /// Let in, else turned away.
    pub approve: bool,
    /// A first step, which finds somebody.
    pub first: bool,
}

impl Command for HideAllRequests {
    type Reply = Answered;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Answered> {
        manager(turn, self.by.user, self.peer)?;
        let link = self.hash.as_deref().map(|it| by_hash(turn, it)).transpose()?;
        let link = match link {
            Some(found) => {
                let found = found.filter(|(id, _)| id.peer == self.peer);
                Some(found.ok_or(Refusal::InviteHashExpired)?.0)
            }
            None => None,
        };
        let all = waiting(turn, self.peer, link, ANSWERED_AT_ONCE)?;
        if all.is_empty() && self.first {
            return Err(Refusal::HideRequesterMissing.into());
        }
        let mut answered = Answered { more: all.len() == ANSWERED_AT_ONCE, ..Answered::default() };
        for user in all {
            match answer(turn, &self.by, self.peer, user, self.approve) {
                Ok(entered) => answered.entered.extend(entered),
                // Who cannot come in any more asks no more; the others do not wait for it.
                Err(crate::view::Stop::Refuse(refusal)) if skipped(refusal) => forget(turn, self.peer, user)?,
                Err(stop) => return Err(stop),
            }
        }
        tell(turn, self.peer, self.by.user)?;
        Ok(answered)
    }
}

/// Refusals that concern one person alone.
fn skipped(refusal: Refusal) -> bool {
    matches!(
        refusal,
        Refusal::UserChannelsTooMuch | Refusal::UserAlreadyParticipant | Refusal::UserIdInvalid | Refusal::UserKicked
    )
}

fn answer(turn: &mut Turn<'_>, by: &Caller, peer: Peer, user: UserId, approve: bool) -> Decided<Option<Entered>> {
    let link = joining(turn, peer, user)?.and_then(|it| it.link(peer));
    if !approve {
        forget(turn, peer, user)?;
        return Ok(None);
    }
    forget(turn, peer, user)?;
    let opened = link.map(|it| invite(turn, it)).transpose()?.flatten();
    let entered = enter::by_request(turn, by, peer, user, opened.as_ref())?;
    joined(turn, peer, user, link, Some(by.user))?;
    Ok(Some(entered))
}

/// Tells the admins who may invite how many wait now.
fn tell(turn: &mut Turn<'_>, peer: Peer, cause: UserId) -> Decided<()> {
    enter::tell_inviters(turn, peer, cause, &Change::PendingRequests { peer })
}
