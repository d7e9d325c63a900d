//! Reading messages back.

use domain::{
    ChannelId, Decided, MessageId, Peer, UserId, View,
    groups::access,
    messages::{
        self, SeenMessage,
        history::{self, Part, Place},
    },
    people::personal,
    updates::counters,
};
use tl::{
    enums,
    functions::messages::{GetHistory, GetMessages, GetPersonalChannelHistory, GetSplitRanges},
    types,
};

use crate::{
    Cx, RpcError,
    input::{self, peer},
    render::{
        self,
        named::{Named, Shown},
    },
    table::Row,
};

/// Messages asked for by number at once.
const MESSAGES_MAX: usize = 200;

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetHistory, User, Light => get_history;
    GetMessages, UserOrBot, Light => get_messages;
    GetPersonalChannelHistory, UserOrBot, Light => get_personal_channel_history;
    GetSplitRanges, User, Light => get_split_ranges;
};

async fn get_history(cx: Cx, request: GetHistory) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    let place = Place::Chat(peer(&cx.domain, me, &request.peer)?);
    let part = Part {
        offset_id: MessageId(request.offset_id),
        offset_date: u32::try_from(request.offset_date).unwrap_or(0),
        add_offset: request.add_offset,
        limit: request.limit,
        max_id: MessageId(request.max_id),
        min_id: MessageId(request.min_id),
    };
    page(&cx, me, place, part, request.hash).await
}

/// Telegram answers bots alone. What it reads is public, so here it answers people, too.
async fn get_personal_channel_history(
    cx: Cx,
    request: GetPersonalChannelHistory,
) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    let whose = input::user(&cx.domain, me, &request.user_id)?;
    let Some(channel) = cx.domain.query(|view| personal::of(view, me, whose)).await? else {
        return Ok(whole(Vec::new(), &Shown::default()));
    };
    let part = Part {
        limit: request.limit,
        max_id: MessageId(request.max_id),
        min_id: MessageId(request.min_id),
        ..Part::default()
    };
    page(&cx, me, Place::Chat(Peer::Channel(channel)), part, request.hash).await
}

/// A page of a chat or of a part of Saved Messages.
pub(super) async fn page(
    cx: &Cx,
    me: UserId,
    place: Place,
    part: Part,
    hash: i64,
) -> Result<enums::messages::Messages, RpcError> {
    let (page, shown) = cx
        .domain
        .query(|view| {
            let page = history::page(view, me, place, part)?;
            let shown = Named::of(&page.messages).read(view, me)?;
            Ok((page, shown))
        })
        .await?;
    let numbers = page.messages.iter().flat_map(|it| [i64::from(it.id.0), i64::from(it.row.edit_date)]);
    if hash != 0 && hash == render::hash::of(numbers) {
        let count = number(page.count);
        return Ok(types::messages::MessagesNotModified { count }.into());
    }
    let messages = render::message::messages(me, &page.messages);
    if let Place::Chat(Peer::Channel(channel)) = place {
        let part = Counted { count: number(page.count), before: Some(number(page.newer)), inexact: false };
        return of_channel(cx, channel, messages, &shown, part).await;
    }
    if page.messages.len() == page.count {
        return Ok(whole(messages, &shown));
    }
    Ok(types::messages::MessagesSlice {
        inexact: false,
        count: number(page.count),
        next_rate: None,
        offset_id_offset: Some(number(page.newer)),
        search_flood: None,
        messages,
        topics: Vec::new(),
        chats: shown.chats(),
        users: shown.users(),
    }
    .into())
}

async fn get_messages(cx: Cx, request: GetMessages) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    if request.id.len() > MESSAGES_MAX {
        return Err(domain::Refusal::LimitInvalid.into());
    }
    let (found, shown) = cx
        .domain
        .query(|view| {
            let mut found = Vec::with_capacity(request.id.len());
            for input in &request.id {
                let (id, seen) = match input {
                    enums::InputMessage::Id(it) => (it.id, messages::seen(view, me, MessageId(it.id))?),
                    enums::InputMessage::ReplyTo(it) => {
                        let answered = messages::seen(view, me, MessageId(it.id))?.and_then(|it| it.reply_to);
                        (it.id, answered.map_or(Ok(None), |id| messages::seen(view, me, id))?)
                    }
                    enums::InputMessage::Pinned | enums::InputMessage::CallbackQuery(_) => (0, None),
                };
                found.push((id, seen));
            }
            let shown = Named::of(found.iter().filter_map(|(_, it)| it.as_ref())).read(view, me)?;
            Ok((found, shown))
        })
        .await?;
    let empty = |id| types::MessageEmpty { id, peer_id: None }.into();
    let one = |(id, seen): &(i32, Option<SeenMessage>)| {
        seen.as_ref().map_or_else(|| empty(*id), |it| render::message::message(me, it))
    };
    Ok(whole(found.iter().map(one).collect(), &shown))
}

/// One range holds every message: exports need no splitting here.
async fn get_split_ranges(_cx: Cx, _request: GetSplitRanges) -> Result<Vec<enums::MessageRange>, RpcError> {
    Ok(vec![types::MessageRange { min_id: 1, max_id: i32::MAX }.into()])
}

/// Lets the caller read a chat of any kind; only channels are closed to anybody who can name them.
pub(crate) fn admit(view: &dyn View, me: UserId, peer: Peer) -> Decided<()> {
    peer.channel().map_or(Ok(()), |channel| access::reader(view, channel, me).map(drop))
}

/// How many messages there are beside those of an answer.
pub(crate) struct Counted {
    /// In all.
    pub(crate) count: i32,
    /// Before the first of these.
    pub(crate) before: Option<i32>,
    /// Counted by numbers.
    pub(crate) inexact: bool,
}

/// Messages of a channel come with where its log stands.
pub(crate) async fn of_channel(
    cx: &Cx,
    channel: ChannelId,
    messages: Vec<enums::Message>,
    shown: &Shown,
    counted: Counted,
) -> Result<enums::messages::Messages, RpcError> {
    let pts = cx.domain.query(|view| Ok(counters(view, channel)?.pts.0)).await?;
    let Counted { count, before, inexact } = counted;
    let (chats, users) = (shown.chats(), shown.users());
    let topics = Vec::new();
    Ok(types::messages::ChannelMessages {
        inexact,
        pts,
        count,
        offset_id_offset: before,
        messages,
        topics,
        chats,
        users,
    }
    .into())
}

fn whole(messages: Vec<enums::Message>, shown: &Shown) -> enums::messages::Messages {
    types::messages::Messages { messages, topics: Vec::new(), chats: shown.chats(), users: shown.users() }.into()
}

fn number(it: usize) -> i32 {
    i32::try_from(it).unwrap_or(i32::MAX)
}
