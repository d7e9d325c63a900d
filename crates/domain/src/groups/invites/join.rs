//! Following a link: what it shows before, and joining by it.
//! Source: core.telegram.org/method/messages.checkChatInvite, messages.importChatInvite.

use super::{InviteId, InviteRow, by_hash, moved, put, row};
use crate::{
    caller::Caller,
    files::{Access, Carrier, Photo},
    groups::{
        CHAT_SIZE_MAX, MEGAGROUP_SIZE_MAX, Standing, basic, channel,
        enter::{self, Entered},
        photo, requests,
    },
    ids::{Peer, UserId},
    people::{self, photos::with_access},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    view::{Decided, View},
};

/// Members shown before joining. Source: clients draw a row of them.
pub const SHOWN_MAX: usize = 5;

/// Contacts that are looked for among the members.
const LOOKED_FOR: usize = 200;

/// Seconds for which a public group may be looked into before joining; asked again, it is told again.
pub const PEEK_SECONDS: u32 = 3600;

/// What a link leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Preview {
    /// The caller is in it.
    Member(Peer),
    /// Anybody may read it; until then (unix seconds).
    Peek(Peer, u32),
    /// A group that the caller may join or ask to.
    Closed(Box<Closed>),
}

/// What is told of a group to who holds a link to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Closed {
    /// Which.
    pub peer: Peer,
    /// Its title.
    pub title: String,
    /// Its description.
    pub about: String,
    /// A broadcast channel.
    pub broadcast: bool,
    /// Has a public name: who asks to join by the link may read meanwhile.
    pub public: bool,
    /// Who follows the link asks to join.
    pub request_needed: bool,
    /// How many are in.
    pub members: u32,
    /// Some of them, whom the caller knows.
    pub known: Vec<UserId>,
    /// Its photo.
    pub photo: Option<(Photo, Access)>,
}

/// What a hash leads to.
pub fn check(view: &(impl View + ?Sized), me: UserId, hash: &str) -> Decided<Preview> {
    let (invite, row, place) = follow(view, me, hash)?;
    if place.inside {
        return Ok(Preview::Member(place.peer));
    }
    if !row.is_open(view.now().secs()) {
        return Err(Refusal::InviteHashExpired.into());
    }
    if place.public && !row.request_needed {
        return Ok(Preview::Peek(place.peer, view.now().secs() + PEEK_SECONDS));
    }
    let known = if place.names_members { known(view, me, place.peer)? } else { Vec::new() };
    let carrier = Carrier::GuestPhoto { invite, guest: me };
    Ok(Preview::Closed(Box::new(Closed {
        photo: photo::shown(view, place.peer)?.map(|it| with_access(view, &it, carrier)),
        peer: place.peer,
        title: place.title,
        about: place.about,
        broadcast: place.broadcast,
        public: place.public,
        request_needed: row.request_needed,
        members: place.members,
        known,
    })))
}

/// The group to which a link leads somebody now; `None`: it has ended, or is not for them.
pub(crate) fn leads(view: &(impl View + ?Sized), me: UserId, id: InviteId) -> Decided<Option<Peer>> {
    match row(view, id)? {
        Some(it) if it.is_open(view.now().secs()) => Ok(place(view, me, id.peer)?.map(|it| it.peer)),
        Some(_) | None => Ok(None),
    }
}

/// Joins by a link, or asks to.
pub struct ImportInvite {
    /// Who.
    pub by: Caller,
    /// The link's hash.
    pub hash: String,
}

/// What became of following a link.
#[derive(Clone, Debug, PartialEq)]
pub enum Imported {
    /// The caller is in.
    Joined(Entered),
    /// Its admins decide; clients are told by `INVITE_REQUEST_SENT`.
    Asked,
}

impl Command for ImportInvite {
    type Reply = Imported;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Imported> {
        let me = self.by.user;
        let (id, row, place) = follow(turn, me, &self.hash)?;
        if place.inside {
            return Err(Refusal::UserAlreadyParticipant.into());
        }
        if !row.is_open(turn.now().secs()) {
            return Err(Refusal::InviteHashExpired.into());
        }
        if row.request_needed {
            requests::ask(turn, place.peer, me, Some(id))?;
            return Ok(Imported::Asked);
        }
        if place.is_full() {
            return Err(Refusal::UsersTooMuch.into());
        }
        requests::withdraw(turn, place.peer, me)?;
        let link = super::open(turn, id, row)?;
        let entered = enter::by_link(turn, &self.by, place.peer, &link, false)?;
        super::importers::joined(turn, place.peer, me, Some(id), None)?;
        Ok(Imported::Joined(entered))
    }
}

/// Comes into a group by the main link of somebody who may let others in, with whom that is agreed otherwise.
pub(crate) fn enter_by_main(turn: &mut Turn<'_>, by: &Caller, peer: Peer, admin: UserId) -> Decided<Entered> {
    super::export::ensure_main(turn, peer, admin)?;
    let link = super::main_of(turn, peer, admin)?.ok_or(Refusal::InviteHashExpired)?;
    requests::withdraw(turn, peer, by.user)?;
    let entered = enter::by_link(turn, by, peer, &link, true)?;
    super::importers::joined_by_folder(turn, peer, by.user, link.id)?;
    Ok(entered)
}

/// The group behind a link, as its holder meets it.
struct Place {
    /// The supergroup, where a basic group has become one.
    peer: Peer,
    title: String,
    about: String,
    broadcast: bool,
    public: bool,
    /// Members may be shown to who is not one.
    names_members: bool,
    members: u32,
    inside: bool,
}

impl Place {
    fn is_full(&self) -> bool {
        match self.peer {
            Peer::User(_) => true,
            Peer::Chat(_) => self.members as usize >= CHAT_SIZE_MAX,
            Peer::Channel(_) => !self.broadcast && self.members >= MEGAGROUP_SIZE_MAX,
        }
    }
}

/// A link that was not revoked, to a group from which the caller is not banned: to who is, the link has
/// run out. Source: observed with Telegram's servers, which tell nobody of a ban this way.
fn follow(view: &(impl View + ?Sized), me: UserId, hash: &str) -> Decided<(InviteId, InviteRow, Place)> {
    let found = by_hash(view, hash)?.filter(|(_, row)| !row.revoked);
    let (id, row) = found.ok_or(Refusal::InviteHashExpired)?;
    let place = place(view, me, id.peer)?.ok_or(Refusal::InviteHashExpired)?;
    Ok((id, row, place))
}

fn place(view: &(impl View + ?Sized), me: UserId, peer: Peer) -> Decided<Option<Place>> {
    match peer {
        Peer::User(_) => Ok(None),
        Peer::Chat(id) => {
            let Some(row) = basic::chat(view, id)? else { return Ok(None) };
            if let Some(next) = row.migrated_to {
                return place(view, me, Peer::Channel(next));
            }
            let card = basic::card(view, id, &row)?;
            Ok((!row.deactivated).then(|| Place {
                peer,
                title: card.title,
                about: card.about,
                broadcast: false,
                public: false,
                names_members: true,
                members: u32::try_from(row.members.len()).unwrap_or(u32::MAX),
                inside: row.member(me).is_some(),
            }))
        }
        Peer::Channel(id) => {
            let Some(row) = channel::channel(view, id)?.filter(|it| !it.deleted) else { return Ok(None) };
            let standing = channel::standing(view, id, &row, me)?;
            let card = channel::card(view, id, &row)?;
            Ok((standing != Standing::Kicked).then_some(Place {
                peer,
                title: card.title,
                about: card.about,
                broadcast: row.broadcast,
                public: row.public,
                names_members: !row.broadcast && !row.participants_hidden,
                members: channel::counts(view, id)?.members,
                inside: standing.is_in(),
            }))
        }
    }
}

/// Members whom the caller knows.
fn known(view: &(impl View + ?Sized), me: UserId, peer: Peer) -> Decided<Vec<UserId>> {
    let mut known = Vec::new();
    for (other, _) in people::contacts::contacts(view, me)?.into_iter().take(LOOKED_FOR) {
        let inside = match peer {
            Peer::User(_) => false,
            Peer::Chat(id) => basic::chat(view, id)?.is_some_and(|it| it.member(other).is_some()),
            Peer::Channel(id) => channel::member(view, id, other)?.is_some_and(|it| it.joined > 0),
        };
        known.extend(inside.then_some(other));
        if known.len() == SHOWN_MAX {
            break;
        }
    }
    Ok(known)
}

/// Moves the counters of a link that still is there.
pub(in crate::groups) fn count(turn: &mut Turn<'_>, id: InviteId, usage: i64, requested: i64) -> Decided<()> {
    let Some(it) = row(turn, id)? else { return Ok(()) };
    let (usage, requested) = (moved(it.usage, usage), moved(it.requested, requested));
    put(turn, id, &InviteRow { usage, requested, ..it });
    Ok(())
}
