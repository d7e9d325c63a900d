//! What is due at a moment: messages that destroy themselves. Each copy has its own timer row, so either
//! side's copy goes without the other's help.

use store::{Direction, Key, Range};

use super::{delete, rows::MailboxRow};
use crate::{
    ids::{MessageId, UserId},
    refusal::Refusal,
    service::{Command, Domain},
    spaces::TIMER,
    turn::Turn,
    view::{Decided, Rows, View},
};

/// Timers of one step.
const STEP: usize = 64;

/// The kind of timer; other kinds belong to other rooms.
const SELF_DESTRUCT: u8 = 1;

/// Plans the end of a copy that destroys itself.
pub(super) fn plan(turn: &mut Turn<'_>, user: UserId, id: MessageId, row: &MailboxRow) {
    if row.ttl_period > 0 {
        let due = row.date.saturating_add(row.ttl_period);
        turn.put_empty(timer_key(due, user, id));
    }
}

/// Does what is due now, in bounded steps.
pub async fn run_due(domain: &Domain) -> Result<(), Refusal> {
    while domain.command(RunDue).await? >= STEP {}
    Ok(())
}

struct RunDue;

impl Command for RunDue {
    /// Timers run.
    type Reply = usize;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<usize> {
        let now = turn.now().secs();
        let due = Range { start: Key::of(TIMER, 0).key(), end: Key::of(TIMER, 0).u32(now.saturating_add(1)).key() };
        let rows = turn.scan(&due, Direction::Forward, STEP)?;
        for (key, _) in &rows {
            turn.delete(key.clone());
            if let Some((user, id)) = parts(key) {
                delete::remove(turn, user, &[id], None)?;
            }
        }
        Ok(rows.len())
    }
}

/// Timers of all vshards stand in one range, in order of time.
fn timer_key(due: u32, user: UserId, id: MessageId) -> Key {
    Key::of(TIMER, 0).u32(due).u8(SELF_DESTRUCT).u64(user.0).u32(id.0.unsigned_abs()).key()
}

fn parts(key: &Key) -> Option<(UserId, MessageId)> {
    let suffix = key.suffix();
    let user = u64::from_be_bytes(*suffix.get(5..)?.first_chunk()?);
    let id = i32::from_be_bytes(*suffix.get(13..)?.first_chunk()?);
    (suffix[4] == SELF_DESTRUCT).then_some((UserId(user), MessageId(id)))
}
