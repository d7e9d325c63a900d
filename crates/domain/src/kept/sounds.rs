//! Notification sounds of one's own. Source: core.telegram.org/api/ringtones.

use super::list::{self, Kept, List, Thing};
use crate::{
    caller::Caller,
    files::{
        Attribute, Claim, Document,
        intake::{self, NewDocument},
    },
    messages::media::carriers::Named,
    refusal::Refusal,
    service::{Command, Domain},
    turn::Turn,
    updates::{self, Change},
    view::Decided,
};

/// Sounds of one account. Source: `ringtone_saved_count_max` of help.getAppConfig, as Telegram's servers answer it; what
/// the field means: core.telegram.org/api/config.
pub const SOUNDS_MAX: usize = 100;

/// Seconds of a sound. Source: as above, `ringtone_duration_max`.
pub const SECONDS_MAX: u32 = 5;

/// Bytes of a sound: five seconds at 480 kbit/s. Source: as above, `ringtone_size_max`.
pub const BYTES_MAX: u64 = 307_200;

/// What a sound may be: MP3 and Opus in Ogg, as every client plays them.
/// Source: core.telegram.org/api/ringtones, "Supported formats".
const MIMES: &[&str] = &["audio/mpeg", "audio/mp3", "audio/ogg"];

/// Makes a sound of an upload and keeps it.
pub async fn upload(domain: &Domain, by: Caller, claim: Claim, name: String, mime: String) -> Result<Kept, Refusal> {
    if !MIMES.contains(&mime.as_str()) {
        return Err(Refusal::RingtoneMimeInvalid);
    }
    let attributes = if name.is_empty() { Vec::new() } else { vec![Attribute::FileName { name }] };
    let new = NewDocument { claim, thumb: None, mime, attributes, plain: false };
    let document = intake::document(domain, by.user, new).await?;
    domain.command(KeepSound { by, document: document.clone() }).await?;
    let kept = domain.query(|view| list::document(view, by.user, List::Sounds, document.stored.id)).await?;
    kept.ok_or(Refusal::RingtoneInvalid)
}

struct KeepSound {
    by: Caller,
    document: Document,
}

impl Command for KeepSound {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        keep(turn, &self.by, &self.document)
    }
}

/// Keeps a sound, or forgets it.
pub struct SaveSound {
    /// Who.
    pub by: Caller,
    /// The document as the client names it.
    pub document: Named,
    /// It is to be forgotten.
    pub unsave: bool,
}

impl Command for SaveSound {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        if self.unsave {
            return match list::remove(turn, me, List::Sounds, self.document.id)? {
                true => tell(turn, &self.by),
                false => Ok(()),
            };
        }
        let document = list::known(turn, me, &self.document, Refusal::RingtoneInvalid)?;
        keep(turn, &self.by, &document)
    }
}

fn keep(turn: &mut Turn<'_>, by: &Caller, it: &Document) -> Decided<()> {
    let seconds = it.attributes.iter().find_map(|it| match it {
        Attribute::Audio { duration, .. } => Some(*duration),
        _ => None,
    });
    let fits = seconds.is_some_and(|it| it <= SECONDS_MAX) && it.stored.size <= BYTES_MAX;
    if !fits || !MIMES.contains(&it.mime.as_str()) {
        return Err(Refusal::RingtoneInvalid.into());
    }
    list::put(turn, by.user, List::Sounds, Thing::of(it), (0, SOUNDS_MAX, Some(Refusal::RingtoneInvalid)))?;
    tell(turn, by)
}

fn tell(turn: &mut Turn<'_>, by: &Caller) -> Decided<()> {
    updates::append(turn, by.user, Change::SavedRingtones {}, 0, Some(by.origin)).map(drop)
}
