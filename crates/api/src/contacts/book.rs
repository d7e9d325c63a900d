//! The address book.

use domain::{
    Caller, Peer, Refusal, UserId,
    people::{
        self, NameKind,
        address_book::{self, DropNumbers, ResetSaved as Reset},
        contacts::{
            self, AcceptContact as Accept, AddContact as Add, DeleteContacts as Delete, Entry,
            ImportContacts as Import, UpdateNote,
        },
        digits,
        edit::Birthday,
        holder,
    },
};
use tl::{
    enums,
    functions::contacts::{
        AcceptContact, AddContact, DeleteByPhones, DeleteContacts, GetBirthdays, GetContactIds, GetContacts, GetSaved,
        GetStatuses, ImportContacts, ResetSaved, UpdateContactNote,
    },
    types,
};

use crate::{
    Cx, RpcError, input,
    render::{self, named::Named},
    table::Row,
};

/// Entries of one import; clients send more in several calls.
/// Source: observed with TDLib 1.8.66, which sends at most 1000; retried ones come back.
const IMPORT_MAX: usize = 500;

pub(crate) const ROWS: &[Row] = crate::methods! {
    AcceptContact, User, Write => accept_contact;
    AddContact, User, Write => add_contact;
    DeleteByPhones, User, Write => delete_by_phones;
    DeleteContacts, User, Write => delete_contacts;
    GetBirthdays, User, Light => get_birthdays;
    GetContactIds, User, Light => get_contact_ids;
    GetContacts, User, Light => get_contacts;
    GetSaved, User, Light => get_saved;
    GetStatuses, User, Light => get_statuses;
    ImportContacts, User, Lookup => import_contacts;
    ResetSaved, User, Write => reset_saved;
    UpdateContactNote, User, Write => update_contact_note;
};

async fn get_contacts(cx: Cx, request: GetContacts) -> Result<enums::contacts::Contacts, RpcError> {
    let me = cx.user()?;
    let (all, saved) =
        cx.domain.query(|view| Ok((contacts::contacts(view, me)?, address_book::saved(view, me)?.len()))).await?;
    let hash = render::hash::of(all.iter().map(|(id, _)| render::user::id(*id)));
    if request.hash != 0 && request.hash == hash {
        return Ok(enums::contacts::Contacts::NotModified);
    }
    let users = render::user::by_id(&cx, all.iter().map(|(id, _)| *id).collect()).await?;
    let contact = |(id, row): &(UserId, contacts::ContactRow)| {
        types::Contact { user_id: render::user::id(*id), mutual: row.known_by }.into()
    };
    let saved_count = i32::try_from(saved).unwrap_or(i32::MAX);
    Ok(types::contacts::Contacts { contacts: all.iter().map(contact).collect(), saved_count, users }.into())
}

/// Ids above 31 bits don't fit this method's answer and are left out.
async fn get_contact_ids(cx: Cx, request: GetContactIds) -> Result<Vec<i32>, RpcError> {
    let me = cx.user()?;
    let all = cx.domain.query(|view| contacts::contacts(view, me)).await?;
    if request.hash != 0 && request.hash == render::hash::of(all.iter().map(|(id, _)| render::user::id(*id))) {
        return Ok(Vec::new());
    }
    Ok(all.iter().filter_map(|(id, _)| i32::try_from(id.0).ok()).collect())
}

async fn get_statuses(cx: Cx, _request: GetStatuses) -> Result<Vec<enums::ContactStatus>, RpcError> {
    let me = cx.user()?;
    let all = cx.domain.query(|view| contacts::statuses(view, me)).await?;
    let one = |(id, status)| {
        types::ContactStatus { user_id: render::user::id(id), status: render::user::status(status) }.into()
    };
    Ok(all.into_iter().map(one).collect())
}

async fn import_contacts(cx: Cx, request: ImportContacts) -> Result<enums::contacts::ImportedContacts, RpcError> {
    let entries: Vec<Entry> = request.contacts.iter().map(entry).collect();
    let mut retry_contacts: Vec<i64> = entries.iter().skip(IMPORT_MAX).map(|it| it.client_id).collect();
    let by = cx.me()?;
    let entries = entries.into_iter().take(IMPORT_MAX).collect();
    let imported = cx.domain.command(Import { by, entries }).await?;
    retry_contacts.extend(&imported.retry);
    let users = render::user::by_id(&cx, imported.found.iter().map(|(_, id)| *id).collect()).await?;
    let one = |(client_id, id): &(i64, UserId)| {
        types::ImportedContact { user_id: render::user::id(*id), client_id: *client_id }.into()
    };
    let imported = imported.found.iter().map(one).collect();
    Ok(types::contacts::ImportedContacts { imported, popular_invites: Vec::new(), retry_contacts, users }.into())
}

fn entry(input: &enums::InputContact) -> Entry {
    let enums::InputContact::InputPhoneContact(it) = input;
    Entry {
        client_id: it.client_id,
        phone: it.phone.clone(),
        first_name: it.first_name.clone(),
        last_name: it.last_name.clone(),
        note: it.note.as_ref().map(text).unwrap_or_default(),
    }
}

fn text(it: &enums::TextWithEntities) -> String {
    let enums::TextWithEntities::Entities(it) = it;
    it.text.clone()
}

async fn add_contact(cx: Cx, request: AddContact) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let other = input::user(&cx.domain, by.user, &request.id)?;
    let entry = Entry {
        client_id: 0,
        phone: request.phone,
        first_name: request.first_name,
        last_name: request.last_name,
        note: request.note.as_ref().map(text).unwrap_or_default(),
    };
    cx.domain.command(Add { by, other, entry, share_phone: request.add_phone_privacy_exception }).await?;
    settings_changed(&cx, by, &[other]).await
}

async fn accept_contact(cx: Cx, request: AcceptContact) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let other = input::user(&cx.domain, by.user, &request.id)?;
    cx.domain.command(Accept { by, other }).await?;
    settings_changed(&cx, by, &[other]).await
}

async fn delete_contacts(cx: Cx, request: DeleteContacts) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let others = request.id.iter().map(|it| input::user(&cx.domain, by.user, it)).collect::<Result<Vec<_>, _>>()?;
    if others.len() > IMPORT_MAX {
        return Err(Refusal::LimitInvalid.into());
    }
    cx.domain.command(Delete { by, others: others.clone() }).await?;
    settings_changed(&cx, by, &others).await
}

async fn delete_by_phones(cx: Cx, request: DeleteByPhones) -> Result<bool, RpcError> {
    let by = cx.me()?;
    if request.phones.len() > IMPORT_MAX {
        return Err(Refusal::LimitInvalid.into());
    }
    let phones: Vec<String> = request.phones.iter().filter_map(|it| digits(it)).collect();
    let others = cx.domain.query(|view| {
        let found = phones.iter().map(|it| holder(view, NameKind::Phone, it)).collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().flatten().collect::<Vec<_>>())
    });
    let others = others.await?;
    cx.domain.command(Delete { by, others }).await?;
    cx.domain.command(DropNumbers { by, phones }).await?;
    Ok(true)
}

/// What the caller's own session learns: the action bar of each chat, and the users anew.
async fn settings_changed(cx: &Cx, by: Caller, others: &[UserId]) -> Result<enums::Updates, RpcError> {
    let mut updates = Vec::with_capacity(others.len());
    for &other in others {
        let bar = cx.domain.query(|view| people::full::action_bar(view, by.user, other)).await?;
        let (peer, settings) = (render::user::peer(Peer::User(other)), render::full_user::peer_settings(&bar));
        updates.push(types::UpdatePeerSettings { peer, settings }.into());
    }
    let mut named = Named::default();
    named.users(others.iter().copied());
    let shown = cx.domain.query(|view| named.read(view, by.user)).await?;
    Ok(render::updates::updates(&cx.domain, updates, &shown))
}

async fn update_contact_note(cx: Cx, request: UpdateContactNote) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let other = input::user(&cx.domain, by.user, &request.id)?;
    cx.domain.command(UpdateNote { by, other, note: text(&request.note) }).await?;
    Ok(true)
}

/// Needs a takeout session, which this server does not open yet.
async fn get_saved(_cx: Cx, _request: GetSaved) -> Result<Vec<enums::SavedContact>, RpcError> {
    Err(Refusal::TakeoutRequired.into())
}

async fn reset_saved(cx: Cx, _request: ResetSaved) -> Result<bool, RpcError> {
    cx.domain.command(Reset { by: cx.me()? }).await?;
    Ok(true)
}

/// Contacts with a visible birthday from yesterday to tomorrow.
/// Source: core.telegram.org/method/contacts.getBirthdays.
async fn get_birthdays(cx: Cx, _request: GetBirthdays) -> Result<enums::contacts::ContactBirthdays, RpcError> {
    let me = cx.user()?;
    let near = cx.domain.query(|view| people::full::birthdays_near(view, me)).await?;
    let users = render::user::by_id(&cx, near.iter().map(|(id, _)| *id).collect()).await?;
    let one = |(id, birthday): &(UserId, Birthday)| {
        types::ContactBirthday { contact_id: render::user::id(*id), birthday: render::full_user::birthday(*birthday) }
            .into()
    };
    Ok(types::contacts::ContactBirthdays { contacts: near.iter().map(one).collect(), users }.into())
}
