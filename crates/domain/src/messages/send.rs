//! Sending: the sender's copy, the log entry, and the delivery to the other side, in one turn.
//! Source: core.telegram.org/method/messages.sendMessage.

use super::{
    dialogs,
    media::Media,
    polls,
    receive::{Delivered, MessageCopy},
    rows::{Body, Entity, ForwardRow, MailboxRow, Quote, SentRow, copy, put_copy, seal_body, sent_key},
    text,
};
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    ids::{LogId, MessageId, MessageUid, Peer, UserId},
    people::{self, is_blocked, top, user},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry, Origin},
    view::{Decided, View, load},
};

/// What a message answers.
#[derive(Clone, Debug, Default)]
pub struct ReplyTo {
    /// In the sender's mailbox.
    pub message: MessageId,
    /// The quoted part, if any.
    pub quote: Option<(String, Vec<Entity>, u32)>,
}

/// A text for a chat.
#[derive(Clone, Debug)]
pub struct SendMessage {
    /// Who.
    pub by: Caller,
    /// To whom; the sender itself is Saved Messages.
    pub peer: Peer,
    /// As typed.
    pub text: String,
    /// As the client marked it.
    pub entities: Vec<Entity>,
    /// What it answers.
    pub reply: Option<ReplyTo>,
    /// The client's name for it: the same one again sends nothing again.
    pub random_id: i64,
    /// Without a sound.
    pub silent: bool,
    /// May not be forwarded.
    pub noforwards: bool,
    /// No preview.
    pub no_webpage: bool,
    /// The draft of the chat has become this message.
    pub clear_draft: bool,
}

/// What the sender learns.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// Its number in the sender's mailbox.
    pub message: MessageId,
    /// The entry of the sender's log; `None` if it had been sent before.
    pub entry: Option<LogEntry>,
}

impl Command for SendMessage {
    type Reply = Sent;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Sent> {
        self.send(turn, &Media::None)
    }
}

impl SendMessage {
    /// Sends the text, with or as the caption of what else is in the message.
    pub(super) fn send(&self, turn: &mut Turn<'_>, media: &Media) -> Decided<Sent> {
        if let Some(message) = sent_before(turn, self.by.user, self.by.user, self.random_id)? {
            return Ok(Sent { message, entry: None });
        }
        let message = self.prepare(turn, media)?;
        let (log, body) = (self.peer.log(self.by.user), message.body.clone());
        let sent = put(turn, self.by.user, message, Some(self.by.origin))?;
        polls::close::plan(turn, log, sent.message, &body);
        self.finish(turn)?;
        Ok(sent)
    }

    /// Checks everything and makes the message.
    pub(super) fn prepare(&self, turn: &mut Turn<'_>, media: &Media) -> Decided<Outgoing> {
        refuse_recipient(turn, self.by.user, self.peer)?;
        let cleaned = match media {
            Media::None => text::clean(&self.text, &self.entities)?,
            Media::Poll(_) | Media::Todo(_) => text::caption(&self.text, &self.entities)?,
        };
        let (reply_to, quote) = reply(turn, self.by.user, self.peer, self.reply.as_ref())?;
        let body = Body {
            text: cleaned.text,
            entities: cleaned.entities,
            quote,
            no_webpage: self.no_webpage,
            ..media.body(turn, self.by.user, self.peer)?
        };
        Ok(Outgoing {
            peer: self.peer,
            body,
            reply_to,
            forward: None,
            random_id: self.random_id,
            silent: self.silent,
            noforwards: self.noforwards,
            from_scheduled: false,
        })
    }

    /// What follows a message that was sent or queued.
    pub(super) fn finish(&self, turn: &mut Turn<'_>) -> Decided<()> {
        if self.clear_draft { super::drafts::clear(turn, &self.by, self.peer) } else { Ok(()) }
    }
}

/// A message that has passed every check.
#[derive(Clone, Default)]
pub(super) struct Outgoing {
    pub(super) peer: Peer,
    pub(super) body: Body,
    pub(super) reply_to: Option<MessageUid>,
    pub(super) forward: Option<ForwardRow>,
    pub(super) random_id: i64,
    pub(super) silent: bool,
    pub(super) noforwards: bool,
    pub(super) from_scheduled: bool,
}

/// Writes a message on both sides.
pub(super) fn put(turn: &mut Turn<'_>, me: UserId, it: Outgoing, skip: Option<Origin>) -> Decided<Sent> {
    let other = it.peer.user().ok_or(Refusal::PeerIdInvalid)?;
    let (uid, date) = (turn.draw_uid(), turn.now().secs());
    let body = seal_body(turn, (me.into(), it.peer), uid, 0, &it.body)?;
    let mut dialog = dialogs::dialog(turn, me, it.peer)?;
    if !dialog.wrote && dialog.ttl_period == 0 && it.peer != Peer::User(me) {
        super::settings::apply_default_ttl(turn, me, it.peer)?;
        dialog = dialogs::dialog(turn, me, it.peer)?;
    }
    let ttl_period = dialog.ttl_period;
    let row = MailboxRow {
        peer: it.peer,
        from: me,
        date,
        uid,
        out: other != me,
        silent: it.silent,
        noforwards: it.noforwards,
        body,
        reply_to: it.reply_to,
        forward: it.forward,
        ttl_period,
        from_scheduled: it.from_scheduled,
        ..MailboxRow::default()
    };
    let message = append(turn, me, &row)?;
    let change = Change::NewMessage { message, random_id: Some(it.random_id), by: me };
    let entry = updates::append(turn, me, change, 1, skip)?;
    if it.random_id != 0 {
        turn.put(sent_key(me, me, it.random_id), &SentRow { message, date, ..SentRow::default() });
    }
    if other != me && other != UserId::SERVICE {
        top::count(turn, me, other)?;
        let what = Delivered::Message { message: MessageCopy::of(&row) };
        deliver(turn, me, other, Delivery::Messages { what })?;
    }
    Ok(Sent { message, entry: Some(entry) })
}

/// Gives a copy the mailbox's next number, writes it, and moves its chat to the top.
pub(super) fn append(turn: &mut Turn<'_>, user: UserId, row: &MailboxRow) -> Decided<MessageId> {
    let mut counters = updates::counters(turn, user)?;
    counters.last_message_id += 1;
    let id = MessageId(counters.last_message_id);
    updates::put_counters(turn, user, &counters);
    put_copy(turn, user.into(), id, row);
    super::saved::add(turn, user, id, row);
    let incoming = !row.out && row.from != user;
    dialogs::change(turn, user, row.peer, |it| {
        it.top = id;
        it.date = row.date;
        it.unread += u32::from(incoming);
        it.wrote |= row.out;
        if row.from == user && row.peer == Peer::User(user) {
            it.read_outbox = id;
        }
    })?;
    super::timers::plan(turn, user, id, row);
    Ok(id)
}

/// Where a random id led, if it was used in the last days.
pub(crate) fn sent_before(
    turn: &Turn<'_>,
    log: impl Into<LogId>,
    by: UserId,
    random_id: i64,
) -> Decided<Option<MessageId>> {
    if random_id == 0 {
        return Err(Refusal::RandomIdEmpty.into());
    }
    Ok(load::<SentRow>(turn, &sent_key(log, by, random_id))?.map(|it| it.message))
}

/// Whether the sender may write there now.
pub(super) fn refuse_recipient(turn: &Turn<'_>, me: UserId, peer: Peer) -> Decided<()> {
    let other = peer.user().ok_or(Refusal::PeerIdInvalid)?;
    let row = user(turn, other)?.filter(|_| other != UserId::HIDDEN).ok_or(Refusal::PeerIdInvalid)?;
    if row.deleted {
        return Err(Refusal::InputUserDeactivated.into());
    }
    if other == me {
        return Ok(());
    }
    if is_blocked(turn, me, other)? {
        return Err(Refusal::YouBlockedUser.into());
    }
    if is_blocked(turn, other, me)? {
        return Err(Refusal::UserIsBlocked.into());
    }
    let closed = people::settings::switches(turn, other)?.new_noncontact_peers_require_premium;
    let known = !closed || people::is_contact(turn, other, me)? || dialogs::dialog(turn, me, peer)?.top.0 > 0;
    if known { Ok(()) } else { Err(Refusal::PrivacyPremiumRequired.into()) }
}

fn reply(
    turn: &Turn<'_>,
    me: UserId,
    peer: Peer,
    reply: Option<&ReplyTo>,
) -> Decided<(Option<MessageUid>, Option<Quote>)> {
    let Some(reply) = reply else { return Ok((None, None)) };
    let answered = copy(turn, me, reply.message)?.filter(|it| it.peer == peer).ok_or(Refusal::ReplyMessageIdInvalid)?;
    let Some((text, entities, offset)) = &reply.quote else { return Ok((Some(answered.uid), None)) };
    let body = super::rows::open_body(turn, me, &answered)?;
    if text.is_empty() || !body.text.contains(text.trim()) {
        return Err(Refusal::QuoteTextInvalid.into());
    }
    let quote = Quote { text: text.trim().to_owned(), entities: entities.clone(), offset: *offset, ..Quote::default() };
    Ok((Some(answered.uid), Some(quote)))
}
