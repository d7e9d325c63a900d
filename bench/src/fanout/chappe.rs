//! The server that is measured, and the author of its posts.

use mtproto::client::RequestId;
use testkit::{Client, Options, people};
use tl::{enums, types};

use super::marked;
use crate::{
    Failure,
    process::{Server, exact_cpu},
};

/// A channel in which is posted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) id: i64,
    access_hash: i64,
    /// Its `pts` after the last post of ours.
    pub(super) pts: i32,
}

/// Somebody who posts.
pub(super) struct Author {
    pub(super) client: Client,
    waiting: Vec<RequestId>,
}

/// The server with its first author.
pub(super) struct Chappe<'a> {
    pub(super) server: &'a Server,
    author: Author,
    pub(super) small: Place,
    pub(super) large: Place,
    /// The number of the next post.
    pub(super) mark: u32,
}

impl Author {
    /// A seeded person.
    pub(super) async fn enter(server: &Server, person: u32) -> Result<Self, Failure> {
        let mut client = Client::connect(server.address, Options::new(server.key.clone())).await?;
        people::enter(&mut client, &format!("999662{person:04}"), "Author").await?;
        Ok(Self { client, waiting: Vec::new() })
    }

    /// Queues a post; [`Self::flush`] sends it.
    pub(super) fn post(&mut self, place: Place, mark: u32) {
        let peer = types::InputPeerChannel { channel_id: place.id, access_hash: place.access_hash };
        self.waiting.push(self.client.send(&marked::post(&peer.into(), mark)));
    }

    pub(super) async fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.client.flush().await?)
    }

    /// Waits until all but so many of its posts are answered; the largest `pts` told.
    pub(super) async fn settle(&mut self, but: usize) -> Result<i32, Failure> {
        let (mut pts, done) = (0, self.waiting.len().saturating_sub(but));
        for request in self.waiting.drain(..done) {
            let body = self.client.wait(request).await?;
            pts = pts.max(pts_of(&tl::decode_object(&body)?));
        }
        Ok(pts)
    }

    /// Where a channel's log stands.
    async fn pts(&mut self, place: Place) -> Result<i32, Failure> {
        let channel = types::InputChannel { channel_id: place.id, access_hash: place.access_hash };
        let request = tl::functions::channels::GetFullChannel { channel: channel.into() };
        let enums::messages::ChatFull::Full(full) = self.client.invoke(&request).await?;
        match full.full_chat {
            enums::ChatFull::ChannelFull(it) => Ok(it.pts),
            enums::ChatFull::Full(_) | enums::ChatFull::CommunityFull(_) => Err("a channel was expected".into()),
        }
    }

    /// The channels that it owns, by title.
    pub(super) async fn owned(&mut self) -> Result<Vec<(String, Place)>, Failure> {
        let mut all = Vec::new();
        for chat in dialogs(&mut self.client).await? {
            if let enums::Chat::Channel(it) = chat
                && it.creator
                && let Some(access_hash) = it.access_hash
            {
                all.push((it.title, Place { id: it.id, access_hash, pts: 0 }));
            }
        }
        Ok(all)
    }
}

fn pts_of(updates: &enums::Updates) -> i32 {
    let enums::Updates::Updates(it) = updates else { return 0 };
    let pts = it.updates.iter().map(|it| match it {
        enums::Update::NewChannelMessage(it) => it.pts,
        _ => 0,
    });
    pts.max().unwrap_or(0)
}

/// The chats of one page of dialogs.
pub(super) async fn dialogs(client: &mut Client) -> Result<Vec<enums::Chat>, Failure> {
    let request = tl::functions::messages::GetDialogs {
        exclude_pinned: false,
        folder_id: None,
        offset_date: 0,
        offset_id: 0,
        offset_peer: enums::InputPeer::Empty,
        limit: 100,
        hash: 0,
    };
    match client.invoke(&request).await? {
        enums::messages::Dialogs::Dialogs(it) => Ok(it.chats),
        enums::messages::Dialogs::Slice(it) => Ok(it.chats),
        enums::messages::Dialogs::NotModified(_) => Err("no dialogs".into()),
    }
}

impl<'a> Chappe<'a> {
    /// The first person owns both channels; `chappe seed` names them after towns.
    pub(super) async fn new(server: &'a Server) -> Result<Self, Failure> {
        let mut author = Author::enter(server, 1).await?;
        let owned = author.owned().await?;
        let place = |title: &str| {
            let found = owned.iter().find(|(it, _)| it == title).map(|(_, it)| *it);
            found.ok_or_else(|| Failure::from(format!("no {title} among the dialogs")))
        };
        let (mut small, mut large) = (place("Bulletin of Lille")?, place("Bulletin of Strasbourg")?);
        for place in [&mut small, &mut large] {
            place.pts = author.pts(*place).await?;
        }
        Ok(Self { server, author, small, large, mark: 1 })
    }

    /// Sends so many posts at once to the small or the large audience.
    pub(super) async fn post(&mut self, small: bool, posts: usize) -> Result<(), Failure> {
        let place = if small { self.small } else { self.large };
        for _ in 0..posts {
            self.author.post(place, self.mark);
            self.mark += 1;
        }
        self.author.flush().await
    }

    /// Waits until all but so many posts of the last audience are answered.
    pub(super) async fn settle(&mut self, small: bool, but: usize) -> Result<(), Failure> {
        let pts = self.author.settle(but).await?;
        let place = if small { &mut self.small } else { &mut self.large };
        place.pts = place.pts.max(pts);
        Ok(())
    }

    pub(super) fn cpu(&self) -> Result<std::time::Duration, Failure> {
        exact_cpu(self.server.process())
    }
}
