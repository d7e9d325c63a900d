//! Voting in polls, results, voters, answers that are added.
//! Source: core.telegram.org/api/poll.

use domain::{
    MessageId, Peer, Refusal,
    messages::{
        self, SeenMessage,
        marks::{self, Mark, Part},
        polls::{
            answers::{AddPollAnswer as Add, DeletePollAnswer as Delete},
            unread::ReadPollVotes as Read,
            vote::SendVote as Vote,
            voters::{self, Voter},
        },
    },
    updates::{Change, LogEntry, counters},
};
use tl::{
    enums,
    functions::messages::{
        AddPollAnswer, DeletePollAnswer, GetPollResults, GetPollVotes, GetUnreadPollVotes, ReadPollVotes, SendVote,
    },
    types,
};

use super::media::new_answer;
use crate::{
    Cx, RpcError,
    input::peer,
    render::{self, named::Named},
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    AddPollAnswer, User, Write => add_poll_answer;
    DeletePollAnswer, User, Write => delete_poll_answer;
    GetPollResults, UserOrBot, Light => get_poll_results;
    GetPollVotes, User, Light => get_poll_votes;
    GetUnreadPollVotes, User, Light => get_unread_poll_votes;
    ReadPollVotes, User, Light => read_poll_votes;
    SendVote, User, Write => send_vote;
};

async fn send_vote(cx: Cx, request: SendVote) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let command = Vote {
        by,
        peer: peer(&cx.domain, by.user, &request.peer)?,
        message: MessageId(request.msg_id),
        options: request.options.into_iter().map(Into::into).collect(),
    };
    let entry = cx.domain.command(command).await?;
    Ok(render::updates::entries(&cx.domain, by.user, vec![entry]).await?)
}

async fn add_poll_answer(cx: Cx, request: AddPollAnswer) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let command = Add {
        by,
        peer: peer(&cx.domain, by.user, &request.peer)?,
        message: MessageId(request.msg_id),
        answer: new_answer(&cx, &request.answer)?,
    };
    let peer = command.peer;
    let entries = cx.domain.command(command).await?;
    changed(&cx, peer, entries).await
}

async fn delete_poll_answer(cx: Cx, request: DeletePollAnswer) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let command = Delete {
        by,
        peer: peer(&cx.domain, by.user, &request.peer)?,
        message: MessageId(request.msg_id),
        option: request.option.into(),
    };
    let peer = command.peer;
    let entries = cx.domain.command(command).await?;
    changed(&cx, peer, entries).await
}

/// That a poll is another stands in the caller's own log, the service message in the chat's.
async fn changed(cx: &Cx, peer: Peer, entries: Vec<LogEntry>) -> Result<enums::Updates, RpcError> {
    let me = cx.user()?;
    let log = |it: &LogEntry| if let Change::Poll { .. } = it.change { me.into() } else { peer.log(me) };
    let entries = entries.into_iter().map(|it| (log(&it), it)).collect();
    Ok(render::updates::told(&cx.domain, me, entries).await?)
}

async fn get_poll_results(cx: Cx, request: GetPollResults) -> Result<enums::Updates, RpcError> {
    let me = cx.user()?;
    let (chat, id) = (peer(&cx.domain, me, &request.peer)?, MessageId(request.msg_id));
    let (update, shown) = cx
        .domain
        .query(|view| {
            messages::polls::readable_poll(view, me, chat, id)?;
            let seen = messages::seen_in(view, me, chat.log(me), [id])?;
            let seen: &SeenMessage = seen.first().ok_or(Refusal::MessageIdInvalid)?;
            let known = Some(request.poll_hash).filter(|it| *it != 0);
            let update = render::poll::update(chat, seen, known).ok_or(Refusal::MessageIdInvalid)?;
            Ok((update, Named::of([seen]).read(view, me)?))
        })
        .await?;
    Ok(render::updates::updates(&cx.domain, vec![update], &shown))
}

async fn get_poll_votes(cx: Cx, request: GetPollVotes) -> Result<enums::messages::VotesList, RpcError> {
    let me = cx.user()?;
    let place = (peer(&cx.domain, me, &request.peer)?, MessageId(request.id));
    let limit = usize::try_from(request.limit).unwrap_or(0);
    let (option, offset) = (request.option.as_deref(), request.offset.as_deref());
    let (page, shown) = cx
        .domain
        .query(|view| {
            let page = voters::page(view, me, place, option, offset, limit)?;
            let mut named = Named::default();
            named.users(page.voters.iter().map(|it| it.user));
            Ok((page, named.read(view, me)?))
        })
        .await?;
    Ok(types::messages::VotesList {
        count: render::message::date(page.count),
        votes: page.voters.iter().map(|it| vote(it, option)).collect(),
        chats: shown.chats(),
        users: shown.users(),
        next_offset: page.next,
    }
    .into())
}

/// Where one answer's voters were asked for, the answer need not be named.
fn vote(it: &Voter, asked: Option<&[u8]>) -> enums::MessagePeerVote {
    let (peer, date) = (render::user::peer(domain::Peer::User(it.user)), render::message::date(it.date));
    match (&it.options[..], asked) {
        (_, Some(_)) => types::MessagePeerVoteInputOption { peer, date }.into(),
        ([option], None) => types::MessagePeerVote { peer, option: option.to_vec(), date }.into(),
        (all, None) => {
            let options = all.iter().map(|it| it.to_vec()).collect();
            types::MessagePeerVoteMultiple { peer, options, date }.into()
        }
    }
}

async fn read_poll_votes(cx: Cx, request: ReadPollVotes) -> Result<enums::messages::AffectedHistory, RpcError> {
    let by = cx.me()?;
    let peer = peer(&cx.domain, by.user, &request.peer)?;
    let step = cx.domain.command(Read { by, peer, top: request.top_msg_id.map(MessageId) }).await?;
    let pts = cx.domain.query(|view| Ok(counters(view, peer.log(by.user))?.pts.0)).await?;
    Ok(types::messages::AffectedHistory { pts, pts_count: 0, offset: i32::from(step.more) }.into())
}

async fn get_unread_poll_votes(cx: Cx, request: GetUnreadPollVotes) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    let chat = peer(&cx.domain, me, &request.peer)?;
    let part = Part {
        offset_id: MessageId(request.offset_id),
        add_offset: request.add_offset,
        limit: request.limit,
        max_id: MessageId(request.max_id),
        min_id: MessageId(request.min_id),
        top: request.top_msg_id.map(MessageId),
    };
    let (seen, shown, count) = cx
        .domain
        .query(|view| {
            super::history::admit(view, me, chat)?;
            let (ids, count) = marks::page(view, me, chat, Mark::PollVote, part)?;
            let seen = messages::seen_in(view, me, chat.log(me), ids)?;
            let shown = Named::of(&seen).read(view, me)?;
            Ok((seen, shown, count))
        })
        .await?;
    Ok(types::messages::MessagesSlice {
        inexact: false,
        count: i32::try_from(count).unwrap_or(i32::MAX),
        next_rate: None,
        offset_id_offset: None,
        search_flood: None,
        messages: render::message::messages(me, &seen),
        topics: Vec::new(),
        chats: shown.chats(),
        users: shown.users(),
    }
    .into())
}

#[cfg(test)]
pub(crate) mod tests;
