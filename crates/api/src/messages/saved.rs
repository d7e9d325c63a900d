//! Saved Messages by where they came from.
//! Source: core.telegram.org/api/saved-messages.

use domain::{
    MessageId, Refusal, UserId,
    messages::{
        self,
        delete::DeleteHistory as Clear,
        history::{Part, Place},
        saved::{self, Offset, ReorderSavedPins, SavedDialog, ToggleSavedPin},
    },
};
use tl::{
    enums,
    functions::messages::{
        DeleteSavedHistory, GetPinnedSavedDialogs, GetSavedDialogs, GetSavedDialogsById, GetSavedHistory,
        ReadSavedHistory, ReorderPinnedSavedDialogs, ToggleSavedDialogPin,
    },
    types,
};

use super::{
    delete::{affected_history, moment},
    history::page,
};
use crate::{
    Cx, RpcError,
    input::{dialog_peer, peer},
    render::{self, named::Named},
    table::Row,
};

/// Parts asked for by name at once.
const PEERS_MAX: usize = 100;

pub(crate) const ROWS: &[Row] = crate::methods! {
    DeleteSavedHistory, User, Write => delete_saved_history;
    GetPinnedSavedDialogs, User, Light => get_pinned_saved_dialogs;
    GetSavedDialogs, User, Light => get_saved_dialogs;
    GetSavedDialogsById, User, Light => get_saved_dialogs_by_id;
    GetSavedHistory, User, Light => get_saved_history;
    ReadSavedHistory, User, Light => read_saved_history;
    ReorderPinnedSavedDialogs, User, Write => reorder_pinned_saved_dialogs;
    ToggleSavedDialogPin, User, Write => toggle_saved_dialog_pin;
};

/// The parts of an answer about parts of Saved Messages.
struct Parts {
    dialogs: Vec<enums::SavedDialog>,
    messages: Vec<enums::Message>,
    users: Vec<enums::User>,
    chats: Vec<enums::Chat>,
}

async fn get_saved_dialogs(cx: Cx, request: GetSavedDialogs) -> Result<enums::messages::SavedDialogs, RpcError> {
    refuse_parent(request.parent_peer.as_ref())?;
    let me = cx.user()?;
    // The part that the offset names is told apart by its last message alone.
    let offset = Offset { date: u32::try_from(request.offset_date).unwrap_or(0), id: MessageId(request.offset_id) };
    let limit = usize::try_from(request.limit).unwrap_or(0);
    let page = cx.domain.query(|view| saved::page(view, me, request.exclude_pinned, offset, limit)).await?;
    let count = i32::try_from(page.count).unwrap_or(i32::MAX);
    let numbers = page.dialogs.iter().flat_map(|it| [i64::from(it.pinned), it.origin.key_parts().1 as i64]);
    let hash = render::hash::of(numbers.chain(page.dialogs.iter().map(|it| i64::from(it.top.0))));
    if request.hash != 0 && request.hash == hash {
        return Ok(types::messages::SavedDialogsNotModified { count }.into());
    }
    let Parts { dialogs, messages, users, chats } = describe(&cx, me, page.dialogs).await?;
    Ok(match page.last {
        true => types::messages::SavedDialogs { dialogs, messages, chats, users }.into(),
        false => types::messages::SavedDialogsSlice { count, dialogs, messages, chats, users }.into(),
    })
}

async fn get_pinned_saved_dialogs(
    cx: Cx,
    _request: GetPinnedSavedDialogs,
) -> Result<enums::messages::SavedDialogs, RpcError> {
    let me = cx.user()?;
    let all = cx.domain.query(|view| saved::pinned(view, me)).await?;
    whole(&cx, me, all).await
}

async fn get_saved_dialogs_by_id(
    cx: Cx,
    request: GetSavedDialogsById,
) -> Result<enums::messages::SavedDialogs, RpcError> {
    refuse_parent(request.parent_peer.as_ref())?;
    let me = cx.user()?;
    let origins = request.ids.iter().take(PEERS_MAX).map(|it| peer(&cx.domain, me, it));
    let origins = origins.collect::<Result<Vec<_>, _>>()?;
    let all = cx.domain.query(|view| saved::by_origin(view, me, &origins)).await?;
    whole(&cx, me, all).await
}

async fn get_saved_history(cx: Cx, request: GetSavedHistory) -> Result<enums::messages::Messages, RpcError> {
    refuse_parent(request.parent_peer.as_ref())?;
    let me = cx.user()?;
    let place = Place::Saved(peer(&cx.domain, me, &request.peer)?);
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

async fn delete_saved_history(
    cx: Cx,
    request: DeleteSavedHistory,
) -> Result<enums::messages::AffectedHistory, RpcError> {
    refuse_parent(request.parent_peer.as_ref())?;
    let by = cx.me()?;
    let command = Clear {
        by,
        place: Place::Saved(peer(&cx.domain, by.user, &request.peer)?),
        max_id: MessageId(request.max_id),
        just_clear: true,
        revoke: false,
        min_date: moment(request.min_date),
        max_date: moment(request.max_date),
    };
    let step = cx.domain.command(command).await?;
    affected_history(&cx, by.user, step.entry.as_ref(), step.more).await
}

/// Parts of Saved Messages are read as they are written; read marks are for channels' direct messages.
async fn read_saved_history(_cx: Cx, request: ReadSavedHistory) -> Result<bool, RpcError> {
    refuse_parent(Some(&request.parent_peer))?;
    Ok(true)
}

async fn toggle_saved_dialog_pin(cx: Cx, request: ToggleSavedDialogPin) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let origin = dialog_peer(&cx.domain, by.user, &request.peer)?;
    cx.domain.command(ToggleSavedPin { by, origin, pinned: request.pinned }).await?;
    Ok(true)
}

async fn reorder_pinned_saved_dialogs(cx: Cx, request: ReorderPinnedSavedDialogs) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let order = request.order.iter().map(|it| dialog_peer(&cx.domain, by.user, it)).collect::<Result<Vec<_>, _>>()?;
    cx.domain.command(ReorderSavedPins { by, order, force: request.force }).await?;
    Ok(true)
}

/// A channel whose direct messages are meant; there are no channels yet.
fn refuse_parent(parent: Option<&enums::InputPeer>) -> Result<(), RpcError> {
    match parent {
        None => Ok(()),
        Some(_) => Err(Refusal::ParentPeerInvalid.into()),
    }
}

async fn whole(cx: &Cx, me: UserId, all: Vec<SavedDialog>) -> Result<enums::messages::SavedDialogs, RpcError> {
    let Parts { dialogs, messages, users, chats } = describe(cx, me, all).await?;
    Ok(types::messages::SavedDialogs { dialogs, messages, chats, users }.into())
}

async fn describe(cx: &Cx, me: UserId, all: Vec<SavedDialog>) -> Result<Parts, RpcError> {
    let (seen, shown) = cx
        .domain
        .query(|view| {
            let seen = messages::seen_all(view, me, all.iter().map(|it| it.top))?;
            let mut named = Named::of(&seen);
            all.iter().for_each(|it| named.peer(it.origin));
            Ok((seen, named.read(view, me)?))
        })
        .await?;
    let dialog = |it: &SavedDialog| {
        types::SavedDialog { pinned: it.pinned, peer: render::user::peer(it.origin), top_message: it.top.0 }.into()
    };
    Ok(Parts {
        dialogs: all.iter().map(dialog).collect(),
        messages: render::message::messages(me, &seen),
        users: shown.users(),
        chats: shown.chats(),
    })
}

#[cfg(test)]
mod tests;
