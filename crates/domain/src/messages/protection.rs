//! Content protection of a private chat: who switched it on switches it off; the other side may ask for that,
//! and is answered by the request's message.
//! Source: core.telegram.org/api/content-protection, "For users".

use super::{
    dialogs,
    receive::Delivered,
    rows::{Action, MailboxRow, copy, local_id, mailbox_key, open_body},
    send::{Outgoing, put, refuse_recipient},
    settings::service,
};
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    ids::{MessageId, MessageUid, Peer, UserId},
    people::user,
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::LogEntry,
    view::{Decided, Rows, View},
};

/// Seconds in which a request may be answered. Source: `no_forwards_request_expire_period`.
pub const REQUEST_SECONDS: u32 = 24 * 3600;

/// Whether this side, or else the other one, protects a chat.
pub fn protection(view: &(impl Rows + ?Sized), me: UserId, peer: Peer) -> Decided<(bool, bool)> {
    let row = dialogs::dialog(view, me, peer)?;
    Ok((row.noforwards_mine, row.noforwards_theirs && !row.noforwards_mine))
}

/// Whether a request can no longer be answered.
pub(super) fn is_expired(view: &(impl View + ?Sized), row: &MailboxRow) -> bool {
    row.answered || view.now().secs().saturating_sub(row.date) > REQUEST_SECONDS
}

/// Switches protection, asks for it to be switched off, or answers who asked.
pub struct ToggleNoForwards {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
    /// Protected or not.
    pub enabled: bool,
    /// The request that this answers.
    pub request: Option<MessageId>,
}

impl Command for ToggleNoForwards {
    /// Entries of the caller's log: none where nothing changed.
    type Reply = Vec<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<LogEntry>> {
        let (me, other) = (self.by.user, self.peer.user().ok_or(Refusal::PeerIdInvalid)?);
        let row = user(turn, other)?.ok_or(Refusal::PeerIdInvalid)?;
        if other == me || row.service || row.support {
            return Err(Refusal::PeerIdInvalid.into());
        }
        let (mine, theirs) = protection(turn, me, self.peer)?;
        let before = mine || theirs;
        let (action, reply_to) = match self.request {
            Some(request) => {
                let uid = self.answer(turn, request)?;
                if self.enabled != before && (self.enabled || mine) {
                    self.set(turn)?;
                }
                let (mine, theirs) = protection(turn, me, self.peer)?;
                (Action::NoForwardsToggle { before, after: mine || theirs }, Some(uid))
            }
            None if self.enabled == before => return Ok(Vec::new()),
            None if self.enabled || mine => {
                self.set(turn)?;
                (Action::NoForwardsToggle { before, after: self.enabled }, None)
            }
            None => (Action::NoForwardsRequest { before, after: false, expired: false }, None),
        };
        refuse_recipient(turn, me, self.peer)?;
        let message = Outgoing { reply_to, ..service(self.peer, action) };
        Ok(put(turn, me, message, Some(self.by.origin))?.entry.into_iter().collect())
    }
}

impl ToggleNoForwards {
    fn set(&self, turn: &mut Turn<'_>) -> Decided<()> {
        dialogs::change(turn, self.by.user, self.peer, |it| it.noforwards_mine = self.enabled)?;
        let what = Delivered::NoForwards { enabled: self.enabled };
        let other = self.peer.user().ok_or(Refusal::PeerIdInvalid)?;
        deliver(turn, self.by.user, other, Delivery::Messages { what })
    }

    /// Marks a request as answered on both sides.
    fn answer(&self, turn: &mut Turn<'_>, request: MessageId) -> Decided<MessageUid> {
        let me = self.by.user;
        let row = copy(turn, me, request)?.filter(|it| it.peer == self.peer && Some(it.from) == self.peer.user());
        let row = row.ok_or(Refusal::MessageIdInvalid)?;
        if !matches!(open_body(turn, me, &row)?.action, Some(Action::NoForwardsRequest { .. })) {
            return Err(Refusal::MessageIdInvalid.into());
        }
        if is_expired(turn, &row) {
            return Err(Refusal::RequestMsgExpired.into());
        }
        let uid = row.uid;
        turn.put(mailbox_key(me, request), &MailboxRow { answered: true, ..row });
        let other = self.peer.user().ok_or(Refusal::PeerIdInvalid)?;
        deliver(turn, me, other, Delivery::Messages { what: Delivered::RequestAnswered { uid } })?;
        Ok(uid)
    }
}

/// This side's request has been answered. No update says so: the answering message does.
pub(super) fn receive_answered(turn: &mut Turn<'_>, to: UserId, uid: MessageUid) -> Decided<()> {
    let Some(id) = local_id(turn, to, uid)? else { return Ok(()) };
    let Some(row) = copy(turn, to, id)? else { return Ok(()) };
    turn.put(mailbox_key(to, id), &MailboxRow { answered: true, ..row });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        messages::{forward::ForwardMessages, send::SendMessage},
        testing::Hall,
    };

    fn halls() -> [(Hall, Caller, Caller); 3] {
        [Hall::new(), Hall::distant(), Hall::with_outbox()].map(|hall| {
            let (alice, bob) = (hall.person("Alice", "9996621001"), hall.person("Bob", "9996621002"));
            (hall, alice, bob)
        })
    }

    fn toggle(by: Caller, with: Caller, enabled: bool, request: Option<i32>) -> ToggleNoForwards {
        ToggleNoForwards { by, peer: Peer::User(with.user), enabled, request: request.map(MessageId) }
    }

    fn sides(hall: &Hall, me: Caller, other: Caller) -> (bool, bool) {
        hall.ask(|view| protection(view, me.user, Peer::User(other.user))).unwrap()
    }

    fn last(hall: &Hall, of: Caller, id: i32) -> (Option<Action>, Option<i32>) {
        let seen = hall.ask(|view| super::super::seen(view, of.user, MessageId(id))).unwrap().unwrap();
        (seen.body.action, seen.reply_to.map(|it| it.0))
    }

    #[test]
    fn who_protects_a_chat_ends_it_and_the_other_side_asks() {
        for (hall, alice, bob) in halls() {
            assert_eq!(hall.run(toggle(alice, bob, false, None)).unwrap().len(), 0);
            assert_eq!(hall.run(toggle(alice, bob, true, None)).unwrap().len(), 1);
            assert_eq!((sides(&hall, alice, bob), sides(&hall, bob, alice)), ((true, false), (false, true)));
            assert_eq!(hall.run(toggle(bob, alice, true, None)).unwrap().len(), 0, "protected already");
            hall.run(toggle(bob, alice, false, None)).unwrap();
            assert_eq!(sides(&hall, alice, bob), (true, false), "a request changes nothing");
            let request = |expired| Some(Action::NoForwardsRequest { before: true, after: false, expired });
            assert_eq!(last(&hall, alice, 2), (request(false), None));
            assert_eq!(hall.run(toggle(bob, alice, false, Some(2))).map(drop), Err(Refusal::MessageIdInvalid));
            hall.run(toggle(alice, bob, true, Some(2))).unwrap();
            assert_eq!(last(&hall, bob, 3), (Some(Action::NoForwardsToggle { before: true, after: true }), Some(2)));
            assert_eq!((last(&hall, alice, 2).0, last(&hall, bob, 2).0), (request(true), request(true)));
            assert_eq!(hall.run(toggle(alice, bob, false, Some(2))).map(drop), Err(Refusal::RequestMsgExpired));
            hall.run(toggle(bob, alice, false, None)).unwrap();
            hall.run(toggle(alice, bob, false, Some(4))).unwrap();
            assert_eq!((sides(&hall, alice, bob), sides(&hall, bob, alice)), ((false, false), (false, false)));
        }
    }

    #[test]
    fn a_request_is_open_for_a_day() {
        let [(hall, alice, bob), ..] = halls();
        hall.run(toggle(alice, bob, true, None)).unwrap();
        hall.run(toggle(bob, alice, false, None)).unwrap();
        hall.pass(u64::from(REQUEST_SECONDS) + 1);
        assert_eq!(hall.run(toggle(alice, bob, false, Some(2))).map(drop), Err(Refusal::RequestMsgExpired));
        assert_eq!(hall.run(toggle(alice, alice, true, None)).map(drop), Err(Refusal::PeerIdInvalid));
    }

    #[test]
    fn nothing_is_forwarded_out_of_a_protected_chat() {
        for (hall, alice, bob) in halls() {
            let send = SendMessage {
                by: alice,
                peer: Peer::User(bob.user),
                text: "hello".into(),
                entities: Vec::new(),
                reply: None,
                random_id: 1,
                silent: false,
                noforwards: false,
                no_webpage: false,
                clear_draft: false,
                send_as: None,
                album: 0,
            };
            hall.run(send).unwrap();
            let forward = |by: Caller, from: Caller, random| ForwardMessages {
                by,
                from: Peer::User(from.user),
                to: Peer::User(by.user),
                messages: vec![MessageId(1)],
                random_ids: vec![random],
                drop_author: true,
                silent: false,
                noforwards: false,
                send_as: None,
                top: None,
            };
            hall.run(toggle(bob, alice, true, None)).unwrap();
            for (by, from) in [(alice, bob), (bob, alice)] {
                assert_eq!(hall.run(forward(by, from, 7)).map(drop), Err(Refusal::ChatForwardsRestricted));
            }
            hall.run(toggle(bob, alice, false, None)).unwrap();
            hall.run(forward(alice, bob, 8)).unwrap();
        }
    }
}
