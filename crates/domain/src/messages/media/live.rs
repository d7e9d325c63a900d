//! Live locations: a place that its sender tells anew by edits, until its time is over or the sender stops it.
//! Source: core.telegram.org/api/live-location, core.telegram.org/constructor/inputMediaGeoLive.

use super::body::{MediaBody, Place};
use crate::{
    caller::Caller,
    ids::{MessageId, Peer},
    messages::{
        edit::{editable, write},
        rows::{Body, open_body},
        seen::SeenMessage,
    },
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::LogEntry,
    view::{Decided, View},
};

/// Seconds for which one may run; or [`FOR_EVER`].
const PERIOD: std::ops::RangeInclusive<u32> = 60..=86_400;

/// Seconds by which an edit may lengthen it, and how far ahead its end may lie then.
/// Source: core.telegram.org/bots/api#editmessagelivelocation.
const LONGER_SECONDS: u32 = 86_400;
const AHEAD_SECONDS: u32 = 90 * 86_400;

/// The period that does not end.
pub const FOR_EVER: u32 = i32::MAX.unsigned_abs();

/// Degrees of a direction.
const HEADING_MAX: u32 = 360;

/// Metres at which somebody who comes near is told of. Source: TDLib 1.8.66, 100 km.
const PROXIMITY_MAX: u32 = 100_000;

/// A live location as it is sent or told anew.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewLive {
    /// Where; `None` in an edit that only stops it.
    pub place: Option<Place>,
    /// Degrees, 1 to 360; `None`: not told.
    pub heading: Option<u32>,
    /// Seconds from when it was sent; `None` in an edit: as before.
    pub period: Option<u32>,
    /// Metres at which its sender wants to be told of others; `None` in an edit: as before.
    pub proximity: Option<u32>,
    /// It is over.
    pub stopped: bool,
}

impl NewLive {
    /// As it is sent.
    pub(super) fn checked(&self) -> Result<MediaBody, Refusal> {
        let place = self.place.as_ref().ok_or(Refusal::MediaInvalid)?.checked()?;
        let period = self.period.filter(|it| runs_for(*it)).ok_or(Refusal::MediaInvalid)?;
        self.refuse_numbers()?;
        if self.stopped {
            return Err(Refusal::MediaInvalid);
        }
        let (heading, proximity) = (self.heading.unwrap_or(0), self.proximity.unwrap_or(0));
        Ok(MediaBody::Live { place, heading, period, proximity })
    }

    fn refuse_numbers(&self) -> Result<(), Refusal> {
        let wrong = self.heading.unwrap_or(0) > HEADING_MAX || self.proximity.unwrap_or(0) > PROXIMITY_MAX;
        if wrong { Err(Refusal::MediaInvalid) } else { Ok(()) }
    }

    /// What becomes of one that runs, sent so many seconds ago.
    fn changed(&self, old: &MediaBody, age: u32) -> Result<MediaBody, Refusal> {
        let MediaBody::Live { place, heading, period, proximity } = old else {
            return Err(Refusal::MediaPrevInvalid);
        };
        self.refuse_numbers()?;
        let there = self.place.as_ref().map(Place::checked).transpose()?;
        if self.stopped {
            // It has run until now; a period of 0 would make a place of it that never moved.
            let place = there.unwrap_or_else(|| place.clone());
            return Ok(MediaBody::Live { place, heading: 0, period: age.max(1), proximity: 0 });
        }
        let period = match self.period {
            None => *period,
            Some(FOR_EVER) => FOR_EVER,
            Some(it) if it > age && it - age <= AHEAD_SECONDS && it <= period.saturating_add(LONGER_SECONDS) => it,
            Some(_) => return Err(Refusal::MediaInvalid),
        };
        Ok(MediaBody::Live {
            place: there.ok_or(Refusal::MediaInvalid)?,
            heading: self.heading.unwrap_or(if self.place.is_some() { 0 } else { *heading }),
            period,
            proximity: self.proximity.unwrap_or(*proximity),
        })
    }
}

fn runs_for(period: u32) -> bool {
    period == FOR_EVER || PERIOD.contains(&period)
}

/// Whether it is a live location, sent then, that still runs.
pub(in crate::messages) fn runs(media: Option<&MediaBody>, sent: u32, now: u32) -> bool {
    match media {
        Some(MediaBody::Live { period, .. }) => *period == FOR_EVER || sent.saturating_add(*period) > now,
        _ => false,
    }
}

/// Whether a message is a live location that still runs.
pub fn is_running(it: &SeenMessage, now: u32) -> bool {
    runs(it.body.media.as_ref(), it.row.date, now)
}

/// Tells a live location anew, or stops it.
pub struct EditLive {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
    /// In the sender's mailbox.
    pub message: MessageId,
    /// As it is now.
    pub live: NewLive,
}

impl Command for EditLive {
    type Reply = LogEntry;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<LogEntry> {
        let row = editable(turn, self.by.user, self.peer, self.message)?;
        let old = open_body(turn, self.peer.log(self.by.user), &row)?;
        let (media, now) = (old.media.as_ref().ok_or(Refusal::MediaPrevInvalid)?, turn.now().secs());
        let media = self.live.changed(media, now.saturating_sub(row.date))?;
        if !runs(old.media.as_ref(), row.date, now) {
            return Err(Refusal::MessageEditTimeExpired.into());
        }
        if old.media.as_ref() == Some(&media) {
            return Err(Refusal::MessageNotModified.into());
        }
        write(turn, &self.by, (self.peer, self.message), row, Body { media: Some(media), ..old })
    }
}
