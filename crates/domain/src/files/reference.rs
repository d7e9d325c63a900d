//! File references: tokens that name who carries a file, so that its bytes are given to whoever may read the
//! carrier, for as long as it carries them. One token serves all files of a carrier, and all its readers.
//! Source: core.telegram.org/api/file-references.

use bytes::Bytes;

use super::signed::{Purpose, Unsigned, WINDOW};
use crate::{
    groups::invites::InviteId,
    ids::{LogId, MessageId, MessageUid, Peer, StickerSetId, UserId},
    kept::List,
    refusal::Refusal,
    view::View,
    world::World,
};

/// Who carries a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A message.
    Message {
        /// The mailbox or channel that has it.
        log: LogId,
        /// Which.
        uid: MessageUid,
    },
    /// A message that waits to be sent.
    Scheduled {
        /// Whose.
        user: UserId,
        /// The chat that it is for.
        peer: Peer,
        /// Its number in the queue.
        id: MessageId,
    },
    /// What somebody has uploaded to send it later.
    Uploaded {
        /// Whose.
        user: UserId,
        /// The day on which it was, counted from 1970.
        day: u32,
        /// The file's id.
        file: u64,
    },
    /// A wallpaper that somebody made, for who has its link.
    Wallpaper {
        /// Who.
        maker: UserId,
        /// Which.
        id: u64,
    },
    /// One side of a chat, which has a wallpaper.
    ChatWallpaper {
        /// Whose.
        user: UserId,
        /// The chat.
        peer: Peer,
    },
    /// A list of files that somebody keeps.
    Kept {
        /// Whose.
        user: UserId,
        /// Which.
        list: List,
        /// The file's id.
        file: u64,
    },
    /// One of somebody's photos of itself.
    UserPhoto {
        /// Whose.
        user: UserId,
        /// The photo's id.
        photo: u64,
    },
    /// An entry of an address book, with the photo that its owner gave it.
    ContactPhoto {
        /// Whose address book.
        owner: UserId,
        /// Of whom.
        other: UserId,
    },
    /// A group or channel, with the photo that it shows.
    GroupPhoto {
        /// Which.
        group: Peer,
    },
    /// An invite link, which shows its group's photo to somebody outside for as long as it lets people in.
    GuestPhoto {
        /// Which.
        invite: InviteId,
        /// Whom.
        guest: UserId,
    },
    /// A page of the web.
    WebPage {
        /// Its number.
        page: u64,
    },
    /// A sticker set, for one of its stickers or its thumbnail.
    Sticker {
        /// Which.
        set: StickerSetId,
        /// The document's id.
        document: u64,
    },
    /// Recent or favourite stickers of somebody.
    Shelf {
        /// Whose.
        user: UserId,
        /// Which of the shelves.
        shelf: u8,
        /// The document's id.
        document: u64,
    },
}

impl Carrier {
    const MESSAGE: u8 = 1;
    const SCHEDULED: u8 = 2;
    const UPLOADED: u8 = 3;
    const KEPT: u8 = 11;
    const USER_PHOTO: u8 = 4;
    const CONTACT_PHOTO: u8 = 5;
    const GROUP_PHOTO: u8 = 6;
    const GUEST_PHOTO: u8 = 7;
    const WALLPAPER: u8 = 12;
    const CHAT_WALLPAPER: u8 = 13;
    const WEB_PAGE: u8 = 15;
    const STICKER: u8 = 8;
    const SHELF: u8 = 9;

    /// As it stands in tokens and in keys of rows.
    pub(super) fn to_bytes(self) -> Vec<u8> {
        match self {
            Carrier::Message { log, uid } => [&[Self::MESSAGE][..], &log.number().to_be_bytes(), &uid.0].concat(),
            Carrier::Scheduled { user, peer, id } => {
                let (kind, number) = peer.key_parts();
                let whose = [&[Self::SCHEDULED][..], &user.0.to_be_bytes(), &[kind], &number.to_be_bytes()].concat();
                [&whose[..], &id.0.to_be_bytes()].concat()
            }
            Carrier::Uploaded { user, day, file } => {
                let whose = [&[Self::UPLOADED][..], &user.0.to_be_bytes(), &day.to_be_bytes()].concat();
                [&whose[..], &file.to_be_bytes()].concat()
            }
            Carrier::Wallpaper { maker, id } => {
                [&[Self::WALLPAPER][..], &maker.0.to_be_bytes(), &id.to_be_bytes()].concat()
            }
            Carrier::ChatWallpaper { user, peer } => {
                let (kind, number) = peer.key_parts();
                [&[Self::CHAT_WALLPAPER][..], &user.0.to_be_bytes(), &[kind], &number.to_be_bytes()].concat()
            }
            Carrier::Kept { user, list, file } => {
                let whose = [&[Self::KEPT][..], &user.0.to_be_bytes(), &[list as u8]].concat();
                [&whose[..], &file.to_be_bytes()].concat()
            }
            Carrier::UserPhoto { user, photo } => {
                [&[Self::USER_PHOTO][..], &user.0.to_be_bytes(), &photo.to_be_bytes()].concat()
            }
            Carrier::ContactPhoto { owner, other } => {
                [&[Self::CONTACT_PHOTO][..], &owner.0.to_be_bytes(), &other.0.to_be_bytes()].concat()
            }
            Carrier::GroupPhoto { group } => {
                let (kind, number) = group.key_parts();
                [&[Self::GROUP_PHOTO, kind][..], &number.to_be_bytes()].concat()
            }
            Carrier::GuestPhoto { invite: InviteId { peer, admin, number }, guest } => {
                let (kind, group) = peer.key_parts();
                let link = [&group.to_be_bytes()[..], &admin.0.to_be_bytes(), &number.to_be_bytes()].concat();
                [&[Self::GUEST_PHOTO, kind][..], &link, &guest.0.to_be_bytes()].concat()
            }
            Carrier::WebPage { page } => [&[Self::WEB_PAGE][..], &page.to_be_bytes()].concat(),
            Carrier::Sticker { set, document } => {
                [&[Self::STICKER][..], &set.0.to_be_bytes(), &document.to_be_bytes()].concat()
            }
            Carrier::Shelf { user, shelf, document } => {
                let whose = [&[Self::SHELF][..], &user.0.to_be_bytes(), &[shelf]].concat();
                [&whose[..], &document.to_be_bytes()].concat()
            }
        }
    }

    /// Reads what [`Carrier::to_bytes`] wrote.
    pub(super) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        match *kind {
            Self::MESSAGE => {
                let (log, uid) = rest.split_first_chunk()?;
                let log = LogId::from_number(u64::from_be_bytes(*log));
                Some(Carrier::Message { log, uid: MessageUid(uid.try_into().ok()?) })
            }
            Self::SCHEDULED => {
                let (user, rest) = rest.split_first_chunk()?;
                let (kind, rest) = rest.split_first()?;
                let (number, id) = rest.split_first_chunk()?;
                let peer = Peer::from_key_parts(*kind, u64::from_be_bytes(*number))?;
                let id = MessageId(i32::from_be_bytes(id.try_into().ok()?));
                Some(Carrier::Scheduled { user: UserId(u64::from_be_bytes(*user)), peer, id })
            }
            Self::UPLOADED => {
                let (user, rest) = rest.split_first_chunk()?;
                let (day, file) = rest.split_first_chunk()?;
                let (user, day) = (UserId(u64::from_be_bytes(*user)), u32::from_be_bytes(*day));
                Some(Carrier::Uploaded { user, day, file: u64::from_be_bytes(file.try_into().ok()?) })
            }
            Self::WALLPAPER => {
                let (maker, id) = rest.split_first_chunk()?;
                let maker = UserId(u64::from_be_bytes(*maker));
                Some(Carrier::Wallpaper { maker, id: u64::from_be_bytes(id.try_into().ok()?) })
            }
            Self::CHAT_WALLPAPER => {
                let (user, rest) = rest.split_first_chunk()?;
                let (kind, number) = rest.split_first()?;
                let peer = Peer::from_key_parts(*kind, u64::from_be_bytes(number.try_into().ok()?))?;
                Some(Carrier::ChatWallpaper { user: UserId(u64::from_be_bytes(*user)), peer })
            }
            Self::KEPT => {
                let (user, rest) = rest.split_first_chunk()?;
                let (list, file) = rest.split_first()?;
                let (user, list) = (UserId(u64::from_be_bytes(*user)), List::from_number(*list)?);
                Some(Carrier::Kept { user, list, file: u64::from_be_bytes(file.try_into().ok()?) })
            }
            Self::USER_PHOTO => {
                let (user, photo) = pair(rest)?;
                Some(Carrier::UserPhoto { user: UserId(user), photo })
            }
            Self::CONTACT_PHOTO => {
                let (owner, other) = pair(rest)?;
                Some(Carrier::ContactPhoto { owner: UserId(owner), other: UserId(other) })
            }
            Self::GROUP_PHOTO => {
                let (kind, number) = rest.split_first()?;
                let group = Peer::from_key_parts(*kind, u64::from_be_bytes(number.try_into().ok()?))?;
                Some(Carrier::GroupPhoto { group })
            }
            Self::GUEST_PHOTO => {
                let (kind, rest) = rest.split_first()?;
                let (group, rest) = rest.split_first_chunk()?;
                let (admin, rest) = rest.split_first_chunk()?;
                let (number, guest) = rest.split_first_chunk()?;
                let peer = Peer::from_key_parts(*kind, u64::from_be_bytes(*group))?;
                let (admin, number) = (UserId(u64::from_be_bytes(*admin)), u32::from_be_bytes(*number));
                let guest = UserId(u64::from_be_bytes(guest.try_into().ok()?));
                Some(Carrier::GuestPhoto { invite: InviteId { peer, admin, number }, guest })
            }
            Self::WEB_PAGE => Some(Carrier::WebPage { page: u64::from_be_bytes(rest.try_into().ok()?) }),
            Self::STICKER => {
                let (set, document) = rest.split_first_chunk()?;
                let document = u64::from_be_bytes(document.try_into().ok()?);
                Some(Carrier::Sticker { set: StickerSetId(u64::from_be_bytes(*set)), document })
            }
            Self::SHELF => {
                let (user, rest) = rest.split_first_chunk()?;
                let (shelf, document) = rest.split_first()?;
                let (user, document) = (UserId(u64::from_be_bytes(*user)), document.try_into().ok()?);
                Some(Carrier::Shelf { user, shelf: *shelf, document: u64::from_be_bytes(document) })
            }
            _ => None,
        }
    }
}

/// Two numbers and nothing more.
fn pair(bytes: &[u8]) -> Option<(u64, u64)> {
    let (first, second) = bytes.split_first_chunk()?;
    Some((u64::from_be_bytes(*first), u64::from_be_bytes(second.try_into().ok()?)))
}

/// By what a client asks for the files of a carrier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The token.
    pub reference: Bytes,
    hashes: Vec<(u64, i64)>,
    /// Of the set whose sticker it is.
    set: Option<(StickerSetId, i64)>,
}

impl Access {
    /// Of these files of a carrier, by their ids.
    pub fn of(view: &(impl View + ?Sized), carrier: Carrier, files: impl IntoIterator<Item = u64>) -> Self {
        let (world, now) = (view.world(), view.now().secs());
        let hashes = files.into_iter().map(|id| (id, world.file_hash(id))).collect();
        Self { reference: token(world, carrier, now), hashes, set: None }
    }

    /// The same, which tells of a sticker's set as well.
    #[must_use]
    pub fn with_set(self, view: &(impl View + ?Sized), set: Option<StickerSetId>) -> Self {
        Self { set: set.map(|it| (it, view.world().set_hash(it))), ..self }
    }

    /// The access hash of a sticker set, where one of the files is of it.
    pub fn set_hash(&self, set: StickerSetId) -> Option<i64> {
        self.set.filter(|(it, _)| *it == set).map(|(_, hash)| hash)
    }

    /// The access hash of a file; 0 for one that is none of the carrier's.
    pub fn hash(&self, file: u64) -> i64 {
        self.hashes.iter().find(|(id, _)| *id == file).map_or(0, |(_, hash)| *hash)
    }
}

/// The token of a carrier, at a moment in unix seconds: the same for all its readers, so that one rendering serves them.
/// Operators may set another window, as tests of clients that refresh theirs do.
fn token(world: &World, carrier: Carrier, now: u32) -> Bytes {
    let window = match world.settings.file_reference_seconds {
        0 => WINDOW,
        seconds => seconds,
    };
    Purpose::Reference.sign(world, carrier.to_bytes(), (now, window)).into()
}

/// Who carries what a client asks for.
pub fn carrier(view: &(impl View + ?Sized), reference: &[u8]) -> Result<Carrier, Refusal> {
    if reference.is_empty() {
        return Err(Refusal::FileReferenceEmpty);
    }
    match Purpose::Reference.read(view.world(), reference, view.now().secs()) {
        Ok(said) => Carrier::of_bytes(said).ok_or(Refusal::FileReferenceInvalid),
        Err(Unsigned::Foreign) => Err(Refusal::FileReferenceInvalid),
        Err(Unsigned::Ended) => Err(Refusal::FileReferenceExpired),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::UserId, testing::Hall, world::Settings};

    const MESSAGE: Carrier = Carrier::Message { log: LogId::Mailbox(UserId(77)), uid: MessageUid([5; 16]) };

    fn token_of(hall: &Hall) -> Access {
        hall.ask(|view| Ok(Access::of(view, MESSAGE, [8, 9]))).unwrap()
    }

    fn read(hall: &Hall, reference: &[u8]) -> Result<Carrier, Refusal> {
        hall.ask(|view| Ok(carrier(view, reference))).unwrap()
    }

    #[test]
    fn a_token_names_its_carrier_and_is_the_same_for_hours() {
        let hall = Hall::new();
        let access = token_of(&hall);
        assert_eq!(read(&hall, &access.reference), Ok(MESSAGE));
        assert!(access.hash(8) != access.hash(9) && access.hash(8) != 0 && access.hash(10) == 0);
        let again = token_of(&hall);
        assert_eq!(again, access);
    }

    #[test]
    fn every_kind_of_carrier_is_read_as_it_was_written() {
        let (user, other, group) = (UserId(7), UserId(8), Peer::Chat(crate::ids::ChatId(9)));
        for carrier in [
            MESSAGE,
            Carrier::Scheduled { user, peer: group, id: MessageId(3) },
            Carrier::Uploaded { user, day: 5, file: 6 },
            Carrier::UserPhoto { user, photo: 1 },
            Carrier::ContactPhoto { owner: user, other },
            Carrier::GroupPhoto { group },
            Carrier::GuestPhoto { invite: InviteId { peer: group, admin: user, number: 4 }, guest: other },
        ] {
            let bytes = carrier.to_bytes();
            assert_eq!(Carrier::of_bytes(&bytes), Some(carrier));
            assert_eq!(Carrier::of_bytes(&bytes[..bytes.len() - 1]), None);
        }
    }

    #[test]
    fn a_token_ends_after_one_to_two_days() {
        let hall = Hall::new();
        let access = token_of(&hall);
        hall.pass(u64::from(WINDOW));
        assert_eq!(read(&hall, &access.reference), Ok(MESSAGE));
        hall.pass(u64::from(WINDOW));
        assert_eq!(read(&hall, &access.reference), Err(Refusal::FileReferenceExpired));
        assert_ne!(token_of(&hall).reference, access.reference);
    }

    #[test]
    fn an_operator_may_have_tokens_end_sooner() {
        let hall = Hall::with(Settings { file_reference_seconds: 2, ..Settings::default() }, false);
        let access = token_of(&hall);
        assert_eq!(read(&hall, &access.reference), Ok(MESSAGE));
        hall.pass(4);
        assert_eq!(read(&hall, &access.reference), Err(Refusal::FileReferenceExpired));
    }

    #[test]
    fn what_was_not_made_here_is_refused() {
        let hall = Hall::new();
        let whole = token_of(&hall).reference;
        assert_eq!(read(&hall, &[]), Err(Refusal::FileReferenceEmpty));
        for cut in 1..whole.len() {
            assert_eq!(read(&hall, &whole[..cut]), Err(Refusal::FileReferenceInvalid), "{cut} bytes");
        }
        for at in 0..whole.len() {
            let mut changed = whole.to_vec();
            changed[at] ^= 1;
            assert_eq!(read(&hall, &changed), Err(Refusal::FileReferenceInvalid), "byte {at}");
        }
    }
}
