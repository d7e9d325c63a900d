//! Changing one's own profile: names, bio, birthday.
//! Source: core.telegram.org/method/account.updateProfile, core.telegram.org/api/config ("about_length_limit").

use crate::{
    caller::Caller,
    groups,
    ids::{Now, UserId},
    people::{UserCard, audience, card, put_user, user},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::Change,
    view::{Decided, View},
};

/// Characters of a first or last name.
pub const NAME_MAX: usize = 64;

/// Characters of a bio.
pub const ABOUT_MAX: usize = 70;

/// Changes what is given, leaves the rest.
pub struct UpdateProfile {
    /// Who.
    pub by: Caller,
    /// Must not be empty.
    pub first_name: Option<String>,
    /// May be empty.
    pub last_name: Option<String>,
    /// Up to 70 characters.
    pub about: Option<String>,
}

impl Command for UpdateProfile {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (mut names, mut rest) = (false, false);
        change_card(turn, &self.by, |card| {
            if let Some(first) = &self.first_name {
                let first = name(first).filter(|it| !it.is_empty()).ok_or(Refusal::FirstnameInvalid)?;
                names |= std::mem::replace(&mut card.first_name, first) != card.first_name;
            }
            if let Some(last) = &self.last_name {
                let last = name(last).ok_or(Refusal::LastnameInvalid)?;
                names |= std::mem::replace(&mut card.last_name, last) != card.last_name;
            }
            if let Some(about) = &self.about {
                let about = about.trim();
                if about.chars().count() > ABOUT_MAX {
                    return Err(Refusal::AboutTooLong);
                }
                rest |= card.about != about;
                card.about = about.to_owned();
            }
            Ok(())
        })?;
        let me: UserId = self.by.user;
        if names {
            groups::names::renamed(turn, me)?;
            audience::tell(turn, &self.by, Change::UserName { user: me })?;
        }
        if rest {
            audience::tell(turn, &self.by, Change::User { user: me })?;
        }
        Ok(())
    }
}

/// A day, month and perhaps a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birthday {
    /// 1 to 31.
    pub day: u32,
    /// 1 to 12.
    pub month: u32,
    /// Not told if `None`.
    pub year: Option<u32>,
}

impl Birthday {
    /// Reads what a card keeps.
    pub fn of(card: &UserCard) -> Option<Self> {
        match card.birthday[..] {
            [day, month, year] if day > 0 => Some(Self { day, month, year: (year > 0).then_some(year) }),
            _ => None,
        }
    }

    /// Refuses a day that doesn't exist or is yet to come.
    pub(crate) fn refuse_impossible(self, now: Now) -> Result<(), Refusal> {
        // Days of 365.2425 give the year exactly enough to refuse birthdays in the future.
        let this_year = 1970 + (f64::from(now.secs()) / 86_400.0 / 365.2425) as u32;
        if self.is_valid(this_year) { Ok(()) } else { Err(Refusal::BirthdayInvalid) }
    }

    /// A day that exists, in the past or this year, within 150 years.
    pub fn is_valid(self, this_year: u32) -> bool {
        const DAYS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let leap = |year: u32| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = usize::try_from(self.month).ok().and_then(|month| DAYS.get(month.checked_sub(1)?));
        let day = days.is_some_and(|days| (1..=*days).contains(&self.day));
        let year = self.year.is_none_or(|year| (this_year - 150..=this_year).contains(&year));
        day && year && !(self.day == 29 && self.month == 2 && self.year.is_some_and(|year| !leap(year)))
    }
}

/// Stores or clears the birthday.
pub struct UpdateBirthday {
    /// Who.
    pub by: Caller,
    /// `None`: none.
    pub birthday: Option<Birthday>,
}

impl Command for UpdateBirthday {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        self.birthday.map_or(Ok(()), |it| it.refuse_impossible(turn.now()))?;
        change_card(turn, &self.by, |card| {
            let parts = |it: Birthday| vec![it.day, it.month, it.year.unwrap_or(0)];
            card.birthday = self.birthday.map(parts).unwrap_or_default();
            Ok(())
        })?;
        audience::tell(turn, &self.by, Change::User { user: self.by.user })
    }
}

/// A name as it is kept: trimmed, without line breaks, at most 64 characters.
pub fn name(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|it| !it.is_control()).collect();
    let text = text.trim();
    (text.chars().count() <= NAME_MAX).then(|| text.to_owned())
}

pub(super) fn change_card(
    turn: &mut Turn<'_>,
    by: &Caller,
    change: impl FnOnce(&mut UserCard) -> Result<(), Refusal>,
) -> Decided<()> {
    let row = user(turn, by.user)?.filter(|it| !it.deleted).ok_or(Refusal::UserInvalid)?;
    let mut card = card(turn, by.user, &row)?;
    change(&mut card)?;
    put_user(turn, by.user, row, &card)
}
