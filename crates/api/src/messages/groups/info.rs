//! Reading what a basic group is: its place in lists, and the whole of it.

use domain::{
    ChatId, Decided, Peer, Refusal, UserId, View,
    files::{Access, Photo},
    groups::{
        self, SeenGroup,
        basic::succession,
        invites::{self, Overview},
        ownership,
        reactions::Choice,
    },
    messages::{dialog, pinned, scheduled},
    people::notify::{NotifyRow, Target, notify},
};
use tl::{
    enums,
    functions::messages::{GetChats, GetFullChat, GetFutureChatCreatorAfterLeave},
    types,
};

use crate::{
    Cx, RpcError,
    input::{self, peer},
    render::{
        self, group,
        message::date,
        named::{Named, Shown},
    },
    table::Row,
};

/// Groups asked for by number at once.
const CHATS_MAX: usize = 100;

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetChats, UserOrBot, Light => get_chats;
    GetFullChat, UserOrBot, Light => get_full_chat;
    GetFutureChatCreatorAfterLeave, User, Light => get_future_chat_creator_after_leave;
};

async fn get_chats(cx: Cx, request: GetChats) -> Result<enums::messages::Chats, RpcError> {
    let me = cx.user()?;
    let ids = request.id.iter().take(CHATS_MAX).map(|it| input::chat(*it)).collect::<Result<Vec<_>, _>>()?;
    let shown = cx.domain.query(|view| {
        let mut named = Named::default();
        for id in &ids {
            known(view, me, *id)?;
            named.peer(Peer::Chat(*id));
        }
        named.read(view, me)
    });
    Ok(types::messages::Chats { chats: shown.await?.chats() }.into())
}

/// A group that the caller is or was in; of others nothing is told.
fn known(view: &dyn View, me: UserId, id: ChatId) -> Decided<SeenGroup> {
    let seen = groups::seen(view, me, Peer::Chat(id))?.ok_or(Refusal::ChatIdInvalid)?;
    let inside = matches!(seen, SeenGroup::Chat(_));
    match inside || dialog(view, me, Peer::Chat(id))?.top.0 > 0 {
        true => Ok(seen),
        false => Err(Refusal::ChatIdInvalid.into()),
    }
}

struct Whole {
    seen: SeenGroup,
    notify: NotifyRow,
    folder: u8,
    pinned: Option<domain::MessageId>,
    scheduled: bool,
    invites: Overview,
    photo: Option<(Photo, Access)>,
    shown: Shown,
}

async fn get_full_chat(cx: Cx, request: GetFullChat) -> Result<enums::messages::ChatFull, RpcError> {
    let (me, id) = (cx.user()?, input::chat(request.chat_id)?);
    let peer = Peer::Chat(id);
    let whole = cx.domain.query(|view| {
        let seen = known(view, me, id)?;
        let mut named = Named::default();
        named.peer(peer);
        named.users(group::participants_of(&seen));
        let invites = invites::overview(view, me, peer)?.unwrap_or_default();
        named.users(invites.pending.recent.iter().copied());
        Ok(Whole {
            notify: notify(view, me, Target::Peer(peer))?,
            folder: dialog(view, me, peer)?.folder,
            pinned: pinned::last(view, me.into(), peer)?,
            scheduled: scheduled::any(view, me, peer)?,
            shown: named.read(view, me)?,
            photo: groups::photo::told(view, me, peer)?,
            invites,
            seen,
        })
    });
    let whole = whole.await?;
    let full_chat = full(me, id, &whole, &cx.config.link_prefix).into();
    Ok(types::messages::ChatFull { full_chat, chats: whole.shown.chats(), users: whole.shown.users() }.into())
}

fn full(me: UserId, id: ChatId, whole: &Whole, prefix: &str) -> types::ChatFull {
    let inside = match &whole.seen {
        SeenGroup::Chat(it) => Some(it),
        SeenGroup::Channel(_) | SeenGroup::Forbidden(_) => None,
    };
    let waiting = render::invite::waiting(&whole.invites.pending).unzip();
    types::ChatFull {
        can_set_username: inside.is_some_and(|it| it.creator),
        has_scheduled: whole.scheduled,
        translations_disabled: false,
        has_welcome_messages: false,
        id: group::chat_id(id),
        about: inside.map(|it| it.card.about.clone()).unwrap_or_default(),
        participants: group::participants(me, id, &whole.seen),
        chat_photo: whole.photo.as_ref().map(|it| render::photo::whole(Some(it))),
        notify_settings: render::notify::settings(&whole.notify),
        exported_invite: whole.invites.main.as_ref().map(|it| render::invite::invite(prefix, it)),
        bot_info: None,
        pinned_msg_id: whole.pinned.map(|it| it.0),
        folder_id: (whole.folder > 0).then_some(i32::from(whole.folder)),
        call: None,
        ttl_period: inside.filter(|it| it.row.ttl_period > 0).map(|it| date(it.row.ttl_period)),
        groupcall_default_join_as: None,
        theme_emoticon: None,
        requests_pending: waiting.0,
        recent_requesters: waiting.1,
        available_reactions: inside.map(|it| reactions(&it.row.reactions.choice)),
        reactions_limit: inside.filter(|it| it.row.reactions.limit > 0).map(|it| date(it.row.reactions.limit)),
    }
}

pub(crate) fn reactions(choice: &Choice) -> enums::ChatReactions {
    match choice {
        Choice::All {} => types::ChatReactionsAll { allow_custom: false }.into(),
        Choice::None {} => enums::ChatReactions::None,
        Choice::Some { reactions } => {
            types::ChatReactionsSome { reactions: reactions.iter().map(render::reactions::reaction).collect() }.into()
        }
    }
}

async fn get_future_chat_creator_after_leave(
    cx: Cx,
    request: GetFutureChatCreatorAfterLeave,
) -> Result<enums::User, RpcError> {
    let me = cx.user()?;
    let next = match peer(&cx.domain, me, &request.peer)? {
        Peer::Chat(chat) => cx.domain.query(|view| succession::successor(view, chat, me)).await?,
        Peer::Channel(id) => cx.domain.query(|view| ownership::successor(view, id, me)).await?,
        Peer::User(_) => return Err(Refusal::PeerIdInvalid.into()),
    };
    match next {
        Some(user) => {
            Ok(render::user::by_id(&cx, vec![user]).await?.into_iter().next().ok_or(Refusal::UserIdInvalid)?)
        }
        None => Ok(types::UserEmpty { id: 0 }.into()),
    }
}
