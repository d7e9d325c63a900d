//! Links by which bytes of a file are fetched over HTTP: they name a carrier, the file, and for whom the link was made,
//! are signed by the server and end. Each use asks anew whether that reader may read the carrier, and whether it still
//! carries the file: a link of a deleted message leads nowhere.

use super::{
    descriptor::{Attribute, Stored},
    reading::read,
    reference::Carrier,
    signed::{Purpose, Unsigned, WINDOW},
};
use crate::{
    hex,
    ids::UserId,
    messages::media::{MediaBody, carriers},
    service::Domain,
    view::{Decided, View},
};

/// Bytes of a file's name that are told. Source: file systems take 255.
const NAME_MAX: usize = 255;

/// What begins a file by which a thumbnail's format is told.
const BEGINNING: u64 = 12;

/// What browsers may show as it is: they run nothing of it.
const SHOWN: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "video/mp4",
    "video/webm",
    "video/quicktime",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "audio/x-wav",
    "audio/flac",
];

/// What everything else is.
const BYTES: &str = "application/octet-stream";

/// A file that a link leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Linked {
    /// Where its bytes are.
    pub stored: Stored,
    /// Its media type, one that is safe to name.
    pub kind: &'static str,
    /// A browser may show it; else it is kept as a file.
    pub is_shown: bool,
    /// What it is called; empty: nothing.
    pub name: String,
}

/// Why a link leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoFile {
    /// It is none of ours.
    Unread,
    /// It was good once: it has ended, its carrier is gone, or is no longer for whom it was made.
    Gone,
    /// The store does not read now.
    Unavailable,
}

/// A link to a file, by its id, of a carrier; `reader` is for whom: nobody stands for every stranger.
pub fn link(view: &(impl View + ?Sized), reader: UserId, carrier: Carrier, file: u64) -> String {
    let said = [&reader.0.to_be_bytes()[..], &file.to_be_bytes(), &carrier.to_bytes()].concat();
    hex::encode(&Purpose::Link.sign(view.world(), said, (view.now().secs(), WINDOW)))
}

/// What a link leads to.
pub async fn follow(domain: &Domain, link: &str) -> Result<Linked, NoFile> {
    let token = hex::decode(link).ok_or(NoFile::Unread)?;
    let said = Purpose::Link.read(domain.world(), &token, domain.now().secs()).map_err(|why| match why {
        Unsigned::Foreign => NoFile::Unread,
        Unsigned::Ended => NoFile::Gone,
    })?;
    let (reader, file, carrier) = parts(said).ok_or(NoFile::Unread)?;
    let found = domain.query(|view| carried(view, reader, carrier, file)).await;
    let mut linked = found.map_err(|_| NoFile::Unavailable)?.ok_or(NoFile::Gone)?;
    if linked.kind.is_empty() {
        let begins = read(domain, &linked.stored, 0, BEGINNING).await.map_err(|_| NoFile::Unavailable)?;
        linked.kind = if begins.starts_with(b"RIFF") { "image/webp" } else { "image/jpeg" };
    }
    Ok(linked)
}

/// For whom a link is, the file and who carries it.
fn parts(said: &[u8]) -> Option<(UserId, u64, Carrier)> {
    let (reader, rest) = said.split_first_chunk()?;
    let (file, carrier) = rest.split_first_chunk()?;
    Some((UserId(u64::from_be_bytes(*reader)), u64::from_be_bytes(*file), Carrier::of_bytes(carrier)?))
}

fn carried(view: &(impl View + ?Sized), reader: UserId, carrier: Carrier, file: u64) -> Decided<Option<Linked>> {
    let Some(body) = carriers::carried(view, reader, carrier)? else { return Ok(None) };
    let found = body.files().into_iter().find(|it| it.id == file).cloned();
    Ok(found.map(|stored| described(&body, stored)))
}

/// A picture's type is left empty where only its bytes tell it.
fn described(body: &MediaBody, stored: Stored) -> Linked {
    match body {
        MediaBody::Document { document, .. } if document.stored.id == stored.id => {
            let kind = SHOWN.iter().find(|it| **it == document.mime);
            let name = document.attributes.iter().find_map(|it| match it {
                Attribute::FileName { name } => Some(short(name)),
                _ => None,
            });
            let is_shown = kind.is_some();
            Linked { stored, kind: kind.unwrap_or(&BYTES), is_shown, name: name.unwrap_or_default().to_owned() }
        }
        _ => Linked { stored, kind: "", is_shown: true, name: String::new() },
    }
}

fn short(name: &str) -> &str {
    let mut end = name.len().min(NAME_MAX);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        caller::Caller,
        files::{Document, PhotoSize, keeping::keep},
        groups::create::CreateChannel,
        groups::usernames::{NameChannel, Naming},
        ids::{ChannelId, MessageId, Peer},
        messages::{
            media::{Media, SendMedia},
            posts::DeletePosts,
            rows::copy,
            send::SendMessage,
        },
        testing::{Hall, ready},
    };

    /// A public channel with a document in it.
    struct Stage {
        hall: Hall,
        owner: Caller,
        channel: ChannelId,
        post: MessageId,
        file: u64,
        thumb: u64,
    }

    fn stage(mime: &str) -> Stage {
        let hall = Hall::new();
        let owner = hall.person("Claude", "9996621000");
        let made = CreateChannel {
            by: owner,
            title: "Optics".into(),
            about: String::new(),
            broadcast: true,
            forum: false,
            ttl_period: 0,
        };
        let (channel, _) = hall.run(made).unwrap();
        hall.run(NameChannel { by: owner, channel, naming: Naming::Main("optics".into()) }).unwrap();
        let stored = ready(keep(&hall.domain, owner.user, b"telegraph".to_vec())).unwrap();
        let thumb = ready(keep(&hall.domain, owner.user, b"RIFF....WEBP".to_vec())).unwrap();
        let (file, small) = (stored.id, thumb.id);
        let document = Document {
            stored,
            mime: mime.into(),
            attributes: vec![Attribute::FileName { name: "ä".repeat(200) }],
            thumbs: vec![PhotoSize { kind: "m".into(), stored: thumb, ..PhotoSize::default() }],
            ..Document::default()
        };
        let body = MediaBody::Document { document, spoiler: false, ttl: 0, cover: None, starts: 0 };
        let send = SendMessage {
            by: owner,
            peer: Peer::Channel(channel),
            text: String::new(),
            entities: Vec::new(),
            reply: None,
            random_id: 7,
            silent: false,
            noforwards: false,
            no_webpage: false,
            clear_draft: false,
            send_as: None,
            album: 0,
        };
        let post = hall.run(SendMedia { send, media: Media::Files(Box::new(body)) }).unwrap().message;
        Stage { hall, owner, channel, post, file, thumb: small }
    }

    impl Stage {
        fn link(&self, reader: UserId, file: u64) -> String {
            let of = |view: &dyn View| {
                let uid = copy(view, self.channel, self.post)?.expect("the post is there").uid;
                Ok(link(view, reader, Carrier::Message { log: self.channel.into(), uid }, file))
            };
            self.hall.ask(of).unwrap()
        }

        fn follow(&self, link: &str) -> Result<Linked, NoFile> {
            ready(follow(&self.hall.domain, link))
        }
    }

    #[test]
    fn a_stranger_follows_a_link_until_the_post_is_gone() {
        let stage = stage("video/mp4");
        let link = stage.link(UserId::NOBODY, stage.file);
        let found = stage.follow(&link).unwrap();
        assert_eq!((found.stored.id, found.kind, found.is_shown), (stage.file, "video/mp4", true));
        assert_eq!(found.name, "ä".repeat(127), "as long as names may be");
        assert_eq!(stage.follow(&stage.link(UserId::NOBODY, stage.thumb)).unwrap().kind, "image/webp");
        assert_eq!(stage.follow(&stage.link(UserId::NOBODY, 5)), Err(NoFile::Gone), "it carries no such file");
        stage.hall.run(DeletePosts { by: stage.owner, channel: stage.channel, messages: vec![stage.post] }).unwrap();
        assert_eq!(stage.follow(&link), Err(NoFile::Gone));
    }

    #[test]
    fn a_link_ends_and_is_the_same_meanwhile() {
        let stage = stage("video/mp4");
        let link = stage.link(UserId::NOBODY, stage.file);
        assert_eq!(stage.link(UserId::NOBODY, stage.file), link);
        stage.hall.pass(u64::from(WINDOW));
        assert!(stage.follow(&link).is_ok());
        stage.hall.pass(u64::from(WINDOW));
        assert_eq!(stage.follow(&link), Err(NoFile::Gone));
    }

    #[test]
    fn a_channel_that_is_no_longer_public_is_closed_to_strangers_alone() {
        let stage = stage("video/mp4");
        let links = [UserId::NOBODY, stage.owner.user].map(|it| stage.link(it, stage.file));
        let naming = Naming::Main(String::new());
        stage.hall.run(NameChannel { by: stage.owner, channel: stage.channel, naming }).unwrap();
        assert_eq!(stage.follow(&links[0]), Err(NoFile::Gone));
        assert!(stage.follow(&links[1]).is_ok());
    }

    #[test]
    fn what_a_browser_could_run_is_bytes_to_be_kept() {
        for mime in ["text/html", "image/svg+xml", "application/xhtml+xml", "application/pdf", "video/mp4; x", ""] {
            let stage = stage(mime);
            let found = stage.follow(&stage.link(UserId::NOBODY, stage.file)).unwrap();
            assert_eq!((found.kind, found.is_shown), (BYTES, false), "{mime}");
        }
    }

    #[test]
    fn a_link_that_was_not_made_here_is_none() {
        let stage = stage("video/mp4");
        let link = stage.link(UserId::NOBODY, stage.file);
        for cut in 0..link.len() {
            assert_eq!(stage.follow(&link[..cut]), Err(NoFile::Unread), "{cut} letters");
        }
        for at in 0..link.len() {
            let mut forged = link.clone().into_bytes();
            forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(stage.follow(&forged), Err(NoFile::Unread), "letter {at}");
        }
        assert_eq!(stage.follow(&link.to_uppercase()), Err(NoFile::Unread));
        assert_eq!(stage.follow("ä"), Err(NoFile::Unread));
    }
}
