//! What the rules say no to. Each variant is one of Telegram's error names; `api` turns it into the
//! code and text that clients know.

macro_rules! refusals {
    ($($name:ident),* $(,)?) => {
        /// A refusal by the rules.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Refusal {
            /// Come back in so many seconds (`FLOOD_WAIT_X`).
            FloodWait(u32),
            /// An account with a password may be deleted in so many seconds (`2FA_CONFIRM_WAIT_X`).
            TwoFactorConfirmWait(u32),
            /// The e-mail has yet to be confirmed; the code has so many digits (`EMAIL_UNCONFIRMED_X`).
            EmailUnconfirmed(u32),
            /// A slow chat: so many seconds until the next message (`SLOWMODE_WAIT_X`).
            SlowmodeWait(u32),
            /// Too young a session; wait so many seconds (`PASSWORD_TOO_FRESH_X` and kin).
            SessionTooFresh(u32),
            /// Too young a password; wait so many seconds (`PASSWORD_TOO_FRESH_X`).
            PasswordTooFresh(u32),
            /// An upload lacks this part; clients send it again (`FILE_PART_X_MISSING`).
            FilePartMissing(u32),
            /// The store is failing; nothing was written (500 in clients, which repeat).
            Unavailable,
            $(#[allow(missing_docs, reason = "Telegram's error of the same name")] $name),*
        }

        impl Refusal {
            /// The variant's name, for those that carry no number.
            pub fn variant(self) -> Option<&'static str> {
                match self {
                    $(Refusal::$name => Some(stringify!($name)),)*
                    _ => None,
                }
            }
        }
    };
}

refusals! {
    // accounts
    ApiIdInvalid, AuthBytesInvalid, AuthKeyUnregistered, AuthTokenAlreadyAccepted, AuthTokenException,
    AuthTokenExpired,
    AuthTokenInvalid, CodeEmpty, CodeHashInvalid, CodeInvalid, DcIdInvalid, EmailHashExpired, EmailInvalid,
    EmailNotAllowed, EmailVerifyExpired, EncryptedMessageInvalid, ExpiresAtInvalid, FirstnameInvalid,
    FreshChangePhoneForbidden, FreshResetAuthorisationForbidden, HashInvalid, LastnameInvalid,
    NewSaltInvalid, NewSettingsInvalid, NewSettingsEmpty, PasswordEmpty, PasswordHashInvalid, PasswordMissing,
    PasswordRecoveryExpired, PasswordRecoveryNa, PhoneCodeEmpty, PhoneCodeExpired, PhoneCodeHashEmpty,
    PhoneCodeInvalid, PhoneNumberBanned, PhoneNumberInvalid, PhoneNumberOccupied, PhoneNumberUnoccupied,
    PhoneNumberFlood, PhonePasswordFlood, ResetRequestMissing, SendCodeUnavailable, SessionPasswordNeeded,
    SessionRevoked, SrpAInvalid, SrpIdInvalid, SrpPasswordChanged, TaskAlreadyExists, TempAuthKeyAlreadyBound,
    TempAuthKeyEmpty, TtlDaysInvalid, UserDeactivated, UserDeactivatedBan, EmailInstallMissing,
    EmailUnconfirmedPlain, SignUpNotAllowed,
    // people
    AboutTooLong, BirthdayInvalid, ContactAddMissing, ContactIdInvalid, ContactMissing, ContactNameEmpty,
    ContactReqMissing, ImportTokenInvalid, OrderInvalid, PhoneNotOccupied, PrivacyKeyInvalid, PrivacyTooLong,
    PrivacyValueInvalid, QueryTooShort, SearchQueryEmpty, SettingsInvalid, TakeoutRequired, TypesEmpty, UserIdInvalid,
    UserInvalid, UsernameInvalid, UsernameNotModified, UsernameNotOccupied, UsernameOccupied,
    UsernamesActiveTooMuch, UserBotRequired, SensitiveChangeForbidden, AutoarchiveNotAvailable, UsernamePurchaseAvailable,
    // messages
    ChatForwardsRestricted, ChatNotModified, ChatWriteForbidden, EntitiesTooLong, EntityBoundsInvalid,
    EntityMentionUserInvalid, FilterNotSupported, FolderIdInvalid, InputFilterInvalid, InputPeersEmpty,
    InputUserDeactivated, LimitInvalid, MaxDateInvalid, MediaEmpty, MediaInvalid, MessageAuthorRequired, MessageDeleteForbidden,
    MessageEditTimeExpired, MessageEmpty, MessageIdInvalid, MessageIdsEmpty, MessageNotModified,
    MessageNotReadYet, MessageTooLong, MessageTooOld, MsgIdInvalid, MsgTooOld, OffsetPeerIdInvalid, OffsetInvalid,
    ParentPeerInvalid, HashtagInvalid, PeerIdInvalid, PersistentTimestampEmpty, PersistentTimestampInvalid, RangesInvalid,
    PinnedDialogsTooMuch, QuoteTextInvalid, RandomIdDuplicate, RandomIdEmpty, ReactionEmpty, ReactionInvalid, ReactionsTooMany,
    ReplyMessageIdInvalid, RequestMsgExpired, ReplyToInvalid, ScheduleDateInvalid, ScheduleDateTooLate,
    ScheduleStatusPrivate, ScheduleTooMuch,
    TtlPeriodInvalid, UserIsBlocked, YouBlockedUser, UserPrivacyRestricted, YourPrivacyRestricted,
    PrivacyPremiumRequired, InputConstructorInvalid, InputMethodInvalid, InputRequestTooLong,
    ChannelInvalid, ChannelPrivate, ChatIdInvalid,
    // files
    FilePartEmpty, FilePartInvalid, FilePartSizeChanged, FilePartSizeInvalid, FilePartTooBig, FilePartsInvalid, Md5ChecksumInvalid,
    ImageProcessFailed, PhotoCropSizeSmall, PhotoInvalidDimensions, PhotoSaveFileInvalid,
    AlbumPhotosTooMany, BotInvalid, MaxIdInvalid, PhotoCropFileMissing, PhotoIdInvalid, PhotoInvalid, VideoFileInvalid,
    TtlMediaInvalid, MediaGroupedInvalid, MediaNewInvalid, MediaPrevInvalid, MediaTtlInvalid, ContentRejected, WcConvertUrlInvalid, WebpageNotFound, EmoticonInvalid, MultiMediaTooLong, FileIdInvalid, LocationInvalid, FileReferenceEmpty, FileReferenceExpired, FileReferenceInvalid,
    ChatSendPhotosForbidden, ChatSendVideosForbidden, ChatSendRoundvideosForbidden, ChatSendAudiosForbidden,
    ChatSendVoicesForbidden, ChatSendDocsForbidden, ChatSendStickersForbidden, ChatSendGifsForbidden,
    // what people keep of files
    BoostsRequired, WallpaperFileInvalid, WallpaperInvalid, WallpaperMimeInvalid, WallpaperNotFound,
    DocumentInvalid, GifIdInvalid, RingtoneInvalid, RingtoneMimeInvalid, Sha256HashInvalid,
    // stickers
    EmoticonEmpty, EmoticonStickerpackMissing, PackShortNameInvalid, PackShortNameOccupied, PackTitleInvalid, PackTypeInvalid,
    ShortNameInvalid, ShortNameOccupied, ShortnameOccupyFailed, StickerEmojiInvalid, StickerFileInvalid, StickerGifDimensions,
    StickerIdInvalid, StickerInvalid, StickerMaskCoordsNotSupported, StickerPngDimensions, StickerPngNopng, StickerTgsNotgs,
    StickerThumbPngNopng, StickerThumbTgsNotgs, StickerVideoBig, StickerVideoNowebm, StickersEmpty, StickersTooMuch,
    StickersetInvalid, StickersetNotModified, TitleInvalid,
    // folders
    ChatlistExcludeInvalid, ChatlistsTooMuch, DialogFiltersTooMuch, FilterExcludeTooMuch, FilterIdInvalid, FilterIncludeEmpty,
    FilterIncludeTooMuch, FilterTitleEmpty, InvitePeersTooMuch, InviteSlugEmpty, InviteSlugExpired,
    PeersListEmpty,
    // groups
    AddressInvalid, AdminsTooMuch, BroadcastIdInvalid, LinkNotModified, AdminRankEmojiNotAllowed, AdminRankInvalid, BannedRightsInvalid, BotsTooMuch, BotGroupsBlocked,
    ChannelsAdminPublicTooMuch, ChannelsTooMuch, ChannelMonoforumUnsupported, ChannelTooLarge, ChannelTooBig, ChannelParicipantMissing,
    ChatAboutNotModified, ChatAboutTooLong, ChatAdminInviteRequired, ChatAdminRequired, ChatAlreadyMigrated, ChatDiscussionUnallowed, ChatGuestSendForbidden, ChatInvitePermanent,
    ChatLinkExists, ChatMemberAddFailed, ChatPublicRequired, ChatRestricted, ChatRevokeDateUnsupported, ChatSendPlainForbidden,
    ChatSendMediaForbidden, ChatSendPollForbidden, ChatTitleEmpty, ChatTooBig, ExpireDateInvalid, ForumEnabled, FreshChangeAdminsForbidden,
    HideRequesterMissing, InviteHashEmpty, InviteHashExpired, InviteHashInvalid, InviteRequestSent, InviteRevokedMissing, InvitesTooMuch, InputUsersEmpty, MegagroupPrehistoryHidden,
    MegagroupRequired, MegagroupIdInvalid, BroadcastRequired, GraphExpiredReload, GraphInvalidReload, GraphOutdatedReload, OptionInvalid, OptionsTooMuch, ParticipantIdInvalid, ParticipantsTooFew, PeerIdNotSupported, PinRestricted,
    PollAnswersInvalid, PollOptionDuplicate, PollOptionInvalid, PollQuestionInvalid, PollVoteRequired, QuizCorrectAnswersEmpty, QuizCorrectAnswersTooMuch, QuizCorrectAnswerInvalid, QuizMultipleInvalid,
    RevoteNotAllowed, RightForbidden, SecondsInvalid, SendAsPeerInvalid, TopicClosed, TopicCloseSeparately, TopicDeleted, TopicHideSeparately, TopicIdInvalid, TopicsEmpty,
    TopicNotModified, TopicTitleEmpty, ChannelForumMissing, UsageLimitInvalid, UserAdminInvalid, UserAlreadyInvited, UserAlreadyParticipant, UserBannedInChannel, UserBlocked,
    UserBot, UserChannelsTooMuch, UserCreator, UserKicked, UserNotMutualContact, UserNotParticipant, UserRestricted, UsersTooFew, UsersTooMuch, AdminIdInvalid, UserDeleted,
    TodoItemsEmpty, TodoItemDuplicate, TodoNotModified, MediaCaptionTooLong, GeneralModifyIconForbidden, PinnedTooMuch, PollAnswerInvalid, PollMemberRestricted, TodoItemsTooMuch, QueryTooLong,  BroadcastForbidden, MessagePollClosed, NotImplemented,
}
