//! Coming into a group of either kind by a link, or by a request that was granted.

use super::{
    AdminRights, basic, channel,
    invites::Invite,
    joining,
    lists::{self, List},
    log::{self, AdminEvent},
    members::{self, Coming},
};
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    ids::{ChatId, LogId, Peer, UserId},
    messages::Action,
    people,
    refusal::Refusal,
    turn::Turn,
    updates::{Change, LogEntry},
    view::{Decided, Rows},
};

/// Admins who are told of requests; more than a group may have.
const ADMINS_MAX: usize = 200;

/// What the caller's clients learn when somebody came in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entered {
    /// Where.
    pub peer: Peer,
    /// Entries of the caller's own log and of the group's, in order.
    pub told: Vec<(LogId, LogEntry)>,
}

/// Whether somebody is in a group.
pub fn is_in(view: &(impl Rows + ?Sized), peer: Peer, user: UserId) -> Decided<bool> {
    match peer {
        Peer::User(_) => Ok(false),
        Peer::Chat(id) => Ok(basic::chat(view, id)?.is_some_and(|it| it.member(user).is_some())),
        Peer::Channel(id) => Ok(channel::member(view, id, user)?.is_some_and(|it| it.joined > 0)),
    }
}

/// The caller comes in by this link, or by a folder whose owner has it.
pub(super) fn by_link(
    turn: &mut Turn<'_>,
    by: &Caller,
    peer: Peer,
    link: &Invite,
    by_folder: bool,
) -> Decided<Entered> {
    let (inviter, event) = (link.id.admin, AdminEvent::JoinedByLink { invite: link.into(), by_folder });
    let come = Come { user: by.user, inviter, via_request: false, event };
    enter(turn, by, peer, come, Action::ChatJoinedByLink { inviter })
}

/// The caller lets somebody in who asked, perhaps by a link.
pub(super) fn by_request(
    turn: &mut Turn<'_>,
    by: &Caller,
    peer: Peer,
    user: UserId,
    link: Option<&Invite>,
) -> Decided<Entered> {
    if people::user(turn, user)?.is_none_or(|it| it.deleted) {
        return Err(Refusal::UserIdInvalid.into());
    }
    let event = AdminEvent::JoinedByRequest { invite: link.map(Into::into), approved_by: by.user };
    let come = Come { user, inviter: by.user, via_request: true, event };
    enter(turn, by, peer, come, Action::JoinedByRequest {})
}

/// Who comes, and how.
struct Come {
    user: UserId,
    inviter: UserId,
    via_request: bool,
    event: AdminEvent,
}

fn enter(turn: &mut Turn<'_>, by: &Caller, peer: Peer, come: Come, action: Action) -> Decided<Entered> {
    let told = match peer {
        Peer::User(_) => return Err(Refusal::PeerIdInvalid.into()),
        Peer::Chat(id) => enter_chat(turn, by, id, &come, action)?,
        Peer::Channel(id) => {
            let how = Coming { inviter: come.inviter, via_request: come.via_request };
            members::add(turn, by, id, come.user, how)?;
            log::note(turn, id, come.user, come.event)?;
            // Who came says so, whoever let it in.
            let author = Caller { user: come.user, ..*by };
            let message = joining::came(turn, &author, id, action)?.and_then(|it| it.entry);
            let own = LogEntry { change: Change::Channel { channel: id }, ..LogEntry::default() };
            [(by.user.into(), own)].into_iter().chain(message.map(|it| (id.into(), it))).collect()
        }
    };
    Ok(Entered { peer, told })
}

/// Who asked says that it came in, and its own mailbox is where the message is written first.
fn enter_chat(
    turn: &mut Turn<'_>,
    by: &Caller,
    id: ChatId,
    come: &Come,
    action: Action,
) -> Decided<Vec<(LogId, LogEntry)>> {
    let row = basic::chat(turn, id)?.filter(|it| !it.deactivated).ok_or(Refusal::ChatIdInvalid)?;
    let entries = basic::members::enter(turn, by, (id, row), come.user, come.inviter, come.user, action)?;
    Ok(entries.into_iter().map(|it| (by.user.into(), it)).collect())
}

/// Tells something to the admins of a group who may invite.
pub(super) fn tell_inviters(turn: &mut Turn<'_>, peer: Peer, cause: UserId, change: &Change) -> Decided<()> {
    for admin in inviters(turn, peer)? {
        let what = people::Delivered::Changed { change: change.clone() };
        deliver(turn, cause, admin, Delivery::People { what })?;
    }
    Ok(())
}

fn inviters(turn: &Turn<'_>, peer: Peer) -> Decided<Vec<UserId>> {
    match peer {
        Peer::User(_) => Ok(Vec::new()),
        Peer::Chat(id) => {
            let Some(row) = basic::chat(turn, id)? else { return Ok(Vec::new()) };
            let may = |it: &UserId| row.admin_rights(*it).has(AdminRights::INVITE_USERS);
            Ok(row.members.iter().map(|it| it.user).filter(may).collect())
        }
        Peer::Channel(id) => {
            let row = channel::existing(turn, id)?;
            let mut all = Vec::new();
            for admin in lists::page(turn, id, List::Admins, 0, ADMINS_MAX)? {
                if channel::standing(turn, id, &row, admin)?.may(AdminRights::INVITE_USERS) {
                    all.push(admin);
                }
            }
            Ok(all)
        }
    }
}
