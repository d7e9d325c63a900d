//! What clients save to their devices by themselves: a setting for each kind of chat, and exceptions for single chats.
//! Source: core.telegram.org/constructor/account.autoSaveSettings.

use store::Key;

use crate::{
    caller::Caller,
    ids::{Peer, UserId},
    record,
    refusal::Refusal,
    service::Command,
    spaces::SETTING,
    turn::Turn,
    updates::{self, Change},
    view::{Decided, Rows, load_or_default},
};

/// The kind of this row among the account's settings.
const KIND: u8 = 130;

/// Chats with settings of their own: as many as one row bears.
pub const EXCEPTIONS_MAX: usize = 500;

record! {
    /// What is saved by itself.
    pub struct AutoSave {
        1 => photos: bool,
        2 => videos: bool,
        /// Bytes of a video; `None`: clients have their own default.
        3 => video_max_size: Option<i64>,
    }
}

record! {
    /// The same of one chat.
    pub struct Exception { 1 => peer: Peer, 2 => save: AutoSave }
}

record! {
    /// The settings of an account.
    pub struct AutoSaveRow {
        1 => users: AutoSave,
        2 => groups: AutoSave,
        3 => broadcasts: AutoSave,
        4 => exceptions: Vec<Exception>,
    }
}

/// The settings of an account.
pub fn auto_save(view: &(impl Rows + ?Sized), user: UserId) -> Decided<AutoSaveRow> {
    load_or_default(view, &key(user))
}

/// What a setting is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Private chats.
    Users,
    /// Groups.
    Groups,
    /// Broadcast channels.
    Broadcasts,
    /// One chat.
    Peer(Peer),
}

/// Changes what is saved by itself.
pub struct SetAutoSave {
    /// Who.
    pub by: Caller,
    /// For what.
    pub targets: Vec<Target>,
    /// What.
    pub save: AutoSave,
}

impl Command for SetAutoSave {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let mut row = auto_save(turn, self.by.user)?;
        for target in &self.targets {
            let save = self.save.clone();
            match target {
                Target::Users => row.users = save,
                Target::Groups => row.groups = save,
                Target::Broadcasts => row.broadcasts = save,
                Target::Peer(peer) => {
                    row.exceptions.retain(|it| it.peer != *peer);
                    row.exceptions.push(Exception { peer: *peer, save, ..Exception::default() });
                }
            }
        }
        if row.exceptions.len() > EXCEPTIONS_MAX {
            return Err(Refusal::LimitInvalid.into());
        }
        put(turn, &self.by, &row)
    }
}

/// Takes all exceptions back.
pub struct ForgetExceptions {
    /// Who.
    pub by: Caller,
}

impl Command for ForgetExceptions {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let row = auto_save(turn, self.by.user)?;
        if row.exceptions.is_empty() {
            return Ok(());
        }
        put(turn, &self.by, &AutoSaveRow { exceptions: Vec::new(), ..row })
    }
}

fn put(turn: &mut Turn<'_>, by: &Caller, row: &AutoSaveRow) -> Decided<()> {
    turn.put(key(by.user), row);
    updates::append(turn, by.user, Change::AutoSaveSettings {}, 0, Some(by.origin)).map(drop)
}

fn key(user: UserId) -> Key {
    Key::of(SETTING, user.vshard().0).u64(user.0).u8(KIND).key()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Hall;

    fn photos() -> AutoSave {
        AutoSave { photos: true, ..AutoSave::default() }
    }

    #[test]
    fn settings_and_exceptions_are_kept_and_told() {
        let hall = Hall::new();
        let ann = hall.person("A", "9996621001");
        let chat = |n| Target::Peer(Peer::User(UserId(n)));
        let set = |targets, save| hall.run(SetAutoSave { by: ann, targets, save });
        set(vec![Target::Users, Target::Broadcasts, chat(9)], photos()).unwrap();
        set(vec![chat(9)], AutoSave { video_max_size: Some(5), ..photos() }).unwrap();
        let told = hall.events().into_iter().filter(
            |it| matches!(it, updates::Event::Logged { entry, .. } if entry.change == Change::AutoSaveSettings {}),
        );
        assert_eq!(told.count(), 2);
        let row = hall.ask(|view| auto_save(view, ann.user)).unwrap();
        assert!(row.users.photos && row.broadcasts.photos && !row.groups.photos);
        assert_eq!(row.exceptions.len(), 1, "a chat has one setting");
        assert_eq!(row.exceptions[0].save.video_max_size, Some(5));
        hall.run(ForgetExceptions { by: ann }).unwrap();
        let row = hall.ask(|view| auto_save(view, ann.user)).unwrap();
        assert!(row.exceptions.is_empty() && row.users.photos);
    }

    #[test]
    fn exceptions_have_a_limit() {
        let hall = Hall::new();
        let ann = hall.person("A", "9996621001");
        let targets = |n: usize| (1..=n as u64).map(|it| Target::Peer(Peer::User(UserId(it)))).collect();
        let set = |n| hall.run(SetAutoSave { by: ann, targets: targets(n), save: photos() });
        assert_eq!(set(EXCEPTIONS_MAX + 1), Err(Refusal::LimitInvalid));
        assert_eq!(set(EXCEPTIONS_MAX), Ok(()));
    }
}
