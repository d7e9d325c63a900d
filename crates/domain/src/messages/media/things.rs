//! What is carried without a file: contacts, places, dice.
//! Source: core.telegram.org/method/messages.sendMedia, core.telegram.org/api/dice.

use super::body::{MediaBody, Place, SharedContact, Venue};
use crate::{
    ids::UserId,
    people::{self, NameKind, names},
    refusal::Refusal,
    turn::Turn,
    view::Decided,
};

/// Bytes of a name, a title or an address; clients allow a few hundred characters.
const NAME_MAX: usize = 1024;

/// Bytes of a vCard. Source: TDLib 1.8.66 cuts none; Telegram Desktop writes some hundred.
const VCARD_MAX: usize = 8 << 10;

/// Metres by which a place may be uncertain. Source: core.telegram.org/constructor/inputGeoPoint.
const ACCURACY_MAX: u32 = 1500;

/// What can be thrown, and how many faces it has.
/// Source: `emojies_send_dice` of help.getAppConfig, core.telegram.org/api/dice.
pub const DICE: &[(&str, u32)] = &[("🎲", 6), ("🎯", 6), ("🏀", 5), ("⚽", 5), ("🎰", 64), ("🎳", 6)];

impl Place {
    /// Refuses what is not on the earth.
    pub(super) fn checked(&self) -> Result<Self, Refusal> {
        let within = |it: f64, most: f64| it.is_finite() && it.abs() <= most;
        if !within(self.latitude, 90.0) || !within(self.longitude, 180.0) {
            return Err(Refusal::MediaInvalid);
        }
        Ok(Self { accuracy: self.accuracy.min(ACCURACY_MAX), ..self.clone() })
    }
}

impl Venue {
    pub(super) fn checked(&self) -> Result<Self, Refusal> {
        let texts = [&self.title, &self.address, &self.provider, &self.id, &self.kind];
        if self.title.is_empty() || texts.iter().any(|it| it.len() > NAME_MAX) {
            return Err(Refusal::MediaInvalid);
        }
        Ok(Self { place: self.place.checked()?, ..self.clone() })
    }
}

impl SharedContact {
    /// Finds whose number it is among the sender's own contacts, so that nobody learns of numbers by sending them.
    pub(super) fn checked(&self, turn: &Turn<'_>, by: UserId) -> Decided<Self> {
        let names = [&self.first_name, &self.last_name, &self.phone];
        let long = names.iter().any(|it| it.len() > NAME_MAX) || self.vcard.len() > VCARD_MAX;
        if self.phone.is_empty() || long {
            return Err(Refusal::MediaInvalid.into());
        }
        let digits = names::digits(&self.phone);
        let found = digits.map_or(Ok(None), |it| names::holder(turn, NameKind::Phone, &it))?;
        let known = match found {
            Some(it) if it == by || people::is_contact(turn, by, it)? => it,
            Some(_) | None => UserId::NOBODY,
        };
        Ok(Self { user: known, ..self.clone() })
    }
}

/// Throws.
pub(super) fn throw(turn: &mut Turn<'_>, emoticon: &str) -> Decided<MediaBody> {
    // Clients may write the sign with or without the selector of its coloured form.
    let plain = emoticon.trim_end_matches('\u{fe0f}');
    let (sign, faces) = DICE.iter().find(|(it, _)| *it == plain).ok_or(Refusal::EmoticonInvalid)?;
    // 2^32 is so much more than the faces that no throw is likelier than another by a billionth.
    let value = u32::from_be_bytes(turn.draw()) % faces + 1;
    Ok(MediaBody::Dice { emoticon: (*sign).to_owned(), value })
}
