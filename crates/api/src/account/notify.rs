//! Notification settings.

use domain::{
    MessageId,
    people::{
        notify::{self, Compared, NotifyRow, ResetNotify, Target, UpdateNotify},
        settings::{SetSwitches, Switches, switches},
    },
};
use tl::{
    Serializable, enums,
    functions::account::{
        GetNotifyExceptions, GetNotifySettings, GetReactionsNotifySettings, ResetNotifySettings,
        SetReactionsNotifySettings, UpdateNotifySettings,
    },
    types,
};

use crate::{
    Cx, RpcError, input,
    render::{self, named::Named},
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetNotifyExceptions, User, Light => get_notify_exceptions;
    GetNotifySettings, User, Light => get_notify_settings;
    GetReactionsNotifySettings, User, Light => get_reactions_notify_settings;
    ResetNotifySettings, User, Write => reset_notify_settings;
    SetReactionsNotifySettings, User, Write => set_reactions_notify_settings;
    UpdateNotifySettings, User, Write => update_notify_settings;
};

async fn get_notify_settings(cx: Cx, request: GetNotifySettings) -> Result<enums::PeerNotifySettings, RpcError> {
    let (me, target) = (cx.user()?, target(&cx, &request.peer)?);
    let row = cx.domain.query(|view| {
        if let Target::Topic(channel, topic) = target {
            notify::refuse_topic(view, me, channel, topic)?;
        }
        notify::notify(view, me, target)
    });
    let row = row.await?;
    Ok(render::notify::settings(&row))
}

async fn update_notify_settings(cx: Cx, request: UpdateNotifySettings) -> Result<bool, RpcError> {
    let (me, target) = (cx.user()?, target(&cx, &request.peer)?);
    let old = cx.domain.query(|view| notify::notify(view, me, target)).await?;
    let enums::InputPeerNotifySettings::Settings(it) = request.settings;
    let bytes =
        |sound: Option<enums::NotificationSound>, old: bytes::Bytes| sound.map_or(old, |it| it.to_bytes().into());
    let settings = NotifyRow {
        show_previews: it.show_previews.or(old.show_previews),
        silent: it.silent.or(old.silent),
        mute_until: it.mute_until.map(|it| u32::try_from(it).unwrap_or(0)).or(old.mute_until),
        sound: bytes(it.sound, old.sound),
        stories_muted: it.stories_muted.or(old.stories_muted),
        stories_hide_sender: it.stories_hide_sender.or(old.stories_hide_sender),
        stories_sound: bytes(it.stories_sound, old.stories_sound),
        unknown: old.unknown,
    };
    cx.domain.command(UpdateNotify { by: cx.me()?, target, settings }).await?;
    Ok(true)
}

async fn reset_notify_settings(cx: Cx, _request: ResetNotifySettings) -> Result<bool, RpcError> {
    cx.domain.command(ResetNotify { by: cx.me()? }).await?;
    Ok(true)
}

async fn get_notify_exceptions(cx: Cx, request: GetNotifyExceptions) -> Result<enums::Updates, RpcError> {
    let me = cx.user()?;
    let class = match request.peer.as_ref().map(|it| target(&cx, it)).transpose()? {
        // One chat has no exceptions.
        Some(Target::Peer(_) | Target::Topic(..)) => return Err(domain::Refusal::PeerIdInvalid.into()),
        class => class,
    };
    let by = Compared { class, sound: request.compare_sound, stories: request.compare_stories };
    let all = cx.domain.query(|view| notify::exceptions(view, me, by)).await?;
    let update = |(peer, row): &(domain::Peer, NotifyRow)| {
        let (peer, notify_settings) = (render::notify::target(Target::Peer(*peer)), render::notify::settings(row));
        types::UpdateNotifySettings { peer, notify_settings }.into()
    };
    let updates = all.iter().map(update).collect();
    let mut named = Named::default();
    all.iter().for_each(|(peer, _)| named.peer(*peer));
    let shown = cx.domain.query(|view| named.read(view, me)).await?;
    Ok(render::updates::updates(&cx.domain, updates, &shown))
}

async fn get_reactions_notify_settings(
    cx: Cx,
    _request: GetReactionsNotifySettings,
) -> Result<enums::ReactionsNotifySettings, RpcError> {
    let me = cx.user()?;
    Ok(reactions(&cx.domain.query(|view| switches(view, me)).await?))
}

async fn set_reactions_notify_settings(
    cx: Cx,
    request: SetReactionsNotifySettings,
) -> Result<enums::ReactionsNotifySettings, RpcError> {
    let enums::ReactionsNotifySettings::Settings(it) = request.settings;
    let number = |from: &Option<enums::ReactionNotificationsFrom>| match from {
        None => Some(0),
        Some(enums::ReactionNotificationsFrom::Contacts) => Some(1),
        Some(enums::ReactionNotificationsFrom::All) => Some(2),
    };
    let (messages, stories, votes) =
        (number(&it.messages_notify_from), number(&it.stories_notify_from), number(&it.poll_votes_notify_from));
    let previews = it.show_previews;
    let change = move |switches: &mut Switches| {
        switches.reactions_messages_from = messages;
        switches.reactions_stories_from = stories;
        switches.reactions_poll_votes_from = votes;
        switches.reactions_show_previews = Some(previews);
    };
    let tell = Some(domain::updates::Change::ReactionsNotify {});
    Ok(reactions(&cx.domain.command(SetSwitches { by: cx.me()?, change, tell }).await?))
}

/// Reactions of contacts notify until the user says otherwise, as in Telegram.
fn reactions(it: &Switches) -> enums::ReactionsNotifySettings {
    let from = |number: Option<u8>| match number.unwrap_or(1) {
        0 => None,
        1 => Some(enums::ReactionNotificationsFrom::Contacts),
        _ => Some(enums::ReactionNotificationsFrom::All),
    };
    types::ReactionsNotifySettings {
        messages_notify_from: from(it.reactions_messages_from),
        stories_notify_from: from(it.reactions_stories_from),
        poll_votes_notify_from: from(it.reactions_poll_votes_from),
        sound: enums::NotificationSound::Default,
        show_previews: it.reactions_show_previews.unwrap_or(true),
    }
    .into()
}

fn target(cx: &Cx, input: &enums::InputNotifyPeer) -> Result<Target, RpcError> {
    use enums::InputNotifyPeer as Input;
    match input {
        Input::Peer(it) => Ok(Target::Peer(input::peer(&cx.domain, cx.user()?, &it.peer)?)),
        Input::InputNotifyUsers => Ok(Target::Users),
        Input::InputNotifyChats => Ok(Target::Chats),
        Input::InputNotifyBroadcasts => Ok(Target::Broadcasts),
        Input::InputNotifyForumTopic(it) => {
            let forum = input::peer(&cx.domain, cx.user()?, &it.peer)?.channel();
            let forum = forum.ok_or(domain::Refusal::PeerIdInvalid)?;
            Ok(Target::Topic(forum, MessageId(it.top_msg_id)))
        }
        Input::InputNotifyCommunity(_) => Err(domain::Refusal::PeerIdInvalid.into()),
    }
}

#[cfg(test)]
mod tests;
