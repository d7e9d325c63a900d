//! Removes the rows of deleted accounts, a page a step, and tells the people who knew them. Other people
//! keep their copies of what was written to them.

use bytes::Bytes;
use store::{Direction, Key, Range, Subspace};

use crate::{
    deliveries::{Delivery, deliver},
    folders::links,
    groups::{basic, members},
    ids::{ChannelId, Peer, UserId},
    kept::wallpapers::made,
    messages::dialogs,
    people::{Delivered, address_book, notify},
    record,
    refusal::Refusal,
    service::{Command, Domain},
    spaces::{
        BLOCK, CHAT_WALLPAPER, CONTACT, COPY, COUNTERS, DIALOG, DIALOG_ORDER, ERASURE, FILE_QUOTA, FOLDER,
        FOLDER_INVITE, HISTORY, IMPORTED, JOINED, KEPT, LEFT, LOG, MAILBOX, NOTIFY, OPENED_MEDIA, PINNED, PRIVACY,
        REACTION, READ_AT, SAVED, SCHEDULED, SEARCH, SENT, SETTING, STATUS, STICKER_KEPT, STICKER_LIST, STICKER_SHELF,
        THREAD_STATE, TOP_PEER, TOPIC_DRAFT, UNREAD_MARK, UPKEEP, USER_PHOTO, USER_PHOTO_ORDER, WALLPAPER,
    },
    turn::Turn,
    view::{Decided, Rows, View, list, load},
};

/// Rows of one step: few enough that nobody waits behind it.
const PAGE: usize = 500;

/// Rows of one step that somebody is told of: each writes some rows of theirs.
const TOLD_PAGE: usize = 100;

/// Rows written by one step beyond which no further group is left in it: leaving one may write as many again.
const WRITTEN_MAX: usize = crate::owner::COMMAND_ROWS_MAX / 4;

/// Accounts looked at by one run of the job.
const ACCOUNTS: usize = 16;

/// Every kind of row whose key begins with its account's id. People are told first.
const KINDS: &[Subspace] = &[
    CONTACT,
    DIALOG,
    IMPORTED,
    MAILBOX,
    COPY,
    HISTORY,
    LOG,
    SENT,
    DIALOG_ORDER,
    BLOCK,
    PRIVACY,
    NOTIFY,
    REACTION,
    SCHEDULED,
    STATUS,
    SETTING,
    TOP_PEER,
    SAVED,
    UNREAD_MARK,
    COUNTERS,
    SEARCH,
    UPKEEP,
    JOINED,
    LEFT,
    THREAD_STATE,
    PINNED,
    READ_AT,
    FOLDER,
    FOLDER_INVITE,
    TOPIC_DRAFT,
    FILE_QUOTA,
    KEPT,
    USER_PHOTO,
    USER_PHOTO_ORDER,
    WALLPAPER,
    CHAT_WALLPAPER,
    OPENED_MEDIA,
    STICKER_LIST,
    STICKER_SHELF,
    STICKER_KEPT,
];

record! {
    /// How far the removal has come.
    pub struct ErasureRow {
        /// The place in `KINDS`; it only grows, so a build with more kinds at the end goes on.
        1 => kind: u32,
        /// The last row that went: the next step begins behind it, since a scan passes the traces of what went before.
        2 => after: Bytes,
    }
}

/// Puts an account's rows on the list.
pub(super) fn begin(turn: &mut Turn<'_>, user: UserId) {
    turn.put(erasure_key(user), &ErasureRow::default());
}

/// Does some of what is on the list. `true`: there is more to do now.
pub async fn run(domain: &Domain) -> Result<bool, Refusal> {
    let users = domain.query(|view| on_list(view)).await?;
    for user in &users {
        domain.command(EraseStep { user: *user }).await?;
    }
    Ok(!users.is_empty())
}

/// Deleted accounts whose rows are still there.
pub fn on_list(view: &(impl View + ?Sized)) -> Decided<Vec<UserId>> {
    let rows = list::<ErasureRow>(view, &Range::prefix(Key::of(ERASURE, 0).key()), Direction::Forward, ACCOUNTS)?;
    let user = |(key, _): (Key, ErasureRow)| key.suffix().last_chunk().map(|it| UserId(u64::from_be_bytes(*it)));
    Ok(rows.into_iter().filter_map(user).collect())
}

/// One page of one account.
pub struct EraseStep {
    /// Whose.
    pub user: UserId,
}

impl Command for EraseStep {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let key = erasure_key(self.user);
        let Some(row) = load::<ErasureRow>(turn, &key)? else { return Ok(()) };
        let at = usize::try_from(row.kind).unwrap_or(usize::MAX);
        let Some(kind) = KINDS.get(at) else {
            turn.delete(key);
            return Ok(());
        };
        let next = match erase_page(turn, self.user, *kind, &row.after)? {
            Some(last) => ErasureRow { after: Bytes::copy_from_slice(last.as_bytes()), ..row },
            None => ErasureRow { kind: row.kind + 1, after: Bytes::new(), ..row },
        };
        turn.put(key, &next);
        Ok(())
    }
}

/// Removes a page; its last row, where the kind may have more.
fn erase_page(turn: &mut Turn<'_>, user: UserId, kind: Subspace, after: &[u8]) -> Decided<Option<Key>> {
    let mut range = Range::prefix(Key::of(kind, user.vshard().0).u64(user.0).key());
    if !after.is_empty() {
        range.start = Key::from_bytes(after).prefix_end();
    }
    let told = kind == CONTACT || kind == DIALOG || kind == JOINED;
    let page = if told { TOLD_PAGE } else { PAGE };
    let rows = turn.scan(&range, Direction::Forward, page)?;
    let mut last = None;
    for (key, bytes) in &rows {
        if turn.writes.len() > WRITTEN_MAX && kind == DIALOG {
            return Ok(last);
        }
        if told && kind != JOINED {
            match other_of(kind, key) {
                Some(Peer::User(other)) => tell(turn, user, other)?,
                Some(Peer::Chat(chat)) => basic::members::erase(turn, chat, user)?,
                // A channel keeps who has archived it.
                Some(peer @ Peer::Channel(_)) => dialogs::forget(turn, user, peer)?,
                None => {}
            }
        }
        if kind == JOINED
            && let Some(id) = key.suffix().last_chunk().map(|it| ChannelId(u64::from_be_bytes(*it)))
        {
            members::erase(turn, id, user)?;
        }
        if kind == IMPORTED {
            address_book::forget(turn, user, &key.suffix()[8..]);
        }
        if kind == NOTIFY {
            notify::erase(turn, user, key, bytes)?;
        }
        if kind == FOLDER_INVITE {
            links::forget(turn, bytes)?;
        }
        if kind == WALLPAPER {
            made::forget(turn, key);
        }
        turn.delete(key.clone());
        last = Some(key.clone());
    }
    Ok(last.filter(|_| rows.len() == page))
}

fn tell(turn: &mut Turn<'_>, user: UserId, other: UserId) -> Decided<()> {
    if other == user || other == UserId::SERVICE || crate::people::user(turn, other)?.is_none_or(|it| it.deleted) {
        return Ok(());
    }
    deliver(turn, user, other, Delivery::People { what: Delivered::Gone {} })
}

/// Whom a contact's or dialog's key names: its last eight bytes, behind the kind of a dialog's peer.
fn other_of(kind: Subspace, key: &Key) -> Option<Peer> {
    let (before, id) = key.suffix().split_last_chunk()?;
    let of = if kind == DIALOG { *before.last()? } else { 1 };
    Peer::from_key_parts(of, u64::from_be_bytes(*id))
}

fn erasure_key(user: UserId) -> Key {
    Key::of(ERASURE, 0).u64(user.0).key()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spaces;

    /// A new kind of row must be decided about: does it go with its account?
    #[test]
    fn every_kind_of_row_goes_with_its_account_or_stays_for_a_reason() {
        let stays: &[Subspace] = &[
            // Each is deleted with its key, token, number or account in the first step.
            spaces::AUTH_KEY,
            spaces::AUTHORIZATION,
            spaces::NAME,
            spaces::PASSWORD,
            spaces::CODE,
            spaces::RECOVERY,
            spaces::LOGIN_EMAIL,
            spaces::DELETION,
            spaces::CONTENT_KEY,
            spaces::TOKEN,
            spaces::ERASURE,
            // The id stays taken and is shown as deleted.
            spaces::USER,
            // Removed with the imported entry that it stands for.
            spaces::ADDRESS_BOOK,
            // Finds nothing to do when its moment comes.
            spaces::TIMER,
            // Of groups.
            spaces::CHAT,
            spaces::CHANNEL,
            spaces::MEMBER,
            spaces::CHANNEL_COUNTS,
            spaces::MEMBER_LIST,
            spaces::MEMBER_BLOCK,
            spaces::INVITE_LINK,
            spaces::INVITE,
            spaces::INVITER,
            spaces::JOINING,
            spaces::INVITE_USE,
            spaces::ADMIN_LOG,
            spaces::READERS,
            spaces::TOPIC,
            spaces::THREAD,
            spaces::REACTION_SUM,
            spaces::REACTED,
            // Of public channels and their posts.
            spaces::PUBLIC_NAME,
            spaces::PUBLIC_CHANNEL,
            spaces::PUBLIC_TAG,
            spaces::PUBLISHED,
            // Of posts and their channels: who saw a post is told by no row of it.
            spaces::POST_COUNTS,
            spaces::POST_VIEWERS,
            spaces::PUBLIC_FORWARD,
            spaces::CHANNEL_HOUR,
            spaces::POST_SERIES,
            // Of a poll or checklist: a vote stays counted.
            spaces::POLL,
            spaces::VOTE,
            spaces::VOTER,
            spaces::TODO,
            spaces::MEMBER_NAME,
            // Found to have nothing to do, and deleted.
            spaces::RENAMED,
            // Removed with the dialog of who archived a channel.
            spaces::ARCHIVED,
            // Removed with the link that it leads to.
            spaces::FOLDER_LINK,
            // Removed with the wallpaper that it leads to.
            spaces::WALLPAPER_MAKER,
            // Removed by the sweep of files once the carrier is gone.
            spaces::FILE_USE,
            // Goes by itself within days, and its key with the account.
            spaces::UPLOADED_MEDIA,
            // Of the whole server, and forgotten when they are old.
            spaces::WEB_PAGE,
            spaces::WEB_PAGE_ERRAND,
            spaces::WEB_PAGE_WAIT,
            spaces::WEB_PAGE_DAY,
            // Of deleted channels.
            spaces::CHANNEL_ERASURE,
            // Forgotten with their bytes, a day after they began.
            spaces::UPLOAD,
            spaces::UPLOAD_PART,
            // Stay as long as somebody has the file.
            spaces::FILE,
            spaces::SMALL_FILE,
            // Sets outlive who made them: others have installed them.
            spaces::STICKER_SET,
            spaces::STICKER,
            spaces::STICKER_OF,
            spaces::STICKER_WORD,
            spaces::STICKERS_FEATURED,
            // Of no account.
            spaces::OUTBOX,
            spaces::INBOX,
            spaces::ALLOCATOR,
            spaces::SERVER,
            spaces::INVITED,
        ];
        for kind in spaces::ALL {
            assert!(KINDS.contains(kind) != stays.contains(kind), "{} is decided about once", kind.name);
        }
    }
}
