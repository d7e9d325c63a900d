//! The admin log. Source: core.telegram.org/api/recent-actions.

use domain::{
    Peer,
    groups::{
        self,
        log::{Kinds, Wanted, page},
    },
};
use tl::{enums, functions::channels::GetAdminLog, types};

use crate::{
    Cx, RpcError, input,
    render::{admin_log::Reading, named::Named},
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetAdminLog, User, Search => get_admin_log;
};

async fn get_admin_log(cx: Cx, request: GetAdminLog) -> Result<enums::channels::AdminLogResults, RpcError> {
    let me = cx.user()?;
    let admins = request.admins.iter().flatten().map(|it| input::user(&cx.domain, me, it));
    let channel = input::channel(&cx.domain, me, &request.channel)?;
    let wanted = Wanted {
        channel,
        query: request.q,
        kinds: request.events_filter.as_ref().map(kinds).filter(|it| *it != Kinds::default()),
        admins: admins.collect::<Result<_, _>>()?,
        max: u64::try_from(request.max_id).unwrap_or(0),
        min: u64::try_from(request.min_id).unwrap_or(0),
        limit: usize::try_from(request.limit).unwrap_or(0),
    };
    let (events, shown) = cx
        .domain
        .query(|view| {
            let found = page(view, me, &wanted)?;
            let creator = groups::channel::existing(view, channel)?.creator;
            let reading = Reading { view, me, channel, creator, prefix: &cx.config.link_prefix };
            let mut named = Named::default();
            named.peer(Peer::Channel(channel));
            let events = found.iter().map(|it| reading.event(it, &mut named)).collect::<domain::Decided<Vec<_>>>()?;
            Ok((events, named.read(view, me)?))
        })
        .await?;
    Ok(types::channels::AdminLogResults { events, chats: shown.chats(), users: shown.users() }.into())
}

/// The kinds that a client asks for.
fn kinds(filter: &enums::ChannelAdminLogEventsFilter) -> Kinds {
    let enums::ChannelAdminLogEventsFilter::Filter(it) = filter;
    [
        (it.join, Kinds::JOIN),
        (it.leave, Kinds::LEAVE),
        (it.invite, Kinds::INVITE),
        (it.ban, Kinds::BAN),
        (it.unban, Kinds::UNBAN),
        (it.kick, Kinds::KICK),
        (it.unkick, Kinds::UNKICK),
        (it.promote, Kinds::PROMOTE),
        (it.demote, Kinds::DEMOTE),
        (it.info, Kinds::INFO),
        (it.settings, Kinds::SETTINGS),
        (it.pinned, Kinds::PINNED),
        (it.edit, Kinds::EDIT),
        (it.delete, Kinds::DELETE),
        (it.group_call, Kinds::GROUP_CALL),
        (it.invites, Kinds::INVITES),
        (it.send, Kinds::SEND),
        (it.forums, Kinds::FORUMS),
        (it.sub_extend, Kinds::SUB_EXTEND),
        (it.edit_rank, Kinds::EDIT_RANK),
    ]
    .into_iter()
    .filter(|(wanted, _)| *wanted)
    .fold(Kinds::default(), |all, (_, kind)| all.with(kind))
}
