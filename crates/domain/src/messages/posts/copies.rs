//! Posts of a channel in the group behind its comments: each is copied there by itself, under the same uid, with
//! where it came from, and pinned. What answers the copy are the post's comments.
//! Source: core.telegram.org/api/discussion, core.telegram.org/constructor/messageFwdHeader.

use bytes::Bytes;

use super::{put::append, removal::remove};
use crate::{
    folders::archive,
    groups::{
        channel,
        discussion::{Delivered, tell},
    },
    ids::{ChannelId, LogId, MessageId, MessageUid, Peer, UserId},
    messages::{
        pinned,
        receive::MessageCopy,
        rows::{Body, ForwardRow, MailboxRow, carry, copy, local_id, mailbox_key, open_body, seal_body},
        search, todo, webpages,
    },
    turn::Turn,
    updates::{self, Change},
    view::{Decided, Rows},
};

/// Where a copy came from: the channel, and the post's number there.
pub fn source(row: &MailboxRow) -> Option<(ChannelId, MessageId)> {
    let forward = row.forward.as_ref()?;
    // Elsewhere this is told only of what one keeps for oneself.
    let saved = forward.saved_peer.and_then(Peer::channel).filter(|_| row.peer.channel().is_some())?;
    Some((saved, forward.saved_id))
}

/// A post was written: it goes to the group, too.
pub(super) fn posted(turn: &mut Turn<'_>, me: UserId, post: MessageId, row: &MailboxRow, body: Body) -> Decided<()> {
    let (Some(channel), Some(group)) = (row.peer.channel(), row.copied_to) else { return Ok(()) };
    let mut forward = row.forward.clone().unwrap_or_default();
    if row.forward.is_none() {
        (forward.date, forward.channel, forward.post) = (row.date, Some(row.peer), post);
    }
    let sealed = seal(turn, group, row, body)?;
    let copied = MailboxRow { body: sealed, forward: Some(forward), reply_to: None, ..row.clone() };
    tell(turn, me, channel, group, Delivered::Posted { post, message: Box::new(MessageCopy::of(&copied)) })
}

/// A post was edited.
pub(in crate::messages) fn edited(turn: &mut Turn<'_>, me: UserId, row: &MailboxRow, body: Body) -> Decided<()> {
    let (Some(channel), Some(group)) = (row.peer.channel(), row.copied_to) else { return Ok(()) };
    let sealed = seal(turn, group, row, body)?;
    let what = Delivered::Edited { uid: row.uid, body: sealed, version: row.version, date: row.edit_date };
    tell(turn, me, channel, group, what)
}

/// What is copied of a post: as a forward has it, under the group's key.
fn seal(turn: &mut Turn<'_>, group: ChannelId, row: &MailboxRow, mut body: Body) -> Decided<Bytes> {
    let signature = std::mem::take(&mut body.signature);
    if row.forward.is_none() {
        body.origin_signature = signature;
    }
    body.quote = None;
    body.todo = body.todo.as_ref().map(|it| todo::frozen(turn, it)).transpose()?;
    seal_body(turn, (group.into(), Peer::Channel(group)), row.uid, row.version, &body)
}

/// Posts or copies that go, by the other side that has to know.
#[derive(Default)]
pub(super) struct Gone {
    posts: Vec<(ChannelId, Vec<MessageUid>)>,
    copies: Vec<(ChannelId, Vec<MessageUid>)>,
}

impl Gone {
    pub(super) fn add(&mut self, view: &impl Rows, row: &MailboxRow) -> Decided<()> {
        let post = row.copied_to.map(|group| (true, group));
        let mut copied = source(row).map(|(channel, _)| (false, channel));
        if let Some((_, channel)) = copied
            && local_id(view, channel, row.uid)?.is_none()
        {
            // The post went first.
            copied = None;
        }
        for (is_post, other) in post.into_iter().chain(copied) {
            let all = if is_post { &mut self.posts } else { &mut self.copies };
            match all.iter_mut().find(|(of, _)| *of == other) {
                Some((_, uids)) => uids.push(row.uid),
                None => all.push((other, vec![row.uid])),
            }
        }
        Ok(())
    }

    pub(super) fn tell(self, turn: &mut Turn<'_>, here: ChannelId) -> Decided<()> {
        for (group, uids) in self.posts {
            tell(turn, UserId::NOBODY, here, group, Delivered::Deleted { uids })?;
        }
        for (channel, uids) in self.copies {
            tell(turn, UserId::NOBODY, here, channel, Delivered::CopiesGone { uids })?;
        }
        Ok(())
    }
}

/// A post of the channel behind which this group is; one that is there already changes nothing.
pub(crate) fn receive_post(
    turn: &mut Turn<'_>,
    from: ChannelId,
    to: ChannelId,
    post: MessageId,
    message: &MessageCopy,
) -> Decided<()> {
    let log = LogId::from(to);
    if local_id(turn, log, message.uid)?.is_some() {
        return Ok(());
    }
    let ttl_period = channel::channel(turn, to)?.map_or(0, |it| it.ttl_period);
    let origin = message.forward.clone().unwrap_or_default();
    let row = MailboxRow {
        peer: Peer::Channel(to),
        date: message.date,
        uid: message.uid,
        silent: message.silent,
        noforwards: message.noforwards,
        body: message.body.clone(),
        version: message.version,
        forward: Some(ForwardRow { saved_peer: Some(Peer::Channel(from)), saved_id: post, ..origin }),
        ttl_period,
        sent_as: Some(Peer::Channel(from)),
        // Clients open a thread only of a message that says what answers it: TDLib 1.8.66.
        has_thread: true,
        album: message.album,
        files: message.files.clone(),
        page: message.page,
        ..MailboxRow::default()
    };
    let id = append(turn, log, &row)?;
    pinned::set(turn, log, id, true)?;
    updates::append(turn, log, Change::NewMessage { message: id, random_id: None, by: UserId::NOBODY }, 1, None)?;
    let change = Change::PinnedMessages { peer: row.peer, messages: vec![id], pinned: true };
    updates::append(turn, log, change, 1, None)?;
    archive::posted(turn, to, UserId::NOBODY)
}

/// A post's text changed, and with it that of its copy.
pub(crate) fn receive_edit(
    turn: &mut Turn<'_>,
    to: ChannelId,
    uid: MessageUid,
    body: &Bytes,
    (version, date): (u32, u32),
) -> Decided<()> {
    let log = LogId::from(to);
    let Some(id) = local_id(turn, log, uid)? else { return Ok(()) };
    let Some(row) = copy(turn, log, id)?.filter(|it| it.version < version) else { return Ok(()) };
    let mut row = MailboxRow { body: body.clone(), version, edit_date: date, ..row };
    let body = open_body(turn, log, &row)?;
    let before = std::mem::replace(&mut row.files, body.files());
    carry(turn, log, row.uid, &before, &row.files);
    row.page = body.page();
    webpages::wait(turn, row.page, log)?;
    turn.put(mailbox_key(log, id), &row);
    search::index::replace(turn, log, id, &row, &body)?;
    updates::append(turn, log, Change::EditMessage { message: id }, 1, None).map(drop)
}

/// Posts are gone, and their copies with them.
pub(crate) fn receive_deletion(turn: &mut Turn<'_>, to: ChannelId, uids: &[MessageUid]) -> Decided<()> {
    let ids = uids.iter().map(|uid| local_id(turn, to, *uid)).collect::<Decided<Vec<_>>>()?;
    remove(turn, to, &ids.into_iter().flatten().collect::<Vec<_>>(), None).map(drop)
}

/// The group has deleted copies: the posts have no comments any more.
pub(crate) fn receive_loss(turn: &mut Turn<'_>, to: ChannelId, uids: &[MessageUid]) -> Decided<()> {
    for uid in uids {
        let Some(id) = local_id(turn, to, *uid)? else { continue };
        let Some(row) = copy(turn, to, id)?.filter(|it| it.copied_to.is_some()) else { continue };
        turn.put(mailbox_key(to, id), &MailboxRow { copied_to: None, ..row });
    }
    Ok(())
}
