//! Choosing reactions, on the chooser's side and on the other.
//! Source: core.telegram.org/method/messages.sendReaction.

use super::{REACTIONS_MAX, Reaction, ReactionRow, UNIQUE_MAX, crowd, habits, of, open, put, row, seal, tags};
use crate::{
    caller::Caller,
    groups::basic::access,
    ids::{MessageId, MessageUid, Peer, UserId},
    messages::{
        receive::{Delivered, ReactionCopy},
        recipients::tell,
        rows::{MailboxRow, copy, local_id, open_body},
    },
    people::is_blocked,
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::{Decided, View},
};

/// Chooses reactions to a message, in place of the ones chosen before.
pub struct React {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
    /// In the chooser's mailbox.
    pub message: MessageId,
    /// In the order of choice; none takes them back.
    pub reactions: Vec<Reaction>,
    /// To be shown with the big animation.
    pub big: bool,
    /// They become the chooser's most recent ones.
    pub add_to_recent: bool,
}

impl Command for React {
    type Reply = LogEntry;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<LogEntry> {
        let me = self.by.user;
        if let Some(channel) = self.peer.channel() {
            return crowd::react(turn, self, channel);
        }
        let message = reactable(turn, me, self.peer, self.message)?;
        if self.reactions.len() > REACTIONS_MAX {
            return Err(Refusal::ReactionsTooMany.into());
        }
        let unique_max = refuse(turn, me, self.peer, &self.reactions)?;
        let old = row(turn, me, self.message, me)?;
        let chosen = match &old {
            Some(old) => open(turn, (me.into(), self.peer), message.uid, me, old)?,
            None => Vec::new(),
        };
        let same_size = old.as_ref().is_none_or(|it| it.big == self.big);
        if chosen == self.reactions && same_size {
            return Err(Refusal::MessageNotModified.into());
        }
        self.refuse_more(turn, &message, unique_max)?;
        let new = self.row(turn, &message, old.as_ref())?;
        put(turn, me, self.message, &message, me, new.clone())?;
        if self.peer == Peer::User(me) {
            tags::count(turn, me, &chosen, &self.reactions)?;
        }
        let reaction = new.map(|it| ReactionCopy::of(&it)).unwrap_or_default();
        tell(turn, me, self.peer, Delivered::Reacted { uid: message.uid, reaction })?;
        let fresh: Vec<_> = self.reactions.iter().filter(|it| !chosen.contains(it)).cloned().collect();
        habits::note(turn, &self.by, &fresh, self.add_to_recent)?;
        let change = Change::Reactions { peer: self.peer, message: self.message };
        updates::append(turn, me, change, 0, Some(self.by.origin))
    }
}

impl React {
    /// A message bears so many different reactions, those of its other readers among them.
    fn refuse_more(&self, turn: &Turn<'_>, message: &MailboxRow, unique_max: usize) -> Decided<()> {
        let mut all = self.reactions.clone();
        for it in of(turn, self.by.user, self.message, message)?.into_iter().filter(|it| it.who != self.by.user) {
            all.extend(it.reactions);
        }
        let fresh = |at: &usize| !all[..*at].contains(&all[*at]);
        match (0..all.len()).filter(fresh).count() > unique_max {
            true => Err(Refusal::ReactionsTooMany.into()),
            false => Ok(()),
        }
    }

    fn row(
        &self,
        turn: &mut Turn<'_>,
        message: &MailboxRow,
        old: Option<&ReactionRow>,
    ) -> Decided<Option<ReactionRow>> {
        if self.reactions.is_empty() {
            return Ok(None);
        }
        let version = old.map_or(1, |it| it.version + 1);
        let chosen = seal(turn, (self.by.user, self.peer), message.uid, version, &self.reactions)?;
        let date = turn.now().secs();
        Ok(Some(ReactionRow { chosen, version, date, big: self.big, ..ReactionRow::default() }))
    }
}

/// A message that may be reacted to: one of this chat that somebody wrote.
pub fn reactable(view: &(impl View + ?Sized), me: UserId, peer: Peer, id: MessageId) -> Decided<MailboxRow> {
    let row = copy(view, me, id)?.filter(|it| it.peer == peer).ok_or(Refusal::MessageIdInvalid)?;
    let written = open_body(view, me, &row)?.action.is_none();
    if written { Ok(row) } else { Err(Refusal::MessageIdInvalid.into()) }
}

/// Refuses who may not react so in a chat now; how many different reactions a message bears there.
fn refuse(turn: &Turn<'_>, me: UserId, peer: Peer, reactions: &[Reaction]) -> Decided<usize> {
    match peer {
        Peer::User(other) if other == me => Ok(UNIQUE_MAX),
        Peer::User(other) => refuse_blocked(turn, me, other).map(|()| UNIQUE_MAX),
        Peer::Chat(id) => access::refuse_reactions(turn, id, me, reactions),
        Peer::Channel(_) => Err(Refusal::PeerIdInvalid.into()),
    }
}

fn refuse_blocked(turn: &Turn<'_>, me: UserId, other: UserId) -> Decided<()> {
    if is_blocked(turn, me, other)? {
        return Err(Refusal::YouBlockedUser.into());
    }
    if is_blocked(turn, other, me)? {
        return Err(Refusal::UserIsBlocked.into());
    }
    Ok(())
}

/// The other side chose: its reactions stand beside this side's copy, unread where this side wrote it.
pub(in crate::messages) fn receive(
    turn: &mut Turn<'_>,
    from: UserId,
    to: UserId,
    uid: MessageUid,
    reaction: &ReactionCopy,
) -> Decided<()> {
    let Some(id) = local_id(turn, to, uid)? else { return Ok(()) };
    let Some(message) = copy(turn, to, id)? else { return Ok(()) };
    let row = (!reaction.chosen.is_empty()).then(|| ReactionRow {
        chosen: reaction.chosen.clone(),
        version: reaction.version,
        date: reaction.date,
        big: reaction.big,
        unread: message.from == to,
        ..ReactionRow::default()
    });
    put(turn, to, id, &message, from, row)?;
    updates::append(turn, to, Change::Reactions { peer: message.peer, message: id }, 0, None).map(drop)
}

/// One person's one reaction, as lists show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Who.
    pub who: UserId,
    /// What.
    pub reaction: Reaction,
    /// Unix seconds.
    pub date: u32,
    /// To be shown with the big animation.
    pub big: bool,
    /// The reader of the list has not seen it.
    pub unread: bool,
}

/// Who chose what for a message, the latest first; only this reaction, if one is named.
pub fn listed(
    view: &(impl View + ?Sized),
    me: UserId,
    peer: Peer,
    id: MessageId,
    only: Option<&Reaction>,
) -> Decided<Vec<Listed>> {
    let message = copy(view, me, id)?.filter(|it| it.peer == peer).ok_or(Refusal::MsgIdInvalid)?;
    if peer == Peer::User(me) {
        // Tags of one's own notes are nobody's reactions.
        return Err(Refusal::BroadcastForbidden.into());
    }
    let mut all = Vec::new();
    for it in of(view, me, id, &message)? {
        let wanted = it.reactions.iter().filter(|reaction| only.is_none_or(|only| only == *reaction));
        all.extend(wanted.cloned().map(|reaction| Listed {
            who: it.who,
            reaction,
            date: it.date,
            big: it.big,
            unread: it.unread,
        }));
    }
    Ok(all)
}
