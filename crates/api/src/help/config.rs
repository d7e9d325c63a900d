//! Where the service is, and its limits: `help.getConfig`.
//! Source for the numbers: core.telegram.org/constructor/config, and values observed to suit TDLib,
//! Telethon and mtcute.

use std::net::{IpAddr, SocketAddr};

use tl::{
    enums,
    functions::help::{GetCdnConfig, GetConfig, GetNearestDc},
    types,
};

use crate::{Cx, RpcError, table::Row};

/// Data centre ids that clients of either kind know.
const DCS: std::ops::RangeInclusive<i32> = 1..=5;
const TEST_DCS: std::ops::RangeInclusive<i32> = 1..=3;

/// Seconds until a client should ask again.
const EXPIRES: i32 = 3600;

/// No limit: some clients read the field as a signed number of seconds.
const FOREVER: i32 = i32::MAX;

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetCdnConfig, Any, Light => get_cdn_config;
    GetConfig, Any, Light => get_config;
    GetNearestDc, Any, Light => get_nearest_dc;
};

async fn get_config(cx: Cx, _request: GetConfig) -> Result<enums::Config, RpcError> {
    let date = cx.date();
    Ok(types::Config {
        default_p2p_contacts: false,
        preload_featured_stickers: false,
        revoke_pm_inbox: true,
        blocked_mode: false,
        force_try_ipv6: false,
        date,
        expires: date.saturating_add(EXPIRES),
        test_mode: cx.is_test_dc(),
        this_dc: cx.dc(),
        dc_options: dc_options(&cx),
        dc_txt_domain_name: String::new(),
        chat_size_max: 200,
        megagroup_size_max: 200_000,
        forwarded_count_max: 100,
        online_update_period_ms: 210_000,
        offline_blur_timeout_ms: 5_000,
        offline_idle_timeout_ms: 30_000,
        online_cloud_timeout_ms: 300_000,
        notify_cloud_delay_ms: 30_000,
        notify_default_delay_ms: 1_500,
        push_chat_period_ms: 60_000,
        push_chat_limit: 2,
        edit_time_limit: 172_800,
        revoke_time_limit: FOREVER,
        revoke_pm_time_limit: FOREVER,
        rating_e_decay: domain::people::top::E_DECAY as i32,
        stickers_recent_limit: domain::stickers::shelf::RECENT_MAX as i32,
        channels_read_media_period: 604_800,
        tmp_sessions: None,
        call_receive_timeout_ms: 20_000,
        call_ring_timeout_ms: 90_000,
        call_connect_timeout_ms: 30_000,
        call_packet_timeout_ms: 10_000,
        me_url_prefix: cx.config.link_prefix.clone(),
        autoupdate_url_prefix: None,
        gif_search_username: None,
        venue_search_username: None,
        img_search_username: None,
        static_maps_provider: None,
        caption_length_max: 1_024,
        message_length_max: 4_096,
        webfile_dc_id: 4,
        suggested_lang_code: None,
        lang_pack_version: None,
        base_lang_pack_version: None,
        reactions_default: default_reaction(&cx).await?,
        autologin_token: None,
    }
    .into())
}

/// Every data centre id leads here. Plain entries only: some clients take the first one of an id
/// whatever its flags say, and one ends on an address that is not an IP.
fn dc_options(cx: &Cx) -> Vec<enums::DcOption> {
    let ids = if cx.is_test_dc() { TEST_DCS } else { DCS };
    let own = [cx.info.local];
    let addresses: &[SocketAddr] = if cx.config.advertise.is_empty() { &own } else { &cx.config.advertise };
    let option = |id: i32, address: SocketAddr| {
        types::DcOption {
            ipv6: address.is_ipv6(),
            media_only: false,
            tcpo_only: false,
            cdn: false,
            r#static: true,
            this_port_only: true,
            id,
            ip_address: plain(address.ip()).to_string(),
            port: i32::from(address.port()),
            secret: None,
        }
        .into()
    };
    ids.flat_map(|id| addresses.iter().map(move |address| option(id, *address))).collect()
}

/// An IPv4 address that came over an IPv6 socket is told as what it is.
fn plain(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

async fn default_reaction(cx: &Cx) -> Result<Option<enums::Reaction>, RpcError> {
    let Some(me) = cx.state.user else { return Ok(None) };
    let emoticon = cx.domain.query(|view| domain::messages::default_reaction(view, me)).await?;
    Ok(Some(types::ReactionEmoji { emoticon }.into()))
}

async fn get_nearest_dc(cx: Cx, _request: GetNearestDc) -> Result<enums::NearestDc, RpcError> {
    let country = cx.config.country.clone();
    Ok(types::NearestDc { country, this_dc: cx.dc(), nearest_dc: cx.dc() }.into())
}

/// No CDN data centres: files come from here.
async fn get_cdn_config(_cx: Cx, _request: GetCdnConfig) -> Result<enums::CdnConfig, RpcError> {
    Ok(types::CdnConfig { public_keys: Vec::new() }.into())
}
