//! The walk and each pair of layers over a realistic container of updates, as ratios to the typed
//! serializer in the same run.

use std::{hint::black_box, time::Instant};

use clap::Args;
use tl::{Deserializable, Layer, Limits, Serializable, downgrade, enums, functions, types, upgrade, walk};

use crate::Failure;

/// Layers that released clients speak.
const LAYERS: [i32; 9] = [229, 228, 227, 223, 214, 201, 198, 158, 152];

/// Walk and transcoder.
#[derive(Args)]
pub(crate) struct Layers {
    /// Rounds of each measurement; the fastest counts.
    #[arg(long, default_value_t = 40)]
    rounds: usize,
    /// Containers of each round.
    #[arg(long, default_value_t = 500)]
    each: usize,
}

impl Layers {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let bytes = container();
        let typed = enums::Updates::from_bytes(&bytes)?;
        if typed.to_bytes() != bytes {
            return Err("the container does not come back from the typed decoder".into());
        }
        println!("a container of {} bytes: 20 messages, 20 users, 10 channels", bytes.len());
        let mut out = Vec::with_capacity(bytes.len() * 2);
        let base = self.fastest(|| {
            out.clear();
            typed.serialize(&mut out);
        });
        report("typed serializer", bytes.len(), base, base);
        let walked = self.fastest(|| {
            let _ = black_box(walk::object(Layer::NEWEST, &bytes, &Limits::REQUEST));
        });
        report("walk", bytes.len(), walked, base);
        let decoded = self.fastest(|| drop(black_box(enums::Updates::from_bytes(&bytes))));
        report("typed decoder", bytes.len(), decoded, base);
        for n in LAYERS {
            let layer = Layer::serving(n)?;
            let took = self.fastest(|| {
                out.clear();
                let _ = black_box(downgrade(layer, &bytes, &mut out));
            });
            report(&format!("230 to {n}"), bytes.len(), took, base);
        }
        self.requests()
    }

    /// Upgrades of an ordinary request: its walks are in it.
    fn requests(&self) -> Result<(), Failure> {
        let newest = functions::messages::GetHistory {
            peer: types::InputPeerUser { user_id: 5, access_hash: 6 }.into(),
            offset_id: 0,
            offset_date: 0,
            add_offset: 0,
            limit: 50,
            max_id: 0,
            min_id: 0,
            hash: 0,
        }
        .to_bytes();
        for n in [230, 152] {
            let layer = Layer::serving(n)?;
            let took = self.fastest(|| drop(black_box(upgrade(layer, &newest, &Limits::REQUEST))));
            println!("{:>18}  {:7.3} µs a request of {} bytes", format!("{n} to 230"), took * 1e6, newest.len());
        }
        Ok(())
    }

    /// Seconds of one call, in the fastest round.
    fn fastest(&self, mut what: impl FnMut()) -> f64 {
        let round = |what: &mut dyn FnMut()| {
            let start = Instant::now();
            (0..self.each).for_each(|_| what());
            start.elapsed().as_secs_f64()
        };
        let best = (0..self.rounds).map(|_| round(&mut what)).fold(f64::INFINITY, f64::min);
        best / self.each as f64
    }
}

fn report(name: &str, bytes: usize, took: f64, base: f64) {
    let rate = bytes as f64 / took / 1e6;
    println!("{name:>18}  {:7.2} µs  {rate:7.0} MB/s  {:5.2} of the typed serializer", took * 1e6, base / took);
}

/// Bytes in the making: what the typed structs would need dozens of empty fields for.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn id(id: u32, words: &[u32]) -> Self {
        let mut it = Self::default();
        it.0.extend(id.to_le_bytes());
        words.iter().for_each(|word| it.0.extend(word.to_le_bytes()));
        it
    }

    fn put(mut self, value: &impl Serializable) -> Self {
        value.serialize(&mut self.0);
        self
    }
}

fn vector(items: impl ExactSizeIterator<Item = Bytes>) -> Bytes {
    let count = u32::try_from(items.len()).unwrap_or(0);
    let head = Bytes::id(0x1cb5_c415, &[count]);
    items.fold(head, |mut all, it| {
        all.0.extend(it.0);
        all
    })
}

const fn bits(of: &[u32]) -> u32 {
    let (mut all, mut at) = (0, 0);
    while at < of.len() {
        all |= 1 << of[at];
        at += 1;
    }
    all
}

fn container() -> Vec<u8> {
    let updates = vector((0..20).map(update));
    let users = vector((0..20).map(user));
    let chats = vector((0..10).map(channel));
    let mut all = Bytes::id(<types::Updates as tl::Identifiable>::CONSTRUCTOR_ID, &[]);
    [updates, users, chats].into_iter().for_each(|it| all.0.extend(it.0));
    all.put(&1_700_000_000_i32).put(&0_i32).0
}

fn update(n: i32) -> Bytes {
    let mut it = Bytes::id(<types::UpdateNewChannelMessage as tl::Identifiable>::CONSTRUCTOR_ID, &[]);
    it.0.extend(message(n).0);
    it.put(&(1000 + n)).put(&1_i32)
}

fn message(n: i32) -> Bytes {
    // from_id, reply_to, media, reply_markup, entities, views and forwards, edit_date, reactions.
    let flags = bits(&[8, 3, 9, 6, 7, 10, 15, 20]);
    let text = format!("Message {n}: a line of text as people write it, with a word in bold and a link in it.");
    let entities: Vec<enums::MessageEntity> = vec![
        types::MessageEntityBold { offset: 0, length: 9 }.into(),
        types::MessageEntityTextUrl { offset: 60, length: 4, url: "https://example.org/a/page".into() }.into(),
        types::MessageEntityBlockquote { collapsed: n % 2 == 0, offset: 10, length: 20 }.into(),
    ];
    let reply = Bytes::id(<types::MessageReplyHeader as tl::Identifiable>::CONSTRUCTOR_ID, &[bits(&[4])]).put(&(n - 1));
    let mut it = Bytes::id(<types::Message as tl::Identifiable>::CONSTRUCTOR_ID, &[flags, 0])
        .put(&n)
        .put(&enums::Peer::User(types::PeerUser { user_id: 100 + i64::from(n) }))
        .put(&enums::Peer::Channel(types::PeerChannel { channel_id: 1_000 + i64::from(n % 10) }));
    it.0.extend(reply.0);
    it.put(&1_700_000_000_i32)
        .put(&text)
        .put(&media(n))
        .put(&keyboard())
        .put(&entities)
        .put(&100_i32)
        .put(&3_i32)
        .put(&1_700_000_100_i32)
        .put(&reactions())
}

fn media(n: i32) -> enums::MessageMedia {
    let sizes = vec![
        types::PhotoSize { r#type: "m".into(), w: 320, h: 240, size: 20_000 }.into(),
        types::PhotoSizeProgressive { r#type: "y".into(), w: 1280, h: 960, sizes: vec![9_000, 30_000, 90_000] }.into(),
    ];
    let photo = types::Photo {
        has_stickers: false,
        id: i64::from(n),
        access_hash: 77,
        file_reference: vec![7; 25],
        date: 1_700_000_000,
        sizes,
        video_sizes: None,
        dc_id: 2,
    };
    types::MessageMediaPhoto {
        spoiler: false,
        live_photo: false,
        photo: Some(photo.into()),
        ttl_seconds: None,
        video: None,
    }
    .into()
}

fn keyboard() -> enums::ReplyMarkup {
    let button = |text: &str, ty: enums::InlineButtonType| {
        types::KeyboardInlineButton { style: None, text: text.into(), r#type: ty }.into()
    };
    let callback = types::InlineButtonTypeCallback { requires_password: false, data: b"vote:yes".to_vec() };
    let url = types::InlineButtonTypeUrl { url: "https://example.org/".into() };
    let row =
        types::KeyboardInlineButtonRow { buttons: vec![button("Yes", callback.into()), button("Open", url.into())] };
    types::ReplyInlineMarkup { force_reply: false, rows: vec![row.into()] }.into()
}

fn reactions() -> enums::MessageReactions {
    let of = |emoticon: &str, count| {
        let reaction = types::ReactionEmoji { emoticon: emoticon.into() }.into();
        types::ReactionCount { chosen_order: None, reaction, count }.into()
    };
    types::MessageReactions {
        min: false,
        can_see_list: true,
        reactions_as_tags: false,
        results: vec![of("👍", 5), of("❤", 2)],
        recent_reactions: None,
        top_reactors: None,
    }
    .into()
}

fn user(n: i32) -> Bytes {
    // access_hash, first_name, last_name, username, status; usernames, color.
    let usernames: Vec<enums::Username> = vec![
        types::Username {
            editable: true,
            active: true,
            deletable: false,
            expired: false,
            username: format!("person{n}"),
        }
        .into(),
    ];
    let color = enums::PeerColor::Color(types::PeerColor { color: Some(3), background_emoji_id: None });
    Bytes::id(<types::User as tl::Identifiable>::CONSTRUCTOR_ID, &[bits(&[0, 1, 2, 3, 6]), bits(&[0, 8])])
        .put(&(100 + i64::from(n)))
        .put(&99_i64)
        .put(&format!("First{n}"))
        .put(&String::from("Lastname"))
        .put(&format!("person{n}"))
        .put(&enums::UserStatus::Recently(types::UserStatusRecently { by_me: false }))
        .put(&usernames)
        .put(&color)
}

fn channel(n: i32) -> Bytes {
    // megagroup, access_hash, username, participants_count; color, level.
    let color = enums::PeerColor::Color(types::PeerColor { color: Some(3), background_emoji_id: None });
    Bytes::id(<types::Channel as tl::Identifiable>::CONSTRUCTOR_ID, &[bits(&[8, 13, 6, 17]), bits(&[7, 10])])
        .put(&(1_000 + i64::from(n)))
        .put(&99_i64)
        .put(&format!("A group with a title {n}"))
        .put(&format!("group{n}"))
        .put(&enums::ChatPhoto::Empty)
        .put(&1_600_000_000_i32)
        .put(&1234_i32)
        .put(&color)
        .put(&2_i32)
}
