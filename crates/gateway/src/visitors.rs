//! How many pages an address has asked for: a bucket each, which fills by the second.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::config::Limits;

/// Addresses remembered. Beyond them those are forgotten whose bucket is full again, and all if that is none.
const REMEMBERED: usize = 50_000;

/// Who asked lately.
#[derive(Default)]
pub(crate) struct Visitors(Mutex<HashMap<IpAddr, Bucket>>);

struct Bucket {
    /// Pages that are left.
    left: f64,
    /// At this moment.
    at: Instant,
}

impl Bucket {
    fn filled(&self, now: Instant, limits: &Limits) -> f64 {
        let more = now.saturating_duration_since(self.at).as_secs_f64() * f64::from(limits.pages_per_second);
        (self.left + more).min(f64::from(limits.pages_at_once))
    }
}

impl Visitors {
    /// Takes one page; `Err` of the time after which there is one again.
    pub(crate) fn take(&self, ip: IpAddr, now: Instant, limits: &Limits) -> Result<(), Duration> {
        if limits.pages_per_second == 0 {
            return Ok(());
        }
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.retain(|_, it| it.filled(now, limits) < f64::from(limits.pages_at_once));
            if all.len() >= REMEMBERED {
                all.clear();
            }
        }
        let full = || Bucket { left: f64::from(limits.pages_at_once), at: now };
        let bucket = all.entry(network(ip)).or_insert_with(full);
        let left = bucket.filled(now, limits);
        let taken = left >= 1.0;
        *bucket = Bucket { left: if taken { left - 1.0 } else { left }, at: now };
        let wait = (1.0 - left) / f64::from(limits.pages_per_second);
        if taken { Ok(()) } else { Err(Duration::from_secs_f64(wait)) }
    }
}

/// One household has 2^64 addresses of version 6.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(it) => Ipv6Addr::from_bits(it.to_bits() >> 64 << 64).into(),
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits { pages_per_second: 2, pages_at_once: 3, ..Limits::default() }
    }

    #[test]
    fn an_address_asks_at_once_and_then_by_the_second() {
        let (visitors, start, limits) = (Visitors::default(), Instant::now(), limits());
        let take = |ip: [u8; 4], ms| visitors.take(ip.into(), start + Duration::from_millis(ms), &limits);
        let one = [192, 0, 2, 1];
        for _ in 0..3 {
            assert_eq!(take(one, 0), Ok(()));
        }
        assert_eq!(take(one, 0), Err(Duration::from_millis(500)));
        assert_eq!(take([192, 0, 2, 2], 0), Ok(()), "another's bucket is its own");
        assert_eq!(take(one, 500), Ok(()));
        assert!(take(one, 500).is_err());
        for _ in 0..3 {
            assert_eq!(take(one, 60_000), Ok(()));
        }
        assert!(take(one, 60_000).is_err(), "it holds no more than at first");
    }

    #[test]
    fn a_household_is_one_visitor_and_nobody_is_limited_by_zero() {
        let (visitors, now, limits) = (Visitors::default(), Instant::now(), limits());
        let at = |last: u16| IpAddr::from([0x2001, 0xdb8, 1, 2, 0, 0, 0, last]);
        for last in 0..3 {
            assert_eq!(visitors.take(at(last), now, &limits), Ok(()));
        }
        assert!(visitors.take(at(9), now, &limits).is_err());
        let free = Limits { pages_per_second: 0, ..limits };
        assert_eq!(visitors.take(at(9), now, &free), Ok(()));
    }

    #[test]
    fn strangers_do_not_fill_the_memory() {
        let (visitors, now, limits) = (Visitors::default(), Instant::now(), limits());
        for number in 0..REMEMBERED as u32 + 10 {
            visitors.take(IpAddr::from(number.to_be_bytes()), now, &limits).unwrap();
        }
        assert!(visitors.0.lock().unwrap().len() <= REMEMBERED);
    }
}
