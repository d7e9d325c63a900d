//! What pages say, before a message with their link is sent, and for who reads one.

use domain::{
    Refusal,
    messages::webpages::{self, AskPage, What},
};
use tl::{
    enums,
    functions::messages::{GetWebPage, GetWebPagePreview},
    types,
};

use super::input;
use crate::{Cx, RpcError, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetWebPage, User, Write => get_web_page;
    GetWebPagePreview, User, Write => get_web_page_preview;
};

async fn get_web_page_preview(cx: Cx, request: GetWebPagePreview) -> Result<enums::messages::WebPagePreview, RpcError> {
    let entities = input::entities(&cx, request.entities.as_ref())?;
    let media = match asked(&cx, AskPage { by: cx.me()?, text: request.message, entities, is_link: false }).await? {
        Some((url, number, what)) => {
            let webpage = render::webpage::page(number, &url, &what);
            let (force_large_media, force_small_media, manual, safe) = (false, false, false, false);
            types::MessageMediaWebPage { force_large_media, force_small_media, manual, safe, webpage }.into()
        }
        None => enums::MessageMedia::Empty,
    };
    Ok(types::messages::WebPagePreview { media, chats: Vec::new(), users: Vec::new() }.into())
}

async fn get_web_page(cx: Cx, request: GetWebPage) -> Result<enums::messages::WebPage, RpcError> {
    let ask = AskPage { by: cx.me()?, text: request.url, entities: Vec::new(), is_link: true };
    let (url, number, what) = asked(&cx, ask).await?.ok_or(Refusal::WcConvertUrlInvalid)?;
    let webpage = match &what {
        What::Found { hash, .. } if *hash == request.hash => {
            types::WebPageNotModified { cached_page_views: None }.into()
        }
        what => render::webpage::page(number, &url, what),
    };
    Ok(types::messages::WebPage { webpage, chats: Vec::new(), users: Vec::new() }.into())
}

/// The link that somebody asks for, its page's number, and what is known of it.
async fn asked(cx: &Cx, ask: AskPage) -> Result<Option<(String, u64, What)>, RpcError> {
    let Some((url, number)) = cx.domain.command(ask).await? else { return Ok(None) };
    let what = cx.domain.query(|view| webpages::page(view, number)).await?;
    Ok(Some((url, number, what)))
}

#[cfg(test)]
mod tests;
