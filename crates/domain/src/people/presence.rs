//! Who is online, and what others may know of it.
//! Source: core.telegram.org/constructor/userStatusOnline and kin; core.telegram.org/api/privacy.

use store::Key;

use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    ids::UserId,
    people::{Delivered, Hidden, SeenStatus, audience, blocks, privacy},
    record,
    service::Command,
    spaces::STATUS,
    turn::Turn,
    updates::{self, Passing},
    view::{Decided, View, load_or_default},
};

/// Seconds that "online" holds without being said again.
/// Source: `online_update_period_ms` 210000 of help.getConfig, and some slack.
const ONLINE_SECONDS: u32 = 300;

const DAY: u32 = 24 * 3600;

record! {
    /// When a user was last there.
    pub struct StatusRow {
        /// Online until, unix seconds; 0: offline.
        1 => online_until: u32,
        /// Last seen, unix seconds.
        2 => last_seen: u32,
    }
}

/// When a user was last there, unix seconds; 0: never.
pub(crate) fn last_seen(view: &(impl View + ?Sized), user: UserId) -> Decided<u32> {
    let row: StatusRow = load_or_default(view, &status_key(user))?;
    Ok(row.last_seen)
}

/// A user's own status, without privacy.
pub fn status(view: &(impl View + ?Sized), user: UserId) -> Decided<SeenStatus> {
    let row: StatusRow = load_or_default(view, &status_key(user))?;
    Ok(match row {
        StatusRow { online_until, .. } if online_until > view.now().secs() => SeenStatus::Online(online_until),
        StatusRow { online_until: 0, last_seen: 0, .. } => SeenStatus::Empty,
        StatusRow { online_until, last_seen, .. } => SeenStatus::Offline(last_seen.max(online_until)),
    })
}

/// What `viewer` may know of when `user` was there: the exact moment, or roughly. Who hides its own
/// status from somebody sees only roughly, too.
pub fn seen_status(view: &(impl View + ?Sized), viewer: UserId, user: UserId) -> Decided<SeenStatus> {
    let exact = status(view, user)?;
    if viewer == user {
        return Ok(exact);
    }
    if blocks::is_blocked(view, user, viewer)? {
        return Ok(SeenStatus::Empty);
    }
    let key = privacy::Key::Status;
    if !privacy::allows(view, user, key, viewer)? {
        return Ok(roughly(exact, view.now().secs(), Hidden::ByUser));
    }
    if !privacy::allows(view, viewer, key, user)? {
        return Ok(roughly(exact, view.now().secs(), Hidden::ByViewer));
    }
    Ok(exact)
}

/// Whether `viewer` may know exactly when `user` is there.
pub fn shows_exactly(view: &(impl View + ?Sized), viewer: UserId, user: UserId) -> Decided<bool> {
    let key = privacy::Key::Status;
    Ok(!blocks::is_blocked(view, user, viewer)?
        && privacy::allows(view, user, key, viewer)?
        && privacy::allows(view, viewer, key, user)?)
}

fn roughly(exact: SeenStatus, now: u32, by: Hidden) -> SeenStatus {
    match exact {
        SeenStatus::Online(_) => SeenStatus::Recently(by),
        SeenStatus::Offline(at) if now.saturating_sub(at) < 3 * DAY => SeenStatus::Recently(by),
        SeenStatus::Offline(at) if now.saturating_sub(at) < 7 * DAY => SeenStatus::LastWeek(by),
        SeenStatus::Offline(at) if now.saturating_sub(at) < 30 * DAY => SeenStatus::LastMonth(by),
        // A long time ago: more is not told.
        SeenStatus::Offline(_) => SeenStatus::Empty,
        SeenStatus::Empty | SeenStatus::Recently(_) | SeenStatus::LastWeek(_) | SeenStatus::LastMonth(_) => exact,
    }
}

/// Says that the caller is there, or went.
pub struct UpdateStatus {
    /// Who.
    pub by: Caller,
    /// Went.
    pub offline: bool,
}

impl Command for UpdateStatus {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let key = status_key(self.by.user);
        let now = turn.now().secs();
        let old: StatusRow = load_or_default(turn, &key)?;
        let was_online = old.online_until > now;
        let online_until = if self.offline { 0 } else { now + ONLINE_SECONDS };
        // Said again long before it runs out: nothing that anybody sees changes.
        if !self.offline && old.online_until > now + ONLINE_SECONDS / 2 {
            return Ok(());
        }
        if self.offline && !was_online {
            return Ok(());
        }
        turn.put(key, &StatusRow { online_until, last_seen: now, ..StatusRow::default() });
        if !self.offline && !was_online {
            crate::messages::scheduled::came_online(turn, self.by.user)?;
        }
        tell(turn, self.by.user)
    }
}

/// Shows the status anew to the people who have the user as a contact, each as far as it may see.
pub(super) fn tell(turn: &mut Turn<'_>, user: UserId) -> Decided<()> {
    for other in audience::mutual(turn, user)? {
        deliver(turn, user, other, Delivery::People { what: Delivered::Came {} })?;
    }
    Ok(())
}

/// A contact came or went: who is online learns of it, as far as it may.
pub(super) fn receive_came(turn: &mut Turn<'_>, owner: UserId, user: UserId) -> Decided<()> {
    updates::pass(turn, owner.into(), Passing::Status { user })
}

fn status_key(user: UserId) -> Key {
    Key::of(STATUS, user.vshard().0).u64(user.0).key()
}

/// Whether a user is online now, without privacy: decides about what only who is there gets.
pub fn is_online(view: &(impl View + ?Sized), user: UserId) -> Decided<bool> {
    let row: StatusRow = load_or_default(view, &status_key(user))?;
    Ok(row.online_until > view.now().secs())
}
