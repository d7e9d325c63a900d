//! Real requests and answers to mutate, for the seeded runs of the TL targets.

#[cfg(test)]
use rand::{Rng, SeedableRng};
#[cfg(test)]
use rand_chacha::ChaCha8Rng;
use tl::generate::{Generator, declarations};
use tl::{Layer, Serializable, enums, functions, types};

fn keyboard() -> enums::ReplyMarkup {
    let button = |text: &str, ty: enums::InlineButtonType| {
        types::KeyboardInlineButton { style: None, text: text.into(), r#type: ty }.into()
    };
    let callback = types::InlineButtonTypeCallback { requires_password: true, data: b"data".to_vec() };
    let url = types::InlineButtonTypeUrl { url: "https://a.example/".into() };
    let buttons = vec![button("press", callback.into()), button("open", url.into())];
    let row = types::KeyboardInlineButtonRow { buttons }.into();
    types::ReplyInlineMarkup { force_reply: false, rows: vec![row] }.into()
}

fn wrapped() -> Vec<u8> {
    let params = types::JsonArray { value: vec![enums::Jsonvalue::JsonNull] };
    let query = functions::InitConnection {
        api_id: 1,
        device_model: "m".into(),
        system_version: "s".into(),
        app_version: "a".into(),
        system_lang_code: "en".into(),
        lang_pack: String::new(),
        lang_code: "en".into(),
        proxy: None,
        params: Some(enums::Jsonvalue::JsonArray(params)),
        query: functions::InvokeAfterMsgs { msg_ids: vec![1, 2], query: functions::help::GetConfig {} },
    };
    functions::InvokeWithLayer { layer: 228, query }.to_bytes()
}

fn contacts() -> Vec<u8> {
    let contact = |n: i64| {
        types::InputPhoneContact {
            client_id: n,
            phone: "99966".into(),
            first_name: "A".into(),
            last_name: "B".into(),
            note: None,
        }
        .into()
    };
    functions::contacts::ImportContacts { contacts: (0..9).map(contact).collect() }.to_bytes()
}

fn updates() -> Vec<u8> {
    let deleted = types::UpdateDeleteMessages { messages: vec![1, 2], pts: 9, pts_count: 2 };
    let stopped = types::UpdateBotStopped { user_id: 5, date: 6, stopped: true, qts: 7 };
    let updates = vec![deleted.into(), stopped.into()];
    let all = types::Updates { updates, users: vec![], chats: vec![], date: 1, seq: 0 };
    enums::Updates::from(all).to_bytes()
}

/// Random objects of today's layer and requests of an older one, among the seeds.
const RANDOM: usize = 400;

/// Valid inputs: with and without wrappers, requests of this layer, objects of today's.
pub(crate) fn seeds(layer: i32) -> Vec<Vec<u8>> {
    let mut older = Vec::new();
    let layer = Layer::serving(layer).expect("a served layer");
    tl::downgrade(layer, &keyboard().to_bytes(), &mut older).expect("a keyboard has every form");
    let id = vec![types::InputMessageId { id: 7 }.into(), enums::InputMessage::Pinned];
    let mut seeds = vec![
        wrapped(),
        contacts(),
        updates(),
        keyboard().to_bytes(),
        older,
        functions::messages::GetMessages { id }.to_bytes(),
        functions::help::GetConfig {}.to_bytes(),
    ];
    for (of, methods) in [(layer, true), (Layer::NEWEST, false)] {
        let mut generator = Generator::of(of, 1);
        let all: Vec<u32> = declarations(of, methods).map(|(id, _)| id).collect();
        let some = all.iter().step_by(all.len() / RANDOM);
        seeds.extend(some.filter_map(|id| generator.value_of(*id)));
    }
    seeds
}

/// Those of every layer of [`LAYERS`](super::transcoder::LAYERS) and of the newest.
pub(crate) fn all() -> Vec<Vec<u8>> {
    let mut all: Vec<_> = super::transcoder::LAYERS.into_iter().chain([tl::LAYER]).flat_map(seeds).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Runs `target` on `count` seeds with a few bytes, words or lengths changed.
#[cfg(test)]
pub(crate) fn mutations(seed: u64, count: usize, seeds: &[Vec<u8>], target: &dyn Fn(&[u8])) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    for _ in 0..count {
        let mut data = seeds[rng.random_range(0..seeds.len())].clone();
        for _ in 0..rng.random_range(1..5) {
            let (at, other) = (rng.random_range(0..data.len()), &seeds[rng.random_range(0..seeds.len())]);
            let from = rng.random_range(0..other.len()) & !3;
            let (word, four) = (at & !3, other.get(from..from + 4));
            match (rng.random_range(0..6), four) {
                (0, _) => data[at] ^= 1 << rng.random_range(0..8),
                (1, _) => data[at] = [0, 1, 253, 254, 255][rng.random_range(0..5)],
                (2, _) => data.truncate(at.max(1)),
                (3, _) => data.splice(word..word, other[from..].iter().copied()).for_each(drop),
                // A word of another input: an id, flags, a count. Another method's id would be refused at once.
                (4, Some(four)) if word > 0 && word + 4 <= data.len() => data[word..word + 4].copy_from_slice(four),
                // Flags of the outermost value.
                _ => data.iter_mut().skip(4).take(1).for_each(|byte| *byte ^= 1 << rng.random_range(0..8)),
            }
        }
        target(&data);
    }
}
