//! Privacy rules: who may see, call, add. The most telling rule wins: named users, then contacts, then all.
//! Source: core.telegram.org/api/privacy.

use store::Key as RowKey;

use crate::{
    caller::Caller,
    ids::UserId,
    people::{audience, contacts, presence},
    record,
    refusal::Refusal,
    service::Command,
    spaces::PRIVACY,
    turn::Turn,
    updates::{self, Change},
    variants,
    view::{Decided, Rows, load},
};

/// Users named in one key's rules.
pub const USERS_MAX: usize = 1000;

/// What a set of rules is about; the number is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Last seen and online.
    Status = 1,
    /// Being added to groups.
    ChatInvite = 2,
    /// Being called.
    PhoneCall = 3,
    /// Calls without relay.
    PhoneP2p = 4,
    /// A link to the account in forwarded messages.
    Forwards = 5,
    /// Profile photos.
    ProfilePhoto = 6,
    /// The number.
    PhoneNumber = 7,
    /// Being found by the number.
    AddedByPhone = 8,
    /// Voice messages.
    VoiceMessages = 9,
    /// The bio.
    About = 10,
    /// The birthday.
    Birthday = 11,
    /// Gifts shown by themselves.
    GiftsAutoSave = 12,
    /// Writing without paying.
    NoPaidMessages = 13,
    /// Music on the profile.
    SavedMusic = 14,
}

impl Key {
    /// Every key, in order of its number.
    pub const ALL: [Key; 14] = [
        Key::Status,
        Key::ChatInvite,
        Key::PhoneCall,
        Key::PhoneP2p,
        Key::Forwards,
        Key::ProfilePhoto,
        Key::PhoneNumber,
        Key::AddedByPhone,
        Key::VoiceMessages,
        Key::About,
        Key::Birthday,
        Key::GiftsAutoSave,
        Key::NoPaidMessages,
        Key::SavedMusic,
    ];

    /// The key with a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|it| *it as u8 == number)
    }

    /// The rules of who never set any. Source: the defaults of Telegram's own clients.
    fn default_rule(self) -> Rule {
        match self {
            Key::PhoneNumber | Key::Birthday => Rule::AllowContacts {},
            _ => Rule::AllowAll {},
        }
    }
}

variants! {
    /// One rule.
    pub enum Rule {
        1 => AllowAll {},
        2 => AllowContacts {},
        3 => AllowCloseFriends {},
        4 => AllowUsers { 1 => users: Vec<UserId> },
        5 => AllowPremium {},
        6 => AllowBots {},
        7 => DisallowAll {},
        8 => DisallowContacts {},
        9 => DisallowUsers { 1 => users: Vec<UserId> },
        10 => DisallowBots {},
        /// Members of chats; chats come with their own issue, the ids are kept.
        11 => AllowChats { 1 => chats: Vec<i64> },
        12 => DisallowChats { 1 => chats: Vec<i64> },
    }
}

record! {
    /// The rules of one key.
    pub struct Rules { 1 => rules: Vec<Rule> }
}

/// The rules of a key, the default where none were set.
pub fn rules(view: &(impl Rows + ?Sized), owner: UserId, key: Key) -> Decided<Vec<Rule>> {
    let stored: Option<Rules> = load(view, &rules_key(owner, key))?;
    Ok(stored.map_or_else(|| vec![key.default_rule()], |it| it.rules))
}

/// Whether the rules of `owner` let `viewer` through.
pub fn allows(view: &(impl Rows + ?Sized), owner: UserId, key: Key, viewer: UserId) -> Decided<bool> {
    if owner == viewer {
        return Ok(true);
    }
    let rules = rules(view, owner, key)?;
    if let Some(named) = by_name(&rules, viewer) {
        return Ok(named);
    }
    if let Some(by_contact) = by_contact(&rules)
        && contacts::is_contact(view, owner, viewer)?
    {
        return Ok(by_contact);
    }
    Ok(rules.iter().any(|rule| matches!(rule, Rule::AllowAll {})))
}

/// Whether the rules of `owner` let everybody through alike.
pub fn is_open(view: &(impl Rows + ?Sized), owner: UserId, key: Key) -> Decided<bool> {
    let rules = rules(view, owner, key)?;
    let refuses = |rule: &Rule| match rule {
        Rule::DisallowAll {}
        | Rule::DisallowContacts {}
        | Rule::DisallowUsers { .. }
        | Rule::DisallowBots {}
        | Rule::DisallowChats { .. } => true,
        Rule::AllowAll {}
        | Rule::AllowContacts {}
        | Rule::AllowCloseFriends {}
        | Rule::AllowUsers { .. }
        | Rule::AllowPremium {}
        | Rule::AllowBots {}
        | Rule::AllowChats { .. } => false,
    };
    Ok(rules.contains(&Rule::AllowAll {}) && !rules.iter().any(refuses))
}

fn by_name(rules: &[Rule], viewer: UserId) -> Option<bool> {
    rules.iter().find_map(|rule| match rule {
        Rule::AllowUsers { users } if users.contains(&viewer) => Some(true),
        Rule::DisallowUsers { users } if users.contains(&viewer) => Some(false),
        _ => None,
    })
}

fn by_contact(rules: &[Rule]) -> Option<bool> {
    rules.iter().find_map(|rule| match rule {
        Rule::AllowContacts {} => Some(true),
        Rule::DisallowContacts {} => Some(false),
        _ => None,
    })
}

/// Sets the rules of a key.
pub struct SetPrivacy {
    /// Who.
    pub by: Caller,
    /// About what.
    pub key: Key,
    /// In the client's order.
    pub rules: Vec<Rule>,
}

impl Command for SetPrivacy {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let named: usize = self.rules.iter().map(named_users).sum();
        if named > USERS_MAX {
            return Err(Refusal::PrivacyTooLong.into());
        }
        // No rule lets nobody through. Source: observed with TDLib 1.8.66, which leaves "nobody" out.
        let rules = if self.rules.is_empty() { vec![Rule::DisallowAll {}] } else { self.rules.clone() };
        let rules = Rules { rules, ..Rules::default() };
        turn.put(rules_key(self.by.user, self.key), &rules);
        updates::append(turn, self.by.user, Change::Privacy { key: self.key as u8 }, 0, Some(self.by.origin))?;
        // Who saw more or less of it until now is shown what it may see.
        match self.key {
            Key::Status => presence::tell(turn, self.by.user),
            Key::ProfilePhoto => audience::tell_others(turn, self.by.user, Change::User { user: self.by.user }),
            _ => Ok(()),
        }
    }
}

fn named_users(rule: &Rule) -> usize {
    match rule {
        Rule::AllowUsers { users } | Rule::DisallowUsers { users } => users.len(),
        _ => 0,
    }
}

fn rules_key(owner: UserId, key: Key) -> RowKey {
    RowKey::of(PRIVACY, owner.vshard().0).u64(owner.0).u8(key as u8).key()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Hall;

    fn shows(hall: &Hall, owner: Caller, viewer: Caller) -> bool {
        hall.ask(|view| allows(view, owner.user, Key::Status, viewer.user)).unwrap()
    }

    #[test]
    fn the_most_telling_rule_wins_and_no_rule_lets_nobody_through() {
        let hall = Hall::new();
        let (alice, bob, carol) =
            (hall.person("A", "9996621001"), hall.person("B", "9996621002"), hall.person("C", "9996621003"));
        let set = |rules: Vec<Rule>| hall.run(SetPrivacy { by: alice, key: Key::Status, rules });
        assert!(shows(&hall, alice, bob), "by default");
        set(Vec::new()).unwrap();
        assert!(!shows(&hall, alice, bob) && shows(&hall, alice, alice));
        let (except, all) = (Rule::DisallowUsers { users: vec![bob.user] }, Rule::AllowAll {});
        set(vec![except, all]).unwrap();
        assert!(!shows(&hall, alice, bob) && shows(&hall, alice, carol));
        set(vec![Rule::AllowUsers { users: vec![bob.user] }, Rule::DisallowAll {}]).unwrap();
        assert!(shows(&hall, alice, bob) && !shows(&hall, alice, carol));
        set(vec![Rule::AllowContacts {}, Rule::DisallowAll {}]).unwrap();
        assert!(!shows(&hall, alice, bob));
        let entry = crate::people::contacts::Entry { first_name: "B".into(), ..Default::default() };
        hall.run(contacts::AddContact { by: alice, other: bob.user, entry, share_phone: false }).unwrap();
        assert!(shows(&hall, alice, bob) && !shows(&hall, alice, carol));
        let many = Rule::AllowUsers { users: vec![bob.user; USERS_MAX + 1] };
        assert_eq!(set(vec![many]), Err(Refusal::PrivacyTooLong));
    }
}
