//! A post on its way to two hundred sessions at every layer that is served: what each is pushed is what the log
//! says, rendered for who reads it and rewritten for its layer, byte for byte.

use std::collections::BTreeSet;

use testkit::{Client, Keys, Options, Update, people};
use tl::{Layer, Serializable, enums, functions, types};

use crate::{
    people::Person,
    place::{Place, Server},
};

/// People who listen: none of those who are told of each other's coming and going.
const LISTENERS: std::ops::Range<usize> = 101..151;

/// Sessions of each beside one at the newest layer.
const OTHERS: usize = 3;

/// A group in which each is told in words of its own, and a channel large enough that all are told the same.
const SIZES: [&str; 2] = ["150", "250"];

/// Where something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Where {
    Group,
    Channel,
}

impl Where {
    fn title(self) -> &'static str {
        match self {
            Self::Group => "Line of Lille",
            Self::Channel => "Bulletin of Lille",
        }
    }
}

/// One person's sessions.
struct Listener {
    /// At the newest layer.
    newest: Client,
    others: Vec<(Layer, Client)>,
    group: types::InputChannel,
    channel: types::InputChannel,
}

#[tokio::test]
async fn two_hundred_sessions_at_every_layer_are_told_what_the_log_says_byte_for_byte() {
    let place = Place::new("fanout");
    place.says(&["seed", "--people", "8", "--group", SIZES[0], "--channel", SIZES[1], "--messages", "2"]);
    let server = place.serve();
    // The group's author is one who listens, at another device; the channel's owner only posts. They sign in first:
    // other devices are told of that.
    let authors =
        [Author::come(&server, LISTENERS.start, Where::Group).await, Author::come(&server, 1, Where::Channel).await];
    let mut listeners = Vec::new();
    let mut layers = std::iter::repeat_with(Layer::all).flatten();
    for number in LISTENERS {
        listeners.push(Listener::join(&server, number, layers.by_ref().take(OTHERS)).await);
    }
    let others = || listeners.iter().flat_map(|it| &it.others);
    assert_eq!(listeners.len() + others().count(), 200);
    let heard: BTreeSet<_> = others().map(|(layer, _)| *layer).collect();
    assert!(Layer::all().all(|it| heard.contains(&it)), "every layer has a listener");

    for mut author in authors {
        let at = author.at;
        let first = author.post("A long message: from the coast to Paris in eight minutes", None).await;
        assert_eq!(news(&hear(&mut listeners, at, &mut author.pts).await), [first]);
        let second = author.post("Which was repeated, word for word", Some(first)).await;
        assert_eq!(news(&hear(&mut listeners, at, &mut author.pts).await), [second]);
        author.edit(first, "A long message, corrected").await;
        hear(&mut listeners, at, &mut author.pts).await;
        author.delete(&[second, first]).await;
        let told = hear(&mut listeners, at, &mut author.pts).await;
        assert!(told.iter().any(|it| matches!(it, enums::Update::DeleteChannelMessages(it) if it.messages.len() == 2)));
    }

    for client in listeners.iter_mut().flat_map(Listener::sessions) {
        client.ping().await.unwrap();
        assert_eq!(client.updates_so_far(), Vec::<Update>::new(), "nobody is told more");
    }
    server.stop();
}

/// Everybody hears the next entry of a log; what it says. `pts` is where it stood, and where it stands after it.
async fn hear(listeners: &mut [Listener], at: Where, pts: &mut i32) -> Vec<enums::Update> {
    let mut told = Vec::new();
    let before = *pts;
    for listener in listeners {
        (told, *pts) = listener.hear(at, before).await;
    }
    told
}

fn news(updates: &[enums::Update]) -> Vec<i32> {
    let new = updates.iter().filter_map(|it| match it {
        enums::Update::NewChannelMessage(it) => Some(it.message.id()),
        _ => None,
    });
    new.collect()
}

impl Listener {
    async fn join(server: &Server, number: usize, layers: impl Iterator<Item = Layer>) -> Self {
        let mut newest = Person::join(server, number).await.client;
        let (group, channel) = (named(&mut newest, Where::Group).await, named(&mut newest, Where::Channel).await);
        let mut others = Vec::new();
        for layer in layers {
            others.push((layer, at_layer(server, newest.keys().clone(), layer).await));
        }
        newest.invoke(&functions::updates::GetState {}).await.unwrap();
        let mut it = Self { newest, others, group, channel };
        for client in it.sessions() {
            client.ping().await.unwrap();
            client.updates_so_far();
        }
        it
    }

    fn sessions(&mut self) -> impl Iterator<Item = &mut Client> {
        [&mut self.newest].into_iter().chain(self.others.iter_mut().map(|(_, client)| client))
    }

    /// All its sessions hear the entry of a log behind `pts`.
    async fn hear(&mut self, at: Where, pts: i32) -> (Vec<enums::Update>, i32) {
        let push = self.newest.update_raw().await.unwrap();
        let (log, pts) = self.log(at, pts).await;
        let expected = pushed(at, &log, &push);
        let bytes = enums::Updates::from(expected.clone()).to_bytes();
        assert_eq!(push, bytes, "{at:?} at the newest layer");
        for (layer, client) in &mut self.others {
            let mut rewritten = Vec::new();
            tl::downgrade(*layer, &bytes, &mut rewritten).unwrap();
            assert_eq!(client.update_raw().await.unwrap(), rewritten, "{at:?} at layer {}", layer.get());
        }
        (expected.updates, pts)
    }

    /// What this person's log says behind `pts`, as updates with those they name, and where it ends.
    async fn log(&mut self, at: Where, pts: i32) -> (types::Updates, i32) {
        let channel = match at {
            Where::Group => self.group.clone(),
            Where::Channel => self.channel.clone(),
        };
        let request = functions::updates::GetChannelDifference {
            force: false,
            channel: channel.into(),
            filter: enums::ChannelMessagesFilter::Empty,
            pts,
            limit: 1,
        };
        let enums::updates::ChannelDifference::Difference(it) = self.newest.invoke(&request).await.unwrap() else {
            panic!("there is something behind {pts}")
        };
        let new = it
            .new_messages
            .into_iter()
            .map(|message| types::UpdateNewChannelMessage { message, pts: it.pts, pts_count: it.pts - pts }.into());
        let updates = new.chain(it.other_updates).collect();
        (types::Updates { updates, users: it.users, chats: it.chats, date: 0, seq: 0 }, it.pts)
    }
}

/// What the log says as it is pushed: at the moment of the push, and in words that are the same for all members
/// with those who are named cut short, since each knows more or less of them.
fn pushed(at: Where, log: &types::Updates, push: &Update) -> types::Updates {
    let enums::Updates::Updates(push) = tl::decode_object(push).unwrap() else { panic!("updates") };
    let mut expected = types::Updates { date: push.date, ..log.clone() };
    // Who wrote it learns at all devices which of its messages that was.
    for update in &log.updates {
        if let enums::Update::NewChannelMessage(it) = update
            && let enums::Message::Message(it) = &it.message
            && it.out
        {
            let (id, random_id) = (it.id, random_id(&it.message));
            expected.updates.insert(0, types::UpdateMessageId { id, random_id }.into());
        }
    }
    if at == Where::Channel {
        let shortened = |it: &enums::Chat| match it {
            enums::Chat::Channel(it) => (it.id, it.title.clone(), it.min),
            other => panic!("a channel: {other:?}"),
        };
        let known: Vec<_> = log.chats.iter().map(shortened).map(|(id, title, _)| (id, title, true)).collect();
        assert_eq!(push.chats.iter().map(shortened).collect::<Vec<_>>(), known);
        expected.chats = push.chats;
    }
    expected
}

/// Another session of a key, at a layer of its own.
async fn at_layer(server: &Server, keys: Keys, layer: Layer) -> Client {
    let options = Options::new(server.key.clone()).layer(layer.get().into());
    let mut client = Client::resume(server.address, keys, options).await.unwrap();
    client.invoke_raw(&functions::updates::GetState {}.to_bytes()).await.unwrap();
    client
}

/// A group or channel as somebody names it.
async fn named(client: &mut Client, at: Where) -> types::InputChannel {
    let request = functions::messages::GetDialogs {
        exclude_pinned: false,
        folder_id: None,
        offset_date: 0,
        offset_id: 0,
        offset_peer: enums::InputPeer::Empty,
        limit: 100,
        hash: 0,
    };
    let enums::messages::Dialogs::Dialogs(it) = client.invoke(&request).await.unwrap() else { panic!("a list") };
    let found = it.chats.iter().find_map(|it| match it {
        enums::Chat::Channel(it) if it.title == at.title() => {
            Some(types::InputChannel { channel_id: it.id, access_hash: it.access_hash? })
        }
        _ => None,
    });
    found.expect("it is in there")
}

/// Who writes, with a session that is no listener.
struct Author {
    client: Client,
    at: Where,
    channel: types::InputChannel,
    /// Where the log stands for those who listen.
    pts: i32,
}

impl Author {
    async fn come(server: &Server, number: usize, at: Where) -> Self {
        let mut client = Person::join(server, number).await.client;
        let channel = named(&mut client, at).await;
        let request = functions::channels::GetFullChannel { channel: channel.clone().into() };
        let enums::messages::ChatFull::Full(full) = client.invoke(&request).await.unwrap();
        let enums::ChatFull::ChannelFull(full) = full.full_chat else { panic!("a channel") };
        Self { client, at, channel, pts: full.pts }
    }

    fn peer(&self) -> enums::InputPeer {
        let types::InputChannel { channel_id, access_hash } = self.channel;
        types::InputPeerChannel { channel_id, access_hash }.into()
    }

    /// Entities that are written otherwise in older layers, and an answer that quotes nothing.
    async fn post(&mut self, text: &str, answers: Option<i32>) -> i32 {
        let mut request = people::message(&self.peer(), text, random_id(text));
        request.entities = Some(vec![
            types::MessageEntityBold { offset: 0, length: 6 }.into(),
            types::MessageEntityBlockquote { collapsed: true, offset: 2, length: 12 }.into(),
        ]);
        request.reply_to = answers.map(|reply_to_msg_id| {
            types::InputReplyToMessage {
                reply_to_msg_id,
                top_msg_id: None,
                reply_to_peer_id: None,
                quote_text: None,
                quote_entities: None,
                quote_offset: None,
                monoforum_peer_id: None,
                todo_item_id: None,
                poll_option: None,
            }
            .into()
        });
        let enums::Updates::Updates(it) = self.client.invoke(&request).await.unwrap() else { panic!("updates") };
        news(&it.updates)[0]
    }

    async fn edit(&mut self, id: i32, text: &str) {
        let request = functions::messages::EditMessage {
            no_webpage: false,
            invert_media: false,
            peer: self.peer(),
            id,
            message: Some(text.to_owned()),
            media: None,
            reply_markup: None,
            entities: None,
            schedule_date: None,
            schedule_repeat_period: None,
            quick_reply_shortcut_id: None,
            rich_message: None,
        };
        self.client.invoke(&request).await.unwrap();
    }

    async fn delete(&mut self, ids: &[i32]) {
        let request = functions::channels::DeleteMessages { channel: self.channel.clone().into(), id: ids.to_vec() };
        self.client.invoke(&request).await.unwrap();
    }
}

/// A number of its own for each text.
fn random_id(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap()
}
