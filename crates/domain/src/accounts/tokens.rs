//! Tokens that carry a login from one key to another: a QR code shown by a new device, and the one-time
//! secret with which a client opens further keys of its own.
//! Source: core.telegram.org/api/qr-login, core.telegram.org/method/auth.exportAuthorization.

use store::Key;

use super::{
    devices,
    keys::{AuthKeyRow, auth_key, put_key},
    password,
    sign_in::{self, SignedIn},
};
use crate::{
    caller::Caller,
    ids::{AuthKeyId, AuthorizationHash, UserId, VSHARDS_IN_USE},
    people::{NameKind, digits, holder},
    record,
    refusal::Refusal,
    service::Command,
    spaces::TOKEN,
    turn::Turn,
    updates::Event,
    variants,
    view::{Decided, View, load},
    world::World,
};

/// Seconds a shown token holds; clients show a fresh one then.
pub const LOGIN_SECONDS: u32 = 30;

/// Seconds a one-time secret holds: it is spent at once.
const EXPORT_SECONDS: u32 = 60;

/// Keys that imported one login: a client opens one for each data centre it believes in.
const CHILDREN_MAX: usize = 16;

/// Accounts that one device may have besides.
const EXCEPT_MAX: usize = 100;

/// Days in which a device that logged out comes back without a code.
const LOGGED_OUT_DAYS: u32 = 30;

/// Tokens that one device may offer. Source: core.telegram.org/api/auth, "Future auth tokens".
const OFFERED_MAX: usize = 20;

/// Bytes of a token.
pub const TOKEN_BYTES: usize = 32;

/// A token, random and shown to one client.
pub type Token = [u8; TOKEN_BYTES];

variants! {
    /// What a token is good for.
    pub enum Purpose {
        /// Signs the key in that shows it.
        1 => Login { 1 => key: AuthKeyId },
        /// Makes the key that spends it a child of this one.
        2 => Export { 1 => key: AuthKeyId, 2 => user: UserId },
        /// Signs a device in again that logged out of this account.
        3 => LoggedOut { 1 => user: UserId },
    }
}

record! {
    /// A token.
    pub struct TokenRow {
        1 => purpose: Purpose,
        2 => expires: u32,
        /// Somebody let the device in that shows it.
        3 => accepted: bool,
        /// Accounts that the device has already.
        4 => except: Vec<UserId>,
    }
}

/// Makes a token that a new device shows.
pub struct ShowLogin {
    /// The device's permanent key.
    pub key: AuthKeyId,
    /// The token.
    pub token: Token,
    /// Accounts that the device has already: none of them can let it in.
    pub except: Vec<UserId>,
}

impl Command for ShowLogin {
    /// Unix seconds until which it holds.
    type Reply = u32;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<u32> {
        let (purpose, expires) = (Purpose::Login { key: self.key }, turn.now().secs() + LOGIN_SECONDS);
        let except = self.except.iter().take(EXCEPT_MAX).copied().collect();
        turn.put(token_key(turn.world(), &self.token), &TokenRow { purpose, expires, except, ..TokenRow::default() });
        Ok(expires)
    }
}

/// Lets the device in that shows a token.
pub struct AcceptLogin {
    /// Who.
    pub by: Caller,
    /// What was read off the other screen.
    pub token: Token,
}

impl Command for AcceptLogin {
    /// The new device; `None` while it still waits for the account's password.
    type Reply = Option<AuthorizationHash>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<AuthorizationHash>> {
        let token = token_key(turn.world(), &self.token);
        let row: TokenRow = load(turn, &token)?.ok_or(Refusal::AuthTokenInvalid)?;
        let Purpose::Login { key } = row.purpose else { return Err(Refusal::AuthTokenInvalid.into()) };
        if row.expires <= turn.now().secs() {
            return Err(Refusal::AuthTokenExpired.into());
        }
        let waiting = auth_key(turn, key)?.ok_or(Refusal::AuthTokenInvalid)?;
        if row.accepted || waiting.user.is_some() {
            return Err(Refusal::AuthTokenAlreadyAccepted.into());
        }
        if row.except.contains(&self.by.user) {
            return Err(Refusal::AuthTokenException.into());
        }
        turn.put(token, &TokenRow { accepted: true, ..row });
        // A client with temporary keys listens under them.
        let listening: Vec<_> = waiting.temporary.iter().copied().chain([key]).collect();
        let hash = if password::is_set(turn, self.by.user)? {
            put_key(turn, key, &AuthKeyRow { password_pending: Some(self.by.user), revoked: false, ..waiting });
            None
        } else {
            Some(devices::authorize(turn, key, self.by.user, true)?)
        };
        for key in listening {
            turn.emit(Event::LoginTokenAccepted(key));
        }
        Ok(hash)
    }
}

/// Makes a one-time secret for a further key of the caller's client.
pub struct ExportLogin {
    /// Who.
    pub by: Caller,
    /// The permanent key of the request.
    pub key: AuthKeyId,
    /// The secret.
    pub token: Token,
}

impl Command for ExportLogin {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        // A child's children belong to its parent, so that one revocation reaches them all.
        let key = auth_key(turn, self.key)?.and_then(|row| row.parent).unwrap_or(self.key);
        put(turn, &self.token, Purpose::Export { key, user: self.by.user }, EXPORT_SECONDS).map(drop)
    }
}

/// Spends a one-time secret: the key becomes a child of the one that made it.
pub struct ImportLogin {
    /// The permanent key of the request.
    pub key: AuthKeyId,
    /// Whom the client believes it to be for.
    pub user: UserId,
    /// The secret.
    pub token: Token,
}

impl Command for ImportLogin {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let row = take(turn, &self.token)?.filter(|row| row.expires > turn.now().secs());
        let Some(TokenRow { purpose: Purpose::Export { key: parent, user }, .. }) = row else {
            return Err(Refusal::AuthBytesInvalid.into());
        };
        if user != self.user {
            return Err(Refusal::UserIdInvalid.into());
        }
        let mut parent_row =
            auth_key(turn, parent)?.filter(|row| row.user == Some(user)).ok_or(Refusal::AuthBytesInvalid)?;
        let child = auth_key(turn, self.key)?.ok_or(Refusal::AuthKeyUnregistered)?;
        if self.key == parent {
            return Ok(());
        }
        if !parent_row.children.contains(&self.key) {
            parent_row.children.push(self.key);
        }
        if parent_row.children.len() > CHILDREN_MAX {
            let oldest = parent_row.children.remove(0);
            if let Some(row) = auth_key(turn, oldest)? {
                put_key(turn, oldest, &AuthKeyRow { user: None, parent: None, ..row });
            }
        }
        let authorization = parent_row.authorization;
        put_key(turn, parent, &parent_row);
        let child = AuthKeyRow { user: Some(user), authorization, parent: Some(parent), revoked: false, ..child };
        put_key(turn, self.key, &child);
        Ok(())
    }
}

/// Makes a token with which a device comes back that logs out now.
pub(super) fn log_out(turn: &mut Turn<'_>, user: UserId, token: &Token) -> Decided<()> {
    put(turn, token, Purpose::LoggedOut { user }, LOGGED_OUT_DAYS * 24 * 3600).map(drop)
}

/// Signs a device in that logged out of the account before: its token stands for the code.
/// Source: core.telegram.org/api/auth, "Future auth tokens".
pub struct ComeBack {
    /// The permanent key of the request.
    pub key: AuthKeyId,
    /// As written.
    pub phone: String,
    /// What the device was given.
    pub tokens: Vec<Token>,
}

impl Command for ComeBack {
    /// `None`: no token fits, a code is needed.
    type Reply = Option<SignedIn>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<SignedIn>> {
        let phone = digits(&self.phone).ok_or(Refusal::PhoneNumberInvalid)?;
        let Some(account) = holder(turn, NameKind::Phone, &phone)? else { return Ok(None) };
        for token in self.tokens.iter().take(OFFERED_MAX) {
            let row: Option<TokenRow> = load(turn, &token_key(turn.world(), token))?;
            let fits = row
                .is_some_and(|it| it.expires > turn.now().secs() && it.purpose == Purpose::LoggedOut { user: account });
            if fits {
                take(turn, token)?;
                return sign_in::let_in(turn, self.key, account).map(Some);
            }
        }
        Ok(None)
    }
}

/// Whether a shown token is still good, for a client that asks at another data centre.
pub fn shown_by(view: &(impl View + ?Sized), token: &Token) -> Decided<Option<AuthKeyId>> {
    let row: Option<TokenRow> = load(view, &token_key(view.world(), token))?;
    Ok(row.and_then(|row| match row.purpose {
        Purpose::Login { key } if row.expires > view.now().secs() => Some(key),
        _ => None,
    }))
}

fn put(turn: &mut Turn<'_>, token: &Token, purpose: Purpose, seconds: u32) -> Decided<u32> {
    let expires = turn.now().secs() + seconds;
    turn.put(token_key(turn.world(), token), &TokenRow { purpose, expires, ..TokenRow::default() });
    Ok(expires)
}

/// Reads a token and spends it.
fn take(turn: &mut Turn<'_>, token: &Token) -> Decided<Option<TokenRow>> {
    let key = token_key(turn.world(), token);
    let row = load(turn, &key)?;
    if row.is_some() {
        turn.delete(key);
    }
    Ok(row)
}

fn token_key(world: &World, token: &Token) -> Key {
    const KIND: u8 = 21;
    let hash = vault::mac128(&world.secrets.names, &[&[KIND], token]);
    let vshard = u16::from_be_bytes([hash[0], hash[1]]) % VSHARDS_IN_USE;
    Key::of(TOKEN, vshard).bytes(&hash).key()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        accounts::{
            devices::{LogOut, Revoke, authorizations},
            keys::{BindTempKey, StoreAuthKey, key_state},
        },
        testing::Hall,
    };

    fn key(hall: &Hall, id: u64) -> AuthKeyId {
        let bytes = zeroize::Zeroizing::new([1; 256]);
        hall.run(StoreAuthKey { id: AuthKeyId(id), bytes, expires_in: None, dc: None }).unwrap();
        AuthKeyId(id)
    }

    #[test]
    fn a_shown_token_signs_the_new_device_in_once() {
        let hall = Hall::new();
        let (alice, new) = (hall.person("Alice", "9996621001"), key(&hall, 77));
        let token = [5; TOKEN_BYTES];
        hall.run(ShowLogin { key: new, token, except: Vec::new() }).unwrap();
        hall.events();
        let accept = || hall.run(AcceptLogin { by: alice, token });
        assert!(accept().unwrap().is_some());
        assert!(hall.events().contains(&Event::LoginTokenAccepted(new)));
        assert_eq!(hall.ask(|view| key_state(view, new)).unwrap().user, Some(alice.user));
        assert_eq!(accept(), Err(Refusal::AuthTokenAlreadyAccepted));
    }

    #[test]
    fn a_client_with_temporary_keys_is_told_under_them() {
        let hall = Hall::new();
        let (alice, new, token) = (hall.person("Alice", "9996621001"), key(&hall, 77), [5; TOKEN_BYTES]);
        let bytes = zeroize::Zeroizing::new([2; 256]);
        hall.run(StoreAuthKey { id: AuthKeyId(78), bytes, expires_in: Some(3600), dc: None }).unwrap();
        let expires = crate::testing::OPENED.secs() + 3600;
        hall.run(BindTempKey { temporary: AuthKeyId(78), permanent: new, expires }).unwrap();
        hall.run(ShowLogin { key: new, token, except: Vec::new() }).unwrap();
        hall.run(AcceptLogin { by: alice, token }).unwrap();
        assert!(hall.events().contains(&Event::LoginTokenAccepted(AuthKeyId(78))));
    }

    #[test]
    fn an_account_that_the_device_has_already_does_not_let_it_in() {
        let hall = Hall::new();
        let (alice, new, token) = (hall.person("Alice", "9996621001"), key(&hall, 77), [5; TOKEN_BYTES]);
        hall.run(ShowLogin { key: new, token, except: vec![alice.user] }).unwrap();
        assert_eq!(hall.run(AcceptLogin { by: alice, token }), Err(Refusal::AuthTokenException));
    }

    #[test]
    fn who_logged_out_comes_back_once_without_a_code() {
        let hall = Hall::new();
        let alice = hall.sign_up(1, "Alice", "9996621001");
        let token = [6; TOKEN_BYTES];
        hall.run(LogOut { by: alice, key: AuthKeyId(1), token: Some(token) }).unwrap();
        let back =
            |phone: &str, token| hall.run(ComeBack { key: AuthKeyId(1), phone: phone.into(), tokens: vec![token] });
        hall.sign_up(2, "Bob", "9996621002");
        assert_eq!(back("9996621002", token), Ok(None), "it is another account's");
        assert_eq!(back("9996621001", [7; TOKEN_BYTES]), Ok(None));
        assert_eq!(back("9996621001", token), Ok(Some(SignedIn::Done(alice.user))));
        assert_eq!(back("9996621001", token), Ok(None), "spent");
    }

    #[test]
    fn an_old_token_lets_nobody_in() {
        let hall = Hall::new();
        let (alice, new, token) = (hall.person("Alice", "9996621001"), key(&hall, 77), [5; TOKEN_BYTES]);
        hall.run(ShowLogin { key: new, token, except: Vec::new() }).unwrap();
        hall.pass(31);
        assert_eq!(hall.run(AcceptLogin { by: alice, token }), Err(Refusal::AuthTokenExpired));
    }

    #[test]
    fn an_imported_login_is_not_listed_and_goes_with_its_parent() {
        let hall = Hall::new();
        let (alice, main, other, child) =
            (hall.person("Alice", "9996621001"), key(&hall, 1), key(&hall, 2), key(&hall, 3));
        for (key, token) in [(main, [1; TOKEN_BYTES]), (other, [2; TOKEN_BYTES])] {
            hall.run(ShowLogin { key, token, except: Vec::new() }).unwrap();
            hall.run(AcceptLogin { by: alice, token }).unwrap();
        }
        let token = [9; TOKEN_BYTES];
        hall.run(ExportLogin { by: alice, key: main, token }).unwrap();
        let import = |user| hall.run(ImportLogin { key: child, user, token });
        assert_eq!(import(UserId(1)), Err(Refusal::UserIdInvalid));
        assert_eq!(import(alice.user), Ok(()), "a refused import spends nothing");
        let state = hall.ask(|view| key_state(view, child)).unwrap();
        assert_eq!((state.user, state.imported), (Some(alice.user), true));
        assert_eq!(hall.ask(|view| authorizations(view, alice.user)).unwrap().len(), 2);
        assert_eq!(import(alice.user), Err(Refusal::AuthBytesInvalid), "spent");
        let hash = hall.ask(|view| key_state(view, other)).unwrap().authorization;
        hall.run(Revoke { by: Caller { authorization: hash, ..alice }, hash: None }).unwrap();
        let state = hall.ask(|view| key_state(view, child)).unwrap();
        assert_eq!((state.user, state.ended), (None, Some(Refusal::SessionRevoked)));
    }
}
