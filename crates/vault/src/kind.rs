//! Kinds of sealed values and the scopes whose keys seal them. A kind without a row does not compile.

/// Whose key seals a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// A private chat: both sides' ids, the lower first; the same id twice is one's own notes.
    Chat {
        /// The lower id.
        low: u64,
        /// The higher id.
        high: u64,
    },
    /// One account.
    Account(u64),
    /// A group or channel.
    Group(u64),
    /// The search index of one log.
    Index(u64),
    /// The server itself: auth keys, codes under way.
    Server,
}

impl Scope {
    /// A stable name, for keys of rows and for the seal itself.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (tag, numbers): (u8, &[u64]) = match self {
            Scope::Chat { low, high } => (1, &[*low, *high]),
            Scope::Account(id) => (2, &[*id]),
            Scope::Group(id) => (3, &[*id]),
            Scope::Index(id) => (4, &[*id]),
            Scope::Server => (5, &[]),
        };
        std::iter::once(tag).chain(numbers.iter().flat_map(|it| it.to_be_bytes())).collect()
    }
}

/// The class of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeClass {
    /// The chat's key.
    Chat,
    /// The account's key.
    Account,
    /// The key of a log's search index.
    Index,
    /// The server's key.
    Server,
}

/// What is sealed. The number is part of the seal, so a value cannot pass for one of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text, entities, quotes and service actions of a message.
    MessageBody = 1,
    /// A draft.
    Draft = 2,
    /// A message to be sent later.
    ScheduledBody = 3,
    /// Names, bio, number, usernames of an account.
    UserCard = 4,
    /// How somebody calls a contact.
    ContactLabel = 5,
    /// Model, system, address of a device.
    DeviceInfo = 6,
    /// Verifier, salts and hint of a password.
    Password = 7,
    /// An e-mail address.
    Email = 8,
    /// A code under way.
    Code = 9,
    /// An auth key.
    AuthKey = 10,
    /// Names of tags in one's own notes, and settings that people wrote.
    Settings = 11,
    /// What somebody chose as reactions to a message.
    Reaction = 20,
    /// A part of a search index.
    SearchBlock = 30,
    /// Title, description, names of a group or channel.
    GroupCard = 40,
    /// The title of a member.
    Rank = 41,
    /// Hash and name of an invite link.
    Invite = 50,
    /// What an admin did, for the admin log.
    AdminEvent = 51,
    /// The key of a file while it is being uploaded.
    Upload = 60,
    /// What somebody has uploaded and will send, with the keys of its files.
    UploadedMedia = 61,
    /// A photo that somebody has of itself, with the keys of its files.
    UserPhoto = 62,
    /// A file that somebody keeps on a list, with its key.
    Kept = 68,
    /// The wallpaper of a chat, with the key of its file.
    ChatWallpaper = 69,
    /// A wallpaper that somebody made, with the key of its file.
    Wallpaper = 70,
    /// What a page of the web says of itself.
    WebPage = 72,
    /// Title, short name and words of a sticker set.
    StickerSet = 64,
    /// A sticker of a set, with the keys of its files.
    Sticker = 65,
    /// A sticker that somebody used or keeps, with the keys of its files.
    KeptSticker = 66,
}

impl Kind {
    /// Whose key seals it.
    pub fn scope(self) -> ScopeClass {
        match self {
            Kind::MessageBody
            | Kind::Draft
            | Kind::ScheduledBody
            | Kind::Reaction
            | Kind::GroupCard
            | Kind::Rank
            | Kind::Invite
            | Kind::AdminEvent
            | Kind::StickerSet
            | Kind::Sticker
            | Kind::ChatWallpaper => ScopeClass::Chat,
            Kind::UserCard
            | Kind::ContactLabel
            | Kind::Password
            | Kind::Email
            | Kind::Settings
            | Kind::Upload
            | Kind::UploadedMedia
            | Kind::KeptSticker
            | Kind::UserPhoto
            | Kind::Kept
            | Kind::Wallpaper => ScopeClass::Account,
            Kind::SearchBlock => ScopeClass::Index,
            Kind::Code | Kind::AuthKey | Kind::DeviceInfo | Kind::WebPage => ScopeClass::Server,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// These bytes are in every wrapped key: a change makes stored data unreadable.
    #[test]
    fn the_bytes_of_a_scope_are_stable() {
        let chat = Scope::Chat { low: 1, high: 0x0203 };
        assert_eq!(chat.to_bytes(), [1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 3]);
        for (tag, scope) in [(2, Scope::Account(7)), (3, Scope::Group(7)), (4, Scope::Index(7))] {
            assert_eq!(scope.to_bytes(), [tag, 0, 0, 0, 0, 0, 0, 0, 7]);
        }
        assert_eq!(Scope::Server.to_bytes(), [5]);
    }
}
