//! The topics of a forum as one of its readers sees them, pinned ones first, then by their last messages.
//! Source: core.telegram.org/method/messages.getForumTopics.

use std::collections::BTreeMap;

use store::{Direction, Range};

use super::{TopicCard, TopicRow, card, existing, forum, forum_row, order, order_key, topic};
use crate::{
    groups::access::Access,
    ids::{ChannelId, MessageId, UserId},
    messages::{
        SeenMessage,
        drafts::{self, Draft},
        marks::{self, Mark},
        rows::{chat_range, copy, history_key, id_of},
        seen_in,
        threads::{self, GENERAL, page, read::Marks},
    },
    refusal::Refusal,
    view::{Decided, View},
};

/// Topics on one page. Source: clients ask for at most a hundred.
pub const PAGE_MAX: usize = 100;

/// Topics whose titles are looked through for one search.
const SEARCHED_MAX: usize = 1000;

/// Messages counted one by one; no badge shows more.
const UNREAD_MAX: usize = 1000;

/// Topics counted for an answer's total.
const COUNTED_MAX: usize = 10_000;

/// A topic as somebody sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenTopic {
    /// Its number.
    pub id: MessageId,
    /// As stored.
    pub row: TopicRow,
    /// What it says of itself.
    pub card: TopicCard,
    /// Whether the viewer opened it.
    pub my: bool,
    /// Whether it stands above the others.
    pub pinned: bool,
    /// Its last message.
    pub top: MessageId,
    /// Read marks and counter.
    pub marks: Marks,
    /// Messages that mention the viewer, which has not opened them.
    pub unread_mentions: u32,
    /// The viewer's messages with reactions that it has not seen.
    pub unread_reactions: u32,
    /// The viewer's polls with votes that it has not seen.
    pub unread_votes: u32,
    /// What the viewer typed there, and what that would answer.
    pub draft: Option<(Draft, Option<MessageId>)>,
}

/// How many messages of each topic call the viewer.
struct Calls {
    mentions: BTreeMap<MessageId, u32>,
    reactions: BTreeMap<MessageId, u32>,
    votes: BTreeMap<MessageId, u32>,
}

impl Calls {
    fn of(view: &(impl View + ?Sized), me: UserId, access: &Access) -> Decided<Self> {
        let count = |mark| marks::by_topic(view, me, access.peer(), mark);
        Ok(Self { mentions: count(Mark::Mention)?, reactions: count(Mark::Reaction)?, votes: count(Mark::PollVote)? })
    }
}

/// A page of topics.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// In all.
    pub count: usize,
    /// `Err`: there is no such topic.
    pub topics: Vec<Result<SeenTopic, MessageId>>,
    /// Their last messages.
    pub messages: Vec<SeenMessage>,
}

/// Which topics.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Their titles have a word that begins so; empty: any.
    pub words: String,
    /// After the topic whose last message is this; 0: from the first.
    pub offset_id: MessageId,
    /// And which is this one.
    pub offset_topic: MessageId,
    /// Topics wanted.
    pub limit: usize,
}

/// A page of the list.
pub fn page(view: &(impl View + ?Sized), me: UserId, channel: ChannelId, wanted: &Wanted) -> Decided<Page> {
    let access = forum(view, channel, me)?;
    let limit = wanted.limit.clamp(1, PAGE_MAX);
    let pinned = forum_row(view, channel)?.pinned;
    let whole = order(channel);
    let first = wanted.offset_id.0 <= 0 && wanted.offset_topic.0 <= 0;
    let range = match first {
        true => whole.clone(),
        false => {
            let after = order_key(channel, wanted.offset_id, MessageId(wanted.offset_topic.0.saturating_add(1)));
            Range { start: after.max(whole.start.clone()), end: whole.end.clone() }
        }
    };
    let count = view.scan(&whole, Direction::Forward, COUNTED_MAX)?.len();
    let searching = !wanted.words.trim().is_empty();
    let looked = if searching { SEARCHED_MAX } else { limit + pinned.len() + 1 };
    let mut ids: Vec<MessageId> = if first { pinned.clone() } else { Vec::new() };
    let rest = view.scan(&range, Direction::Forward, looked)?;
    let mut rest: Vec<_> = rest.iter().map(|(key, _)| id_of(key)).collect();
    // What nobody has written in since it became a forum is in no order yet: the general topic comes last.
    let never_moved = view.scan(&whole, Direction::Forward, COUNTED_MAX)?.iter().all(|(key, _)| id_of(key) != GENERAL);
    if never_moved && rest.len() < looked {
        rest.push(GENERAL);
    }
    ids.extend(rest.into_iter().filter(|it| !pinned.contains(it)));
    let mut topics = Vec::with_capacity(limit);
    let calls = Calls::of(view, me, &access)?;
    for id in ids {
        if topics.len() == limit {
            break;
        }
        let Some(seen) = seen(view, me, &access, id, (&pinned, &calls))? else { continue };
        if !searching || matches(&seen.card.title, &wanted.words) {
            topics.push(Ok(seen));
        }
    }
    let count = if searching { topics.len() } else { count + usize::from(never_moved) };
    told(view, me, &access, count, topics)
}

/// Topics by number, in the order asked.
pub fn by_id(view: &(impl View + ?Sized), me: UserId, channel: ChannelId, ids: &[MessageId]) -> Decided<Page> {
    if ids.is_empty() {
        return Err(Refusal::TopicsEmpty.into());
    }
    if ids.len() > PAGE_MAX {
        return Err(Refusal::LimitInvalid.into());
    }
    let access = forum(view, channel, me)?;
    let pinned = forum_row(view, channel)?.pinned;
    let calls = Calls::of(view, me, &access)?;
    let mut topics = Vec::with_capacity(ids.len());
    for &id in ids {
        topics.push(seen(view, me, &access, id, (&pinned, &calls))?.ok_or(id));
    }
    told(view, me, &access, ids.len(), topics)
}

fn told(
    view: &(impl View + ?Sized),
    me: UserId,
    access: &Access,
    count: usize,
    topics: Vec<Result<SeenTopic, MessageId>>,
) -> Decided<Page> {
    let tops: Vec<_> = topics.iter().flatten().map(|it| it.top).collect();
    let messages = seen_in(view, me, access.log(), tops)?;
    Ok(Page { count, topics, messages })
}

fn seen(
    view: &(impl View + ?Sized),
    me: UserId,
    access: &Access,
    id: MessageId,
    (pinned, calls): (&[MessageId], &Calls),
) -> Decided<Option<SeenTopic>> {
    let channel = access.channel;
    if id != GENERAL && topic(view, channel, id)?.is_none() {
        return Ok(None);
    }
    let row = existing(view, access, id)?;
    let card = card(view, channel, id, &row)?;
    let marks = threads::read::marks(view, me, access, id)?;
    let top = match id {
        GENERAL => page::general_last(view, access)?.unwrap_or_default(),
        id => threads::last(view, channel, id)?.unwrap_or(id),
    };
    let draft = match drafts::topics::draft(view, me, channel, id)? {
        Some(it) => Some((it.clone(), drafts::answered(view, me, access.peer(), &it)?)),
        None => None,
    };
    let count = |calls: &BTreeMap<MessageId, u32>| calls.get(&id).copied().unwrap_or(0);
    Ok(Some(SeenTopic {
        id,
        my: row.creator == me,
        pinned: pinned.contains(&id),
        row,
        card,
        top,
        marks,
        unread_mentions: count(&calls.mentions),
        unread_reactions: count(&calls.reactions),
        unread_votes: count(&calls.votes),
        draft,
    }))
}

/// Whether each word begins a word of a title.
fn matches(title: &str, words: &str) -> bool {
    let (title, words) = (title.to_lowercase(), words.to_lowercase());
    words.split_whitespace().all(|word| title.split_whitespace().any(|it| it.starts_with(word)))
}

/// Others' messages in a forum after its reader's mark, without those of topics that were read beyond them.
/// Source: TDLib 1.8.66 counts them in the log of the chat and calls anything else an error.
pub fn unread(view: &(impl View + ?Sized), me: UserId, access: &Access, read: MessageId) -> Decided<u32> {
    let start = MessageId(read.0.saturating_add(1)).max(access.visible_from);
    let key = |id| history_key(access.log(), access.peer(), id);
    let range = Range { start: key(start), end: chat_range(access.log(), access.peer()).end };
    Ok(walk(view, me, access, &range, |_| true)?.1)
}

/// Up to which message everything in a forum was read, in one topic after the other.
pub(crate) fn read_up_to(
    view: &(impl View + ?Sized),
    me: UserId,
    access: &Access,
    read: MessageId,
) -> Decided<MessageId> {
    let key = |id| history_key(access.log(), access.peer(), id);
    let start = key(MessageId(read.0.saturating_add(1)).max(access.visible_from));
    let range = Range { start, end: chat_range(access.log(), access.peer()).end };
    Ok(walk(view, me, access, &range, |unread| unread == 0)?.0.max(read))
}

/// Goes through messages as long as what is unread allows it: the last one before that, and how many are unread.
fn walk(
    view: &(impl View + ?Sized),
    me: UserId,
    access: &Access,
    range: &Range,
    goes_on: impl Fn(u32) -> bool,
) -> Decided<(MessageId, u32)> {
    let (mut last, mut unread, mut marks) = (MessageId(0), 0_u32, BTreeMap::new());
    for (key, _) in view.scan(range, Direction::Forward, UNREAD_MAX)? {
        let id = id_of(&key);
        let Some(row) = copy(view, access.log(), id)?.filter(|it| it.from != me) else {
            last = id;
            continue;
        };
        let top = if row.in_topic { row.thread } else { GENERAL };
        let mark = match marks.get(&top) {
            Some(mark) => *mark,
            None => {
                let mark = threads::mark(view, me, access.channel, top)?.read_inbox;
                marks.insert(top, mark);
                mark
            }
        };
        unread += u32::from(id > mark);
        if !goes_on(unread) {
            break;
        }
        last = id;
    }
    Ok((last, unread))
}
