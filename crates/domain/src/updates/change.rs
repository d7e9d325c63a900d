//! Every kind of change that a mailbox's log records, and what passes without a record.
//! A change names rows, it doesn't repeat their content: who renders it reads the rows.

use crate::{
    ids::{AuthorizationHash, ChannelId, ChatId, MessageId, Peer, StickerSetId, UserId},
    stickers::SetKind,
    variants,
};

variants! {
    /// One entry's meaning.
    pub enum Change {
        /// A copy of a message arrived in this mailbox (`updateNewMessage`, 1 pts).
        1 => NewMessage {
            1 => message: MessageId,
            2 => random_id: Option<i64>,
            /// In a channel: whose random id it is.
            3 => by: UserId,
        },
        /// A message's content changed (`updateEditMessage`, 1 pts).
        2 => EditMessage { 1 => message: MessageId },
        /// Messages are gone (`updateDeleteMessages`, as many pts as messages).
        3 => DeleteMessages { 1 => messages: Vec<MessageId> },
        /// This user read a chat elsewhere (`updateReadHistoryInbox`, 1 pts).
        4 => ReadInbox { 1 => peer: Peer, 2 => up_to: MessageId, 3 => still_unread: u32 },
        /// The other side read (`updateReadHistoryOutbox`, 1 pts).
        5 => ReadOutbox { 1 => peer: Peer, 2 => up_to: MessageId },
        /// Voice notes, mentions or timed media were opened (`updateReadMessagesContents`, as many pts as messages).
        6 => ReadContents { 1 => messages: Vec<MessageId>, 2 => date: u32 },
        /// Pins in a chat changed (`updatePinnedMessages`, as many pts as messages).
        7 => PinnedMessages { 1 => peer: Peer, 2 => messages: Vec<MessageId>, 3 => pinned: bool },

        // Without pts: they carry state, so learning of one twice does no harm.
        /// Reactions of a message changed (`updateMessageReactions`).
        20 => Reactions { 1 => peer: Peer, 2 => message: MessageId },
        /// A draft was saved or cleared (`updateDraftMessage`).
        21 => Draft { 1 => peer: Peer },
        /// A dialog was pinned or unpinned (`updateDialogPinned`).
        22 => DialogPinned { 1 => peer: Peer, 2 => pinned: bool, 3 => folder: u8 },
        /// The order of pins changed (`updatePinnedDialogs`).
        23 => PinnedOrder { 1 => folder: u8 },
        /// A chat was marked unread by hand, or the mark cleared (`updateDialogUnreadMark`).
        24 => UnreadMark { 1 => peer: Peer, 2 => unread: bool },
        /// Notification settings changed (`updateNotifySettings`); the target as notify rows name it.
        25 => NotifySettings { 1 => class: u8, 2 => peer: Option<Peer>, 3 => topic: MessageId },
        /// One privacy key's rules changed (`updatePrivacy`).
        26 => Privacy { 1 => key: u8 },
        /// A user's names changed (`updateUserName`).
        27 => UserName { 1 => user: UserId },
        /// Something of a user that clients ask for again (`updateUser`).
        28 => User { 1 => user: UserId },
        /// A user's number changed (`updateUserPhone`).
        29 => UserPhone { 1 => user: UserId },
        /// This user blocked or unblocked a peer (`updatePeerBlocked`).
        30 => PeerBlocked { 1 => peer: Peer, 2 => blocked: bool, 3 => stories: bool },
        /// The action bar of a chat changed (`updatePeerSettings`).
        31 => PeerSettings { 1 => peer: Peer },
        /// A chat's self-destruct period changed (`updatePeerHistoryTTL`).
        32 => PeerHistoryTtl { 1 => peer: Peer, 2 => period: u32 },
        /// A device logged in (`updateNewAuthorization`).
        33 => NewAuthorization { 1 => hash: AuthorizationHash },
        /// A message was scheduled or its schedule edited (`updateNewScheduledMessage`).
        34 => NewScheduled { 1 => peer: Peer, 2 => message: MessageId, 3 => random_id: Option<i64> },
        /// Scheduled messages were sent or removed (`updateDeleteScheduledMessages`).
        35 => DeleteScheduled { 1 => peer: Peer, 2 => messages: Vec<MessageId>, 3 => sent: Vec<MessageId> },
        /// The uploaded address book was emptied (`updateContactsReset`).
        36 => ContactsReset {},
        /// A part of Saved Messages was pinned or unpinned (`updateSavedDialogPinned`).
        37 => SavedDialogPinned { 1 => peer: Peer, 2 => pinned: bool },
        /// The order of pins in Saved Messages changed (`updatePinnedSavedDialogs`).
        38 => SavedPinnedOrder {},
        /// Recent reactions changed (`updateRecentReactions`).
        39 => RecentReactions {},
        /// Names of tags in Saved Messages changed (`updateSavedReactionTags`).
        40 => SavedReactionTags {},
        /// Something in `help.getConfig` changed for this user (`updateConfig`).
        41 => Config {},
        /// Unread reactions of a chat were read elsewhere: the counter in the dialog changed.
        42 => ReadReactions { 1 => peer: Peer },
        /// The default reactions-notification settings changed.
        43 => ReactionsNotify {},
        /// A chat moved between the main list and the archive (`updateFolderPeers`, 1 pts).
        44 => FolderPeers { 1 => peer: Peer, 2 => folder: u8 },
        /// A channel is another for this user: joined, left, its rights or looks changed (`updateChannel`).
        80 => Channel { 1 => channel: ChannelId },
        /// Somebody asked to join a group, or was answered (`updatePendingJoinRequests`).
        85 => PendingRequests { 1 => peer: Peer },
        /// This user read a thread elsewhere (`updateReadChannelDiscussionInbox`).
        90 => ThreadReadInbox { 1 => channel: ChannelId, 2 => top: MessageId, 3 => up_to: MessageId },
        /// Somebody read what this user wrote in a thread (`updateReadChannelDiscussionOutbox`).
        91 => ThreadReadOutbox { 1 => channel: ChannelId, 2 => top: MessageId, 3 => up_to: MessageId },
        /// A topic was pinned or let go (`updatePinnedForumTopic`).
        92 => TopicPinned { 1 => channel: ChannelId, 2 => topic: MessageId, 3 => pinned: bool },
        /// The order of pinned topics changed (`updatePinnedForumTopics`).
        93 => TopicsReordered { 1 => channel: ChannelId },
        /// A forum is shown to this user as one chat, or by topics (`updateChannelViewForumAsMessages`).
        94 => ViewAsMessages { 1 => channel: ChannelId, 2 => enabled: bool },
        /// This user voted, a poll closed, or votes came to an own one (`updateMessagePoll`).
        95 => Poll { 1 => peer: Peer, 2 => message: MessageId },
        /// The draft of a topic changed (`updateDraftMessage`).
        114 => TopicDraft { 1 => channel: ChannelId, 2 => top: MessageId },

        /// A page of the web that messages of this log show has come, or is known to be none (`updateWebPage`).
        144 => WebPage { 1 => page: u64 },

        // Folders; without pts.
        /// A folder was made, changed or deleted (`updateDialogFilter`).
        100 => Folder { 1 => folder: u8 },
        /// The order of folders changed (`updateDialogFilterOrder`).
        101 => FolderOrder {},
        /// Something of all folders changed (`updateDialogFilters`).
        102 => Folders {},

        // Stickers; without pts.
        /// A sticker set was installed (`updateNewStickerSet`).
        124 => StickerSetInstalled { 1 => set: StickerSetId },
        /// Sets of a kind were archived, removed or changed (`updateStickerSets`).
        125 => StickerSets { 1 => kind: SetKind },
        /// The order of installed sets changed (`updateStickerSetsOrder`).
        126 => StickerSetsOrder { 1 => kind: SetKind },
        /// Recent stickers changed (`updateRecentStickers`).
        127 => RecentStickers {},
        /// Favourite stickers changed (`updateFavedStickers`).
        128 => FavedStickers {},
        /// Featured sets were seen (`updateReadFeaturedStickers`, `updateReadFeaturedEmojiStickers`).
        129 => ReadFeatured { 1 => kind: SetKind },

        // Basic groups; without pts.
        /// Members of a basic group changed (`updateChatParticipants`).
        50 => ChatParticipants { 1 => chat: ChatId },
        /// Somebody became an admin of a basic group, or no longer is (`updateChatParticipantAdmin`).
        51 => ChatParticipantAdmin { 1 => chat: ChatId, 2 => user: UserId },
        /// A member's title changed (`updateChatParticipantRank`).
        52 => ChatParticipantRank { 1 => chat: ChatId, 2 => user: UserId },
        /// What members may not do changed (`updateChatDefaultBannedRights`).
        53 => ChatDefaultBannedRights { 1 => peer: Peer },
        /// Something else of a basic group (`updateChat`).
        54 => Chat { 1 => chat: ChatId },

        // What a member has of a channel; without pts.
        /// This user opened messages of a channel elsewhere (`updateChannelReadMessagesContents`).
        60 => ChannelContents { 1 => channel: ChannelId, 2 => messages: Vec<MessageId> },
        /// This user sees a channel's messages from this one on (`updateChannelAvailableMessages`).
        61 => ChannelAvailable { 1 => channel: ChannelId, 2 => from: MessageId },

        // What people keep of files; without pts.
        /// Saved GIFs changed (`updateSavedGifs`).
        134 => SavedGifs {},
        /// Notification sounds changed (`updateSavedRingtones`).
        135 => SavedRingtones {},
        /// The wallpaper of a chat changed (`updatePeerWallpaper`).
        136 => PeerWallpaper { 1 => peer: Peer },
        /// What clients save to their devices by themselves changed (`updateAutoSaveSettings`).
        137 => AutoSaveSettings {},
    }
}

/// Shown to who is online, and forgotten.
#[derive(Clone, Debug, PartialEq)]
pub enum Passing {
    /// Somebody types, records, plays (`updateUserTyping`, `updateChatUserTyping`); the action as opaque bytes of the newest layer.
    Typing {
        /// In which chat.
        peer: Peer,
        /// Who.
        from: UserId,
        /// The serialized `SendMessageAction` of the newest layer.
        action: Vec<u8>,
        /// In which topic or thread of a channel.
        top: Option<MessageId>,
    },
    /// Somebody came or went (`updateUserStatus`).
    Status {
        /// Who; what is shown of it depends on the viewer, so it is read when rendered.
        user: UserId,
    },
    /// A post was seen or forwarded (`updateChannelMessageViews`, `updateChannelMessageForwards`).
    Counts {
        /// In this log.
        message: MessageId,
        /// How often it was seen, if that has moved.
        views: Option<u32>,
        /// How often it was forwarded, if that has.
        forwards: Option<u32>,
    },
    /// Somebody voted in a poll (`updateMessagePoll`); the results are read when rendered.
    Poll {
        /// In which chat.
        peer: Peer,
        /// The poll's message, in this log.
        message: MessageId,
        /// Who.
        by: UserId,
    },
}
