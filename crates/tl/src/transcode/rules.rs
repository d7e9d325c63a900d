//! The rules that no table can derive: keyboards, replies, stand-ins, conversions by type name.
//!
//! They name constructors and fields, never ids or layers, so that one rule serves every layer
//! that has the names.

use super::table::{Fallback, Plan};
use crate::schema::{Field, Kind, NO_FLAG, NONE, Schema, View};

/// (from type, to type, field, size): the field stands for the whole value; `size` zero bytes
/// where it is absent.
pub(super) const EXTRACT: &[(&str, &str, &str, u8)] = &[
    ("TextWithEntities", "string", "text", 4),
    ("RecentStory", "int", "max_id", 4),
    ("PeerColor", "int", "color", 4),
    ("StarsAmount", "long", "amount", 8),
    ("Reaction", "string", "emoticon", 0),
];

/// The same for each element of a vector.
pub(super) const EXTRACT_EACH: &[(&str, &str, &str, u8)] = &[("Vector<Peer>", "Vector<long>", "user_id", 8)];

/// Types that differ in name only, given the rules for their constructors.
pub(super) const SAME_TYPES: &[(&str, &str)] = &[
    ("Vector<KeyboardInlineButtonRow>", "Vector<KeyboardButtonRow>"),
    ("Vector<KeyboardInlineButton>", "Vector<KeyboardButton>"),
    ("Vector<KeyboardButtonRow>", "Vector<KeyboardInlineButtonRow>"),
    ("Vector<KeyboardButton>", "Vector<KeyboardInlineButton>"),
];

/// Result types of methods: where the older type is a part of the newer one, the field that holds
/// it. Methods are not named: a rule holds for whatever method changed in this way.
pub(super) const RESULTS: &[(&str, &str, &str)] = &[
    ("messages.InvitedUsers", "Updates", "updates"),
    ("messages.ChatInviteJoinResult", "Updates", "updates"),
    ("messages.DialogFilters", "Vector<DialogFilter>", "filters"),
    ("messages.WebPagePreview", "MessageMedia", "media"),
    ("help.AppConfig", "JSONValue", "config"),
];

/// What stands for a constructor that the layer lacks, by type. Types that are not here lose the
/// nearest vector element or optional field.
const STAND_INS: &[(&str, &str)] = &[
    ("MessageMedia", "messageMediaUnsupported"),
    ("MessageAction", "messageActionEmpty"),
    ("RichText", "textEmpty"),
    ("PageBlock", "pageBlockUnsupported"),
    ("EmojiStatus", "emojiStatusEmpty"),
    ("Reaction", "reactionEmpty"),
    ("SendMessageAction", "sendMessageTypingAction"),
];

/// (older constructor, its type since 229, whether the button is of an inline keyboard). Before
/// 229 each kind of button was a constructor; since then there are two constructors with a type.
const BUTTONS: &[(&str, &str, bool)] = &[
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
        (false, true) if name == "keyboardButtonRow" => Some(Plan::RowUp(with_name(target, "keyboardInlineButtonRow"))),
        (false, true) => {
            let rule = BUTTONS.iter().find(|b| b.0 == name)?;
            let ty = with_name(target, rule.1);
            let (inline, reply) = if rule.2 { (ty, NONE) } else { (NONE, ty) };
            Some(Plan::ButtonUp { inline, reply })
        }
        _ => None,
    }
}

/// Constructors that took the place of another name.
pub(super) fn renamed<'n>(target: &View, name: &'n str) -> &'n str {
    match name {
        "keyboardInlineButtonRow" if target.named(name, false).is_none() => "keyboardButtonRow",
        _ => name,
    }
}

/// Whether the constructor is a keyboard, and then whether its buttons are inline ones.
pub(super) fn keyboard(name: &str) -> Option<bool> {
    match name {
        "replyInlineMarkup" => Some(true),
        "replyKeyboardMarkup" => Some(false),
        _ => None,
    }
}

/// For a target field that replaced a bare message id: the names of the id and of the topic's id.
pub(super) fn reply(schema: &Schema, f: &Field) -> Option<(&'static str, &'static str)> {
    let takes = f.flag != NO_FLAG
        && f.ty.kind == Kind::Boxed
        && schema.name(f.name) == "reply_to"
        && schema.text(f.ty) == "InputReplyTo";
    takes.then_some(("reply_to_msg_id", "top_msg_id"))
}

/// Fills in the stand-ins that the target layer has.
pub(super) fn fallbacks(schema: &Schema, target: &View, into: &mut [Fallback]) {
    for (ty, name) in STAND_INS {
        let Some(ty) = schema.boxed_named(ty) else {
            continue;
        };
        let found = target.named(name, false).map(|i| schema.decl(i));
        if let Some(d) = found.filter(|d| schema.fields(d).is_empty()) {
            into[usize::from(ty)] = Fallback::Empty(d.id);
        }
    }
    if let Some(update) = schema.boxed_named("Update") {
        into[usize::from(update)] = Fallback::Update;
    }
}
