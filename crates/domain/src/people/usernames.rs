//! Usernames: what one may be, taking and leaving them, their order.
//! Source: core.telegram.org/api/usernames.

use crate::{
    caller::Caller,
    groups,
    ids::{Peer, UserId},
    people::{
        NameKind, Username, audience, card, holder,
        names::{claim, holder_of, release},
        put_user, user,
    },
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::Change,
    view::{Decided, View},
    world::World,
};

/// Letters of a username. Source: core.telegram.org/method/account.updateUsername.
const LENGTH: std::ops::RangeInclusive<usize> = 5..=32;

/// Names of one holder that resolve at once. Telegram says that there is a limit, `USERNAMES_ACTIVE_TOO_MUCH`, not
/// which: few enough that a list of chats stays short, in which each is sent whole.
pub const ACTIVE_MAX: usize = 10;

/// Names of one holder, switched on or off: all of them lie in its card, which is read with each look at it.
pub const HELD_MAX: usize = 20;

/// Names that would pass for the server's own, refused to everybody.
const RESERVED: &[&str] = &[
    "admin",
    "administrator",
    "chappe",
    "support",
    "telegram",
    "service",
    "settings",
    "security",
    "official",
    "botfather",
    "moderator",
    "abuse",
    "joinchat",
    "addstickers",
    "username",
    "everyone",
    "notifications",
];

/// Whether a text may be a username at all: 5 to 32 letters, digits and single inner underscores, a
/// letter first.
pub fn is_valid(name: &str) -> bool {
    LENGTH.contains(&name.len())
        && name.starts_with(|it: char| it.is_ascii_alphabetic())
        && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
        && !name.ends_with('_')
        && !name.contains("__")
}

/// Whether a user may take a name now. `Ok` of whether it is free.
pub fn check(view: &(impl View + ?Sized), me: UserId, name: &str) -> Decided<bool> {
    if !is_valid(name) {
        return Err(Refusal::UsernameInvalid.into());
    }
    if is_reserved(view.world(), name) {
        return Ok(false);
    }
    match holder_of(view, NameKind::Username, name)? {
        None => Ok(true),
        Some(holder) if holder == Peer::User(me) => {
            let row = user(view, me)?.ok_or(Refusal::UserInvalid)?;
            Ok(!is_extra(&card(view, me, &row)?.usernames, name))
        }
        Some(_) => Ok(false),
    }
}

/// Whether a name is among these and not the one that its holder chose.
pub fn is_extra(names: &[Username], name: &str) -> bool {
    names.iter().any(|it| !it.editable && it.name.eq_ignore_ascii_case(name))
}

/// Whether nobody may take a name.
pub fn is_reserved(world: &World, name: &str) -> bool {
    let lower = name.to_lowercase();
    RESERVED.contains(&lower.as_str()) || world.settings.reserved_usernames.contains(&lower)
}

/// Puts active names in this order, which must name each of them.
pub fn reorder(names: &mut [Username], order: &[String]) -> Decided<()> {
    let active: Vec<_> = names.iter().filter(|it| it.active).map(|it| it.name.clone()).collect();
    if active == order {
        return Err(Refusal::UsernameNotModified.into());
    }
    let (mut sorted, mut wanted) = (active, order.to_vec());
    sorted.sort_unstable();
    wanted.sort_unstable();
    if sorted != wanted {
        return Err(Refusal::OrderInvalid.into());
    }
    names.sort_by_key(|it| order.iter().position(|name| *name == it.name).unwrap_or(usize::MAX));
    Ok(())
}

/// Switches an extra name on or off.
pub fn toggle(names: &mut [Username], name: &str, active: bool) -> Decided<()> {
    let others = names.iter().filter(|it| it.active).count();
    let found = names.iter_mut().find(|it| it.name.eq_ignore_ascii_case(name));
    let found = found.filter(|it| !it.editable).ok_or(Refusal::UsernameInvalid)?;
    if found.active == active {
        return Err(Refusal::UsernameNotModified.into());
    }
    if active && others >= ACTIVE_MAX {
        return Err(Refusal::UsernamesActiveTooMuch.into());
    }
    found.active = active;
    Ok(())
}

/// Takes a main name, or leaves it where the name is empty.
pub struct UpdateUsername {
    /// Who.
    pub by: Caller,
    /// The wanted name; empty: none.
    pub name: String,
}

impl Command for UpdateUsername {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        let row = user(turn, me)?.ok_or(Refusal::UserInvalid)?;
        let mut card = card(turn, me, &row)?;
        let old = card.usernames.iter().position(|it| it.editable).map(|at| card.usernames.remove(at));
        let old_name = old.as_ref().map_or("", |it| it.name.as_str());
        if old_name == self.name {
            return Err(Refusal::UsernameNotModified.into());
        }
        if !self.name.is_empty() {
            if !check(turn, me, &self.name)? {
                return Err(Refusal::UsernameOccupied.into());
            }
            claim(turn, NameKind::Username, &self.name, me);
            let name = Username { name: self.name.clone(), active: true, editable: true, ..Username::default() };
            card.usernames.insert(0, name);
        }
        if !old_name.is_empty() && !old_name.eq_ignore_ascii_case(&self.name) {
            release(turn, NameKind::Username, old_name);
        }
        put_user(turn, me, row, &card)?;
        groups::names::renamed(turn, me)?;
        audience::tell(turn, &self.by, Change::UserName { user: me })
    }
}

/// Puts active names in this order.
pub struct ReorderUsernames {
    /// Who.
    pub by: Caller,
    /// Every active name, first to last.
    pub order: Vec<String>,
}

impl Command for ReorderUsernames {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        let row = user(turn, me)?.ok_or(Refusal::UserInvalid)?;
        let mut card = card(turn, me, &row)?;
        reorder(&mut card.usernames, &self.order)?;
        put_user(turn, me, row, &card)?;
        groups::names::renamed(turn, me)?;
        audience::tell(turn, &self.by, Change::UserName { user: me })
    }
}

/// Switches one of the extra names on or off; the editable one stays on.
pub struct ToggleUsername {
    /// Who.
    pub by: Caller,
    /// Which.
    pub name: String,
    /// On or off.
    pub active: bool,
}

impl Command for ToggleUsername {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        let row = user(turn, me)?.ok_or(Refusal::UserInvalid)?;
        let mut card = card(turn, me, &row)?;
        toggle(&mut card.usernames, &self.name, self.active)?;
        put_user(turn, me, row, &card)?;
        groups::names::renamed(turn, me)?;
        audience::tell(turn, &self.by, Change::UserName { user: me })
    }
}

/// Who holds a username that resolves.
pub fn resolve(view: &(impl View + ?Sized), name: &str) -> Decided<UserId> {
    if name.is_empty() || name.len() > *LENGTH.end() {
        return Err(Refusal::UsernameInvalid.into());
    }
    let id = holder(view, NameKind::Username, name)?.ok_or(Refusal::UsernameNotOccupied)?;
    let row = user(view, id)?.filter(|it| !it.deleted).ok_or(Refusal::UsernameNotOccupied)?;
    let card = card(view, id, &row)?;
    let active = card.usernames.iter().any(|it| it.active && it.name.eq_ignore_ascii_case(name));
    if active { Ok(id) } else { Err(Refusal::UsernameNotOccupied.into()) }
}
