//! Groups that the caller shares with somebody.

use domain::{Refusal, groups::own};
use tl::{enums, functions::messages::GetCommonChats, types};

use crate::{Cx, RpcError, input, render::named::Named, table::Row};

/// Groups on a page. Source: core.telegram.org/method/messages.getCommonChats, as clients ask.
const PAGE_MAX: usize = 100;

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetCommonChats, User, Light => get_common_chats;
};

async fn get_common_chats(cx: Cx, request: GetCommonChats) -> Result<enums::messages::Chats, RpcError> {
    let me = cx.user()?;
    let other = input::user(&cx.domain, me, &request.user_id)?;
    let max = u64::try_from(request.max_id).map_err(|_| Refusal::OffsetInvalid)?;
    let limit = usize::try_from(request.limit).map_err(|_| Refusal::LimitInvalid)?.clamp(1, PAGE_MAX);
    let (count, page, shown) = cx
        .domain
        .query(|view| {
            let (count, page) = own::common(view, me, other, max, limit)?;
            let mut named = Named::default();
            page.iter().for_each(|it| named.peer(*it));
            Ok((count, page.len(), named.read(view, me)?))
        })
        .await?;
    let mut chats = shown.chats();
    chats.sort_by_key(|it| std::cmp::Reverse(it.id()));
    if page == count {
        return Ok(types::messages::Chats { chats }.into());
    }
    Ok(types::messages::ChatsSlice { count: i32::try_from(count).unwrap_or(i32::MAX), chats }.into())
}
