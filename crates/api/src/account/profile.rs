//! One's own profile: names, bio, usernames, birthday, presence.

use domain::people::{
    edit::{Birthday, UpdateBirthday, UpdateProfile},
    personal::UpdatePersonalChannel,
    presence::UpdateStatus,
    usernames::{self, ReorderUsernames, ToggleUsername, UpdateUsername},
};
use tl::{
    enums,
    functions::account::{
        CheckUsername, ReorderUsernames as Reorder, ToggleUsername as Toggle, UpdateBirthday as SetBirthday,
        UpdateDeviceLocked, UpdatePersonalChannel as SetChannel, UpdateProfile as Update, UpdateStatus as SetStatus,
        UpdateUsername as SetUsername,
    },
};

use crate::{Cx, RpcError, input, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    CheckUsername, User, Lookup => check_username;
    Reorder, User, Write => reorder_usernames;
    SetBirthday, User, Write => update_birthday;
    SetChannel, User, Write => update_personal_channel;
    SetStatus, User, Light => update_status;
    SetUsername, User, Write => update_username;
    Toggle, User, Write => toggle_username;
    Update, User, Write => update_profile;
    UpdateDeviceLocked, User, Light => update_device_locked;
};

async fn check_username(cx: Cx, request: CheckUsername) -> Result<bool, RpcError> {
    let me = cx.user()?;
    let free = cx.domain.query(|view| usernames::check(view, me, &request.username)).await?;
    if free { Ok(true) } else { Err(domain::Refusal::UsernameOccupied.into()) }
}

async fn update_username(cx: Cx, request: SetUsername) -> Result<enums::User, RpcError> {
    let name = request.username.trim_start_matches('@').to_owned();
    cx.domain.command(UpdateUsername { by: cx.me()?, name }).await?;
    render::user::me(&cx).await
}

async fn reorder_usernames(cx: Cx, request: Reorder) -> Result<bool, RpcError> {
    cx.domain.command(ReorderUsernames { by: cx.me()?, order: request.order }).await?;
    Ok(true)
}

async fn toggle_username(cx: Cx, request: Toggle) -> Result<bool, RpcError> {
    cx.domain.command(ToggleUsername { by: cx.me()?, name: request.username, active: request.active }).await?;
    Ok(true)
}

async fn update_profile(cx: Cx, request: Update) -> Result<enums::User, RpcError> {
    let (first_name, last_name, about) = (request.first_name, request.last_name, request.about);
    cx.domain.command(UpdateProfile { by: cx.me()?, first_name, last_name, about }).await?;
    render::user::me(&cx).await
}

async fn update_birthday(cx: Cx, request: SetBirthday) -> Result<bool, RpcError> {
    let birthday = request.birthday.map(|it| birthday(&it)).transpose()?;
    cx.domain.command(UpdateBirthday { by: cx.me()?, birthday }).await?;
    Ok(true)
}

/// A birthday as clients send it; whether the day exists is the domain's to say.
pub(crate) fn birthday(it: &enums::Birthday) -> Result<Birthday, RpcError> {
    let enums::Birthday::Birthday(it) = it;
    let number = |it: i32| u32::try_from(it).map_err(|_| RpcError::from(domain::Refusal::BirthdayInvalid));
    Ok(Birthday { day: number(it.day)?, month: number(it.month)?, year: it.year.map(number).transpose()? })
}

async fn update_personal_channel(cx: Cx, request: SetChannel) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let channel = match &request.channel {
        enums::InputChannel::Empty => None,
        it => Some(input::channel(&cx.domain, by.user, it)?),
    };
    cx.domain.command(UpdatePersonalChannel { by, channel }).await?;
    Ok(true)
}

async fn update_status(cx: Cx, request: SetStatus) -> Result<bool, RpcError> {
    cx.domain.command(UpdateStatus { by: cx.me()?, offline: request.offline }).await?;
    Ok(true)
}

/// Only the text of mobile push notifications depends on it, and this server sends none.
async fn update_device_locked(_cx: Cx, _request: UpdateDeviceLocked) -> Result<bool, RpcError> {
    Ok(true)
}
