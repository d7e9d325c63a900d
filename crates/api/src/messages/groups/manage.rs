//! What a group is called and what its members may do. Methods that take a peer serve channels, too.

use domain::{
    ChatId, Peer, Refusal,
    groups::{
        admins,
        basic::{
            admins::EditRank,
            info::{EditChat, Info},
        },
        photo,
        reactions::{Allowed, Choice},
        settings::Setting,
    },
    messages::posts::settings::AllowReactions,
};
use tl::{
    enums,
    functions::messages::{
        EditChatAbout, EditChatDefaultBannedRights, EditChatParticipantRank, EditChatPhoto, EditChatTitle,
        SetChatAvailableReactions,
    },
};

use crate::{
    Cx, RpcError,
    channels::{change, changed},
    input::{self, peer},
    messages::reactions::reaction,
    render,
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    EditChatAbout, UserOrBot, Write => edit_chat_about;
    EditChatDefaultBannedRights, UserOrBot, Write => edit_chat_default_banned_rights;
    EditChatParticipantRank, UserOrBot, Write => edit_chat_participant_rank;
    EditChatPhoto, UserOrBot, Write => edit_chat_photo;
    EditChatTitle, UserOrBot, Write => edit_chat_title;
    SetChatAvailableReactions, User, Write => set_chat_available_reactions;
};

async fn edit_chat_title(cx: Cx, request: EditChatTitle) -> Result<enums::Updates, RpcError> {
    edit(&cx, input::chat(request.chat_id)?, Info::Title(request.title)).await
}

async fn edit_chat_photo(cx: Cx, request: EditChatPhoto) -> Result<enums::Updates, RpcError> {
    let (by, chat) = (cx.me()?, input::chat(request.chat_id)?);
    // Before anything is decoded.
    cx.domain.query(|view| photo::refuse_editing(view, by.user, Peer::Chat(chat))).await?;
    let photo = crate::photos::of_group(&cx, &request.photo).await?;
    let entries = cx.domain.command(photo::EditChatPhoto { by, chat, photo }).await?;
    Ok(render::updates::entries(&cx.domain, by.user, entries).await?)
}

async fn edit_chat_about(cx: Cx, request: EditChatAbout) -> Result<bool, RpcError> {
    match peer(&cx.domain, cx.user()?, &request.peer)? {
        Peer::Chat(chat) => edit(&cx, chat, Info::About(request.about)).await.map(|_| true),
        Peer::Channel(id) => change(&cx, id, Setting::About(request.about)).await.map(|_| true),
        Peer::User(_) => Err(Refusal::PeerIdInvalid.into()),
    }
}

async fn edit_chat_default_banned_rights(
    cx: Cx,
    request: EditChatDefaultBannedRights,
) -> Result<enums::Updates, RpcError> {
    let rights = input::banned_rights(&request.banned_rights);
    match peer(&cx.domain, cx.user()?, &request.peer)? {
        Peer::Chat(chat) => edit(&cx, chat, Info::DefaultBanned(rights)).await,
        Peer::Channel(id) => change(&cx, id, Setting::DefaultBanned(rights)).await,
        Peer::User(_) => Err(Refusal::PeerIdInvalid.into()),
    }
}

async fn edit_chat_participant_rank(cx: Cx, request: EditChatParticipantRank) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let user = peer(&cx.domain, by.user, &request.participant)?.user().ok_or(Refusal::ParticipantIdInvalid)?;
    match peer(&cx.domain, by.user, &request.peer)? {
        Peer::Chat(chat) => {
            let entries = cx.domain.command(EditRank { by, chat, user, rank: request.rank }).await?;
            Ok(render::updates::entries(&cx.domain, by.user, entries).await?)
        }
        Peer::Channel(channel) => {
            cx.domain.command(admins::EditRank { by, channel, user, rank: request.rank }).await?;
            Ok(changed(&cx.domain, by.user, channel, None).await?)
        }
        Peer::User(_) => Err(Refusal::PeerIdInvalid.into()),
    }
}

async fn set_chat_available_reactions(cx: Cx, request: SetChatAvailableReactions) -> Result<enums::Updates, RpcError> {
    if request.paid_enabled == Some(true) {
        // Nothing is paid for here.
        return Err(Refusal::ReactionInvalid.into());
    }
    let limit = u32::try_from(request.reactions_limit.unwrap_or(0)).map_err(|_| Refusal::LimitInvalid)?;
    let allowed = Allowed { choice: choice(&request.available_reactions)?, limit, ..Allowed::default() };
    match peer(&cx.domain, cx.user()?, &request.peer)? {
        Peer::Chat(chat) => edit(&cx, chat, Info::Reactions(allowed)).await,
        Peer::Channel(channel) => {
            let by = cx.me()?;
            let entry = cx.domain.command(AllowReactions { by, channel, allowed }).await?;
            Ok(render::updates::told(&cx.domain, by.user, vec![(channel.into(), entry)]).await?)
        }
        Peer::User(_) => Err(Refusal::PeerIdInvalid.into()),
    }
}

/// Which reactions a group allows.
pub(crate) fn choice(it: &enums::ChatReactions) -> Result<Choice, RpcError> {
    Ok(match it {
        enums::ChatReactions::None => Choice::None {},
        enums::ChatReactions::All(_) => Choice::All {},
        enums::ChatReactions::Some(it) => {
            Choice::Some { reactions: it.reactions.iter().map(reaction).collect::<Result<_, _>>()? }
        }
    })
}

/// Changes one thing about a basic group.
pub(crate) async fn edit(cx: &Cx, chat: ChatId, info: Info) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let entries = cx.domain.command(EditChat { by, chat, info }).await?;
    Ok(render::updates::entries(&cx.domain, by.user, entries).await?)
}
