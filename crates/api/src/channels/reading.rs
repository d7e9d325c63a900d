//! Channels as their members and passers-by see them.

use domain::{Peer, Refusal, groups};
use tl::{enums, functions::channels::GetChannels, types};

use crate::{Cx, RpcError, input, render, table::Row};

/// Channels asked for at once. Source: what clients batch.
const CHANNELS_MAX: usize = 200;

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetChannels, UserOrBot, Light => get_channels;
};

async fn get_channels(cx: Cx, request: GetChannels) -> Result<enums::messages::Chats, RpcError> {
    let me = cx.user()?;
    if request.id.len() > CHANNELS_MAX {
        return Err(Refusal::LimitInvalid.into());
    }
    let ids = request.id.iter().map(|it| input::channel(&cx.domain, me, it));
    let ids = ids.collect::<Result<Vec<_>, _>>()?;
    let seen = cx.domain.query(|view| groups::seen_all(view, me, ids.iter().copied().map(Peer::Channel))).await?;
    if seen.is_empty() {
        return Err(Refusal::ChannelInvalid.into());
    }
    Ok(types::messages::Chats { chats: render::group::chats(&seen) }.into())
}
