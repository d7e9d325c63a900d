//! Folders of chats.
//! Source: core.telegram.org/api/folders.

use domain::{
    Peer, Refusal,
    folders::{
        self, Kinds, Place,
        change::{DeleteFolder, NewFolder, PutFolder},
        order::{ReorderFolders, ToggleTags},
    },
};
use tl::{
    enums,
    functions::messages::{
        GetDialogFilters, GetSuggestedDialogFilters, ToggleDialogFilterTags, UpdateDialogFilter,
        UpdateDialogFiltersOrder,
    },
    types,
};

use crate::{
    Cx, RpcError,
    input::peer,
    render::{self, named::Named},
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetDialogFilters, User, Light => get_dialog_filters;
    GetSuggestedDialogFilters, User, Light => get_suggested_dialog_filters;
    ToggleDialogFilterTags, User, Write => toggle_dialog_filter_tags;
    UpdateDialogFilter, User, Write => update_dialog_filter;
    UpdateDialogFiltersOrder, User, Write => update_dialog_filters_order;
};

async fn get_dialog_filters(cx: Cx, _request: GetDialogFilters) -> Result<enums::messages::DialogFilters, RpcError> {
    let me = cx.user()?;
    let answer = cx.domain.query(|view| {
        let mut filters = Vec::new();
        for place in folders::all(view, me)? {
            filters.push(match place {
                Place::All => enums::DialogFilter::Default,
                Place::Folder(it) => render::folder::folder(view, me, &it, &mut Named::default())?,
            });
        }
        Ok(types::messages::DialogFilters { tags_enabled: folders::folders(view, me)?.tags, filters })
    });
    Ok(answer.await?.into())
}

async fn update_dialog_filter(cx: Cx, request: UpdateDialogFilter) -> Result<bool, RpcError> {
    let (by, id) = (cx.me()?, number(request.id)?);
    match request.filter {
        None => cx.domain.command(DeleteFolder { by, id }).await?,
        Some(filter) => {
            let folder = new_folder(&cx, filter)?;
            cx.domain.command(PutFolder { by, id, folder }).await?;
        }
    }
    Ok(true)
}

fn new_folder(cx: &Cx, filter: enums::DialogFilter) -> Result<NewFolder, RpcError> {
    match filter {
        // The list of all chats is there, and as it is.
        enums::DialogFilter::Default => Err(Refusal::FilterNotSupported.into()),
        enums::DialogFilter::Chatlist(it) => Ok(NewFolder {
            kinds: Kinds::NONE,
            title: super::media::styled(cx, &it.title)?,
            still: it.title_noanimate,
            emoticon: it.emoticon.unwrap_or_default(),
            color: it.color,
            pinned: peers(cx, &it.pinned_peers)?,
            included: peers(cx, &it.include_peers)?,
            excluded: Vec::new(),
            shareable: true,
        }),
        enums::DialogFilter::Filter(it) => Ok(NewFolder {
            kinds: kinds(&it),
            title: super::media::styled(cx, &it.title)?,
            still: it.title_noanimate,
            emoticon: it.emoticon.unwrap_or_default(),
            color: it.color,
            pinned: peers(cx, &it.pinned_peers)?,
            included: peers(cx, &it.include_peers)?,
            excluded: peers(cx, &it.exclude_peers)?,
            shareable: false,
        }),
    }
}

fn kinds(it: &types::DialogFilter) -> Kinds {
    let all = [
        (it.contacts, Kinds::CONTACTS),
        (it.non_contacts, Kinds::NON_CONTACTS),
        (it.groups, Kinds::GROUPS),
        (it.broadcasts, Kinds::BROADCASTS),
        (it.bots, Kinds::BOTS),
        (it.exclude_muted, Kinds::NOT_MUTED),
        (it.exclude_read, Kinds::NOT_READ),
        (it.exclude_archived, Kinds::NOT_ARCHIVED),
    ];
    all.into_iter().filter(|(set, _)| *set).fold(Kinds::NONE, |kinds, (_, kind)| kinds.with(kind))
}

fn peers(cx: &Cx, all: &[enums::InputPeer]) -> Result<Vec<Peer>, RpcError> {
    let me = cx.user()?;
    all.iter().map(|it| peer(&cx.domain, me, it)).collect()
}

async fn update_dialog_filters_order(cx: Cx, request: UpdateDialogFiltersOrder) -> Result<bool, RpcError> {
    let order = request.order.into_iter().map(number).collect::<Result<_, _>>()?;
    cx.domain.command(ReorderFolders { by: cx.me()?, order }).await?;
    Ok(true)
}

async fn toggle_dialog_filter_tags(cx: Cx, request: ToggleDialogFilterTags) -> Result<bool, RpcError> {
    cx.domain.command(ToggleTags { by: cx.me()?, enabled: request.enabled }).await?;
    Ok(true)
}

/// What is unread, and what is of people: offered to who has no folder like it.
async fn get_suggested_dialog_filters(
    cx: Cx,
    _request: GetSuggestedDialogFilters,
) -> Result<Vec<enums::DialogFilterSuggested>, RpcError> {
    let me = cx.user()?;
    let there = cx.domain.query(|view| folders::rows(view, me)).await?;
    let suggested = [unread(), personal()].into_iter().filter(|(it, _)| {
        let kinds = kinds(it).0;
        there.iter().all(|(_, row)| row.kinds != kinds)
    });
    let suggested = suggested.map(|(filter, description)| {
        types::DialogFilterSuggested { filter: filter.into(), description: description.into() }.into()
    });
    Ok(suggested.collect())
}

fn unread() -> (types::DialogFilter, &'static str) {
    let all = types::DialogFilter {
        contacts: true,
        non_contacts: true,
        groups: true,
        broadcasts: true,
        bots: true,
        exclude_read: true,
        ..proposal("Unread", "\u{2705}")
    };
    (all, "New messages from all chats.")
}

fn personal() -> (types::DialogFilter, &'static str) {
    let people = types::DialogFilter { contacts: true, non_contacts: true, ..proposal("Personal", "\u{1f464}") };
    (people, "Only messages from personal chats.")
}

/// A folder that nobody has made yet; its number is for the client to choose.
fn proposal(title: &str, emoticon: &str) -> types::DialogFilter {
    types::DialogFilter {
        contacts: false,
        non_contacts: false,
        groups: false,
        broadcasts: false,
        bots: false,
        exclude_muted: false,
        exclude_read: false,
        exclude_archived: false,
        title_noanimate: false,
        id: 0,
        title: types::TextWithEntities { text: title.into(), entities: Vec::new() }.into(),
        emoticon: Some(emoticon.into()),
        color: None,
        pinned_peers: Vec::new(),
        include_peers: Vec::new(),
        exclude_peers: Vec::new(),
    }
}

/// Numbers of folders are bytes; 0 is the list of all chats.
pub(crate) fn number(id: i32) -> Result<u8, RpcError> {
    u8::try_from(id).map_err(|_| Refusal::FilterIdInvalid.into())
}

#[cfg(test)]
mod tests;
