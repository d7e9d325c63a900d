//! `users.*`: profiles.

mod music;

use domain::{
    Peer, Refusal, UserId,
    messages::suggest::SuggestBirthday as Suggest,
    people::{self, contacts, full, settings::switches},
};
use tl::{
    enums,
    functions::users::{GetFullUser, GetRequirementsToContact, GetUsers, SuggestBirthday},
    types,
};

use crate::{
    Cx, RpcError, input,
    render::{self, named::Named},
    table::Row,
};

/// Users asked for at once. Source: what clients batch; Telegram answers LIMIT_INVALID beyond some hundreds.
const USERS_MAX: usize = 500;

const ROWS: &[Row] = crate::methods! {
    GetFullUser, UserOrBot, Light => get_full_user;
    GetRequirementsToContact, User, Light => get_requirements_to_contact;
    GetUsers, UserOrBot, Light => get_users;
    SuggestBirthday, User, Send => suggest_birthday;
};

/// The namespace's methods, a table for each group.
pub fn tables() -> &'static [&'static [Row]] {
    &[ROWS, music::ROWS]
}

async fn get_users(cx: Cx, request: GetUsers) -> Result<Vec<enums::User>, RpcError> {
    let me = cx.user()?;
    if request.id.len() > USERS_MAX {
        return Err(Refusal::LimitInvalid.into());
    }
    let mut users = Vec::with_capacity(request.id.len());
    for input in &request.id {
        let id = input::user(&cx.domain, me, input);
        let seen = match id {
            Ok(id) => cx.domain.query(|view| people::seen(view, me, id)).await?,
            Err(_) => None,
        };
        users.push(seen.map_or_else(|| empty(input), |it| render::user::user(&it)));
    }
    Ok(users)
}

fn empty(input: &enums::InputUser) -> enums::User {
    let id = match input {
        enums::InputUser::User(it) => it.user_id,
        enums::InputUser::FromMessage(it) => it.user_id,
        enums::InputUser::Empty | enums::InputUser::UserSelf => 0,
    };
    types::UserEmpty { id }.into()
}

async fn get_full_user(cx: Cx, request: GetFullUser) -> Result<enums::users::UserFull, RpcError> {
    let me = cx.user()?;
    let id = input::user(&cx.domain, me, &request.id)?;
    let (full, shown) = cx
        .domain
        .query(|view| {
            let full = full::full(view, me, id)?;
            let mut named = Named::default();
            named.user(id);
            full.channel.into_iter().for_each(|(channel, _)| named.peer(Peer::Channel(channel)));
            Ok((full, named.read(view, me)?))
        })
        .await?;
    let full_user = render::full_user::full_user(&full, me);
    Ok(types::users::UserFull { full_user, chats: shown.chats(), users: shown.users() }.into())
}

/// Writing needs neither premium nor payment here, unless the user keeps strangers out.
async fn get_requirements_to_contact(
    cx: Cx,
    request: GetRequirementsToContact,
) -> Result<Vec<enums::RequirementToContact>, RpcError> {
    let me = cx.user()?;
    let mut all = Vec::with_capacity(request.id.len().min(USERS_MAX));
    for input in request.id.iter().take(USERS_MAX) {
        let id: UserId = input::user(&cx.domain, me, input)?;
        let closed = cx.domain.query(|view| {
            let strangers_out = switches(view, id)?.new_noncontact_peers_require_premium;
            Ok(strangers_out && id != me && !contacts::is_contact(view, id, me)?)
        });
        all.push(match closed.await? {
            true => enums::RequirementToContact::Premium,
            false => enums::RequirementToContact::Empty,
        });
    }
    Ok(all)
}

async fn suggest_birthday(cx: Cx, request: SuggestBirthday) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let to = input::user(&cx.domain, by.user, &request.id)?;
    let birthday = crate::account::profile::birthday(&request.birthday)?;
    let sent = cx.domain.command(Suggest { by, to, birthday }).await?;
    Ok(render::updates::entries(&cx.domain, by.user, sent.entry.into_iter().collect()).await?)
}
