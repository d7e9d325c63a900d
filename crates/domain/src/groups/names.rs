//! Finding members by the beginning of a name. For each word of a member's names there is a row whose key holds a
//! keyed hash of each of the word's beginnings, one behind the other: so rows of words that begin alike stand side by
//! side, and nothing of a name reaches the disk. Hashes are short; whoever searches looks at the names themselves.
//! When a person is called something else, a job writes its rows anew, some channels at a time.

use bytes::Bytes;
use store::{Direction, Key, Range};

use super::channel::{MemberRow, joined, member};
use crate::{
    ids::{ChannelId, LogId, UserId},
    messages::search::words,
    people, record,
    refusal::Refusal,
    service::{Command, Domain},
    spaces::{JOINED, MEMBER_NAME, RENAMED},
    turn::Turn,
    view::{Decided, Rows, View, list, load},
};

/// Letters of a word that are told apart.
const DEPTH: usize = 8;

/// Bytes for each of them: with three, one of 16 million other letters passes for the same.
const EACH: usize = 3;

/// Bytes of a word's place.
const PLACE: usize = DEPTH * EACH;

/// Words of a person that are found.
const WORDS_MAX: usize = 6;

/// Channels of a person in one step of the job.
const STEP: usize = 64;

/// People looked at by one run of the job.
const PEOPLE: usize = 16;

record! {
    /// A person whose names changed: the channels up to this one know.
    pub struct RenamedRow { 1 => after: ChannelId }
}

/// The places of a person's words in a channel, one behind the other.
pub(super) fn of(view: &(impl View + ?Sized), id: ChannelId, user: UserId) -> Decided<Bytes> {
    let Some(row) = people::user(view, user)?.filter(|it| !it.deleted) else { return Ok(Bytes::new()) };
    let card = people::card(view, user, &row)?;
    let active = card.usernames.iter().filter(|it| it.active).map(|it| it.name.as_str());
    let text = [card.first_name.as_str(), card.last_name.as_str()].into_iter().chain(active);
    let all = words_of(&text.collect::<Vec<_>>().join(" "));
    Ok(all.iter().take(WORDS_MAX).flat_map(|word| place(view, id, word)).collect())
}

/// A name's words, as they are compared.
pub(super) fn words_of(text: &str) -> Vec<String> {
    words::of_text(text)
}

/// Writes the rows that the new places need and takes those away that they do not.
pub(super) fn settle(turn: &mut Turn<'_>, id: ChannelId, user: UserId, old: &MemberRow, new: &MemberRow) {
    let places = |row: &MemberRow| row.names.chunks_exact(PLACE).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let (before, after) = (places(old), places(new));
    before.iter().filter(|it| !after.contains(it)).for_each(|it| turn.delete(name_key(id, it, user)));
    after.iter().filter(|it| !before.contains(it)).for_each(|it| turn.put_empty(name_key(id, it, user)));
}

/// Members with a word that begins like this one, in an order that stays; more than are, where hashes meet.
pub(super) fn beginning(view: &(impl View + ?Sized), id: ChannelId, word: &str, limit: usize) -> Decided<Vec<UserId>> {
    let letters = word.chars().count().min(DEPTH);
    let place = place(view, id, word);
    let range = Range::prefix(builder(id).bytes(&place[..letters * EACH]).key());
    let rows = view.scan(&range, Direction::Forward, limit)?;
    Ok(rows.iter().filter_map(|(key, _)| key.suffix().last_chunk()).map(|it| UserId(u64::from_be_bytes(*it))).collect())
}

/// A person is called something else from now on.
pub(crate) fn renamed(turn: &mut Turn<'_>, user: UserId) -> Decided<()> {
    let any = Range::prefix(LogId::Mailbox(user).rows(JOINED).key());
    if !turn.scan(&any, Direction::Forward, 1)?.is_empty() {
        turn.put(renamed_key(user), &RenamedRow::default());
    }
    Ok(())
}

/// Does some of what waits. `true`: there is more to do now.
pub async fn run(domain: &Domain) -> Result<bool, Refusal> {
    let users = domain.query(|view| waiting(view)).await?;
    for user in &users {
        domain.command(RenameStep { user: *user }).await?;
    }
    Ok(!users.is_empty())
}

fn waiting(view: &(impl View + ?Sized)) -> Decided<Vec<UserId>> {
    let rows = list::<RenamedRow>(view, &Range::prefix(Key::of(RENAMED, 0).key()), Direction::Forward, PEOPLE)?;
    let user = |(key, _): (Key, RenamedRow)| key.suffix().last_chunk().map(|it| UserId(u64::from_be_bytes(*it)));
    Ok(rows.into_iter().filter_map(user).collect())
}

/// Some channels of one person.
struct RenameStep {
    user: UserId,
}

impl Command for RenameStep {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (user, key) = (self.user, renamed_key(self.user));
        let Some(row) = load::<RenamedRow>(turn, &key)? else { return Ok(()) };
        let left: Vec<_> = joined(turn, user)?.into_iter().filter(|it| *it > row.after).take(STEP).collect();
        for id in &left {
            let Some(old) = member(turn, *id, user)?.filter(|it| it.joined > 0) else { continue };
            let new = MemberRow { names: of(turn, *id, user)?, ..old.clone() };
            super::members::put(turn, *id, user, &old, &new)?;
        }
        match left.last() {
            Some(last) => turn.put(key, &RenamedRow { after: *last, ..row }),
            None => turn.delete(key),
        }
        Ok(())
    }
}

/// The hashes of a word's beginnings; a short word's place ends in zeros.
fn place(view: &(impl View + ?Sized), id: ChannelId, word: &str) -> [u8; PLACE] {
    let mut place = [0; PLACE];
    let ends = word.char_indices().map(|(at, it)| at + it.len_utf8());
    for (end, out) in ends.zip(place.chunks_exact_mut(EACH)) {
        out.copy_from_slice(&view.world().member_name_hash(id, &word[..end])[..EACH]);
    }
    place
}

fn name_key(id: ChannelId, place: &[u8], user: UserId) -> Key {
    builder(id).bytes(place).u64(user.0).key()
}

fn builder(id: ChannelId) -> store::KeyBuilder {
    Key::of(MEMBER_NAME, id.vshard().0).u64(id.0)
}

fn renamed_key(user: UserId) -> Key {
    Key::of(RENAMED, 0).u64(user.0).key()
}
