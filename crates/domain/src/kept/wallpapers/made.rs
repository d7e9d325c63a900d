//! Wallpapers that people upload: whoever has the link may look at one, as long as its maker's account is there.

use bytes::Bytes;
use store::{Direction, Key, Range};
use vault::Kind;

use super::{Look, Seen, Wallpaper, own, seen, slug};
use crate::{
    caller::Caller,
    files::{
        Attribute, Carrier, Claim,
        intake::{self, NewDocument},
        uses,
    },
    ids::{UserId, VSHARDS_IN_USE},
    people::user,
    record,
    record::Record,
    refusal::Refusal,
    sealing,
    service::{Command, Domain},
    spaces::{WALLPAPER, WALLPAPER_MAKER},
    turn::Turn,
    view::{Decided, Rows, View, list, load},
};

/// Wallpapers of one maker that have a link; the link of the oldest ends. Lists and chats keep their copies.
pub const MADE_MAX: usize = 200;

/// Bytes of a picture, as of a photo.
pub const BYTES_MAX: u64 = media::photo::FILE_MAX as u64;

/// The pictures that every client shows.
const PICTURES: &[&str] = &["image/jpeg", "image/png"];

/// A packed vector drawing, the shape of patterns. Source: core.telegram.org/api/wallpapers, "Pattern wallpapers".
const PATTERN: &str = "application/x-tgwallpattern";

record! {
    /// A wallpaper that somebody made.
    pub struct MadeRow {
        /// A [`Wallpaper`], sealed under its maker's key; AAD is its number.
        1 => sealed: Bytes,
        2 => files: Vec<u64>,
        /// Unix seconds.
        3 => date: u32,
    }
}

/// A wallpaper of an upload.
pub struct NewWallpaper {
    /// The file.
    pub claim: Claim,
    /// Its MIME type.
    pub mime: String,
    /// How it is shown.
    pub look: Look,
    /// It is for a chat, and not for one's list.
    pub for_chat: bool,
}

/// Makes a wallpaper of an upload, and puts it on its maker's list.
pub async fn upload(domain: &Domain, by: Caller, it: NewWallpaper) -> Result<Seen, Refusal> {
    let is_picture = PICTURES.contains(&it.mime.as_str());
    if !is_picture && it.mime != PATTERN {
        return Err(Refusal::WallpaperMimeInvalid);
    }
    let look = it.look.checked()?;
    // A drawing shows nothing by itself.
    let pattern = !is_picture || it.mime == "image/png" && !look.colors.is_empty();
    if pattern && look.colors.is_empty() {
        return Err(Refusal::WallpaperInvalid);
    }
    let new = NewDocument { claim: it.claim, thumb: None, mime: it.mime, attributes: Vec::new(), plain: false };
    let document = intake::document(domain, by.user, new).await?;
    let has_size = document.attributes.iter().any(|it| matches!(it, Attribute::ImageSize { .. }));
    if is_picture && !has_size || document.stored.size > BYTES_MAX {
        return Err(Refusal::WallpaperFileInvalid);
    }
    let (id, dark) = (document.stored.id, look.is_dark());
    let (maker, slug) = (by.user, slug::write(id, domain.world().wallpaper_proof(id)));
    let document = Some(document);
    let wallpaper = Wallpaper { id, maker, document, pattern, dark, look, slug, ..Wallpaper::default() };
    domain.command(Keep { by, wallpaper: wallpaper.clone(), for_chat: it.for_chat }).await?;
    domain.query(|view| Ok(seen(view, wallpaper.clone(), Carrier::Wallpaper { maker, id }))).await
}

struct Keep {
    by: Caller,
    wallpaper: Wallpaper,
    for_chat: bool,
}

impl Command for Keep {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (maker, id) = (self.by.user, self.wallpaper.id);
        drop_oldest(turn, maker)?;
        let (files, date) = (self.wallpaper.files(), turn.now().secs());
        files.iter().for_each(|it| uses::put(turn, *it, Carrier::Wallpaper { maker, id }));
        let scope = sealing::account_scope(maker);
        let plain = self.wallpaper.encode();
        let sealed = sealing::seal(turn, scope, Kind::Wallpaper, &id.to_be_bytes(), 0, &plain)?;
        turn.put(key(maker, id), &MadeRow { sealed, files, date, ..MadeRow::default() });
        turn.put_bytes(maker_key(id), Bytes::copy_from_slice(&maker.0.to_be_bytes()));
        if self.for_chat { Ok(()) } else { own::put(turn, maker, &self.wallpaper) }
    }
}

/// Makes room for one more.
fn drop_oldest(turn: &mut Turn<'_>, maker: UserId) -> Decided<()> {
    let range = Range::prefix(Key::of(WALLPAPER, maker.vshard().0).u64(maker.0).key());
    let rows = list::<MadeRow>(turn, &range, Direction::Forward, MADE_MAX)?;
    if rows.len() == MADE_MAX
        && let Some((oldest, _)) = rows.iter().min_by_key(|(_, row)| row.date)
    {
        forget(turn, oldest);
    }
    Ok(())
}

/// Ends the link of a wallpaper, by the key of its row.
pub(crate) fn forget(turn: &mut Turn<'_>, row: &Key) {
    if let Some(id) = row.suffix().last_chunk() {
        turn.delete(maker_key(u64::from_be_bytes(*id)));
    }
    turn.delete(row.clone());
}

/// The row of a wallpaper.
pub(crate) fn row(view: &(impl Rows + ?Sized), maker: UserId, id: u64) -> Decided<Option<MadeRow>> {
    load(view, &key(maker, id))
}

/// A wallpaper by its number.
pub(crate) fn wallpaper(view: &(impl View + ?Sized), id: u64) -> Decided<Option<Wallpaper>> {
    let Some(maker) = view.get(&maker_key(id))? else { return Ok(None) };
    let Some(maker) = maker.first_chunk().map(|it| UserId(u64::from_be_bytes(*it))) else { return Ok(None) };
    // The key goes with the account, before the row does.
    if user(view, maker)?.is_none_or(|it| it.deleted) {
        return Ok(None);
    }
    let Some(row) = row(view, maker, id)? else { return Ok(None) };
    let scope = sealing::account_scope(maker);
    let plain = sealing::open(view, scope, Kind::Wallpaper, &id.to_be_bytes(), 0, &row.sealed)?;
    Ok(Some(Wallpaper::decode(&plain)?))
}

/// The wallpaper that a link names; it was written here.
pub(super) fn id_of(view: &(impl View + ?Sized), written: &str) -> Option<u64> {
    let (id, proof) = slug::read(written)?;
    crypto::hash::equal(&view.world().wallpaper_proof(id), &proof).then_some(id)
}

fn key(maker: UserId, id: u64) -> Key {
    Key::of(WALLPAPER, maker.vshard().0).u64(maker.0).u64(id).key()
}

fn maker_key(id: u64) -> Key {
    Key::of(WALLPAPER_MAKER, (id % u64::from(VSHARDS_IN_USE)) as u16).u64(id).key()
}
