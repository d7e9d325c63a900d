//! The wallpaper of a private chat. Each side has its own; who sets one for both lays it over the other side's, which may
//! take it off again. Source: core.telegram.org/api/wallpapers, "Installing wallpapers in a specific chat or channel".

use bytes::Bytes;
use store::Key;
use vault::Kind;

use super::{Look, Named, Seen, Wallpaper, find, seen};
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    files::{Carrier, uses},
    groups::{AdminRights, access},
    ids::{MessageId, MessageUid, Peer, UserId},
    messages::{
        Delivered,
        rows::{Action, copy, open_body},
        send::{refuse_recipient, service},
    },
    record,
    record::Record,
    refusal::Refusal,
    sealing,
    service::Command,
    spaces::CHAT_WALLPAPER,
    turn::Turn,
    updates::{self, Change, LogEntry, Origin},
    view::{Decided, Rows, View, load_or_default},
};

record! {
    /// A wallpaper, sealed under the chat's key, as it travels; empty: none.
    pub struct Sealed {
        /// A [`Wallpaper`]; AAD is the uid.
        1 => sealed: Bytes,
        2 => uid: MessageUid,
        3 => files: Vec<u64>,
    }
}

record! {
    /// The wallpapers of one side of a chat.
    pub struct ChatWallpaperRow {
        /// What this side has set.
        1 => mine: Sealed,
        /// What the other side has laid over it.
        2 => theirs: Sealed,
    }
}

impl ChatWallpaperRow {
    /// The one that is shown.
    fn shown(&self) -> &Sealed {
        if self.is_overridden() { &self.theirs } else { &self.mine }
    }

    fn is_overridden(&self) -> bool {
        !self.theirs.sealed.is_empty()
    }

    /// Whether it holds the key of a file.
    pub(crate) fn has(&self, file: u64) -> bool {
        self.mine.files.contains(&file) || self.theirs.files.contains(&file)
    }
}

/// The wallpapers of one side of a chat.
pub(crate) fn row(view: &(impl Rows + ?Sized), user: UserId, peer: Peer) -> Decided<ChatWallpaperRow> {
    load_or_default(view, &key(user, peer))
}

/// The wallpaper that somebody sees in a chat, and whether the other side has laid it over its own.
pub fn wallpaper(view: &(impl View + ?Sized), user: UserId, peer: Peer) -> Decided<Option<(Seen, bool)>> {
    let row = row(view, user, peer)?;
    let Some(it) = open(view, user, peer, row.shown())? else { return Ok(None) };
    Ok(Some((seen(view, it, Carrier::ChatWallpaper { user, peer }), row.is_overridden())))
}

fn open(view: &(impl View + ?Sized), user: UserId, peer: Peer, it: &Sealed) -> Decided<Option<Wallpaper>> {
    if it.sealed.is_empty() {
        return Ok(None);
    }
    let scope = sealing::chat_scope(user, peer);
    let plain = sealing::open(view, scope, Kind::ChatWallpaper, &it.uid.0, 0, &it.sealed)?;
    Ok(Some(Wallpaper::decode(&plain)?))
}

/// What a chat shall have.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// This one.
    New(Named, Option<Look>),
    /// The one of a service message of the chat.
    OfMessage(MessageId, Option<Look>),
    /// What this side had before the other one laid its own over it.
    Revert,
    /// None.
    Nothing,
}

/// Sets the wallpaper of a chat.
pub struct SetChatWallpaper {
    /// Who.
    pub by: Caller,
    /// Which chat.
    pub peer: Peer,
    /// To what.
    pub choice: Choice,
    /// On the other side, too.
    pub for_both: bool,
}

impl Command for SetChatWallpaper {
    /// Entries of the caller's log.
    type Reply = Vec<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<LogEntry>> {
        let me = self.by.user;
        match self.peer {
            Peer::User(_) => {}
            Peer::Chat(_) => return Err(Refusal::PeerIdInvalid.into()),
            Peer::Channel(id) => {
                access::admin(turn, id, me, AdminRights::CHANGE_INFO)?;
                // A channel has one from a level of boosts on, and nothing boosts here.
                return Err(Refusal::BoostsRequired.into());
            }
        }
        let old = row(turn, me, self.peer)?;
        let (wallpaper, same) = match &self.choice {
            Choice::New(named, look) => (Some(find(turn, me, named, checked(look)?.as_ref())?), false),
            Choice::OfMessage(id, look) => (Some(self.of_message(turn, *id, look)?), true),
            Choice::Revert if !old.is_overridden() => return Ok(Vec::new()),
            Choice::Revert => {
                let row = ChatWallpaperRow { theirs: Sealed::default(), ..old };
                return Ok(vec![set(turn, me, self.peer, row, Some(self.by.origin))?]);
            }
            Choice::Nothing => (None, false),
        };
        self.set(turn, wallpaper, same)
    }
}

impl SetChatWallpaper {
    fn of_message(&self, turn: &Turn<'_>, id: MessageId, look: &Option<Look>) -> Decided<Wallpaper> {
        let found = copy(turn, self.by.user, id)?.filter(|it| it.peer == self.peer);
        let action = match found {
            Some(row) => open_body(turn, self.by.user, &row)?.action,
            None => None,
        };
        let Some(Action::SetChatWallpaper { wallpaper, .. }) = action else {
            return Err(Refusal::WallpaperNotFound.into());
        };
        Ok((*wallpaper).looking(checked(look)?.as_ref()))
    }

    fn set(&self, turn: &mut Turn<'_>, wallpaper: Option<Wallpaper>, same: bool) -> Decided<Vec<LogEntry>> {
        let (me, peer, origin) = (self.by.user, self.peer, Some(self.by.origin));
        let other = peer.user().filter(|it| *it != me);
        if wallpaper.is_some() || self.for_both {
            refuse_recipient(turn, me, peer)?;
        }
        let mine = match &wallpaper {
            Some(it) => seal(turn, me, peer, it)?,
            None => Sealed::default(),
        };
        let row = ChatWallpaperRow { mine: mine.clone(), ..ChatWallpaperRow::default() };
        let mut told = vec![set(turn, me, peer, row, origin)?];
        let for_both = self.for_both && other.is_some();
        if let Some(other) = other.filter(|_| for_both) {
            deliver(turn, me, other, Delivery::Messages { what: Delivered::Wallpaper { wallpaper: mine } })?;
        }
        if let Some(wallpaper) = wallpaper {
            let sent = service(
                turn,
                me,
                peer,
                Action::SetChatWallpaper { wallpaper: wallpaper.into(), same, for_both },
                origin,
            )?;
            told.extend(sent.entry);
        }
        Ok(told)
    }
}

fn checked(look: &Option<Look>) -> Result<Option<Look>, Refusal> {
    look.clone().map(Look::checked).transpose()
}

fn seal(turn: &mut Turn<'_>, me: UserId, peer: Peer, it: &Wallpaper) -> Decided<Sealed> {
    let (uid, scope) = (turn.draw_uid(), sealing::chat_scope(me, peer));
    let sealed = sealing::seal(turn, scope, Kind::ChatWallpaper, &uid.0, 0, &it.encode())?;
    Ok(Sealed { sealed, uid, files: it.files(), ..Sealed::default() })
}

/// Applies what the other side has set for both.
pub(crate) fn receive(turn: &mut Turn<'_>, peer: Peer, to: UserId, theirs: &Sealed) -> Decided<()> {
    let old = row(turn, to, peer)?;
    // Who takes a wallpaper away for both takes that of this side along.
    let row = match theirs.sealed.is_empty() {
        true => ChatWallpaperRow::default(),
        false => ChatWallpaperRow { theirs: theirs.clone(), ..old },
    };
    set(turn, to, peer, row, None).map(drop)
}

fn set(
    turn: &mut Turn<'_>,
    user: UserId,
    peer: Peer,
    row: ChatWallpaperRow,
    skip: Option<Origin>,
) -> Decided<LogEntry> {
    let carrier = Carrier::ChatWallpaper { user, peer };
    row.mine.files.iter().chain(&row.theirs.files).for_each(|it| uses::put(turn, *it, carrier));
    match row == ChatWallpaperRow::default() {
        true => turn.delete(key(user, peer)),
        false => turn.put(key(user, peer), &row),
    }
    updates::append(turn, user, Change::PeerWallpaper { peer }, 0, skip)
}

fn key(user: UserId, peer: Peer) -> Key {
    let (kind, id) = peer.key_parts();
    Key::of(CHAT_WALLPAPER, user.vshard().0).u64(user.0).u8(kind).u64(id).key()
}
