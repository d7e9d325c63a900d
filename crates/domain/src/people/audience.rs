//! Who learns of a change to a person: its own sessions, and people who have it as a contact.

use store::{Direction, Key, Range};

use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    ids::UserId,
    people::Delivered,
    spaces::CONTACT,
    turn::Turn,
    updates::{self, Change},
    view::{Decided, Rows},
};

/// Contacts told at once; a person known to more is found out about when next looked at.
pub const TOLD_MAX: usize = 500;

/// Tells the caller's sessions, and the people the caller is a mutual contact of.
pub fn tell(turn: &mut Turn<'_>, by: &Caller, change: Change) -> Decided<()> {
    updates::append(turn, by.user, change.clone(), 0, Some(by.origin))?;
    tell_others(turn, by.user, change)
}

/// Tells only the others.
pub fn tell_others(turn: &mut Turn<'_>, about: UserId, change: Change) -> Decided<()> {
    for other in mutual(turn, about)? {
        let what = Delivered::Changed { change: change.clone() };
        deliver(turn, about, other, Delivery::People { what })?;
    }
    Ok(())
}

/// People who have `user` as a contact and whom `user` has, as far as the user's own rows tell.
pub fn mutual(view: &(impl Rows + ?Sized), user: UserId) -> Decided<Vec<UserId>> {
    let range = Range::prefix(Key::of(CONTACT, user.vshard().0).u64(user.0).key());
    let rows = crate::view::list::<super::ContactRow>(view, &range, Direction::Forward, TOLD_MAX)?;
    Ok(rows.into_iter().filter(|(_, row)| row.known_by).map(|(key, _)| super::contacts::other_of(&key)).collect())
}
