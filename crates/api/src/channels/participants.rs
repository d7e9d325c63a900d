//! Lists of members.

use domain::{
    Peer, Refusal, UserId,
    groups::participants::{self, Filter, PAGE_MAX, Participant},
};
use tl::{
    enums::{self, ChannelParticipantsFilter as F},
    functions::channels::{GetParticipant, GetParticipants},
    types,
};

use crate::{
    Cx, RpcError, input, render,
    render::{named::Named, participant},
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetParticipant, UserOrBot, Light => get_participant;
    GetParticipants, UserOrBot, Search => get_participants;
};

async fn get_participants(cx: Cx, request: GetParticipants) -> Result<enums::channels::ChannelParticipants, RpcError> {
    let me = cx.user()?;
    let channel = input::channel(&cx.domain, me, &request.channel)?;
    let filter = filter(request.filter);
    let offset = usize::try_from(request.offset).map_err(|_| Refusal::OffsetInvalid)?;
    let limit = usize::try_from(request.limit).map_err(|_| Refusal::LimitInvalid)?.min(PAGE_MAX);
    let (page, shown) = cx
        .domain
        .query(|view| {
            let page = participants::page(view, channel, me, &filter, (offset, limit))?;
            let mut named = Named::default();
            named.peer(Peer::Channel(channel));
            page.participants.iter().for_each(|it| named.users(people(it)));
            Ok((page, named.read(view, me)?))
        })
        .await?;
    let hash = render::hash::of(page.participants.iter().map(|it| render::user::id(it.user)));
    if request.hash != 0 && hash == request.hash {
        return Ok(enums::channels::ChannelParticipants::NotModified);
    }
    let participants = page.participants.iter().map(|it| participant::participant(me, it)).collect();
    let count = i32::try_from(page.count).unwrap_or(i32::MAX);
    let (chats, users) = (shown.chats(), shown.users());
    Ok(types::channels::ChannelParticipants { count, participants, chats, users }.into())
}

async fn get_participant(cx: Cx, request: GetParticipant) -> Result<enums::channels::ChannelParticipant, RpcError> {
    let me = cx.user()?;
    let channel = input::channel(&cx.domain, me, &request.channel)?;
    let user = super::participant(&cx, me, &request.participant)?.ok_or(Refusal::ParticipantIdInvalid)?;
    let (found, shown) = cx
        .domain
        .query(|view| {
            let found = participants::one(view, channel, me, user)?;
            let mut named = Named::default();
            named.peer(Peer::Channel(channel));
            named.users(people(&found));
            Ok((found, named.read(view, me)?))
        })
        .await?;
    let (chats, users) = (shown.chats(), shown.users());
    let participant = participant::participant(me, &found);
    Ok(types::channels::ChannelParticipant { participant, chats, users }.into())
}

/// Who is named with a member.
fn people(it: &Participant) -> impl Iterator<Item = UserId> {
    let all = [it.user, it.row.inviter, it.row.promoted_by, it.row.banned_by];
    all.into_iter().filter(|it| *it != UserId::NOBODY)
}

fn filter(it: F) -> Filter {
    match it {
        F::ChannelParticipantsRecent => Filter::Recent,
        F::ChannelParticipantsAdmins => Filter::Admins,
        F::ChannelParticipantsBots => Filter::Bots,
        F::ChannelParticipantsKicked(it) => Filter::Kicked(it.q),
        F::ChannelParticipantsBanned(it) => Filter::Restricted(it.q),
        F::ChannelParticipantsSearch(it) => Filter::Search(it.q),
        F::ChannelParticipantsContacts(it) => Filter::Contacts(it.q),
        F::ChannelParticipantsMentions(it) => Filter::Mentions(it.q.unwrap_or_default()),
    }
}
