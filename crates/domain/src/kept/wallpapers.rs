//! Wallpapers: pictures and fills of colours, on somebody's list and in chats. Whoever has one on a list or in a chat has
//! a copy of its description there; the one that was uploaded is found by its link as well.
//! Source: core.telegram.org/api/wallpapers.

pub mod chats;
mod fills;
pub mod made;
pub mod own;
pub mod slug;
#[cfg(test)]
mod tests;

use crate::{
    files::{Access, Carrier, Document, Stored},
    ids::UserId,
    messages::media::MediaBody,
    record,
    refusal::Refusal,
    view::{Decided, View},
};

/// The greatest colour: red, green and blue, eight bits each.
const COLOR_MAX: u32 = 0xff_ffff;

/// Colours of a fill: one, two of a gradient, three or four of one that moves.
/// Source: core.telegram.org/constructor/wallPaperSettings.
const COLORS_MAX: usize = 4;

/// How strong a pattern is, in percent; a negative number turns it dark. Source: as above.
const INTENSITY_MAX: i32 = 100;

/// Degrees by which a gradient turns are a multiple of this, below 360. Source: as above.
const ROTATION_STEP: u32 = 45;

/// Bytes of an emoji that names a theme: the longest have some 35.
const EMOTICON_MAX: usize = 64;

record! {
    /// How a wallpaper is shown.
    pub struct Look {
        1 => blur: bool,
        2 => motion: bool,
        /// 24 bits each; none: it is a picture alone.
        3 => colors: Vec<u32>,
        4 => intensity: Option<i32>,
        /// Degrees, of two colours.
        5 => rotation: u32,
        6 => emoticon: String,
    }
}

impl Look {
    /// Refused with `WALLPAPER_INVALID` where no client can show it.
    pub fn checked(self) -> Result<Self, Refusal> {
        let colors = self.colors.len() <= COLORS_MAX && self.colors.iter().all(|it| *it <= COLOR_MAX);
        let turned = self.rotation < 360 && self.rotation.is_multiple_of(ROTATION_STEP);
        let strong = self.intensity.is_none_or(|it| (-INTENSITY_MAX..=INTENSITY_MAX).contains(&it));
        let named = self.emoticon.len() <= EMOTICON_MAX;
        if colors && turned && strong && named { Ok(self) } else { Err(Refusal::WallpaperInvalid) }
    }

    /// Whether its colours are dark on the whole, as eyes weigh them: ITU-R BT.601, in thousandths.
    fn is_dark(&self) -> bool {
        let luma = |it: &u32| 299 * (it >> 16 & 255) + 587 * (it >> 8 & 255) + 114 * (it & 255);
        let count = u32::try_from(self.colors.len()).unwrap_or(1);
        count > 0 && self.colors.iter().map(luma).sum::<u32>() / count < 128_000
    }
}

record! {
    /// A wallpaper; it holds the key of its file, so it is stored only sealed.
    pub struct Wallpaper {
        1 => id: u64,
        /// Who uploaded it; nobody: it is a fill.
        2 => maker: UserId,
        /// The picture or pattern; `None`: a fill.
        3 => document: Option<Document>,
        4 => pattern: bool,
        5 => dark: bool,
        6 => look: Look,
        /// What links to it end with; of a fill, which has none, empty.
        7 => slug: String,
    }
}

impl Wallpaper {
    /// It comes with the server.
    pub fn is_built_in(&self) -> bool {
        fills::is_built_in(self.id)
    }

    /// Every file of it.
    pub(crate) fn files(&self) -> Vec<u64> {
        self.body().iter().flat_map(MediaBody::files).map(|it: &Stored| it.id).collect()
    }

    /// What whoever carries it carries.
    pub(crate) fn body(&self) -> Option<MediaBody> {
        self.document.clone().map(MediaBody::of_document)
    }

    /// With another look.
    fn looking(self, look: Option<&Look>) -> Self {
        match look {
            Some(look) => Self { look: look.clone(), ..self },
            None => self,
        }
    }
}

/// A wallpaper, and by what its file is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// As stored.
    pub wallpaper: Wallpaper,
    /// By what clients ask for its file.
    pub access: Access,
}

/// As somebody sees it who may read its carrier.
pub(crate) fn seen(view: &(impl View + ?Sized), wallpaper: Wallpaper, carrier: Carrier) -> Seen {
    let access = Access::of(view, carrier, wallpaper.document.iter().map(|it| it.stored.id));
    Seen { wallpaper, access }
}

/// A wallpaper as clients name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// By its number and the proof that the server told of it.
    Id(u64, i64),
    /// By its link.
    Slug(String),
    /// A fill by its number; by its colours, where it has none.
    Fill(u64),
}

/// The wallpaper that a client names, with the look that it shall have.
pub fn find(view: &(impl View + ?Sized), me: UserId, it: &Named, look: Option<&Look>) -> Decided<Wallpaper> {
    let found = match it {
        Named::Fill(id) => match look.filter(|it| !it.colors.is_empty()) {
            Some(look) => return Ok(fills::of(view, look)),
            None => match fills::built_in(*id) {
                Some(fill) => Some(fill),
                None => own::wallpaper(view, me, *id)?.filter(|it| it.document.is_none()),
            },
        },
        Named::Id(id, hash) if view.world().file_hash(*id) == *hash => of_number(view, me, *id)?,
        Named::Id(..) => None,
        Named::Slug(slug) => match made::id_of(view, slug) {
            Some(id) => of_number(view, me, id)?,
            None => None,
        },
    };
    Ok(found.ok_or(Refusal::WallpaperInvalid)?.looking(look))
}

/// A copy on one's own list, or the one that was uploaded, for as long as its maker is there.
fn of_number(view: &(impl View + ?Sized), me: UserId, id: u64) -> Decided<Option<Wallpaper>> {
    match own::wallpaper(view, me, id)? {
        Some(it) => Ok(Some(it)),
        None => made::wallpaper(view, id),
    }
}

/// The same as a client is shown it before anything of its own carries it.
pub fn shown(view: &(impl View + ?Sized), me: UserId, it: &Named) -> Decided<Seen> {
    let wallpaper = find(view, me, it, None)?;
    let carrier = match own::wallpaper(view, me, wallpaper.id)? {
        Some(_) => own::carrier(me, wallpaper.id),
        None => Carrier::Wallpaper { maker: wallpaper.maker, id: wallpaper.id },
    };
    Ok(seen(view, wallpaper, carrier))
}
