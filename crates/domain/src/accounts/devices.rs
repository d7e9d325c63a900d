//! Devices: what a key says of itself, and the list of a user's logins.
//! Source: core.telegram.org/constructor/authorization.

use store::{Direction, Key, Range};
use vault::{Kind, Scope};

use super::{
    keys::{AuthKeyRow, Ended, auth_key, put_key},
    tokens::{self, Token},
};
use crate::{
    caller::Caller,
    ids::{AuthKeyId, AuthorizationHash, UserId},
    messages, record,
    record::Record,
    refusal::Refusal,
    sealing,
    service::Command,
    spaces::{AUTHORIZATION, SETTING},
    turn::Turn,
    updates::{self, Change, Event},
    view::{Decided, Rows, View, list, load_or_default},
};

/// Devices of one account.
const DEVICES_MAX: usize = 200;

/// Seconds after which a login counts as confirmed that nobody objected to.
/// Source: `authorization_autoconfirm_period` of help.getAppConfig.
pub const AUTOCONFIRM_SECONDS: u32 = 7 * 24 * 3600;

/// The account's own row among its settings.
const SETTING_KIND: u8 = 2;

record! {
    /// What a connection says of its device; stored only sealed.
    pub struct Device {
        1 => api_id: i32,
        2 => model: String,
        3 => system: String,
        4 => app_version: String,
        5 => lang_code: String,
        6 => address: String,
        7 => lang_pack: String,
    }
}

record! {
    /// A login.
    pub struct AuthorizationRow {
        1 => key: AuthKeyId,
        /// Unix seconds.
        2 => created: u32,
        /// Confirmed by another device, or by time.
        3 => confirmed: bool,
        4 => encrypted_requests_disabled: bool,
        5 => call_requests_disabled: bool,
        /// Last connection, unix seconds.
        6 => active: u32,
    }
}

record! {
    /// How long logins and the account live unused.
    pub struct Lifetimes {
        /// Days; 0: the default.
        1 => authorization_days: u32,
        /// Days; 0: the default.
        2 => account_days: u32,
    }
}

impl Lifetimes {
    /// Days after which an unused login ends.
    pub fn authorization(&self) -> u32 {
        if self.authorization_days == 0 { 180 } else { self.authorization_days }
    }

    /// Days after which an unused account ends.
    pub fn account(&self) -> u32 {
        if self.account_days == 0 { 548 } else { self.account_days }
    }
}

/// A login as lists show it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// Its name.
    pub hash: AuthorizationHash,
    /// The login.
    pub row: AuthorizationRow,
    /// The device.
    pub device: Device,
}

/// Keeps what a connection says of itself, where it is new.
pub struct NoteDevice {
    /// The permanent key.
    pub key: AuthKeyId,
    /// The layer announced.
    pub layer: u16,
    /// The device, if the connection introduced it.
    pub device: Option<Device>,
}

impl Command for NoteDevice {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let Some(mut row) = auth_key(turn, self.key)? else { return Ok(()) };
        let known = device_of(turn, self.key, &row)?;
        let fresh = self.device.as_ref().filter(|it| **it != known);
        if row.layer == self.layer && fresh.is_none() {
            return Ok(());
        }
        row.layer = self.layer;
        if let Some(device) = fresh {
            row.device_version += 1;
            let id = self.key.0.to_be_bytes();
            row.device =
                sealing::seal(turn, Scope::Server, Kind::DeviceInfo, &id, row.device_version, &device.encode())?;
        }
        put_key(turn, self.key, &row);
        Ok(())
    }
}

/// Whether a connection's words are new to the key: asked before a command is made of them.
pub fn is_new(view: &(impl View + ?Sized), key: AuthKeyId, layer: u16, device: Option<&Device>) -> Decided<bool> {
    let Some(row) = auth_key(view, key)? else { return Ok(false) };
    let known = device_of(view, key, &row)?;
    Ok(row.layer != layer || device.is_some_and(|it| *it != known))
}

/// Signs a key in: writes the login, tells the user's other devices.
pub(super) fn authorize(turn: &mut Turn<'_>, key: AuthKeyId, user: UserId, first: bool) -> Decided<AuthorizationHash> {
    let mut row = auth_key(turn, key)?.ok_or(Refusal::AuthKeyUnregistered)?;
    if let Some(before) = row.user {
        forget(turn, before, row.authorization);
    }
    let hash = AuthorizationHash(i64::from_be_bytes(turn.draw()) | 1);
    let now = turn.now().secs();
    let login = AuthorizationRow { key, created: now, active: now, confirmed: first, ..AuthorizationRow::default() };
    let others = !authorizations(turn, user)?.is_empty();
    let device = device_of(turn, key, &row)?;
    turn.put(authorization_key(user, hash), &login);
    row = AuthKeyRow {
        user: Some(user),
        authorization: hash,
        password_pending: None,
        revoked: false,
        touched: now,
        ..row
    };
    put_key(turn, key, &row);
    if others {
        updates::append(turn, user, Change::NewAuthorization { hash }, 0, None)?;
        messages::notice(turn, user, &login_notice(&device))?;
    }
    Ok(hash)
}

/// Takes a login off the list.
pub(super) fn forget(turn: &mut Turn<'_>, user: UserId, hash: AuthorizationHash) {
    turn.delete(authorization_key(user, hash));
}

/// Notes that a login is used.
pub(super) fn note_active(turn: &mut Turn<'_>, user: UserId, hash: AuthorizationHash) -> Decided<()> {
    let key = authorization_key(user, hash);
    if let Some(row) = crate::view::load::<AuthorizationRow>(turn, &key)? {
        let active = turn.now().secs();
        turn.put(key, &AuthorizationRow { active, ..row });
    }
    Ok(())
}

/// Sends a sign-in code to the account's devices; `false` if it has none.
pub(super) fn tell_code(turn: &mut Turn<'_>, user: UserId, code: &str) -> Decided<bool> {
    if authorizations(turn, user)?.is_empty() {
        return Ok(false);
    }
    let text = format!(
        "Login code: {code}. Do not give this code to anyone, even if they say they run this server!\n\nIf you did not request this code, you can ignore this message."
    );
    messages::notice(turn, user, &text)?;
    Ok(true)
}

/// The logins of a user, newest first.
pub fn authorizations(view: &(impl View + ?Sized), user: UserId) -> Decided<Vec<Listed>> {
    let range = Range::prefix(Key::of(AUTHORIZATION, user.vshard().0).u64(user.0).key());
    let rows = list::<AuthorizationRow>(view, &range, Direction::Forward, DEVICES_MAX)?;
    let mut all = Vec::with_capacity(rows.len());
    let now = view.now().secs();
    for (key, mut row) in rows {
        row.confirmed |= now.saturating_sub(row.created) >= AUTOCONFIRM_SECONDS;
        let hash = AuthorizationHash(key.suffix().last_chunk().map_or(0, |it| i64::from_be_bytes(*it)));
        let device = match auth_key(view, row.key)? {
            Some(key_row) => device_of(view, row.key, &key_row)?,
            None => Device::default(),
        };
        all.push(Listed { hash, row, device });
    }
    all.sort_by_key(|it| std::cmp::Reverse(it.row.created));
    Ok(all)
}

/// Ends a login at its own wish.
pub struct LogOut {
    /// Whose.
    pub by: Caller,
    /// The permanent key.
    pub key: AuthKeyId,
    /// Drawn for the device to come back with.
    pub token: Option<Token>,
}

impl Command for LogOut {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        if let Some(token) = &self.token {
            tokens::log_out(turn, self.by.user, token)?;
        }
        Self::decide_for(turn, self.by.user, self.key)
    }
}

impl LogOut {
    fn decide_for(turn: &mut Turn<'_>, user: UserId, key: AuthKeyId) -> Decided<()> {
        let Some(row) = auth_key(turn, key)? else { return Ok(()) };
        forget(turn, user, row.authorization);
        let closed = release_children(turn, &row)?;
        turn.emit(Event::KeysClosed(closed));
        let row = AuthKeyRow { user: None, authorization: AuthorizationHash(0), children: Vec::new(), ..row };
        put_key(turn, key, &row);
        Ok(())
    }
}

/// Takes a login away, or all but the caller's.
pub struct Revoke {
    /// Who.
    pub by: Caller,
    /// Which; `None`: all others.
    pub hash: Option<AuthorizationHash>,
}

impl Command for Revoke {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        refuse_fresh(turn, Some(&self.by), Refusal::FreshResetAuthorisationForbidden)?;
        let all = authorizations(turn, self.by.user)?;
        let wanted = |it: &&Listed| it.hash != self.by.authorization && self.hash.is_none_or(|hash| hash == it.hash);
        let revoked: Vec<_> = all.iter().filter(wanted).map(|it| (it.hash, it.row.key)).collect();
        if revoked.is_empty() && self.hash.is_some() {
            return Err(Refusal::HashInvalid.into());
        }
        for (hash, key) in revoked {
            revoke(turn, self.by.user, hash, key, Ended::Revoked)?;
        }
        Ok(())
    }
}

/// Refuses what a login may not do that is too young: who stole a code shall not lock the owner out.
pub(super) fn refuse_fresh(turn: &Turn<'_>, by: Option<&Caller>, refusal: Refusal) -> Decided<()> {
    let Some(by) = by else { return Ok(()) };
    let age = age(turn, by)?;
    if age < turn.world().settings.fresh_session_seconds { Err(refusal.into()) } else { Ok(()) }
}

/// Seconds since the caller's device logged in.
pub(crate) fn age(view: &(impl View + ?Sized), by: &Caller) -> Decided<u32> {
    let row: Option<AuthorizationRow> = crate::view::load(view, &authorization_key(by.user, by.authorization))?;
    Ok(row.map_or(0, |it| view.now().secs().saturating_sub(it.created)))
}

/// Ends every login of a user, e.g. when the account is switched off. The key of the request, if any, is
/// let go without being closed, so that its answer arrives.
pub(super) fn end_all(turn: &mut Turn<'_>, user: UserId, why: Ended, own: Option<AuthKeyId>) -> Decided<()> {
    for it in authorizations(turn, user)? {
        if Some(it.row.key) == own {
            LogOut::decide_for(turn, user, it.row.key)?;
        } else {
            revoke(turn, user, it.hash, it.row.key, why)?;
        }
    }
    Ok(())
}

/// The key forgets its user, and with it the keys that speak through it; their sessions are closed.
pub(super) fn revoke(
    turn: &mut Turn<'_>,
    user: UserId,
    hash: AuthorizationHash,
    key: AuthKeyId,
    why: Ended,
) -> Decided<()> {
    forget(turn, user, hash);
    let Some(row) = auth_key(turn, key)? else { return Ok(()) };
    let mut closed = release_children(turn, &row)?;
    closed.extend(&row.temporary);
    closed.push(key);
    let row = AuthKeyRow {
        user: None,
        authorization: AuthorizationHash(0),
        revoked: true,
        ended: why as u8,
        children: Vec::new(),
        ..row
    };
    put_key(turn, key, &row);
    turn.emit(Event::KeysClosed(closed));
    Ok(())
}

/// Keys that imported a login lose it with their parent; they and their temporary keys are returned.
pub(super) fn release_children(turn: &mut Turn<'_>, row: &AuthKeyRow) -> Decided<Vec<AuthKeyId>> {
    let mut closed = Vec::new();
    for child in &row.children {
        if let Some(mut child_row) = auth_key(turn, *child)? {
            closed.extend(&child_row.temporary);
            closed.push(*child);
            (child_row.user, child_row.revoked) = (None, true);
            put_key(turn, *child, &child_row);
        }
    }
    Ok(closed)
}

/// Confirms a login, or sets what it accepts.
pub struct ChangeAuthorization {
    /// Who.
    pub by: Caller,
    /// Which; 0: the caller's.
    pub hash: AuthorizationHash,
    /// Confirm it.
    pub confirmed: bool,
    /// Refuse secret chats.
    pub encrypted_requests_disabled: Option<bool>,
    /// Refuse calls.
    pub call_requests_disabled: Option<bool>,
}

impl Command for ChangeAuthorization {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let hash = if self.hash.0 == 0 { self.by.authorization } else { self.hash };
        let key = authorization_key(self.by.user, hash);
        let mut row: AuthorizationRow = crate::view::load(turn, &key)?.ok_or(Refusal::HashInvalid)?;
        let confirms = self.confirmed && !row.confirmed && hash != self.by.authorization;
        row.confirmed |= confirms;
        row.encrypted_requests_disabled = self.encrypted_requests_disabled.unwrap_or(row.encrypted_requests_disabled);
        row.call_requests_disabled = self.call_requests_disabled.unwrap_or(row.call_requests_disabled);
        turn.put(key, &row);
        if confirms {
            // The same update without "unconfirmed" takes the question off the other devices.
            updates::append(turn, self.by.user, Change::NewAuthorization { hash }, 0, Some(self.by.origin))?;
        }
        Ok(())
    }
}

/// How long the account and its logins live unused.
pub fn lifetimes(view: &(impl Rows + ?Sized), user: UserId) -> Decided<Lifetimes> {
    load_or_default(view, &lifetimes_key(user))
}

/// Sets one of the lifetimes, in days.
pub struct SetLifetime {
    /// Who.
    pub by: Caller,
    /// Of logins.
    pub authorization_days: Option<u32>,
    /// Of the account.
    pub account_days: Option<u32>,
}

impl Command for SetLifetime {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let days = [self.authorization_days, self.account_days];
        if days.into_iter().flatten().any(|it| !(1..=730).contains(&it)) {
            return Err(Refusal::TtlDaysInvalid.into());
        }
        let mut row = lifetimes(turn, self.by.user)?;
        row.authorization_days = self.authorization_days.unwrap_or(row.authorization_days);
        row.account_days = self.account_days.unwrap_or(row.account_days);
        turn.put(lifetimes_key(self.by.user), &row);
        Ok(())
    }
}

fn device_of(view: &(impl View + ?Sized), key: AuthKeyId, row: &AuthKeyRow) -> Decided<Device> {
    if row.device.is_empty() {
        return Ok(Device::default());
    }
    let id = key.0.to_be_bytes();
    let plain = sealing::open(view, Scope::Server, Kind::DeviceInfo, &id, row.device_version, &row.device)?;
    Ok(Device::decode(&plain)?)
}

fn login_notice(device: &Device) -> String {
    let Device { model, system, app_version, address, .. } = device;
    format!(
        "New login. We detected a login into your account from a new device.\n\nDevice: {model}, {system}, {app_version}\nAddress: {address}\n\nIf this wasn't you, end that session in your settings under Devices."
    )
}

fn authorization_key(user: UserId, hash: AuthorizationHash) -> Key {
    Key::of(AUTHORIZATION, user.vshard().0).u64(user.0).bytes(&hash.0.to_be_bytes()).key()
}

fn lifetimes_key(user: UserId) -> Key {
    Key::of(SETTING, user.vshard().0).u64(user.0).u8(SETTING_KIND).key()
}
