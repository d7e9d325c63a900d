//! What is due at a moment: messages that destroy themselves, and those to be sent. Each copy has its own
//! timer row, so either side's copy goes without the other's help.

use futures_util::future::join_all;
use store::{Direction, Key, Range};

use super::{counts, delete, media::opening, polls, posts, reactions, rows::MailboxRow, scheduled};
use crate::{
    groups::{bans, basic::succession, invites::inherit, traces},
    ids::{LogId, MessageId},
    refusal::Refusal,
    service::{Command, Domain},
    spaces::TIMER,
    turn::Turn,
    view::{Decided, Rows, View},
};

/// Timers that run side by side, each a command of its own: they share a batch.
const STEP: usize = 256;

/// The kind of timer that ends a copy; others belong to other rooms.
const SELF_DESTRUCT: u8 = 1;

/// Plans the end of a copy that destroys itself.
pub(super) fn plan(turn: &mut Turn<'_>, log: LogId, id: MessageId, row: &MailboxRow) {
    if row.ttl_period > 0 {
        let due = row.date.saturating_add(row.ttl_period);
        turn.put_empty(timer_key(due, log, id));
    }
}

/// Does what is due now, in bounded steps. Where nothing is due it costs one read.
pub async fn run_due(domain: &Domain) -> Result<(), Refusal> {
    loop {
        let due = domain.query(|view| due(view)).await?;
        let count = due.len();
        let ran = join_all(due.into_iter().map(|key| domain.command(RunTimer { key }))).await;
        ran.into_iter().collect::<Result<(), _>>()?;
        if count < STEP {
            return Ok(());
        }
    }
}

fn due(view: &(impl View + ?Sized)) -> Decided<Vec<Key>> {
    let end = view.now().secs().saturating_add(1);
    let range = Range { start: Key::of(TIMER, 0).key(), end: Key::of(TIMER, 0).u32(end).key() };
    Ok(view.scan(&range, Direction::Forward, STEP)?.into_iter().map(|(key, _)| key).collect())
}

/// Runs a timer that is still there: what took it away meanwhile has done its work or made it void.
struct RunTimer {
    key: Key,
}

impl Command for RunTimer {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        if turn.get(&self.key)?.is_none() {
            return Ok(());
        }
        turn.delete(self.key.clone());
        match self.key.suffix().get(4) {
            Some(&SELF_DESTRUCT) => match parts(&self.key) {
                Some((LogId::Mailbox(user), id)) => delete::remove(turn, user, &[id], None).map(drop),
                Some((LogId::Channel(channel), id)) => posts::remove(turn, channel, &[id], None).map(drop),
                None => Ok(()),
            },
            Some(&opening::ENDING) => opening::run(turn, &self.key),
            Some(&polls::close::CLOSING) => polls::close::run(turn, &self.key),
            Some(&reactions::crowd::FORGET) => reactions::crowd::run(turn, &self.key),
            Some(&posts::purge::TAKE_BACK) => posts::purge::run_reactions(turn, &self.key),
            Some(&counts::TELLING) => counts::run(turn, &self.key),
            Some(&counts::forwards::FORGET) => counts::forwards::run(turn, &self.key),
            Some(&posts::purge::PURGE) => posts::purge::run(turn, &self.key),
            Some(&bans::LIFTING) => bans::run(turn, &self.key),
            Some(&scheduled::SENDING) => scheduled::run(turn, &self.key),
            Some(&inherit::INHERITING) => inherit::run(turn, &self.key),
            Some(&traces::FORGETTING) => traces::run(turn, &self.key),
            Some(&succession::HANDING_OVER) => succession::run(turn, &self.key),
            _ => Ok(()),
        }
    }
}

/// Timers of all vshards stand in one range, in order of time.
fn timer_key(due: u32, log: LogId, id: MessageId) -> Key {
    Key::of(TIMER, 0).u32(due).u8(SELF_DESTRUCT).u64(log.number()).u32(id.0.unsigned_abs()).key()
}

/// Whose timer it is, of those that name a message.
pub(super) fn parts(key: &Key) -> Option<(LogId, MessageId)> {
    let suffix = key.suffix();
    let log = u64::from_be_bytes(*suffix.get(5..)?.first_chunk()?);
    let id = i32::from_be_bytes(*suffix.get(13..)?.first_chunk()?);
    Some((LogId::from_number(log), MessageId(id)))
}
