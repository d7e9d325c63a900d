//! Privacy rules as TL.

use domain::{
    UserId,
    people::privacy::{Key, Rule},
};
use tl::{enums, types};

/// Rules in the client's order.
pub fn rules(rules: &[Rule]) -> Vec<enums::PrivacyRule> {
    rules.iter().map(rule).collect()
}

/// The users that a rule names.
pub fn named(rule: &Rule) -> Vec<UserId> {
    match rule {
        Rule::AllowUsers { users } | Rule::DisallowUsers { users } => users.clone(),
        _ => Vec::new(),
    }
}

/// A key.
pub fn key(key: Key) -> enums::PrivacyKey {
    use enums::PrivacyKey as Tl;
    match key {
        Key::Status => Tl::StatusTimestamp,
        Key::ChatInvite => Tl::ChatInvite,
        Key::PhoneCall => Tl::PhoneCall,
        Key::PhoneP2p => Tl::PhoneP2P,
        Key::Forwards => Tl::Forwards,
        Key::ProfilePhoto => Tl::ProfilePhoto,
        Key::PhoneNumber => Tl::PhoneNumber,
        Key::AddedByPhone => Tl::AddedByPhone,
        Key::VoiceMessages => Tl::VoiceMessages,
        Key::About => Tl::About,
        Key::Birthday => Tl::Birthday,
        Key::GiftsAutoSave => Tl::StarGiftsAutoSave,
        Key::NoPaidMessages => Tl::NoPaidMessages,
        Key::SavedMusic => Tl::SavedMusic,
    }
}

fn rule(rule: &Rule) -> enums::PrivacyRule {
    use enums::PrivacyRule as Tl;
    let ids = |users: &[UserId]| users.iter().map(|it| super::user::id(*it)).collect();
    match rule {
        Rule::AllowAll {} => Tl::PrivacyValueAllowAll,
        Rule::AllowContacts {} => Tl::PrivacyValueAllowContacts,
        Rule::AllowCloseFriends {} => Tl::PrivacyValueAllowCloseFriends,
        Rule::AllowUsers { users } => types::PrivacyValueAllowUsers { users: ids(users) }.into(),
        Rule::AllowPremium {} => Tl::PrivacyValueAllowPremium,
        Rule::AllowBots {} => Tl::PrivacyValueAllowBots,
        Rule::DisallowAll {} => Tl::PrivacyValueDisallowAll,
        Rule::DisallowContacts {} => Tl::PrivacyValueDisallowContacts,
        Rule::DisallowUsers { users } => types::PrivacyValueDisallowUsers { users: ids(users) }.into(),
        Rule::DisallowBots {} => Tl::PrivacyValueDisallowBots,
        Rule::AllowChats { chats } => types::PrivacyValueAllowChatParticipants { chats: chats.clone() }.into(),
        Rule::DisallowChats { chats } => types::PrivacyValueDisallowChatParticipants { chats: chats.clone() }.into(),
    }
}
