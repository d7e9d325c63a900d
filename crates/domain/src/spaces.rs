//! Every kind of row, on one page. Ids never change and are never used again.
//! The functions that build a kind's keys live with the rules that own it.

use store::{Class, Subspace};

macro_rules! spaces {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $class:ident;)*) => {
        $($(#[$doc])* pub const $name: Subspace = Subspace { id: $id, class: Class::$class, name: stringify!($name) };)*
        /// All of them, for opening a store.
        pub const ALL: &[Subspace] = &[$($name),*];
    };
}

spaces! {
    /// `auth_key_id` → key, user, layer, binding.
    AUTH_KEY = 1, Records;
    /// `user, hash` → a logged-in device.
    AUTHORIZATION = 2, Records;
    /// `user` → profile and account flags.
    USER = 3, Records;
    /// `keyed hash of kind and name` → who holds a phone number or username.
    NAME = 4, Records;
    /// `user, other` → a contact.
    CONTACT = 5, Records;
    /// `user, list, peer` → blocked since.
    BLOCK = 6, Records;
    /// `user, privacy key` → rules.
    PRIVACY = 7, Records;
    /// `user` → two-step verification.
    PASSWORD = 8, Records;
    /// `keyed hash of the number` → sign-in code under way.
    CODE = 9, Records;
    /// `log` → pts, next message id.
    COUNTERS = 10, Hot;
    /// `log, message_id` → this user's copy of a message, or a channel's message.
    MAILBOX = 11, Logs;
    /// `log, uid` → message_id.
    COPY = 12, Index;
    /// `log, peer, message_id` → nothing.
    HISTORY = 13, Index;
    /// `log, pts, n` → an update.
    LOG = 14, Logs;
    /// `user, random_id` → message_id, for seven days.
    SENT = 15, Index;
    /// `user, peer` → read marks, unread, draft, settings.
    DIALOG = 16, Hot;
    /// `user, folder, pinned, !date, !message_id, peer` → nothing.
    DIALOG_ORDER = 17, Hot;
    /// `user, target` → notification settings.
    NOTIFY = 18, Records;
    /// `user, message_id, who` → reactions of one person to a message.
    REACTION = 19, Records;
    /// `user, peer, id` → a message to be sent later.
    SCHEDULED = 20, Records;
    /// `due, kind, id` → what to do at a moment.
    TIMER = 21, Index;
    /// `scope, epoch` → a wrapped content key; epoch 0 names the current one.
    CONTENT_KEY = 22, Records;
    /// `destination vshard, seq` → a delivery on its way.
    OUTBOX = 23, Logs;
    /// `source vshard` → the last delivery applied.
    INBOX = 24, Hot;
    /// `user, peer, first message_id` → a part of the search index; without a peer: how far it reaches.
    SEARCH = 25, Index;
    /// `keyed hash of a number, user` → who has the number in the address book.
    ADDRESS_BOOK = 26, Index;
    /// `user` → last seen.
    STATUS = 27, Hot;
    /// `keyed hash of a token` → what it is good for, until when.
    TOKEN = 28, Records;
    /// `user, kind` → one of the account's settings.
    SETTING = 29, Records;
    /// `vshard` → the next user number; `vshard, kind` → that of groups and channels.
    ALLOCATOR = 30, Hot;
    /// `name` → facts of the whole server.
    SERVER = 31, Records;
    /// `user, category, other` → how often they talk.
    TOP_PEER = 32, Hot;
    /// `user, 1, origin, message_id` → nothing: Saved Messages by where they came from;
    /// `user, 2, origin` → the last of them.
    SAVED = 33, Index;
    /// `keyed hash of a number` → the operator let it register.
    INVITED = 34, Records;
    /// `user, n` → numbers of a user's address book.
    IMPORTED = 35, Records;
    /// `user, kind, peer, message_id` → nothing: messages with unread reactions, and other marks.
    UNREAD_MARK = 36, Index;
    /// `log` → how far its upkeep came.
    UPKEEP = 40, Records;
    /// `user` → recovery address, a password that waits for it, a reset under way.
    RECOVERY = 50, Records;
    /// `user` → the address that sign-in codes go to.
    LOGIN_EMAIL = 51, Records;
    /// `user` → a deletion of the account that waits.
    DELETION = 52, Records;
    /// `user` of a deleted account → how far the removal of its rows has come; all on vshard 0.
    ERASURE = 53, Records;
    /// `chat` → a basic group: members, rights, title.
    CHAT = 60, Records;
    /// `channel` → a supergroup or broadcast channel: rights, settings, title.
    CHANNEL = 61, Records;
    /// `channel, user` → how somebody stands in it.
    MEMBER = 62, Records;
    /// `user, channel` → a channel that the user has joined.
    JOINED = 63, Index;
    /// `channel` → numbers of members.
    CHANNEL_COUNTS = 64, Hot;
    /// `log, peer, message_id` → nothing: pinned messages.
    PINNED = 70, Index;
    /// `channel` → who has read furthest.
    READERS = 75, Hot;
    /// `channel, user, message_id`, or `user, chat, message_id` → when a member of a small group read up to there,
    /// unix seconds.
    READ_AT = 76, Hot;
    /// `channel, message_id` → how often each reaction was chosen, and who chose last.
    REACTION_SUM = 77, Records;
    /// `channel, message_id, !date, who` → nothing: those who reacted, the latest first.
    REACTED = 78, Index;
    /// `channel, list, !place, user` → nothing: members in order, admins, banned and restricted ones.
    MEMBER_LIST = 80, Index;
    /// `channel, !block` → how many members have their places in it.
    MEMBER_BLOCK = 81, Hot;
    /// `channel, keyed hashes of a word's beginnings, user` → nothing: members by their names.
    MEMBER_NAME = 82, Index;
    /// `user, channel` → a channel that the user has left.
    LEFT = 83, Index;
    /// `keyed hash of an invite link` → the group, the admin, the link's number.
    INVITE_LINK = 87, Records;
    /// `group, admin, revoked, number` → an invite link.
    INVITE = 88, Records;
    /// `group, admin` → the admin's numbers of links; for nobody: requests to join that wait.
    INVITER = 89, Records;
    /// `group, user` → by which link somebody came, or that it asks to join.
    JOINING = 90, Records;
    /// `group, list, (admin, number,) date, user` → nothing: who came by a link, who asks.
    INVITE_USE = 91, Index;
    /// `channel, number` → what somebody did there, for its admins.
    ADMIN_LOG = 92, Logs;
    /// `channel, topic` → a topic of a forum; topic 0: what the forum has beside them.
    TOPIC = 93, Records;
    /// `channel, top message_id, message_id` → nothing: topics and threads; `channel, 0, !last message_id, topic` →
    /// nothing: topics in their order.
    THREAD = 94, Index;
    /// `channel, top message_id` → how many messages, who has read them; `user, channel, top message_id` → how far
    /// the user has.
    THREAD_STATE = 95, Hot;
    /// `poll` → what it came to; `poll, 1, hour` → votes of that hour.
    POLL = 96, Hot;
    /// `poll, user` → what somebody chose.
    VOTE = 97, Records;
    /// `poll, answer, !date, user` → nothing: who chose it, the latest first.
    VOTER = 98, Index;
    /// `checklist` → what is done, and what was added.
    TODO = 99, Records;
    /// `user, channel, top message_id` → what was typed in a topic and not sent.
    TOPIC_DRAFT = 128, Records;
    /// `user` whose names changed → the channels that know; all on vshard 0.
    RENAMED = 84, Records;
    /// `keyed hash of a word's beginning, !size, channel` → nothing: public channels by their names.
    PUBLIC_NAME = 120, Index;
    /// `channel` → where a public one stands among them.
    PUBLIC_CHANNEL = 121, Records;
    /// `channel, message_id` → how often a post was seen and forwarded.
    POST_COUNTS = 110, Hot;
    /// `channel, message_id, n` → who has seen a post, as keyed hashes.
    POST_VIEWERS = 111, Records;
    /// `channel, message_id, 0` → how many copies of a post are listed; `channel, message_id, 1, !date, channel,
    /// message_id` → nothing: copies in channels and groups.
    PUBLIC_FORWARD = 112, Index;
    /// `channel, hour` → what happened in a broadcast channel in an hour.
    CHANNEL_HOUR = 113, Hot;
    /// `channel, message_id` → how a post was seen and passed on over time.
    POST_SERIES = 114, Hot;
    /// `keyed hash of a hashtag, !date, channel, message_id` → nothing: posts of public channels by their tags.
    PUBLIC_TAG = 122, Index;
    /// `channel` that became public or private → the posts whose tags are settled; all on vshard 0.
    PUBLISHED = 123, Records;
    /// `channel` that was deleted → how far the removal of its rows has come; all on vshard 0.
    CHANNEL_ERASURE = 100, Hot;
    /// `user, folder` → a folder of chats; folder 0: their order.
    FOLDER = 101, Records;
    /// `keyed hash of a link to a folder` → the folder and the link's number.
    FOLDER_LINK = 102, Records;
    /// `user, folder, number` → a link to a folder.
    FOLDER_INVITE = 103, Records;
    /// `channel, unix seconds, user` → nothing: who has archived it; from that moment on a post brings it back.
    ARCHIVED = 104, Index;
    /// `user, the client's number` → an upload.
    UPLOAD = 140, Records;
    /// `user, the client's number, part` → a sealed part of an upload that has no place in its blob yet.
    UPLOAD_PART = 141, Logs;
    /// `user, day of a message, channel, message_id` → nothing: what somebody has opened in channels.
    OPENED_MEDIA = 200, Index;
    /// `file` → who uploaded it, when, and how many bytes it takes.
    FILE = 142, Records;
    /// `file` → the only piece of a small file, sealed.
    SMALL_FILE = 143, Logs;
    /// `user` → bytes of what somebody has uploaded, and of what is on its way.
    FILE_QUOTA = 144, Records;
    /// `file, carrier` → nothing: what has a file's key.
    FILE_USE = 150, Index;
    /// `day, user, file` → what somebody has uploaded and will send; all on vshard 0.
    UPLOADED_MEDIA = 151, Records;
    /// `user, photo` → one of the photos that somebody has of itself.
    USER_PHOTO = 160, Records;
    /// `user, !place, photo` → nothing: the same, the latest first.
    USER_PHOTO_ORDER = 161, Index;
    /// `user, list, file` → a document on one of somebody's lists of files; file 0: their order.
    KEPT = 180, Records;
    /// `user, wallpaper` → a wallpaper that somebody made, for who has its link.
    WALLPAPER = 181, Records;
    /// `wallpaper` → who made it.
    WALLPAPER_MAKER = 182, Index;
    /// `user, peer` → the wallpapers of one side of a chat.
    CHAT_WALLPAPER = 183, Records;
    /// `page` → what a page of the web says of itself; the number is a keyed hash of its link; all on vshard 0.
    WEB_PAGE = 192, Records;
    /// `page` → nothing: pages that are to be fetched; all on vshard 0.
    WEB_PAGE_ERRAND = 193, Index;
    /// `page, log` → nothing: logs that are told when it has come; all on vshard 0.
    WEB_PAGE_WAIT = 194, Index;
    /// `day, page` → nothing: until when a page is kept; all on vshard 0.
    WEB_PAGE_DAY = 195, Index;
    /// `set` → a sticker set: owner, kind, title, its stickers in order.
    STICKER_SET = 165, Records;
    /// `set, document` → the file of one of its stickers, or of its thumbnail.
    STICKER = 166, Records;
    /// `document` → the set whose sticker it is.
    STICKER_OF = 167, Records;
    /// `keyed hash of a word's beginning, !created, set` → nothing: sets by their names.
    STICKER_WORD = 168, Index;
    /// `user, list` → sets that somebody has installed, archived, made, or seen featured.
    STICKER_LIST = 169, Records;
    /// `user, shelf` → recent or favourite stickers of somebody, in order.
    STICKER_SHELF = 170, Records;
    /// `user, shelf, document` → a sticker that stands there.
    STICKER_KEPT = 171, Records;
    /// `kind` → sets that the operator shows to everybody; all on vshard 0.
    STICKERS_FEATURED = 172, Records;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_kinds_share_an_id() {
        let mut ids: Vec<_> = ALL.iter().map(|it| it.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ALL.len());
    }
}
