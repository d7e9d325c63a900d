//! The rules that no table can derive: new names, keyboards, stand-ins, conversions by type name.
//!
//! They name constructors and fields, never ids or layers, so that one rule serves every layer
//! that has the names.

use super::parts::Same;
use super::plan::{Conv, Fallback, Plan, Zero};
use crate::schema::{Kind, NONE, Schema, Ty, View, schema};

/// (name, older name, whether a method): constructors and methods that were renamed, some of them
/// by moving from one kind of peer to all.
const NAMES: &[(&str, &str, bool)] = &[
    ("keyboardInlineButtonRow", "keyboardButtonRow", false),
    ("emojiStatus", "emojiStatusUntil", false),
    ("inputStorePaymentStarsTopup", "inputStorePaymentStars", false),
    ("messagePeerVote", "messageUserVote", false),
    ("messagePeerVoteInputOption", "messageUserVoteInputOption", false),
    ("messagePeerVoteMultiple", "messageUserVoteMultiple", false),
    ("peerStories", "userStories", false),
    ("stories.peerStories", "stories.userStories", false),
    ("updatePinnedForumTopic", "updateChannelPinnedTopic", false),
    ("updatePinnedForumTopics", "updateChannelPinnedTopics", false),
    ("account.toggleNoPaidMessagesException", "account.addNoPaidMessagesException", true),
    ("messages.clickSponsoredMessage", "channels.clickSponsoredMessage", true),
    ("messages.createForumTopic", "channels.createForumTopic", true),
    ("messages.deleteTopicHistory", "channels.deleteTopicHistory", true),
    ("messages.editChatCreator", "channels.editCreator", true),
    ("messages.editForumTopic", "channels.editForumTopic", true),
    ("messages.getForumTopics", "channels.getForumTopics", true),
    ("messages.getForumTopicsByID", "channels.getForumTopicsByID", true),
    ("messages.getFutureChatCreatorAfterLeave", "channels.getFutureCreatorAfterLeave", true),
    ("messages.getSponsoredMessages", "channels.getSponsoredMessages", true),
    ("messages.reorderPinnedForumTopics", "channels.reorderPinnedForumTopics", true),
    ("messages.reportSponsoredMessage", "channels.reportSponsoredMessage", true),
    ("messages.updatePinnedForumTopic", "channels.updatePinnedForumTopic", true),
    ("messages.viewSponsoredMessage", "channels.viewSponsoredMessage", true),
    ("payments.canPurchaseStore", "payments.canPurchasePremium", true),
    ("stories.getAllReadPeerStories", "stories.getAllReadUserStories", true),
    ("stories.getPeerMaxIDs", "users.getStoriesMaxIDs", true),
    ("stories.getPeerStories", "stories.getUserStories", true),
    ("stories.togglePeerStoriesHidden", "contacts.toggleStoriesHidden", true),
    ("users.getRequirementsToContact", "users.getIsPremiumRequiredToContact", true),
];

/// (constructor or method, or any; field; older field): fields that were renamed. A field that both
/// layers have stands for itself alone, and the types must have a conversion.
const FIELDS: &[(&str, &str, &str)] = &[
    ("", "peer", "channel"),
    ("", "peer", "channel_id"),
    ("", "peer", "user_id"),
    ("", "rarity", "rarity_permille"),
    ("", "reply_to", "reply_to_msg_id"),
    ("channels.toggleSignatures", "signatures_enabled", "enabled"),
    ("messageActionRequestedPeer", "peers", "peer"),
    ("messageActionSetChatTheme", "theme", "emoticon"),
    ("messageMediaDocument", "alt_documents", "alt_document"),
    ("messages.setChatTheme", "theme", "emoticon"),
    ("messages.sendBotRequestedPeer", "requested_peers", "requested_peer"),
    ("stories.allStories", "peer_stories", "user_stories"),
    ("stories.togglePeerStoriesHidden", "peer", "id"),
    ("updateGroupCall", "peer", "chat_id"),
    ("userFull", "theme", "theme_emoticon"),
];

/// (method, or any; its field; constructor made from the older method's own fields of the same
/// names; constructor where the first of them is an empty string).
const GATHERED: &[(&str, &str, &str, &str)] = &[
    ("", "reply_to", "inputReplyToMessage", ""),
    ("", "stargift", "inputSavedStarGiftUser", ""),
    ("account.updateColor", "color", "peerColor", ""),
    ("messages.setChatTheme", "theme", "inputChatTheme", "inputChatThemeEmpty"),
];

/// (constructor or method, or a namespace; field; value): what a layer requires and the other has
/// not, where zero would be wrong.
const DEFAULTS: &[(&str, &str, Default)] = &[
    // Stories were one's own before they had a peer.
    ("stories.", "peer", Default::Object("inputPeerSelf")),
    // A button asked for one peer before it told how many.
    ("buttonTypeRequestPeer", "max_quantity", Default::Int(1)),
    // Limits that became part of the app's configuration in 154, as every server then sent them.
    ("config", "pinned_dialogs_count_max", Default::Int(5)),
    ("config", "pinned_infolder_count_max", Default::Int(100)),
    ("config", "saved_gifs_limit", Default::Int(200)),
    ("config", "stickers_faved_limit", Default::Int(5)),
];

enum Default {
    Object(&'static str),
    Int(i32),
}

/// (constructor, field): without this field, which the older layer requires, the object says something else than it
/// means: it has no form there.
const TELLING: &[(&str, &str)] = &[
    // A quote from elsewhere would answer message 0.
    ("messageReplyHeader", "reply_to_msg_id"),
];

/// (from type, to type, field, size): the field stands for the whole value; `size` zero bytes
/// where it is absent, or no form at all.
const EXTRACT: &[(&str, &str, &str, u8)] = &[
    ("TextWithEntities", "string", "text", 4),
    ("RecentStory", "int", "max_id", 4),
    ("PeerColor", "int", "color", 4),
    ("StarsAmount", "long", "amount", 8),
    ("StarGiftAttributeRarity", "int", "permille", 4),
    ("Reaction", "string", "emoticon", 0),
    ("ChatTheme", "string", "emoticon", 0),
    ("InputChatTheme", "string", "emoticon", 4),
    ("InputReplyTo", "int", "reply_to_msg_id", 0),
    ("ReadParticipantDate", "long", "user_id", 0),
    ("help.AppConfig", "JSONValue", "config", 0),
    ("messages.ChatInviteJoinResult", "Updates", "updates", 0),
    ("messages.DialogFilters", "Vector<DialogFilter>", "filters", 0),
    ("messages.InvitedUsers", "Updates", "updates", 0),
    ("messages.WebPage", "WebPage", "webpage", 0),
    ("messages.WebPagePreview", "MessageMedia", "media", 0),
];

/// (type, constructor): the type was a `Bool` that told this constructor from the others.
const IS: &[(&str, &str)] = &[
    ("PaidReactionPrivacy", "paidReactionPrivacyAnonymous"),
    ("ReportResult", "reportResultReported"),
    ("RequirementToContact", "requirementToContactPremium"),
    ("stories.CanSendStoryCount", "stories.canSendStoryCount"),
];

/// Types that differ in name only, given the rules for their constructors.
const SAME_TYPES: &[(&str, &str)] = &[
    ("KeyboardInlineButtonRow", "KeyboardButtonRow"),
    ("KeyboardInlineButton", "KeyboardButton"),
    ("KeyboardButtonRow", "KeyboardInlineButtonRow"),
    ("KeyboardButton", "KeyboardInlineButton"),
    ("MessagePeerVote", "MessageUserVote"),
    ("PeerStories", "UserStories"),
    ("stories.PeerStories", "stories.UserStories"),
];

/// (from type, to type, (constructor, constructor)...): the fields keep their names.
type Cast = (&'static str, &'static str, &'static [(&'static str, &'static str)]);
const CASTS: &[Cast] = &[
    ("BusinessBotRecipients", "BusinessRecipients", &[("businessBotRecipients", "businessRecipients")]),
    (
        "InputBusinessRecipients",
        "InputBusinessBotRecipients",
        &[("inputBusinessRecipients", "inputBusinessBotRecipients")],
    ),
    (
        "InputChannel",
        "InputPeer",
        &[
            ("inputChannel", "inputPeerChannel"),
            ("inputChannelEmpty", "inputPeerEmpty"),
            ("inputChannelFromMessage", "inputPeerChannelFromMessage"),
        ],
    ),
    (
        "InputUser",
        "InputPeer",
        &[
            ("inputUser", "inputPeerUser"),
            ("inputUserEmpty", "inputPeerEmpty"),
            ("inputUserFromMessage", "inputPeerUserFromMessage"),
            ("inputUserSelf", "inputPeerSelf"),
        ],
    ),
    (
        "InputPeer",
        "InputUser",
        &[
            ("inputPeerUser", "inputUser"),
            ("inputPeerEmpty", "inputUserEmpty"),
            ("inputPeerUserFromMessage", "inputUserFromMessage"),
            ("inputPeerSelf", "inputUserSelf"),
        ],
    ),
    ("WebViewResult", "AppWebViewResult", &[("webViewResultUrl", "appWebViewResultUrl")]),
    ("WebViewResult", "SimpleWebViewResult", &[("webViewResultUrl", "simpleWebViewResultUrl")]),
];

/// (constructor, optional field, older constructor): with the field it was another constructor.
const SPLIT: &[(&str, &str, &str)] = &[("emojiStatus", "until", "emojiStatusUntil")];

/// What stands for a constructor that has no form in the layer, by type, with the fields that both
/// have. Types that are not here lose the nearest vector element or optional field.
const STAND_INS: &[(&str, &str)] = &[
    ("MessageMedia", "messageMediaUnsupported"),
    ("MessageAction", "messageActionEmpty"),
    ("RichText", "textEmpty"),
    ("PageBlock", "pageBlockUnsupported"),
    ("EmojiStatus", "emojiStatusEmpty"),
    ("Reaction", "reactionEmpty"),
    ("SendMessageAction", "sendMessageTypingAction"),
    ("help.PromoData", "help.promoDataEmpty"),
    // Whatever it told, the stream goes on: an empty list of updates of the same date.
    ("Updates", "updates"),
];

/// (older constructor, its type since 229, whether the button is of an inline keyboard). Before
/// 229 each kind of button was a constructor; since then there are two constructors with a type.
pub(super) const BUTTONS: &[(&str, &str, bool)] = &[
    ("keyboardButton", "buttonTypeDefault", false),
    ("keyboardButtonRequestPhone", "buttonTypeRequestPhone", false),
    ("keyboardButtonRequestGeoLocation", "buttonTypeRequestGeoLocation", false),
    ("keyboardButtonRequestPoll", "buttonTypeRequestPoll", false),
    ("keyboardButtonRequestPeer", "buttonTypeRequestPeer", false),
    ("inputKeyboardButtonRequestPeer", "inputButtonTypeRequestPeer", false),
    ("keyboardButtonSimpleWebView", "buttonTypeSimpleWebView", false),
    ("keyboardButtonUrl", "inlineButtonTypeUrl", true),
    ("keyboardButtonUrlAuth", "inlineButtonTypeUrlAuth", true),
    ("inputKeyboardButtonUrlAuth", "inputInlineButtonTypeUrlAuth", true),
    ("keyboardButtonWebView", "inlineButtonTypeWebView", true),
    ("keyboardButtonCallback", "inlineButtonTypeCallback", true),
    ("keyboardButtonGame", "inlineButtonTypeGame", true),
    ("keyboardButtonBuy", "inlineButtonTypeBuy", true),
    ("keyboardButtonSwitchInline", "inlineButtonTypeSwitchInline", true),
    ("keyboardButtonUserProfile", "inlineButtonTypeUserProfile", true),
    ("inputKeyboardButtonUserProfile", "inputInlineButtonTypeUserProfile", true),
    ("keyboardButtonCopy", "inlineButtonTypeCopy", true),
];

/// Whether a button of a layer before 229 stands in keyboards of the other kind.
pub(crate) fn misplaced(button: &str, inline: bool) -> bool {
    BUTTONS.iter().any(|b| b.0 == button && b.2 != inline)
}

/// Since 229 a button's `type` says what it is.
fn typed(view: &View) -> bool {
    view.named("buttonTypeDefault", false).is_some()
}

/// Whether the two layers build buttons differently.
pub(super) fn buttons_differ(source: &View, target: &View) -> bool {
    typed(source) != typed(target)
}

/// The plan of a button or of a button's type, where the two layers build buttons differently.
pub(super) fn buttons(source: &View, target: &View, name: &str) -> Option<Plan> {
    let with_name = |v: &View, n| v.named(n, false).unwrap_or(NONE);
    match (typed(source), typed(target)) {
        (true, false) if name == "keyboardButton" || name == "keyboardInlineButton" => Some(Plan::ButtonDown),
        (true, false) => {
            let rule = BUTTONS.iter().find(|b| b.1 == name)?;
            target.named(rule.0, false).map(Plan::ButtonType)
        }
        (false, true) if name == "keyboardButtonRow" => {
            let target = with_name(target, "keyboardInlineButtonRow");
            Some(Plan::RowUp { target, same: Same::default() })
        }
        (false, true) => {
            let rule = BUTTONS.iter().find(|b| b.0 == name)?;
            let ty = with_name(target, rule.1);
            let (inline, reply) = if rule.2 { (ty, NONE) } else { (NONE, ty) };
            Some(Plan::ButtonUp { inline, reply })
        }
        _ => None,
    }
}

/// The target's name of what the source calls `name`.
pub(super) fn renamed<'n>(target: &View, name: &'n str, function: bool) -> &'n str {
    if target.named(name, function).is_some() {
        return name;
    }
    let other = NAMES.iter().filter(|n| n.2 == function).find_map(|n| match n {
        (new, old, _) if *new == name => Some(*old),
        (new, old, _) if *old == name => Some(*new),
        _ => None,
    });
    other.filter(|n| target.named(n, function).is_some()).unwrap_or(name)
}

/// The other names a field may have: newer ones for an older field (`up` false), or older ones for
/// a newer field, of this newest constructor or method.
pub(super) fn other_names(newest: &str, field: &str, up: bool) -> impl Iterator<Item = &'static str> {
    let own = FIELDS.iter().filter(move |r| r.0.is_empty() || r.0 == newest);
    own.filter_map(move |r| match up {
        true => (r.1 == field).then_some(r.2),
        false => (r.2 == field).then_some(r.1),
    })
}

/// For a field that older layers spread over the method itself: the constructor to make of it, and
/// the one that stands for an empty string.
pub(super) fn gathered(method: &str, field: &str) -> Option<(&'static str, &'static str)> {
    let rule = GATHERED.iter().find(|r| (r.0.is_empty() || r.0 == method) && r.1 == field)?;
    Some((rule.2, rule.3))
}

/// What to write into a field that must be there and has no source.
pub(super) fn default(target: &View, name: &str, field: &str) -> Option<Zero> {
    let fits = |of: &str| if of.ends_with('.') { name.starts_with(of) } else { name == of };
    let rule = DEFAULTS.iter().find(|r| fits(r.0) && r.1 == field)?;
    match rule.2 {
        Default::Int(n) => Some(Zero::Word(n.cast_unsigned())),
        Default::Object(of) => target.named(of, false).map(|i| Zero::Word(schema().decl(i).id)),
    }
}

/// Whether a field that must be there may be empty.
pub(super) fn may_be_empty(name: &str, field: &str) -> bool {
    !TELLING.contains(&(name, field))
}

/// The field and the older constructor of a constructor that was two.
pub(super) fn split(target: &View, name: &str) -> Option<(&'static str, u16)> {
    let rule = SPLIT.iter().find(|r| r.0 == name)?;
    target.named(rule.2, false).map(|i| (rule.1, i))
}

/// How a value of one type becomes one of another; `field` is the target's.
pub(super) fn conversion(from: Ty, to: Ty, field: &str) -> Conv {
    if from == to {
        return Conv::Keep;
    }
    let schema = schema();
    let (a, b) = (schema.text(from), schema.text(to));
    let pair = (&a[..], &b[..]);
    let name = |n: &str| schema.name_id(n).unwrap_or(NONE);
    match pair {
        ("long", "int") => return Conv::LongToInt,
        ("int", "long") => return Conv::IntToLong,
        ("double", "int") => return Conv::DoubleToInt,
        ("int", "double") => return Conv::IntToDouble,
        ("string", "bytes") | ("bytes", "string") => return Conv::Keep,
        ("string", "TextWithEntities") => return Conv::StringToText,
        // The first field of every peer is its id; a call's chat may be a channel.
        ("Peer", "long") if field == "chat_id" => return Conv::PeerId,
        ("Peer", "long") if field == "channel_id" => return Conv::Extract { name: name(field), size: 0 },
        ("Peer", "long") => return Conv::Extract { name: name("user_id"), size: 0 },
        ("Vector<bytes>", "Vector<int>") if field == "correct_answers" => return Conv::Answers,
        _ if SAME_TYPES.contains(&pair) => return Conv::Keep,
        _ => {}
    }
    if let Some(rule) = EXTRACT.iter().find(|r| (r.0, r.1) == pair) {
        return Conv::Extract { name: name(rule.2), size: rule.3 };
    }
    if let Some(at) = (0u8..).zip(CASTS).find(|(_, c)| (c.0, c.1) == pair) {
        return Conv::Cast(at.0);
    }
    if let Some(rule) = IS.iter().find(|r| (r.0, "Bool") == pair) {
        return Conv::Is { name: name(rule.1) };
    }
    if a == format!("Vector<{b}>") {
        return Conv::First;
    }
    if b == format!("Vector<{a}>") {
        return Conv::Wrap;
    }
    if (from.kind, to.kind) == (Kind::Vector, Kind::Vector) {
        let to = schema.element(to);
        return match conversion(schema.element(from), to, field) {
            Conv::Fail => Conv::Fail,
            Conv::Keep => Conv::Keep,
            _ => Conv::Each(to),
        };
    }
    Conv::Fail
}

/// The constructor that a cast makes of another.
pub(super) fn cast(rule: u8, name: &str) -> Option<&'static str> {
    let pairs = CASTS[usize::from(rule)].2;
    pairs.iter().find(|p| p.0 == name).map(|p| p.1)
}

/// Whether the constructor is a keyboard, and then whether its buttons are inline ones.
pub(crate) fn keyboard(name: &str) -> Option<bool> {
    match name {
        "replyInlineMarkup" => Some(true),
        "replyKeyboardMarkup" => Some(false),
        _ => None,
    }
}

/// Fills in the stand-ins that the target layer has.
pub(super) fn fallbacks(schema: &Schema, target: &View, into: &mut [Fallback]) {
    for (ty, name) in STAND_INS {
        let Some(ty) = schema.boxed_named(ty) else {
            continue;
        };
        if let Some(index) = target.named(name, false) {
            into[usize::from(ty)] = Fallback::StandIn(index);
        }
    }
    if let Some(update) = schema.boxed_named("Update") {
        into[usize::from(update)] = Fallback::Update;
    }
}
