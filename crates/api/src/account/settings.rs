//! Switches of an account.

use domain::people::settings::{SetSwitches, Switches, switches};
use tl::{
    enums,
    functions::account::{
        GetContactSignUpNotification, GetContentSettings, GetGlobalPrivacySettings, SetContactSignUpNotification,
        SetContentSettings, SetGlobalPrivacySettings,
    },
    types,
};

use crate::{Cx, RpcError, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetContactSignUpNotification, User, Light => get_contact_sign_up_notification;
    GetContentSettings, User, Light => get_content_settings;
    GetGlobalPrivacySettings, User, Light => get_global_privacy_settings;
    SetContactSignUpNotification, User, Write => set_contact_sign_up_notification;
    SetContentSettings, User, Write => set_content_settings;
    SetGlobalPrivacySettings, User, Write => set_global_privacy_settings;
};

async fn read(cx: &Cx) -> Result<Switches, RpcError> {
    let me = cx.user()?;
    Ok(cx.domain.query(|view| switches(view, me)).await?)
}

async fn change(cx: &Cx, change: impl Fn(&mut Switches) + Send + 'static) -> Result<Switches, RpcError> {
    Ok(cx.domain.command(SetSwitches { by: cx.me()?, change, tell: None }).await?)
}

async fn get_contact_sign_up_notification(cx: Cx, _request: GetContactSignUpNotification) -> Result<bool, RpcError> {
    Ok(read(&cx).await?.contact_signup_silent)
}

async fn set_contact_sign_up_notification(cx: Cx, request: SetContactSignUpNotification) -> Result<bool, RpcError> {
    change(&cx, move |it| it.contact_signup_silent = request.silent).await?;
    Ok(true)
}

async fn get_content_settings(
    cx: Cx,
    _request: GetContentSettings,
) -> Result<enums::account::ContentSettings, RpcError> {
    let sensitive_enabled = read(&cx).await?.sensitive_enabled;
    Ok(types::account::ContentSettings { sensitive_enabled, sensitive_can_change: true }.into())
}

async fn set_content_settings(cx: Cx, request: SetContentSettings) -> Result<bool, RpcError> {
    change(&cx, move |it| it.sensitive_enabled = request.sensitive_enabled).await?;
    Ok(true)
}

async fn get_global_privacy_settings(
    cx: Cx,
    _request: GetGlobalPrivacySettings,
) -> Result<enums::GlobalPrivacySettings, RpcError> {
    Ok(global(&read(&cx).await?))
}

async fn set_global_privacy_settings(
    cx: Cx,
    request: SetGlobalPrivacySettings,
) -> Result<enums::GlobalPrivacySettings, RpcError> {
    let enums::GlobalPrivacySettings::Settings(new) = request.settings;
    // Strangers' chats come into the list as all others do, so clients do not offer this (`autoarchive_setting_available`).
    if new.archive_and_mute_new_noncontact_peers {
        return Err(domain::Refusal::AutoarchiveNotAvailable.into());
    }
    let changed = change(&cx, move |it| {
        it.keep_archived_unmuted = new.keep_archived_unmuted;
        it.keep_archived_folders = new.keep_archived_folders;
        it.hide_read_marks = new.hide_read_marks;
        it.new_noncontact_peers_require_premium = new.new_noncontact_peers_require_premium;
        it.display_gifts_button = new.display_gifts_button;
    });
    Ok(global(&changed.await?))
}

/// Paid messages and gifts belong to the issue of money: never set here.
fn global(it: &Switches) -> enums::GlobalPrivacySettings {
    types::GlobalPrivacySettings {
        archive_and_mute_new_noncontact_peers: it.archive_and_mute_strangers,
        keep_archived_unmuted: it.keep_archived_unmuted,
        keep_archived_folders: it.keep_archived_folders,
        hide_read_marks: it.hide_read_marks,
        new_noncontact_peers_require_premium: it.new_noncontact_peers_require_premium,
        display_gifts_button: it.display_gifts_button,
        noncontact_peers_paid_stars: None,
        disallowed_gifts: None,
    }
    .into()
}
