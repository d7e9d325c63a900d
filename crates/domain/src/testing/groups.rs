//! Supergroups for tests of what lies above their management: rows written straight, without any rule.

use crate::{
    groups::{
        GroupCard,
        channel::{self, ChannelCounts, ChannelRow, JoinedRow, MemberRow, joined_key, member_key},
    },
    ids::{ChannelId, LogId, MessageId, Peer, UserId},
    messages::rows::{Body, MailboxRow, copy, delete_copy, mailbox_key, put_copy, seal_body},
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::{Decided, View},
};

/// Makes a supergroup.
pub struct Make {
    /// As it is stored; its card is made of the title.
    pub row: ChannelRow,
    /// What it is called.
    pub title: String,
}

impl Command for Make {
    type Reply = ChannelId;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<ChannelId> {
        let id = channel::allocate(turn)?;
        let mut row = ChannelRow { created: turn.now().secs(), ..self.row.clone() };
        let card = GroupCard { title: self.title.clone(), ..GroupCard::default() };
        let public = row.public;
        channel::put_channel_with(turn, id, &mut row, &card)?;
        channel::put_channel(turn, id, &ChannelRow { public, ..row });
        Ok(id)
    }
}

/// Writes how somebody stands in a supergroup.
pub struct Place {
    /// Where.
    pub channel: ChannelId,
    /// Who.
    pub user: UserId,
    /// As it is stored; joined at 0: not a member.
    pub row: MemberRow,
}

impl Command for Place {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (channel, user) = (self.channel, self.user);
        turn.put(member_key(channel, user), &self.row);
        if self.row.joined > 0 {
            turn.put(joined_key(user, channel), &JoinedRow { joined: self.row.joined, ..JoinedRow::default() });
            updates::follow(turn, user, channel);
        } else {
            turn.delete(joined_key(user, channel));
            updates::unfollow(turn, user, channel);
        }
        Ok(())
    }
}

/// Says how many members a supergroup has.
pub struct Count {
    /// Where.
    pub channel: ChannelId,
    /// So many.
    pub members: u32,
}

impl Command for Count {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        channel::put_counts(turn, self.channel, &ChannelCounts { members: self.members, ..ChannelCounts::default() });
        Ok(())
    }
}

/// What happens to the log of a supergroup.
pub enum Happens {
    /// Somebody posts a text that mentions these.
    Post {
        /// The author.
        by: UserId,
        /// What it says.
        text: String,
        /// Whom it mentions.
        mentions: Vec<UserId>,
    },
    /// A text becomes another.
    Edit(MessageId, String),
    /// Messages go.
    Delete(Vec<MessageId>),
    /// Anything else is noted.
    Note(Change, i32),
}

/// Lets something happen.
pub struct Happening {
    /// Where.
    pub channel: ChannelId,
    /// What.
    pub what: Happens,
}

impl Command for Happening {
    type Reply = LogEntry;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<LogEntry> {
        let (channel, log) = (self.channel, LogId::Channel(self.channel));
        match &self.what {
            Happens::Post { by, text, mentions } => {
                let mut counters = updates::counters(turn, log)?;
                counters.last_message_id += 1;
                updates::put_counters(turn, log, &counters);
                let id = MessageId(counters.last_message_id);
                let (uid, peer, date) = (turn.draw_uid(), Peer::Channel(channel), turn.now().secs());
                let body = seal_body(turn, (log, peer), uid, 1, &said(text))?;
                let mentions = mentions.clone();
                let row =
                    MailboxRow { peer, from: *by, date, uid, body, version: 1, mentions, ..MailboxRow::default() };
                put_copy(turn, log, id, &row)?;
                let change = Change::NewMessage { message: id, random_id: Some(i64::from(id.0)), by: *by };
                updates::append(turn, log, change, 1, None)
            }
            Happens::Edit(id, text) => {
                let mut row = copy(turn, log, *id)?.expect("a message that is edited is there");
                row.version += 1;
                row.body = seal_body(turn, (log, row.peer), row.uid, row.version, &said(text))?;
                row.edit_date = turn.now().secs();
                turn.put(mailbox_key(log, *id), &row);
                updates::append(turn, log, Change::EditMessage { message: *id }, 1, None)
            }
            Happens::Delete(ids) => {
                for id in ids {
                    let row = copy(turn, log, *id)?.expect("a message that is deleted is there");
                    delete_copy(turn, log, *id, &row);
                }
                let count = i32::try_from(ids.len()).expect("a test deletes a few");
                updates::append(turn, log, Change::DeleteMessages { messages: ids.clone() }, count, None)
            }
            Happens::Note(change, count) => updates::append(turn, log, change.clone(), *count, None),
        }
    }
}

fn said(text: &str) -> Body {
    Body { text: text.into(), ..Body::default() }
}
