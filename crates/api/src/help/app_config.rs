//! Limits that clients read from JSON: `help.getAppConfig`.
//! Source: core.telegram.org/api/config#client-configuration.

use domain::world::Settings;
use serde_json::{Value, json};
use tl::{enums, functions::help::GetAppConfig, types};

use crate::{Cx, RpcError, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetAppConfig, Any, Light => get_app_config;
};

/// What is true of this server. Keys that don't stand here keep the client's own defaults.
fn limits(settings: &Settings) -> Value {
    let mut all = json!({
        "about_length_limit_default": domain::people::edit::ABOUT_MAX,
        "about_length_limit_premium": domain::people::edit::ABOUT_MAX,
        "authorization_autoconfirm_period": 604_800,
        "caption_length_limit_default": 1024,
        "channels_limit_default": 500,
        "gif_search_branding": "",
        "hidden_members_group_size_min": settings.hidden_members_min,
        "no_forwards_request_expire_period": domain::messages::protection::REQUEST_SECONDS,
        "pm_read_date_expire_period": 604_800,
        "poll_answers_max": domain::messages::polls::ANSWERS_MAX,
        "poll_close_period_max": domain::messages::polls::OPEN_SECONDS.end(),
        "premium_purchase_blocked": true,
        "quote_length_max": 1024,
        "recommended_channels_limit_default": domain::groups::similar::RESULTS_MAX,
        "recommended_channels_limit_premium": domain::groups::similar::RESULTS_MAX,
        "reactions_in_chat_max": domain::messages::reactions::IN_CHAT_MAX,
        "reactions_uniq_max": domain::messages::reactions::UNIQUE_MAX,
        "reactions_user_max_default": domain::messages::REACTIONS_MAX,
        "reactions_user_max_premium": domain::messages::REACTIONS_MAX,
        "stargifts_blocked": true,
        "stars_purchase_blocked": true,
        "stickers_faved_limit_default": domain::stickers::shelf::FAVED_MAX,
        "stickers_faved_limit_premium": domain::stickers::shelf::FAVED_MAX,
        "stories_posting": "disabled",
        "test": 1,
        "todo_item_length_max": domain::messages::todo::TASK_LENGTH_MAX,
        "todo_items_max": domain::messages::todo::TASKS_MAX,
        "todo_title_length_max": domain::messages::todo::TITLE_MAX,
        "topics_pinned_limit": domain::groups::topics::PINNED_MAX,
        "upload_max_fileparts_default": 4000,
    });
    // The macro cannot take them all at once.
    for more in [lists(), dice(), kept()] {
        if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
            all.extend(more);
        }
    }
    all
}

/// What can be thrown. Which throws clients celebrate is told with their pictures, which are none of the server's.
fn dice() -> Value {
    let signs: Vec<_> = domain::messages::media::DICE.iter().map(|(sign, _)| *sign).collect();
    json!({ "emojies_send_dice": signs })
}

/// Of the list of chats and its folders.
fn lists() -> Value {
    json!({
        "chatlist_invites_limit_default": domain::folders::links::LINKS_MAX,
        "chatlist_invites_limit_premium": domain::folders::links::LINKS_MAX,
        "chatlist_update_period": domain::folders::links::UPDATE_SECONDS,
        "chatlists_joined_limit_default": domain::folders::links::SHARED_MAX,
        "chatlists_joined_limit_premium": domain::folders::links::SHARED_MAX,
        "dialog_filters_chats_limit_default": domain::folders::CHATS_MAX,
        "dialog_filters_chats_limit_premium": domain::folders::CHATS_MAX,
        "dialog_filters_enabled": true,
        "dialog_filters_limit_default": domain::folders::FOLDERS_MAX,
        "dialog_filters_limit_premium": domain::folders::FOLDERS_MAX,
        "dialog_filters_tooltip": false,
        "dialogs_pinned_limit_default": domain::messages::PINNED_MAX,
        "dialogs_pinned_limit_premium": domain::messages::PINNED_MAX,
        "dialogs_folder_pinned_limit_default": domain::messages::ARCHIVE_PINNED_MAX,
        "dialogs_folder_pinned_limit_premium": domain::messages::ARCHIVE_PINNED_MAX,
        "saved_dialogs_pinned_limit_default": domain::messages::saved::PINNED_MAX,
        "saved_dialogs_pinned_limit_premium": domain::messages::saved::PINNED_MAX,
    })
}

/// Of what people keep of files.
fn kept() -> Value {
    json!({
        "ringtone_duration_max": domain::kept::sounds::SECONDS_MAX,
        "ringtone_saved_count_max": domain::kept::sounds::SOUNDS_MAX,
        "ringtone_size_max": domain::kept::sounds::BYTES_MAX,
        "saved_gifs_limit_default": domain::kept::gifs::GIFS_MAX,
        "saved_gifs_limit_premium": domain::kept::gifs::GIFS_MAX,
    })
}

async fn get_app_config(cx: Cx, request: GetAppConfig) -> Result<enums::help::AppConfig, RpcError> {
    let limits = limits(&cx.domain.world().settings);
    let text = limits.to_string();
    let hash = render::hash::of(text.bytes().map(i64::from)) as i32 & i32::MAX;
    if request.hash != 0 && request.hash == hash {
        return Ok(enums::help::AppConfig::NotModified);
    }
    Ok(types::help::AppConfig { hash, config: json_value(&limits) }.into())
}

fn json_value(value: &Value) -> enums::Jsonvalue {
    match value {
        Value::Null => enums::Jsonvalue::JsonNull,
        Value::Bool(value) => types::JsonBool { value: *value }.into(),
        Value::Number(value) => types::JsonNumber { value: value.as_f64().unwrap_or(0.0) }.into(),
        Value::String(value) => types::JsonString { value: value.clone() }.into(),
        Value::Array(all) => types::JsonArray { value: all.iter().map(json_value).collect() }.into(),
        Value::Object(all) => {
            let pair = |(key, value): (&String, &Value)| {
                types::JsonObjectValue { key: key.clone(), value: json_value(value) }.into()
            };
            types::JsonObject { value: all.iter().map(pair).collect() }.into()
        }
    }
}
