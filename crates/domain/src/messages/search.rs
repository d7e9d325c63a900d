//! Searching: sealed bodies are opened one after another, newest first, down to a bound. Nothing about
//! words reaches the disk. An index of keyed tokens can stand in front of this without changing what is found.

use store::{Direction, Key, Range};

use super::{
    rows::{Body, EntityKind, MailboxRow, chat_range, copy, history_key, id_of, mailbox_key, open_body},
    seen::{SeenMessage, seen},
};
use crate::{
    ids::{MessageId, Peer, UserId},
    refusal::Refusal,
    spaces::MAILBOX,
    view::{Decided, View},
};

/// Results on one page.
pub const PAGE_MAX: usize = 100;

/// Messages opened for one answer: some fifty milliseconds of one core.
const OPENED_MAX: usize = 10_000;

/// Which messages are wanted beside their words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// Any.
    #[default]
    All,
    /// With a link.
    Links,
    /// Of a kind that does not exist here yet: none.
    Nothing,
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Each word begins a word of the text; empty: any text.
    pub query: String,
    /// In this chat only.
    pub peer: Option<Peer>,
    /// By this author only.
    pub from: Option<UserId>,
    /// Of this kind only.
    pub filter: Filter,
    /// From this moment on, unix seconds; 0: any.
    pub min_date: u32,
    /// Before this moment; 0: any.
    pub max_date: u32,
    /// Below this message; 0: from the newest.
    pub below: MessageId,
    /// Above this message; 0: any.
    pub above: MessageId,
    /// Passed over before the page begins.
    pub skip: usize,
    /// Results wanted.
    pub limit: usize,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Newest first.
    pub messages: Vec<SeenMessage>,
    /// In all, as far as was looked.
    pub count: usize,
}

/// Messages of a mailbox that match, newest first.
pub fn search(view: &(impl View + ?Sized), user: UserId, wanted: &Wanted) -> Decided<Found> {
    let words = words(&wanted.query);
    if words.is_empty() && wanted.filter == Filter::All && wanted.from.is_none() && wanted.peer.is_none() {
        return Err(Refusal::SearchQueryEmpty.into());
    }
    let mut found = Found::default();
    if wanted.filter == Filter::Nothing {
        return Ok(found);
    }
    let limit = wanted.limit.clamp(1, PAGE_MAX);
    for id in candidates(view, user, wanted)? {
        let Some(row) = copy(view, user, id)? else { continue };
        if !outside(&row, wanted) && matches(&open_body(view, user, &row)?, &words, wanted.filter) {
            found.count += 1;
            if found.count > wanted.skip && found.messages.len() < limit {
                found.messages.extend(seen(view, user, id)?);
            }
        }
    }
    Ok(found)
}

fn candidates(view: &(impl View + ?Sized), user: UserId, wanted: &Wanted) -> Decided<Vec<MessageId>> {
    let below = if wanted.below.0 > 0 { wanted.below } else { MessageId(i32::MAX) };
    let above = MessageId(wanted.above.0.max(0).saturating_add(1));
    let range = match wanted.peer {
        Some(peer) => {
            let whole = chat_range(user, peer);
            Range { start: history_key(user, peer, above).max(whole.start), end: history_key(user, peer, below) }
        }
        None => {
            let whole = Range::prefix(Key::of(MAILBOX, user.vshard().0).u64(user.0).key());
            Range { start: mailbox_key(user, above), end: mailbox_key(user, below).min(whole.end) }
        }
    };
    let rows = view.scan(&range, Direction::Backward, OPENED_MAX)?;
    Ok(rows.iter().map(|(key, _)| id_of(key)).collect())
}

fn outside(row: &MailboxRow, wanted: &Wanted) -> bool {
    wanted.from.is_some_and(|from| row.from != from)
        || row.date < wanted.min_date
        || (wanted.max_date > 0 && row.date >= wanted.max_date)
}

fn matches(body: &Body, wanted: &[String], filter: Filter) -> bool {
    let link = |kind: &EntityKind| matches!(kind, EntityKind::Url {} | EntityKind::TextUrl { .. });
    if filter == Filter::Links && !body.entities.iter().any(|it| link(&it.kind)) {
        return false;
    }
    if wanted.is_empty() {
        return true;
    }
    let has = words(&body.text);
    wanted.iter().all(|word| has.iter().any(|it| it.starts_with(word)))
}

/// Words in lower case, without what stands between them.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}
