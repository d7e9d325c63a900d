//! A channel and the group behind its comments, under every way a hall can be driven: links made and ended from
//! both sides, posts and their copies, comments by members and passers-by.

mod links;
mod posts;
mod readers;

use std::sync::atomic::{AtomicI64, Ordering};

use super::{SetDiscussion, linked};
use crate::{
    Caller, ChannelId, MessageId, Peer, Refusal, UserId,
    groups::{create::CreateChannel, invite::InviteToChannel},
    messages::{
        SeenMessage,
        comments::{self, Comments},
        history::{self, Part},
        rows::{copy, local_id},
        seen_in,
        send::{ReplyTo, SendMessage, Sent},
        threads,
    },
    testing::Hall,
};

/// A channel with its group.
struct Talk {
    hall: Hall,
    channel: ChannelId,
    group: ChannelId,
    /// Owns both.
    owner: Caller,
    /// In both.
    alice: Caller,
    /// In the channel alone.
    bob: Caller,
    /// In neither.
    carol: Caller,
    random: AtomicI64,
}

fn halls() -> [Hall; 3] {
    [Hall::new(), Hall::distant(), Hall::with_outbox()]
}

fn talks() -> [Talk; 3] {
    halls().map(|hall| {
        let talk = Talk::unlinked(hall);
        talk.link(talk.owner, Some(talk.channel), Some(talk.group)).expect("linked");
        talk
    })
}

fn make(hall: &Hall, by: Caller, title: &str, broadcast: bool) -> ChannelId {
    let (title, about) = (title.to_owned(), String::new());
    hall.run(CreateChannel { by, title, about, broadcast, forum: false, ttl_period: 0 }).expect("made").0
}

fn bring(hall: &Hall, by: Caller, channel: ChannelId, who: &[Caller]) {
    let users = who.iter().map(|it| it.user).collect();
    hall.run(InviteToChannel { by, channel, users }).expect("brought in");
}

impl Talk {
    fn unlinked(hall: Hall) -> Self {
        let names = [("Olga", 0), ("Alice", 1), ("Bob", 2), ("Carol", 3)];
        let [owner, alice, bob, carol] = names.map(|(name, at)| hall.person(name, &format!("999662100{at}")));
        let (channel, group) = (make(&hall, owner, "News", true), make(&hall, owner, "Talk", false));
        bring(&hall, owner, channel, &[alice, bob]);
        bring(&hall, owner, group, &[alice]);
        Self { hall, channel, group, owner, alice, bob, carol, random: AtomicI64::new(0) }
    }

    fn link(&self, by: Caller, channel: Option<ChannelId>, group: Option<ChannelId>) -> Result<(), Refusal> {
        self.hall.run(SetDiscussion { by, channel, group })
    }

    /// The other side of each.
    fn sides(&self) -> [Option<ChannelId>; 2] {
        [self.channel, self.group].map(|id| self.hall.ask(|view| linked(view, id)).unwrap())
    }

    fn text(&self, by: Caller, to: ChannelId, text: &str, answers: Option<MessageId>) -> SendMessage {
        SendMessage {
            by,
            peer: Peer::Channel(to),
            text: text.into(),
            entities: Vec::new(),
            reply: answers.map(|message| ReplyTo { message, ..ReplyTo::default() }),
            random_id: self.random.fetch_add(1, Ordering::Relaxed) + 1,
            silent: false,
            noforwards: false,
            no_webpage: false,
            clear_draft: false,
            send_as: None,
            album: 0,
        }
    }

    fn post(&self, text: &str) -> MessageId {
        self.hall.run(self.text(self.owner, self.channel, text, None)).expect("posted").message
    }

    /// The copy of a post.
    fn copy_of(&self, post: MessageId) -> Option<MessageId> {
        let uid = self.hall.ask(|view| copy(view, self.channel, post)).unwrap()?.uid;
        self.hall.ask(|view| local_id(view, self.group, uid)).unwrap()
    }

    fn comment(&self, by: Caller, post: MessageId, text: &str) -> Result<Sent, Refusal> {
        self.hall.run(self.text(by, self.group, text, self.copy_of(post)))
    }

    fn seen(&self, viewer: UserId, log: ChannelId, id: MessageId) -> Option<SeenMessage> {
        self.hall.ask(|view| seen_in(view, viewer, log.into(), [id])).unwrap().pop()
    }

    /// What somebody sees of a post's comments.
    fn comments(&self, by: Caller, post: MessageId) -> Option<Comments> {
        self.seen(by.user, self.channel, post)?.comments
    }

    /// How many comments a post has.
    fn count(&self, post: MessageId) -> Option<u32> {
        self.comments(self.owner, post).map(|it| it.replies)
    }

    /// The comments on a post as somebody reads them, the newest first.
    fn read(&self, by: Caller, post: MessageId) -> Result<Vec<String>, Refusal> {
        let part = Part { limit: 50, ..Part::default() };
        let page = self.hall.ask(|view| {
            let (group, top) = comments::place(view, by.user, self.channel, post)?;
            threads::page::page(view, by.user, group, top, part)
        })?;
        Ok(page.messages.into_iter().map(|it| it.body.text).collect())
    }

    /// The texts of the group, the newest first; what is pinned has a mark.
    fn group_texts(&self, by: Caller) -> Result<String, Refusal> {
        let place = history::Place::Chat(Peer::Channel(self.group));
        let part = Part { limit: 50, ..Part::default() };
        let page = self.hall.ask(|view| history::page(view, by.user, place, part))?;
        let texts = page.messages.iter().filter(|it| it.body.action.is_none());
        let line = |it: &SeenMessage| format!("{}{}", if it.row.pinned { "^" } else { "" }, it.body.text);
        Ok(texts.map(line).collect::<Vec<_>>().join(" | "))
    }
}
