//! A user's whole profile as somebody else sees it.

use crate::{
    ids::{ChannelId, MessageId, Peer, UserId},
    kept::{Kept, music, wallpapers},
    people::{
        SeenUser, blocks, card,
        contacts::{self, ContactRow},
        edit::Birthday,
        notify::{self, NotifyRow, Target},
        personal,
        photos::{self, ProfilePhotos},
        privacy, seen,
        settings::switches,
        user,
    },
    refusal::Refusal,
    view::{Decided, View},
};

/// The action bar of a chat: what the viewer may want to do about a stranger.
/// Source: core.telegram.org/constructor/peerSettings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActionBar {
    /// Offer to report.
    pub report: bool,
    /// Offer to add.
    pub add: bool,
    /// Offer to block.
    pub block: bool,
    /// Offer to share the number.
    pub share: bool,
    /// The user's number is hidden although the viewer added it: offer to share back.
    pub need_contacts_exception: bool,
    /// Month and year in which a stranger registered, as `MM.YYYY`.
    pub registered: Option<String>,
}

/// A profile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Full {
    /// What lists of users show.
    pub seen: SeenUser,
    /// The bio, where the viewer may see it.
    pub about: Option<String>,
    /// Its photos, where the viewer may see them.
    pub photos: ProfilePhotos,
    /// The birthday, where the viewer may see it.
    pub birthday: Option<Birthday>,
    /// The viewer blocked the user.
    pub blocked: bool,
    /// The viewer hides its stories from the user.
    pub blocked_stories: bool,
    /// The viewer may call.
    pub calls: bool,
    /// Calls are refused by the user's privacy.
    pub calls_private: bool,
    /// Voice messages are refused by the user's privacy.
    pub voice_forbidden: bool,
    /// When the user reads messages is private.
    pub read_dates_private: bool,
    /// The user's forwards don't lead to its account.
    pub forwards_hidden: bool,
    /// The viewer's notification settings for the chat.
    pub notify: NotifyRow,
    /// The action bar.
    pub bar: ActionBar,
    /// The viewer's note on the contact.
    pub note: Option<String>,
    /// Self-destruct period of the chat in seconds; 0: none.
    pub ttl_period: u32,
    /// The viewer protects the chat's content.
    pub noforwards_mine: bool,
    /// Or else the user does.
    pub noforwards_theirs: bool,
    /// The viewer has messages waiting to be sent there.
    pub has_scheduled: bool,
    /// The channel that the user shows, and its last post.
    pub channel: Option<(ChannelId, MessageId)>,
    /// The song that the profile shows, where the viewer may hear it.
    pub music: Option<Kept>,
    /// The wallpaper of the chat, and whether the user has laid it over the viewer's own.
    pub wallpaper: Option<(wallpapers::Seen, bool)>,
}

/// The profile of `id` as `viewer` sees it.
pub fn full(view: &(impl View + ?Sized), viewer: UserId, id: UserId) -> Decided<Full> {
    let row = user(view, id)?.ok_or(Refusal::UserIdInvalid)?;
    let seen = seen(view, viewer, id)?.ok_or(Refusal::UserIdInvalid)?;
    if row.deleted {
        return Ok(Full { seen, ..Full::default() });
    }
    let card = card(view, id, &row)?;
    let pair = contacts::contact(view, viewer, id)?;
    // Who is blocked sees the name and no more.
    let shut_out = blocks::is_blocked(view, id, viewer)?;
    let allows = |key| Ok::<_, crate::view::Stop>(!shut_out && privacy::allows(view, id, key, viewer)?);
    let calls = viewer != id && !row.service && allows(privacy::Key::PhoneCall)?;
    let birthday = Birthday::of(&card);
    let channel = if shut_out { None } else { personal::shown(view, viewer, id, &card)? };
    let label = contacts::label(view, viewer, id, &pair)?;
    let photos = photos::of_profile(view, viewer, id, (&card, label.as_ref()))?;
    let protected = crate::messages::protection::protection(view, viewer, Peer::User(id))?;
    Ok(Full {
        about: Some(card.about).filter(|it| !it.is_empty()).filter_privately(allows(privacy::Key::About)?),
        birthday: birthday.filter_privately(allows(privacy::Key::Birthday)?),
        blocked: blocks::is_blocked(view, viewer, id)?,
        blocked_stories: blocks::is_on(view, viewer, blocks::List::Stories, Peer::User(id))?,
        calls,
        calls_private: viewer != id && !calls,
        voice_forbidden: !allows(privacy::Key::VoiceMessages)?,
        read_dates_private: switches(view, id)?.hide_read_marks && viewer != id,
        forwards_hidden: !allows(privacy::Key::Forwards)?,
        notify: notify::notify(view, viewer, Target::Peer(Peer::User(id)))?,
        bar: bar(view, viewer, id, &pair, row.created)?,
        photos,
        note: label.map(|it| it.note).filter(|it| !it.is_empty()),
        ttl_period: crate::messages::ttl_period(view, viewer, Peer::User(id))?,
        noforwards_mine: protected.0,
        noforwards_theirs: protected.1,
        has_scheduled: crate::messages::scheduled::any(view, viewer, Peer::User(id))?,
        channel,
        music: music::first(view, viewer, id)?,
        wallpaper: wallpapers::chats::wallpaper(view, viewer, Peer::User(id))?,
        seen,
    })
}

/// The action bar of the chat with `id`.
pub fn action_bar(view: &(impl View + ?Sized), viewer: UserId, id: UserId) -> Decided<ActionBar> {
    let row = user(view, id)?.ok_or(Refusal::UserIdInvalid)?;
    let pair = contacts::contact(view, viewer, id)?;
    bar(view, viewer, id, &pair, row.created)
}

fn bar(view: &(impl View + ?Sized), viewer: UserId, id: UserId, pair: &ContactRow, created: u32) -> Decided<ActionBar> {
    if viewer == id || id.is_server() || pair.bar_hidden {
        return Ok(ActionBar::default());
    }
    let stranger = !pair.mine && !blocks::is_blocked(view, viewer, id)?;
    Ok(ActionBar {
        report: stranger && !pair.known_by,
        add: stranger,
        // Only beside the report. Source: TDLib 1.8.66 calls these without it an error.
        block: stranger && !pair.known_by,
        share: pair.mine
            && pair.known_by
            && !pair.shares_phone
            && !privacy::allows(view, viewer, privacy::Key::PhoneNumber, id)?,
        need_contacts_exception: pair.mine && !pair.known_by && !pair.shares_phone,
        registered: (stranger && !pair.known_by).then(|| month(created)),
    })
}

/// Contacts whose visible birthday is yesterday, today or tomorrow.
pub fn birthdays_near(view: &(impl View + ?Sized), me: UserId) -> Decided<Vec<(UserId, Birthday)>> {
    let now = view.now().secs();
    let days: Vec<_> =
        [now.saturating_sub(DAY), now, now + DAY].into_iter().map(civil).map(|it| (it.day, it.month)).collect();
    let mut near = Vec::new();
    for (id, _) in contacts::contacts(view, me)? {
        let Some(row) = user(view, id)?.filter(|it| !it.deleted) else { continue };
        let Some(birthday) = Birthday::of(&card(view, id, &row)?) else { continue };
        if days.contains(&(birthday.day, birthday.month)) && privacy::allows(view, id, privacy::Key::Birthday, me)? {
            near.push((id, birthday));
        }
    }
    Ok(near)
}

/// `MM.YYYY` of a unix time. Source: core.telegram.org/constructor/peerSettings, `registration_month`.
fn month(at: u32) -> String {
    let Civil { month, year, .. } = civil(at);
    format!("{month:02}.{year}")
}

const DAY: u32 = 86_400;

struct Civil {
    day: u32,
    month: u32,
    year: u32,
}

/// The date of a unix time: days counted in eras of 400 years that begin in March.
fn civil(at: u32) -> Civil {
    let days = at / DAY + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    Civil { day, month, year: era * 400 + year_of_era + u32::from(month <= 2) }
}

trait Privately: Sized {
    fn filter_privately(self, allowed: bool) -> Self;
}

impl<T> Privately for Option<T> {
    fn filter_privately(self, allowed: bool) -> Self {
        self.filter(|_| allowed)
    }
}

#[cfg(test)]
mod tests {
    use super::month;

    #[test]
    fn months_of_registration_are_spelled_as_clients_read_them() {
        assert_eq!(month(1_767_225_600), "01.2026");
        assert_eq!(month(1_767_225_599), "12.2025");
        assert_eq!(month(951_782_400), "02.2000");
    }
}
