//! Sending: the sender's copy, the log entry, and the delivery to the other side, in one turn.
//! Source: core.telegram.org/method/messages.sendMessage.

use super::{
    counts, dialogs,
    marks::{self, Mark},
    media::{Media, MediaBody},
    mentions, polls,
    receive::{Delivered, MessageCopy},
    recipients::tell,
    rows::{Action, Body, Entity, ForwardRow, MailboxRow, Quote, SentRow, copy, put_copy, seal_body, sent_key},
    text,
    webpages::{self, Wish},
};
use crate::{
    caller::Caller,
    groups::{
        self, BannedRights,
        basic::{self, access},
    },
    ids::{LogId, MessageId, MessageUid, Peer, UserId},
    kept::gifs,
    people::{self, is_blocked, top, user},
    policy::screen,
    refusal::Refusal,
    service::Command,
    stickers::shelf,
    turn::Turn,
    updates::{self, Change, LogEntry, Origin},
    view::{Decided, Rows, View, load},
};

/// What a message answers.
#[derive(Clone, Debug, Default)]
pub struct ReplyTo {
    /// In the sender's mailbox.
    pub message: MessageId,
    /// The quoted part, if any.
    pub quote: Option<(String, Vec<Entity>, u32)>,
    /// In a forum: the topic that it is for, where that does not follow from what it answers.
    pub top: Option<MessageId>,
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
    /// The identity that speaks; `None`: the one that the sender has chosen there.
    pub send_as: Option<Peer>,
    /// The album that it belongs to; 0: none.
    pub album: u64,
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
        if let Some(message) = sent_before(turn, self.peer.log(self.by.user), self.by.user, self.random_id)? {
            return Ok(Sent { message, entry: None });
        }
        let message = self.prepare(turn, media)?;
        let sent = self.post(turn, message)?;
        self.finish(turn)?;
        Ok(sent)
    }

    /// Writes the message that was made of it.
    pub(super) fn post(&self, turn: &mut Turn<'_>, message: Outgoing) -> Decided<Sent> {
        let (log, body) = (self.peer.log(self.by.user), message.body.clone());
        let sent = put(turn, self.by.user, message, Some(self.by.origin))?;
        keep(turn, self.by.user, &body, Some(self.by.origin))?;
        polls::close::plan(turn, log, sent.message, &body);
        Ok(sent)
    }

    /// Checks everything and makes the message.
    pub(super) fn prepare(&self, turn: &mut Turn<'_>, media: &Media) -> Decided<Outgoing> {
        refuse_sending(turn, self.by.user, self.peer, media.right())?;
        let cleaned = match media {
            Media::None | Media::WebPage(_) => text::clean(&self.text, &self.entities)?,
            _ => text::caption(&self.text, &self.entities)?,
        };
        let (reply_to, quote) = reply(turn, self.by.user, self.peer, self.reply.as_ref())?;
        let mut body = Body {
            text: cleaned.text,
            entities: cleaned.entities,
            quote,
            no_webpage: self.no_webpage,
            ..media.body(turn, self.by.user, self.peer)?
        };
        let plain = Wish::default();
        let wish = match media {
            Media::None => Some(&plain),
            Media::WebPage(it) => Some(&**it),
            _ => None,
        };
        if let Some(wish) = wish {
            body.media = webpages::attached(turn, self.by.user, self.peer, (&body, wish))?;
        }
        screen(turn, self.by.user, self.peer, &body)?;
        Ok(Outgoing {
            peer: self.peer,
            body,
            reply_to,
            forward: None,
            random_id: self.random_id,
            silent: self.silent,
            noforwards: self.noforwards,
            from_scheduled: false,
            send_as: self.send_as,
            top: self.reply.as_ref().and_then(|it| it.top),
            album: self.album,
        })
    }

    /// What follows a message that was sent or queued.
    pub(super) fn finish(&self, turn: &mut Turn<'_>) -> Decided<()> {
        if !self.clear_draft {
            return Ok(());
        }
        let topic = self.topic(turn)?;
        super::drafts::clear_in(turn, &self.by, self.peer, topic)
    }

    /// The topic of a forum in which it was written, as far as the sender said so.
    fn topic(&self, turn: &Turn<'_>) -> Decided<Option<MessageId>> {
        let (Some(channel), Some(reply)) = (self.peer.channel(), &self.reply) else { return Ok(None) };
        if reply.top.is_some() {
            return Ok(reply.top);
        }
        let answered = copy(turn, channel, reply.message)?.filter(|it| it.in_topic);
        Ok(answered.map(|it| it.thread))
    }
}

/// What its sender is offered again once it was sent: a GIF, a sticker.
pub(super) fn keep(turn: &mut Turn<'_>, me: UserId, body: &Body, skip: Option<Origin>) -> Decided<()> {
    let Some(media) = &body.media else { return Ok(()) };
    gifs::sent(turn, me, media, skip)?;
    shelf::sent(turn, me, media, skip)
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
    pub(super) send_as: Option<Peer>,
    /// The topic of a forum that it is for.
    pub(super) top: Option<MessageId>,
    /// The album that it belongs to; 0: none.
    pub(super) album: u64,
}

/// Writes a message for all who read the chat.
pub(super) fn put(turn: &mut Turn<'_>, me: UserId, it: Outgoing, skip: Option<Origin>) -> Decided<Sent> {
    webpages::ask_again(turn, &it.body)?;
    let (peer, origin) = (it.peer, it.forward.as_ref().and_then(counts::Post::origin));
    let sent = match peer {
        Peer::User(_) | Peer::Chat(_) => put_copies(turn, me, it, skip),
        Peer::Channel(id) => super::posts::put(turn, me, id, it, skip),
    }?;
    if let Some(post) = origin {
        counts::forwards::tell(turn, me, post, peer, sent.message)?;
    }
    Ok(sent)
}

/// Writes the sender's copy, and delivers the others.
fn put_copies(turn: &mut Turn<'_>, me: UserId, it: Outgoing, skip: Option<Origin>) -> Decided<Sent> {
    let (uid, date) = (turn.draw_uid(), turn.now().secs());
    let body = seal_body(turn, (me.into(), it.peer), uid, 0, &it.body)?;
    let ttl_period = ttl(turn, me, it.peer)?;
    let mentions = mentioned(turn, me, &it)?;
    let row = MailboxRow {
        peer: it.peer,
        from: me,
        date,
        uid,
        out: it.peer != Peer::User(me),
        silent: it.silent,
        noforwards: it.noforwards,
        body,
        reply_to: it.reply_to,
        forward: it.forward,
        ttl_period,
        from_scheduled: it.from_scheduled,
        mentions,
        album: it.album,
        files: it.body.files(),
        media_unread: it.peer != Peer::User(me) && it.body.media.as_ref().is_some_and(MediaBody::opens),
        page: it.body.page(),
        ..MailboxRow::default()
    };
    let message = append(turn, me, &row)?;
    let change = Change::NewMessage { message, random_id: Some(it.random_id), by: me };
    let entry = updates::append(turn, me, change, 1, skip)?;
    if it.random_id != 0 {
        turn.put(sent_key(me, me, it.random_id), &SentRow { message, date, ..SentRow::default() });
    }
    if let Some(other) = it.peer.user().filter(|it| *it != me && !it.is_server()) {
        top::count(turn, me, other)?;
    }
    tell(turn, me, it.peer, Delivered::Message { message: MessageCopy::of(&row) })?;
    Ok(Sent { message, entry: Some(entry) })
}

/// The self-destruct period of a chat; before the first message of a private one its writer's default is set.
fn ttl(turn: &mut Turn<'_>, me: UserId, peer: Peer) -> Decided<u32> {
    if let Peer::Chat(id) = peer {
        return Ok(basic::chat(turn, id)?.map_or(0, |it| it.ttl_period));
    }
    let dialog = dialogs::dialog(turn, me, peer)?;
    if !dialog.wrote && dialog.ttl_period == 0 && peer != Peer::User(me) {
        super::settings::apply_default_ttl(turn, me, peer)?;
        return Ok(dialogs::dialog(turn, me, peer)?.ttl_period);
    }
    Ok(dialog.ttl_period)
}

/// The members of a basic group whom a message of it mentions; one that was forwarded mentions nobody.
fn mentioned(turn: &Turn<'_>, me: UserId, it: &Outgoing) -> Decided<Vec<UserId>> {
    let Peer::Chat(id) = it.peer else { return Ok(Vec::new()) };
    if it.forward.is_some() || it.body.action.is_some() {
        return Ok(Vec::new());
    }
    let mut all = mentions::of(turn, me.into(), me, &it.body, it.reply_to)?;
    if !all.is_empty() {
        let row = basic::chat(turn, id)?.unwrap_or_default();
        all.retain(|it| row.member(*it).is_some());
    }
    Ok(all)
}

/// Writes what `me` did in a group as a message of it.
pub(crate) fn service(
    turn: &mut Turn<'_>,
    me: UserId,
    peer: Peer,
    action: Action,
    skip: Option<Origin>,
) -> Decided<Sent> {
    // TDLib 1.8.66 finds the group that it has made by the number of the message that says so.
    let random_id = match &action {
        Action::ChatCreate { .. } => i64::from_be_bytes(turn.draw()),
        _ => 0,
    };
    put(turn, me, Outgoing { random_id, ..super::settings::service(peer, action) }, skip)
}

/// Gives a copy the mailbox's next number, writes it, and moves its chat to the top.
pub(super) fn append(turn: &mut Turn<'_>, user: UserId, row: &MailboxRow) -> Decided<MessageId> {
    let mut counters = updates::counters(turn, user)?;
    counters.last_message_id += 1;
    let id = MessageId(counters.last_message_id);
    updates::put_counters(turn, user, &counters);
    put_copy(turn, user.into(), id, row)?;
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
    if incoming && row.mentions.contains(&user) {
        marks::settle(turn, user, row.peer, id, (Mark::Mention, true))?;
    }
    super::timers::plan(turn, user.into(), id, row);
    Ok(id)
}

/// Where a random id led, if it was used in the last days.
pub(crate) fn sent_before(
    view: &(impl Rows + ?Sized),
    log: impl Into<LogId>,
    by: UserId,
    random_id: i64,
) -> Decided<Option<MessageId>> {
    if random_id == 0 {
        return Err(Refusal::RandomIdEmpty.into());
    }
    Ok(load::<SentRow>(view, &sent_key(log, by, random_id))?.map(|it| it.message))
}

/// The same of a message for a chat, queued or sent: a queue is the sender's, a channel's log is not.
pub(super) fn sent_or_queued(
    view: &(impl Rows + ?Sized),
    me: UserId,
    peer: Peer,
    random_id: i64,
) -> Decided<Option<MessageId>> {
    let queued = sent_before(view, me, me, random_id)?;
    let log = peer.log(me);
    if queued.is_some() || log == LogId::Mailbox(me) { Ok(queued) } else { sent_before(view, log, me, random_id) }
}

/// Whether the sender may write there now.
pub(crate) fn refuse_recipient(turn: &Turn<'_>, me: UserId, peer: Peer) -> Decided<()> {
    refuse_sending(turn, me, peer, BannedRights::SEND_PLAIN)
}

/// Whether the sender may send there now what takes that right in groups.
pub(super) fn refuse_sending(view: &(impl View + ?Sized), me: UserId, peer: Peer, needed: BannedRights) -> Decided<()> {
    let other = match peer {
        Peer::User(other) => other,
        Peer::Chat(id) => return access::refuse_banned(view, id, me, needed),
        Peer::Channel(id) => return groups::access::writer(view, id, me, needed).map(drop),
    };
    let row = user(view, other)?
        .filter(|_| other != UserId::HIDDEN && other != UserId::REPLIES)
        .ok_or(Refusal::PeerIdInvalid)?;
    if row.deleted {
        return Err(Refusal::InputUserDeactivated.into());
    }
    if other == me {
        return Ok(());
    }
    if is_blocked(view, me, other)? {
        return Err(Refusal::YouBlockedUser.into());
    }
    if is_blocked(view, other, me)? {
        return Err(Refusal::UserIsBlocked.into());
    }
    let closed = people::settings::switches(view, other)?.new_noncontact_peers_require_premium;
    let known = !closed || people::is_contact(view, other, me)? || dialogs::dialog(view, me, peer)?.top.0 > 0;
    if known { Ok(()) } else { Err(Refusal::PrivacyPremiumRequired.into()) }
}

/// The same for each of several, and for what was written before: slow mode has no say in it.
pub(super) fn refuse_kind(view: &(impl View + ?Sized), me: UserId, peer: Peer, needed: BannedRights) -> Decided<()> {
    match peer {
        Peer::User(_) => Ok(()),
        Peer::Chat(id) => access::refuse_banned(view, id, me, needed),
        Peer::Channel(id) => groups::access::allowed(&groups::access::reader(view, id, me)?, needed),
    }
}

fn reply(
    turn: &Turn<'_>,
    me: UserId,
    peer: Peer,
    reply: Option<&ReplyTo>,
) -> Decided<(Option<MessageUid>, Option<Quote>)> {
    let Some(reply) = reply else { return Ok((None, None)) };
    let log = peer.log(me);
    let shown = match peer.channel() {
        Some(channel) => groups::access::reader(turn, channel, me)?.shows(reply.message),
        None => true,
    };
    let answered = copy(turn, log, reply.message)?.filter(|it| shown && it.peer == peer);
    let answered = answered.ok_or(Refusal::ReplyMessageIdInvalid)?;
    let Some((text, entities, offset)) = &reply.quote else { return Ok((Some(answered.uid), None)) };
    let body = super::rows::open_body(turn, log, &answered)?;
    if text.is_empty() || !body.text.contains(text.trim()) {
        return Err(Refusal::QuoteTextInvalid.into());
    }
    let quote = Quote { text: text.trim().to_owned(), entities: entities.clone(), offset: *offset, ..Quote::default() };
    Ok((Some(answered.uid), Some(quote)))
}
