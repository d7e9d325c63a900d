//! Which reactions a person uses: the recent ones, the frequent ones, the one of a double tap.

use bytes::Bytes;
use store::Key;
use vault::Kind;

use super::{Reaction, standard};
use crate::{
    caller::Caller,
    ids::UserId,
    messages::settings::{MessageSettings, message_settings, settings_key},
    record,
    record::{Field, Record},
    sealing,
    service::Command,
    spaces::SETTING,
    turn::Turn,
    updates::{self, Change},
    view::{Decided, View, load_or_default},
};

/// The kind of this row among the account's settings.
const KIND: u8 = 30;

/// Recent reactions kept. Source: TDLib 1.8.66 keeps as many.
const RECENT_MAX: usize = 100;

record! {
    /// A setting that people wrote, sealed under the account's key; AAD is the kind and the version.
    pub struct SealedSetting { 1 => version: u32, 2 => sealed: Bytes }
}

record! {
    /// What a person uses; stored only sealed.
    pub struct Habits {
        /// The latest first.
        1 => recent: Vec<Reaction>,
        2 => used: Vec<Used>,
    }
}

record! {
    /// How often a reaction was chosen.
    pub struct Used { 1 => reaction: Reaction, 2 => times: u32 }
}

/// The reactions that a person chose last, the latest first.
pub fn recent(view: &(impl View + ?Sized), user: UserId) -> Decided<Vec<Reaction>> {
    Ok(habits(view, user)?.recent)
}

/// The standard set, what the person uses most first.
pub fn top(view: &(impl View + ?Sized), user: UserId) -> Decided<Vec<Reaction>> {
    let used = habits(view, user)?.used;
    let times = |reaction: &Reaction| used.iter().find(|it| it.reaction == *reaction).map_or(0, |it| it.times);
    let mut all: Vec<_> = standard::all().collect();
    all.sort_by_key(|it| std::cmp::Reverse(times(it)));
    Ok(all)
}

/// Notes what was chosen.
pub(super) fn note(turn: &mut Turn<'_>, by: &Caller, chosen: &[Reaction], recent: bool) -> Decided<()> {
    if chosen.is_empty() {
        return Ok(());
    }
    let mut it = habits(turn, by.user)?;
    let before = it.recent.clone();
    for reaction in chosen {
        match it.used.iter_mut().find(|used| used.reaction == *reaction) {
            Some(used) => used.times = used.times.saturating_add(1),
            None => it.used.push(Used { reaction: reaction.clone(), times: 1, ..Used::default() }),
        }
        if recent {
            it.recent.retain(|other| other != reaction);
            it.recent.insert(0, reaction.clone());
        }
    }
    it.recent.truncate(RECENT_MAX);
    put_sealed(turn, by.user, KIND, &it)?;
    if it.recent == before {
        return Ok(());
    }
    updates::append(turn, by.user, Change::RecentReactions {}, 0, Some(by.origin)).map(drop)
}

/// Forgets the recent reactions.
pub struct ClearRecent {
    /// Whose.
    pub by: Caller,
}

impl Command for ClearRecent {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let it = habits(turn, self.by.user)?;
        if it.recent.is_empty() {
            return Ok(());
        }
        put_sealed(turn, self.by.user, KIND, &Habits { recent: Vec::new(), ..it })?;
        updates::append(turn, self.by.user, Change::RecentReactions {}, 0, Some(self.by.origin)).map(drop)
    }
}

/// Sets the reaction of a double tap.
pub struct SetDefaultReaction {
    /// Who.
    pub by: Caller,
    /// Which.
    pub reaction: Reaction,
}

impl Command for SetDefaultReaction {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let Reaction::Emoji { emoticon } = &self.reaction;
        let old = message_settings(turn, self.by.user)?;
        if old.default_reaction == *emoticon {
            return Ok(());
        }
        let row = MessageSettings { default_reaction: emoticon.clone(), ..old };
        turn.put(settings_key(self.by.user), &row);
        updates::append(turn, self.by.user, Change::Config {}, 0, Some(self.by.origin)).map(drop)
    }
}

fn habits(view: &(impl View + ?Sized), user: UserId) -> Decided<Habits> {
    sealed(view, user, KIND)
}

/// Opens a sealed setting; the default where there is none.
pub(super) fn sealed<T: Record + Default>(view: &(impl View + ?Sized), user: UserId, kind: u8) -> Decided<T> {
    let row: SealedSetting = load_or_default(view, &key(user, kind))?;
    if row.sealed.is_default() {
        return Ok(T::default());
    }
    let scope = sealing::account_scope(user);
    Ok(T::decode(&sealing::open(view, scope, Kind::Settings, &[kind], row.version, &row.sealed)?)?)
}

/// Seals a setting anew.
pub(super) fn put_sealed(turn: &mut Turn<'_>, user: UserId, kind: u8, it: &impl Record) -> Decided<()> {
    let key = key(user, kind);
    let version = load_or_default::<SealedSetting>(turn, &key)?.version + 1;
    let scope = sealing::account_scope(user);
    let sealed = sealing::seal(turn, scope, Kind::Settings, &[kind], version, &it.encode())?;
    turn.put(key, &SealedSetting { version, sealed, ..SealedSetting::default() });
    Ok(())
}

fn key(user: UserId, kind: u8) -> Key {
    Key::of(SETTING, user.vshard().0).u64(user.0).u8(kind).key()
}
