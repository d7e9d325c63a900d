//! How often each host is asked: whoever sends many links to one makes this server no hammer.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use ::previews::Link;

/// Pages of one host that are fetched in a minute.
const PER_MINUTE: u32 = 30;

/// Hosts that are remembered; beyond them all are forgotten.
const REMEMBERED: usize = 10_000;

const MINUTE: Duration = Duration::from_secs(60);

/// Hosts that were asked lately: since when, and how often.
#[derive(Default)]
pub(super) struct Hosts(HashMap<String, (Instant, u32)>);

impl Hosts {
    /// Counts one more page of a link's host; whether that is not too many.
    #[allow(clippy::disallowed_methods, reason = "the server owns its tasks and their clock")]
    pub(super) fn may_ask(&mut self, url: &str) -> bool {
        self.at(url, Instant::now())
    }

    fn at(&mut self, url: &str, now: Instant) -> bool {
        let Some(link) = Link::read(url) else { return false };
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        let (since, times) = self.0.entry(link.authority()).or_insert((now, 0));
        if now.saturating_duration_since(*since) >= MINUTE {
            (*since, *times) = (now, 0);
        }
        *times += 1;
        *times <= PER_MINUTE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods, reason = "a beginning")]
    fn a_host_is_asked_so_often_in_a_minute() {
        let (mut hosts, now) = (Hosts::default(), Instant::now());
        for page in 0..PER_MINUTE {
            assert!(hosts.at(&format!("https://example.org/{page}"), now));
        }
        assert!(!hosts.at("https://example.org/more", now));
        assert!(hosts.at("https://other.example/", now));
        assert!(hosts.at("https://example.org/later", now + MINUTE));
        for host in 0..REMEMBERED + 10 {
            hosts.at(&format!("https://a{host}.example/"), now);
        }
        assert!(hosts.0.len() <= REMEMBERED);
    }
}
