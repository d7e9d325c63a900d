//! Frequent correspondents: a rating that halves with time and grows with each message.
//! Source: core.telegram.org/api/top-rating.

use store::{Direction, Key, Range};

use crate::{
    caller::Caller,
    ids::{Now, UserId},
    people::settings::{self, switches},
    record,
    service::Command,
    spaces::TOP_PEER,
    turn::Turn,
    view::{Decided, Rows, View, list, load_or_default},
};

/// Seconds in which a rating falls to 1/e; `rating_e_decay` of help.getConfig.
pub const E_DECAY: f64 = 2_419_200.0;

/// Correspondents kept.
const KEPT_MAX: usize = 200;

record! {
    /// How often a user wrote to another.
    pub struct TopRow {
        /// The rating times 1000, as of `at`.
        1 => milli: u64,
        /// Unix seconds.
        2 => at: u32,
    }
}

impl TopRow {
    /// The rating now.
    pub fn rating(&self, now: Now) -> f64 {
        let passed = f64::from(now.secs().saturating_sub(self.at));
        self.milli as f64 / 1000.0 * (-passed / E_DECAY).exp()
    }
}

/// Counts a message from `user` to `other`.
pub fn count(turn: &mut Turn<'_>, user: UserId, other: UserId) -> Decided<()> {
    if user == other {
        return Ok(());
    }
    let key = top_key(user, other);
    let old: TopRow = load_or_default(turn, &key)?;
    let rating = old.rating(turn.now()) + 1.0;
    let row = TopRow { milli: (rating * 1000.0) as u64, at: turn.now().secs(), ..TopRow::default() };
    turn.put(key, &row);
    Ok(())
}

/// The most frequent correspondents, best first; `None` where the user switched ratings off.
pub fn top(view: &(impl View + ?Sized), user: UserId) -> Decided<Option<Vec<(UserId, f64)>>> {
    if switches(view, user)?.top_peers_disabled {
        return Ok(None);
    }
    let rows = list::<TopRow>(view, &top_range(user), Direction::Forward, KEPT_MAX)?;
    let rated = |(key, row): (Key, TopRow)| Some((other_of(&key)?, row.rating(view.now())));
    let mut all: Vec<_> = rows.into_iter().filter_map(rated).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    Ok(Some(all))
}

/// Forgets one rating.
pub struct ResetTopPeer {
    /// Who.
    pub by: Caller,
    /// Whose rating.
    pub other: UserId,
}

impl Command for ResetTopPeer {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        turn.delete(top_key(self.by.user, self.other));
        Ok(())
    }
}

/// Switches ratings on or off; off forgets them.
pub struct ToggleTopPeers {
    /// Who.
    pub by: Caller,
    /// On or off.
    pub enabled: bool,
}

impl Command for ToggleTopPeers {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let mut row = switches(turn, self.by.user)?;
        row.top_peers_disabled = !self.enabled;
        turn.put(settings::switches_key(self.by.user), &row);
        if !self.enabled {
            for (key, _) in
                turn.scan(&top_range(self.by.user), Direction::Forward, crate::owner::COMMAND_ROWS_MAX - 8)?
            {
                turn.delete(key);
            }
        }
        Ok(())
    }
}

fn top_range(user: UserId) -> Range {
    Range::prefix(Key::of(TOP_PEER, user.vshard().0).u64(user.0).key())
}

fn top_key(user: UserId, other: UserId) -> Key {
    Key::of(TOP_PEER, user.vshard().0).u64(user.0).u64(other.0).key()
}

fn other_of(key: &Key) -> Option<UserId> {
    key.suffix().last_chunk().map(|it| UserId(u64::from_be_bytes(*it)))
}
