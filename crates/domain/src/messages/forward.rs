//! Forwarding: a new message with the old one's body, and where it came from under its author's privacy.
//! Source: core.telegram.org/method/messages.forwardMessages.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    dialogs,
    media::MediaBody,
    polls,
    rows::{MailboxRow, copy, open_body},
    send::{Outgoing, Sent, put, refuse_kind, refuse_sending, sent_or_queued},
    todo, webpages,
};
use crate::{
    caller::Caller,
    groups::{BannedRights, access, basic},
    ids::{LogId, MessageId, Peer, UserId},
    people::{card, privacy, user},
    policy::screen,
    refusal::Refusal,
    service::Command,
    turn::Turn,
    view::{Decided, View},
};

/// Messages of one call. Source: `forwarded_count_max` of help.getConfig.
pub const MESSAGES_MAX: usize = 100;

/// Messages that one command may copy into a chat: in a basic group each member has a copy, or a row of the outbox
/// beyond what a batch bears.
pub fn at_once(view: &(impl View + ?Sized), to: Peer) -> Decided<usize> {
    /// Rows of the sender's own copy.
    const OWN: usize = 10;
    /// What a command may write beyond the copies that join its batch, with room for the outbox's watermarks.
    const ROWS: usize = 1500;
    let Peer::Chat(id) = to else { return Ok(MESSAGES_MAX) };
    let members = basic::chat(view, id)?.map_or(0, |it| it.members.len());
    Ok((ROWS / (members + OWN)).clamp(1, MESSAGES_MAX))
}

/// Copies messages of one chat into another.
#[derive(Clone, Debug)]
pub struct ForwardMessages {
    /// Who.
    pub by: Caller,
    /// From which chat.
    pub from: Peer,
    /// Into which.
    pub to: Peer,
    /// In the caller's mailbox.
    pub messages: Vec<MessageId>,
    /// One for each message.
    pub random_ids: Vec<i64>,
    /// Without saying whose they were.
    pub drop_author: bool,
    /// Without a sound.
    pub silent: bool,
    /// May not be forwarded on.
    pub noforwards: bool,
    /// The identity that speaks; `None`: the one that the caller has chosen there.
    pub send_as: Option<Peer>,
    /// The topic of a forum that they are for.
    pub top: Option<MessageId>,
}

impl Command for ForwardMessages {
    type Reply = Vec<Sent>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<Sent>> {
        self.each(turn, |turn, message| put(turn, self.by.user, message, Some(self.by.origin)))
    }
}

impl ForwardMessages {
    /// Makes each message in its order and posts it.
    pub(super) fn each(
        &self,
        turn: &mut Turn<'_>,
        mut post: impl FnMut(&mut Turn<'_>, Outgoing) -> Decided<Sent>,
    ) -> Decided<Vec<Sent>> {
        if self.messages.is_empty() || self.messages.len() != self.random_ids.len() {
            return Err(Refusal::MessageIdsEmpty.into());
        }
        let ids: BTreeSet<_> = self.random_ids.iter().collect();
        if ids.len() < self.random_ids.len() {
            return Err(Refusal::RandomIdDuplicate.into());
        }
        if self.messages.len() > MESSAGES_MAX {
            return Err(Refusal::LimitInvalid.into());
        }
        refuse_sending(turn, self.by.user, self.to, BannedRights::NONE)?;
        let source = Source::of(turn, self.by.user, self.from)?;
        let mut all = Vec::with_capacity(self.messages.len());
        let mut albums = BTreeMap::new();
        for (&id, &random_id) in self.messages.iter().zip(&self.random_ids) {
            if let Some(message) = sent_or_queued(turn, self.by.user, self.to, random_id)? {
                all.push(Sent { message, entry: None });
                continue;
            }
            let row = copy(turn, source.log, id)?.filter(|it| it.peer == self.from && id >= source.visible_from);
            let row = row.ok_or(Refusal::MessageIdInvalid)?;
            if row.noforwards || source.protected {
                return Err(Refusal::ChatForwardsRestricted.into());
            }
            let mut draft = self.copy_of(turn, &source, id, &row, random_id)?;
            webpages::refit(turn, self.by.user, self.to, &mut draft.body)?;
            refuse_kind(turn, self.by.user, self.to, draft.body.right())?;
            screen(turn, self.by.user, self.to, &draft.body)?;
            // What was one album stays one, which is another.
            let album = match row.album {
                0 => 0,
                album => *albums.entry(album).or_insert_with(|| u64::from_be_bytes(turn.draw())),
            };
            let draft = Outgoing { album, ..draft };
            all.push(post(turn, draft)?);
        }
        Ok(all)
    }

    fn copy_of(
        &self,
        turn: &mut Turn<'_>,
        source: &Source,
        id: MessageId,
        row: &MailboxRow,
        random_id: i64,
    ) -> Decided<Outgoing> {
        let me = self.by.user;
        let mut body = open_body(turn, source.log, row)?;
        if body.action.is_some() {
            return Err(Refusal::MessageIdInvalid.into());
        }
        body.quote = None;
        if body.media.as_ref().is_some_and(|it| it.ttl() > 0) {
            // What is shown for a time goes no further, as TDLib 1.8.66 knows.
            return Err(Refusal::MessageIdInvalid.into());
        }
        if let Some(MediaBody::Live { place, .. }) = &body.media {
            // Where somebody was, and no longer where they are.
            body.media = Some(MediaBody::Place { place: place.clone() });
        }
        if let Some(poll) = &body.poll {
            polls::forwarded(turn, poll, self.to)?;
        }
        body.todo = body.todo.as_ref().map(|it| todo::frozen(turn, it)).transpose()?;
        let signature = std::mem::take(&mut body.signature);
        let mut forward = None;
        if self.drop_author {
            body.hidden_author.clear();
            body.origin_signature.clear();
        } else {
            let mut origin = row.forward.clone().unwrap_or_default();
            if row.forward.is_none() {
                origin.date = row.date;
                // A post is its channel's, also where it leads to its author's profile.
                match row.sent_as.or(row.post.then_some(self.from)) {
                    Some(voice) => {
                        origin.channel = Some(voice);
                        origin.post = if source.broadcast && voice == self.from { id } else { MessageId(0) };
                        body.origin_signature = signature;
                    }
                    None => match shown_author(turn, row.from, me)? {
                        Ok(author) => origin.from = Some(author),
                        Err(name) => body.hidden_author = name,
                    },
                }
            }
            // Where a note was saved from is not told of somebody whose account is hidden.
            let told = row.sent_as.is_some() || row.post || shown_author(turn, row.from, me)?.is_ok();
            let saved = self.to == Peer::User(me) && told;
            (origin.saved_peer, origin.saved_id) = (saved.then_some(self.from), if saved { id } else { MessageId(0) });
            forward = Some(origin);
        }
        Ok(Outgoing {
            peer: self.to,
            body,
            reply_to: None,
            forward,
            random_id,
            silent: self.silent,
            noforwards: self.noforwards,
            from_scheduled: false,
            send_as: self.send_as,
            top: self.top,
            album: 0,
        })
    }
}

/// The chat that messages are taken from.
struct Source {
    log: LogId,
    broadcast: bool,
    protected: bool,
    visible_from: MessageId,
}

impl Source {
    fn of(turn: &Turn<'_>, me: UserId, from: Peer) -> Decided<Self> {
        if let Some(channel) = from.channel() {
            let it = access::reader(turn, channel, me)?;
            let (broadcast, protected) = (it.row.broadcast, it.row.noforwards);
            return Ok(Self { log: it.log(), broadcast, protected, visible_from: it.visible_from });
        }
        let protected = match from {
            Peer::Chat(id) => basic::chat(turn, id)?.is_some_and(|it| it.noforwards),
            Peer::User(_) | Peer::Channel(_) => {
                let row = dialogs::dialog(turn, me, from)?;
                row.noforwards_mine || row.noforwards_theirs
            }
        };
        Ok(Self { log: me.into(), broadcast: false, protected, visible_from: MessageId(0) })
    }
}

/// The author's account, or only its name where its privacy hides the account from forwards.
fn shown_author(turn: &Turn<'_>, author: UserId, by: UserId) -> Decided<Result<UserId, String>> {
    if author == by || privacy::allows(turn, author, privacy::Key::Forwards, by)? {
        return Ok(Ok(author));
    }
    let Some(row) = user(turn, author)? else { return Ok(Err("Deleted Account".into())) };
    let card = card(turn, author, &row)?;
    Ok(Err(format!("{} {}", card.first_name, card.last_name).trim().to_owned()))
}
