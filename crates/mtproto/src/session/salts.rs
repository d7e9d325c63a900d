//! Server salts: one an hour for each key, derived, so that nothing is stored for them.
//! Source: core.telegram.org/mtproto/service_messages, "Request for several future salts".

use std::sync::Arc;
use std::time::Duration;

use crypto::hash;
use zeroize::Zeroizing;

use crate::{AuthKeyId, Time};

/// Seconds of one window; a salt is handed out in its window only.
const WINDOW: u32 = 3600;

/// Seconds that a salt is still good after its window, as on Telegram's servers.
const AFTER: u32 = 1800;

/// Seconds that a salt is good before its window, for clients with a fast clock.
const BEFORE: u32 = 300;

/// Most salts given at once.
pub const MAX_FUTURE_SALTS: usize = 64;

/// How long the salt that a key exchange ends with should be let in: the client fetches others
/// meanwhile, or is told by `bad_server_salt`.
pub const FIRST_SALT_LIFE: Duration = Duration::from_secs(30 * 60);

/// The server's secret from which all salts follow.
pub type SaltSecret = Arc<Zeroizing<[u8; 32]>>;

/// A salt and when it is good, Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FutureSalt {
    /// From this second.
    pub valid_since: u32,
    /// Up to this second.
    pub valid_until: u32,
    /// The salt.
    pub salt: i64,
}

/// The salts of one key.
#[derive(Clone)]
pub struct Salts {
    secret: SaltSecret,
    key: AuthKeyId,
    /// The salt of the key exchange, up to that second.
    first: i64,
    first_until: u32,
    /// The window last asked for: nearly every message carries its salt.
    window: u32,
    of_window: i64,
}

impl Salts {
    /// The salts of `key`.
    pub fn new(secret: SaltSecret, key: AuthKeyId) -> Self {
        let of_window = derive(&secret, key, 0);
        Self { secret, key, first: 0, first_until: 0, window: 0, of_window }
    }

    /// Lets in the salt of the key exchange, too, until [`FIRST_SALT_LIFE`] from `now`.
    pub fn with_first(mut self, salt: i64, now: Time) -> Self {
        (self.first, self.first_until) = (salt, (now + FIRST_SALT_LIFE).secs());
        self
    }

    /// The salt to hand out.
    pub fn current(&mut self, now: Time) -> i64 {
        let window = now.secs() / WINDOW;
        if self.window != window {
            (self.window, self.of_window) = (window, self.of(window));
        }
        self.of_window
    }

    /// Whether a message may carry this salt.
    pub fn valid_at(&mut self, salt: i64, now: Time) -> bool {
        let second = now.secs();
        self.current(now) == salt
            || (second <= self.first_until && self.first == salt)
            || (second % WINDOW < AFTER && self.of((second / WINDOW).saturating_sub(1)) == salt)
            || (WINDOW - second % WINDOW <= BEFORE && self.of(second / WINDOW + 1) == salt)
    }

    /// The current salt and those after it, at least two: mtcute asks again until it has several.
    pub fn future(&self, now: Time, count: usize) -> Vec<FutureSalt> {
        let window = now.secs() / WINDOW;
        let count = u32::try_from(count.clamp(2, MAX_FUTURE_SALTS)).unwrap_or(2);
        (window..window.saturating_add(count))
            .map(|window| FutureSalt {
                valid_since: window.saturating_mul(WINDOW),
                valid_until: window.saturating_add(1).saturating_mul(WINDOW),
                salt: self.of(window),
            })
            .collect()
    }

    fn of(&self, window: u32) -> i64 {
        derive(&self.secret, self.key, window)
    }
}

fn derive(secret: &SaltSecret, key: AuthKeyId, window: u32) -> i64 {
    let mac = hash::hmac_sha256(&secret[..], &[&key.0.to_le_bytes(), &window.to_le_bytes()]);
    mac.first_chunk().map(|it| i64::from_le_bytes(*it)).expect("32 bytes hold eight")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn salts() -> Salts {
        Salts::new(Arc::new(Zeroizing::new([7; 32])), AuthKeyId(5))
    }

    #[test]
    fn a_salt_is_good_in_its_window_and_a_little_around() {
        let mut salts = salts();
        let start = 1000 * WINDOW;
        let salt = salts.current(Time::from_secs(start + 5));
        for (second, good) in [
            (start - BEFORE - 1, false),
            (start - BEFORE, true),
            (start, true),
            (start + WINDOW - 1, true),
            (start + WINDOW + AFTER - 1, true),
            (start + WINDOW + AFTER, false),
        ] {
            assert_eq!(salts.valid_at(salt, Time::from_secs(second)), good, "{second}");
        }
    }

    #[test]
    fn future_salts_are_those_of_later_hours_and_never_just_one() {
        let mut salts = salts();
        let now = Time::from_secs(5_000_000);
        assert_eq!(salts.future(now, 0).len(), 2);
        assert_eq!(salts.future(now, 1_000).len(), MAX_FUTURE_SALTS);
        for it in salts.future(now, 64) {
            assert_eq!(salts.current(Time::from_secs(it.valid_since)), it.salt);
            assert_eq!(salts.current(Time::from_secs(it.valid_until - 1)), it.salt);
        }
    }

    #[test]
    fn the_salt_of_the_key_exchange_is_good_for_a_while() {
        let now = Time::from_secs(5_000_000);
        let mut salts = salts().with_first(42, now);
        assert!(salts.valid_at(42, now));
        assert!(!salts.valid_at(43, now));
        assert!(!salts.valid_at(42, now + FIRST_SALT_LIFE + Duration::from_secs(1)));
    }
}
