//! Messages that the service writes: codes, logins, people who joined.

use super::{
    rows::{Action, Body, MailboxRow, seal_body},
    send::append,
    text,
};
use crate::{
    ids::{Peer, UserId},
    people,
    turn::Turn,
    updates::{self, Change},
    view::{Decided, View},
};

/// Puts a message from the service account into a mailbox.
pub fn notice(turn: &mut Turn<'_>, to: UserId, text: &str) -> Decided<()> {
    let cleaned = text::clean(text, &[])?;
    let body = Body { text: cleaned.text, entities: cleaned.entities, ..Body::default() };
    put(turn, to, UserId::SERVICE, &body)
}

/// Tells somebody that a person of its address book joined, unless it wants no such notices.
pub fn joined(turn: &mut Turn<'_>, who: UserId, to: UserId) -> Decided<()> {
    if people::settings::switches(turn, to)?.contact_signup_silent {
        return Ok(());
    }
    let body = Body { action: Some(Action::ContactJoined {}), ..Body::default() };
    put(turn, to, who, &body)
}

fn put(turn: &mut Turn<'_>, to: UserId, from: UserId, body: &Body) -> Decided<()> {
    let (uid, date, peer) = (turn.draw_uid(), turn.now().secs(), Peer::User(from));
    let body = seal_body(turn, (to.into(), peer), uid, 0, body)?;
    let row = MailboxRow { peer, from, date, uid, body, ..MailboxRow::default() };
    let message = append(turn, to, &row)?;
    updates::append(turn, to, Change::NewMessage { message, random_id: None, by: UserId::NOBODY }, 1, None).map(drop)
}
