//! As whom somebody speaks: as itself, as the group (anonymous admins), as one of its own public channels; and
//! posts of a broadcast channel are the channel's.
//! Source: core.telegram.org/api/send-as, core.telegram.org/api/rights, "Anonymous admins".

use store::{Direction, Range};

use crate::{
    caller::Caller,
    groups::{
        AdminRights, Standing, access,
        access::Access,
        channel::{self, MemberRow, member_key},
        ranks,
    },
    ids::{ChannelId, LogId, Peer, UserId},
    people,
    refusal::Refusal,
    service::Command,
    spaces::JOINED,
    turn::Turn,
    view::{Decided, Rows, View},
};

/// What a message says of who speaks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Voice {
    /// In place of the author.
    pub sent_as: Option<Peer>,
    /// Beside it: the author's name under a signed post.
    pub signature: String,
}

/// As whom a message is sent: as `wanted`, or as chosen before.
pub(in crate::messages) fn of(
    view: &(impl View + ?Sized),
    access: &Access,
    me: UserId,
    wanted: Option<Peer>,
) -> Decided<Voice> {
    if access.row.broadcast {
        return post(view, access, me, wanted);
    }
    let first = first(access, me);
    let chosen = match wanted {
        Some(peer) if allows(view, access, me, peer)? => peer,
        Some(_) => return Err(Refusal::SendAsPeerInvalid.into()),
        None => match access.member.send_as {
            Some(peer) if allows(view, access, me, peer)? => peer,
            _ => first,
        },
    };
    let sent_as = (chosen != Peer::User(me)).then_some(chosen);
    // By their titles readers tell anonymous admins apart.
    let signature = match sent_as == Some(access.peer()) {
        true => ranks::of(view, access.channel, me, &access.member)?,
        false => String::new(),
    };
    Ok(Voice { sent_as, signature })
}

/// A post of a broadcast channel.
fn post(view: &(impl View + ?Sized), access: &Access, me: UserId, wanted: Option<Peer>) -> Decided<Voice> {
    if wanted.is_some_and(|it| it != access.peer() && it != Peer::User(me)) {
        return Err(Refusal::SendAsPeerInvalid.into());
    }
    let signature = if access.row.signatures { name(view, me)? } else { String::new() };
    let sent_as = (!access.row.signature_profiles).then_some(access.peer());
    Ok(Voice { sent_as, signature })
}

fn name(view: &(impl View + ?Sized), user: UserId) -> Decided<String> {
    let Some(row) = people::user(view, user)? else { return Ok(String::new()) };
    let card = people::card(view, user, &row)?;
    Ok(format!("{} {}", card.first_name, card.last_name).trim().to_owned())
}

/// Who speaks where nothing was chosen.
fn first(access: &Access, me: UserId) -> Peer {
    let anonymous = access.standing.may(AdminRights::ANONYMOUS);
    if anonymous { access.peer() } else { Peer::User(me) }
}

/// Whether somebody may speak as a peer there.
fn allows(view: &(impl View + ?Sized), access: &Access, me: UserId, peer: Peer) -> Decided<bool> {
    match peer {
        Peer::Channel(id) if peer != access.peer() => Ok(opens(access) && is_own(view, me, id)?),
        Peer::User(_) | Peer::Chat(_) | Peer::Channel(_) => Ok(peer == first(access, me)),
    }
}

/// Channels speak where everybody can look in: in public groups, and in those behind a channel's comments.
fn opens(access: &Access) -> bool {
    access.row.public || access.row.linked.is_some()
}

/// Whether a channel is a public one of somebody's own.
fn is_own(view: &(impl View + ?Sized), me: UserId, id: ChannelId) -> Decided<bool> {
    let Some(row) = channel::channel(view, id)?.filter(|it| !it.deleted && it.broadcast && it.public) else {
        return Ok(false);
    };
    Ok(matches!(channel::standing(view, id, &row, me)?, Standing::Creator(_)))
}

/// Everything that somebody may speak as in a channel, the first choice first.
pub fn identities(view: &(impl View + ?Sized), me: UserId, id: ChannelId) -> Decided<Vec<Peer>> {
    let access = access::speaker(view, id, me)?;
    if access.row.broadcast {
        return Ok(vec![access.peer()]);
    }
    let mut all = vec![first(&access, me)];
    if opens(&access) {
        for id in joined(view, me)? {
            if Peer::Channel(id) != access.peer() && is_own(view, me, id)? {
                all.push(Peer::Channel(id));
            }
        }
    }
    Ok(all)
}

/// As whom a member speaks where it can choose: as it chose, or else as at first. `None` where there is no choice.
/// Source: core.telegram.org/constructor/channelFull, `default_send_as`; TDLib 1.8.66 offers a choice only with it.
pub fn chosen(view: &(impl View + ?Sized), me: UserId, id: ChannelId) -> Decided<Option<Peer>> {
    let access = access::reader(view, id, me)?;
    if access.row.broadcast || !access.standing.is_in() || !opens(&access) {
        return Ok(None);
    }
    Ok(Some(of(view, &access, me, None)?.sent_as.unwrap_or(Peer::User(me))))
}

/// The channels that a user is in.
pub fn joined(view: &(impl Rows + ?Sized), user: UserId) -> Decided<Vec<ChannelId>> {
    let range = Range::prefix(LogId::Mailbox(user).rows(JOINED).key());
    let rows = view.scan(&range, Direction::Forward, crate::groups::CHANNELS_MAX)?;
    let id = |it: &[u8]| it.last_chunk().map(|it| ChannelId(u64::from_be_bytes(*it)));
    Ok(rows.iter().filter_map(|(key, _)| id(key.suffix())).collect())
}

/// Chooses as whom the caller speaks in a channel from now on.
pub struct SaveSendAs {
    /// Who.
    pub by: Caller,
    /// Where.
    pub channel: ChannelId,
    /// As whom.
    pub send_as: Peer,
}

impl Command for SaveSendAs {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        let access = access::speaker(turn, self.channel, me)?;
        if access.row.broadcast || !allows(turn, &access, me, self.send_as)? {
            return Err(Refusal::SendAsPeerInvalid.into());
        }
        let send_as = Some(self.send_as).filter(|it| *it != first(&access, me));
        turn.put(member_key(self.channel, me), &MemberRow { send_as, ..access.member });
        Ok(())
    }
}
