//! Drafts.

use domain::{
    Refusal,
    messages::drafts::{self, ClearAllDrafts as ClearAll, SaveDraft as Save},
    updates::{Change, LogEntry},
};
use tl::{
    enums,
    functions::messages::{ClearAllDrafts, GetAllDrafts, SaveDraft},
};

use super::input;
use crate::{Cx, RpcError, input::peer, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    ClearAllDrafts, User, Write => clear_all_drafts;
    GetAllDrafts, User, Light => get_all_drafts;
    SaveDraft, User, Write => save_draft;
};

async fn save_draft(cx: Cx, request: SaveDraft) -> Result<bool, RpcError> {
    if request.media.is_some() || request.rich_message.is_some() {
        return Err(Refusal::InputConstructorInvalid.into());
    }
    let by = cx.me()?;
    let reply = input::reply(&cx, request.reply_to.as_ref())?;
    let top = reply.as_ref().and_then(|it| it.top);
    let command = Save {
        by,
        peer: peer(&cx.domain, by.user, &request.peer)?,
        text: request.message,
        entities: input::entities(&cx, request.entities.as_ref())?,
        top,
        // Who answers a topic as a whole writes into it.
        reply_to: reply.map(|it| it.message).filter(|it| Some(*it) != top),
        no_webpage: request.no_webpage,
    };
    cx.domain.command(command).await?;
    Ok(true)
}

async fn get_all_drafts(cx: Cx, _request: GetAllDrafts) -> Result<enums::Updates, RpcError> {
    let me = cx.user()?;
    let (peers, topics) = cx.domain.query(|view| Ok((drafts::all(view, me)?, drafts::topics::all(view, me)?))).await?;
    let chats = peers.into_iter().map(|peer| Change::Draft { peer });
    let topics = topics.into_iter().map(|(channel, top)| Change::TopicDraft { channel, top });
    let entry = |change| LogEntry { change, ..LogEntry::default() };
    Ok(render::updates::entries(&cx.domain, me, chats.chain(topics).map(entry).collect()).await?)
}

async fn clear_all_drafts(cx: Cx, _request: ClearAllDrafts) -> Result<bool, RpcError> {
    cx.domain.command(ClearAll { by: cx.me()? }).await?;
    Ok(true)
}
