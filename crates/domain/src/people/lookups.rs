//! How many numbers one account may look up: an import tells who is registered, so a script must not walk
//! through all numbers there are. What is in the address book already costs nothing.

use store::Key;

use crate::{
    caller::Caller,
    ids::UserId,
    people::{NameKind, holder, privacy, user},
    record,
    refusal::Refusal,
    service::Command,
    spaces::SETTING,
    turn::Turn,
    view::{Decided, View, load},
};

/// Numbers looked up at once: a large address book on the first day.
pub const BURST: u32 = 5_000;

/// Numbers a day after that: one in three minutes.
pub const PER_DAY: u32 = 480;

const DAY: u32 = 24 * 3600;

/// The kind of this row among the account's settings; other kinds belong to other rooms.
const KIND: u8 = 9;

record! {
    /// What is used up.
    pub struct LookupsRow {
        /// Numbers looked up that have not been forgiven yet, as of `at`.
        1 => used: u32,
        /// Unix seconds.
        2 => at: u32,
    }
}

/// Takes up to so many; how many were left. None at all is a refusal that says how long to wait.
pub(super) fn take(turn: &mut Turn<'_>, who: UserId, wanted: usize) -> Decided<usize> {
    if wanted == 0 {
        return Ok(0);
    }
    let (key, now) = (lookups_key(who), turn.now().secs());
    let row = load::<LookupsRow>(turn, &key)?.unwrap_or_default();
    let each = DAY / PER_DAY;
    let forgiven = now.saturating_sub(row.at) / each;
    let used = row.used.saturating_sub(forgiven);
    let granted = u32::try_from(wanted).unwrap_or(u32::MAX).min(BURST.saturating_sub(used));
    if granted == 0 {
        return Err(Refusal::FloodWait(each - now.saturating_sub(row.at) % each).into());
    }
    // Time that has not yet forgiven a whole number keeps counting.
    let at = if used == 0 { now } else { row.at + forgiven * each };
    turn.put(key, &LookupsRow { used: used + granted, at, ..LookupsRow::default() });
    Ok(granted as usize)
}

/// Finds who has a number, where its privacy lets it be found by the caller.
pub struct ResolvePhone {
    /// Who.
    pub by: Caller,
    /// Digits only.
    pub phone: String,
}

impl Command for ResolvePhone {
    /// `None`: nobody has it, or nobody who wants to be found.
    type Reply = Option<UserId>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<UserId>> {
        let me = self.by.user;
        if !super::address_book::holds(turn, me, &self.phone)? {
            take(turn, me, 1)?;
        }
        let Some(id) = holder(turn, NameKind::Phone, &self.phone)? else { return Ok(None) };
        let found =
            user(turn, id)?.is_some_and(|it| !it.deleted) && privacy::allows(turn, id, privacy::Key::AddedByPhone, me)?;
        Ok(Some(id).filter(|_| found))
    }
}

fn lookups_key(who: UserId) -> Key {
    Key::of(SETTING, who.vshard().0).u64(who.0).u8(KIND).key()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        people::contacts::{Entry, ImportContacts},
        testing::Hall,
    };

    fn import(hall: &Hall, by: Caller, numbers: std::ops::Range<u32>) -> Result<usize, Refusal> {
        let entry = |n: u32| Entry {
            client_id: i64::from(n),
            phone: format!("33{n:08}"),
            first_name: "N".into(),
            ..Entry::default()
        };
        let entries = numbers.map(entry).collect();
        hall.run(ImportContacts { by, entries }).map(|it| it.retry.len())
    }

    #[test]
    fn an_account_looks_up_so_many_numbers_and_then_a_few_a_day() {
        let hall = Hall::new();
        let alice = hall.person("Alice", "9996621001");
        let resolve = |n: u32| hall.run(ResolvePhone { by: alice, phone: format!("44{n:08}") });
        for n in 0..BURST {
            assert_eq!(resolve(n), Ok(None));
        }
        assert_eq!(resolve(0), Err(Refusal::FloodWait(DAY / PER_DAY)));
        assert_eq!(import(&hall, alice, 0..1), Err(Refusal::FloodWait(DAY / PER_DAY)));
        hall.pass(u64::from(3 * (DAY / PER_DAY)));
        assert_eq!(import(&hall, alice, 0..10), Ok(7), "three are looked up, the others are to be tried again");
        hall.pass(u64::from(DAY / PER_DAY));
        assert_eq!(import(&hall, alice, 0..4), Ok(0), "what is in the address book costs nothing");
        hall.pass(u64::from(DAY));
        assert_eq!(import(&hall, alice, 100..700), Ok(600 - PER_DAY as usize));
    }

    #[test]
    fn a_number_of_the_address_book_is_resolved_for_nothing() {
        let hall = Hall::new();
        let alice = hall.person("Alice", "9996621001");
        import(&hall, alice, 0..1).unwrap();
        for _ in 0..BURST + 1 {
            assert_eq!(hall.run(ResolvePhone { by: alice, phone: "3300000000".into() }), Ok(None));
        }
    }
}
