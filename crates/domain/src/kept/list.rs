//! The rows of what somebody keeps: one with a list's order, one for each thing on it.

use bytes::Bytes;
use store::{Key, KeyBuilder};
use vault::Kind;

use crate::{
    files::{Access, Carrier, Document, uses},
    ids::UserId,
    kept::wallpapers::{Wallpaper, own},
    messages::media::{
        MediaBody,
        carriers::{Named, sendable},
    },
    record,
    record::Record,
    refusal::Refusal,
    sealing,
    spaces::KEPT,
    turn::Turn,
    view::{Decided, Rows, Stop, View, load, load_or_default},
};

/// The place of a list's order among its rows; no file has that number.
const ORDER: u64 = 0;

/// Lists of files; the numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Saved GIFs, the last one first.
    Gifs = 1,
    /// Notification sounds, the last one first.
    Sounds = 2,
    /// Music on the profile, in its owner's order.
    Music = 3,
    /// Wallpapers, the last one first.
    Wallpapers = 4,
}

impl List {
    /// The list with a stored number.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        [List::Gifs, List::Sounds, List::Music, List::Wallpapers].into_iter().find(|it| *it as u8 == number)
    }
}

record! {
    /// The files of a list, in its order.
    pub struct OrderRow {
        1 => files: Vec<u64>,
        /// Things of the server's that are left out.
        2 => without: Vec<u64>,
    }
}

record! {
    /// A thing on a list.
    pub struct KeptRow {
        /// A [`Document`] or [`Wallpaper`], sealed under the account's key; AAD is the list and the file.
        1 => sealed: Bytes,
        /// The files that it holds the keys of.
        2 => files: Vec<u64>,
    }
}

/// A document on a list, and by what it is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// As stored; it holds the keys of its files.
    pub document: Document,
    /// By what clients ask for it.
    pub access: Access,
}

/// The order of a list.
pub(super) fn order(view: &(impl Rows + ?Sized), user: UserId, list: List) -> Decided<OrderRow> {
    load_or_default(view, &key(user, list, ORDER))
}

/// The files of a list, in its order.
pub fn ids(view: &(impl Rows + ?Sized), user: UserId, list: List) -> Decided<Vec<u64>> {
    Ok(order(view, user, list)?.files)
}

/// Whether a file is on a list.
pub(crate) fn has(view: &(impl Rows + ?Sized), user: UserId, list: List, file: u64) -> Decided<Option<KeptRow>> {
    load(view, &key(user, list, file))
}

/// A thing of a list, opened.
pub(super) fn opened(view: &(impl View + ?Sized), user: UserId, list: List, file: u64) -> Decided<Option<Vec<u8>>> {
    let Some(row) = has(view, user, list, file)? else { return Ok(None) };
    let scope = sealing::account_scope(user);
    sealing::open(view, scope, Kind::Kept, &aad(list, file), 0, &row.sealed).map(Some)
}

/// A document of a list.
pub fn document(view: &(impl View + ?Sized), user: UserId, list: List, file: u64) -> Decided<Option<Kept>> {
    let Some(plain) = opened(view, user, list, file)? else { return Ok(None) };
    let document = Document::decode(&plain)?;
    let access = Access::of(view, Carrier::Kept { user, list, file }, [file]);
    Ok(Some(Kept { document, access }))
}

/// The same of several, in the order in which they are named; those that are not there are left out.
pub fn documents(view: &(impl View + ?Sized), user: UserId, list: List, files: &[u64]) -> Decided<Vec<Kept>> {
    let mut all = Vec::with_capacity(files.len());
    for file in files {
        all.extend(document(view, user, list, *file)?);
    }
    Ok(all)
}

/// What a list carries of a file.
pub(crate) fn body(view: &(impl View + ?Sized), user: UserId, list: List, file: u64) -> Decided<Option<MediaBody>> {
    match list {
        List::Wallpapers => Ok(own::wallpaper(view, user, file)?.as_ref().and_then(Wallpaper::body)),
        List::Gifs | List::Sounds | List::Music => {
            Ok(document(view, user, list, file)?.map(|it| MediaBody::of_document(it.document)))
        }
    }
}

/// The document that a client names, for a list; `invalid`: there is no such one.
pub(super) fn known(view: &(impl View + ?Sized), user: UserId, it: &Named, invalid: Refusal) -> Decided<Document> {
    match sendable(view, user, it) {
        Ok(MediaBody::Document { document, .. }) if document.stored.id == it.id => Ok(document),
        Ok(_) | Err(Stop::Refuse(Refusal::FileIdInvalid)) => Err(invalid.into()),
        Err(other) => Err(other),
    }
}

/// What is put on a list.
pub(super) struct Thing {
    /// Its number, which is that of its file where it has one.
    pub(super) id: u64,
    /// As it is stored, not sealed yet.
    pub(super) plain: Bytes,
    /// The files that it holds the keys of.
    pub(super) files: Vec<u64>,
}

impl Thing {
    /// A document by itself.
    pub(super) fn of(it: &Document) -> Self {
        let files = MediaBody::of_document(it.clone()).files().iter().map(|it| it.id).collect();
        Self { id: it.stored.id, plain: it.encode(), files }
    }
}

/// Puts a thing at a place of a list, 0 the first; one that is there moves, and is as it is named now. Beyond `most` the
/// last ones go, or, where there is a refusal, nothing more comes.
pub(super) fn put(
    turn: &mut Turn<'_>,
    user: UserId,
    list: List,
    it: Thing,
    (place, most, full): (usize, usize, Option<Refusal>),
) -> Decided<()> {
    let Thing { id, plain, files } = it;
    let mut order = order(turn, user, list)?;
    match order.files.iter().position(|it| *it == id) {
        Some(old) => drop(order.files.remove(old)),
        None => {
            if let Some(refusal) = full.filter(|_| order.files.len() >= most) {
                return Err(refusal.into());
            }
        }
    }
    files.iter().for_each(|of| uses::put(turn, *of, Carrier::Kept { user, list, file: id }));
    let sealed = sealing::seal(turn, sealing::account_scope(user), Kind::Kept, &aad(list, id), 0, &plain)?;
    turn.put(key(user, list, id), &KeptRow { sealed, files, ..KeptRow::default() });
    order.files.insert(place.min(order.files.len()), id);
    order.without.retain(|it| *it != id);
    while order.files.len() > most {
        if let Some(last) = order.files.pop() {
            turn.delete(key(user, list, last));
        }
    }
    turn.put(key(user, list, ORDER), &order);
    Ok(())
}

/// Leaves a thing of the server's out of a list.
pub(super) fn leave_out(turn: &mut Turn<'_>, user: UserId, list: List, id: u64) -> Decided<()> {
    let mut order = order(turn, user, list)?;
    if !order.without.contains(&id) {
        order.without.push(id);
        turn.put(key(user, list, ORDER), &order);
    }
    Ok(())
}

/// Takes everything off a list, and leaves nothing of the server's out.
pub(super) fn clear(turn: &mut Turn<'_>, user: UserId, list: List) -> Decided<()> {
    let order = order(turn, user, list)?;
    if order == OrderRow::default() {
        return Ok(());
    }
    order.files.iter().for_each(|it| turn.delete(key(user, list, *it)));
    turn.delete(key(user, list, ORDER));
    Ok(())
}

/// Takes a file off a list; `false`: it was not there.
pub(super) fn remove(turn: &mut Turn<'_>, user: UserId, list: List, file: u64) -> Decided<bool> {
    let mut order = order(turn, user, list)?;
    let Some(at) = order.files.iter().position(|it| *it == file) else { return Ok(false) };
    order.files.remove(at);
    turn.delete(key(user, list, file));
    turn.put(key(user, list, ORDER), &order);
    Ok(true)
}

fn aad(list: List, file: u64) -> [u8; 9] {
    let mut id = [list as u8; 9];
    id[1..].copy_from_slice(&file.to_be_bytes());
    id
}

fn key(user: UserId, list: List, file: u64) -> Key {
    builder(user).u8(list as u8).u64(file).key()
}

fn builder(user: UserId) -> KeyBuilder {
    Key::of(KEPT, user.vshard().0).u64(user.0)
}
