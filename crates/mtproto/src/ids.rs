//! The identifiers of the protocol and the moment in time that comes in with every call.

use std::fmt;
use std::time::Duration;

/// The low 64 bits of the SHA-1 of an auth key; 0 marks plain messages and is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AuthKeyId(pub u64);

/// A session, drawn by the client; unique under one auth key only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub i64);

/// A message of the envelope: Unix time times 2^32, with the sender in the two low bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MsgId(pub i64);

impl MsgId {
    /// The smallest id of that moment; its two low bits are zero, as in every client's id.
    pub fn at(time: Time) -> Self {
        let seconds = i64::from(time.secs()) << 32;
        let fraction = ((time.0 % 1_000_000) << 32) / 1_000_000;
        Self(seconds | (fraction as i64 & !3))
    }

    /// The moment that the id claims; the epoch for ids below zero.
    pub fn time(self) -> Time {
        let bits = u64::try_from(self.0).unwrap_or(0);
        Time((bits >> 32) * 1_000_000 + (((bits & 0xffff_ffff) * 1_000_000) >> 32))
    }

    /// Whether a client made it: divisible by four.
    pub fn is_from_client(self) -> bool {
        self.0 & 3 == 0
    }
}

impl fmt::Display for MsgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// A moment: microseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Time(pub u64);

impl Time {
    /// A whole second.
    pub const fn from_secs(secs: u32) -> Self {
        Self(secs as u64 * 1_000_000)
    }

    /// Whole Unix seconds, saturating at the end of 32 bits (year 2106).
    pub fn secs(self) -> u32 {
        u32::try_from(self.0 / 1_000_000).unwrap_or(u32::MAX)
    }

    /// Time passed since `earlier`; zero if it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl std::ops::Add<Duration> for Time {
    type Output = Self;

    fn add(self, more: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(more.as_micros()).unwrap_or(u64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_id_keeps_its_moment_to_a_microsecond() {
        for micros in [0, 1, 999_999, 1_700_000_000_123_456, 4_294_967_295_000_000 / 2] {
            let id = MsgId::at(Time(micros));
            assert!(id.is_from_client());
            assert!(Time(micros).since(id.time()) <= Duration::from_micros(1));
        }
    }
}
