//! Making channels.

use domain::{Refusal, groups::create::CreateChannel as Create};
use tl::{enums, functions::channels::CreateChannel};

use super::changed;
use crate::{Cx, RpcError, render::updates, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    CreateChannel, User, Write => create_channel;
};

async fn create_channel(cx: Cx, request: CreateChannel) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    // Groups of a place have been given up.
    if request.geo_point.is_some() || request.address.is_some() {
        return Err(Refusal::AddressInvalid.into());
    }
    let command = Create {
        by,
        title: request.title,
        about: request.about,
        // What is imported from elsewhere is a group. Source: TDLib 1.8.68 names nothing else of a forum.
        broadcast: !request.megagroup && !request.forum && !request.for_import,
        forum: request.forum,
        ttl_period: u32::try_from(request.ttl_period.unwrap_or(0)).map_err(|_| Refusal::TtlPeriodInvalid)?,
    };
    let (id, sent) = cx.domain.command(command).await?;
    let message = sent.message;
    Ok(updates::numbered(&cx.domain, changed(&cx.domain, by.user, id, Some(sent)).await?, message))
}
