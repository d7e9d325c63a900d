//! What a message, a keyboard, a user, an update and a reply mean after a conversion.

use super::*;
use grammers_tl_types::{Deserializable, Serializable, enums, functions};

fn l(n: u16) -> Layer {
    Layer::serving(n.into()).unwrap()
}

fn down_text(layer: Layer, value: &impl Serializable) -> String {
    let mut out = Vec::new();
    downgrade(layer, &value.to_bytes(), &mut out).unwrap();
    text(layer, &out)
}

fn inline(text: &str, ty: enums::InlineButtonType) -> enums::KeyboardInlineButton {
    types::KeyboardInlineButton { style: None, text: text.into(), r#type: ty }.into()
}

fn inline_markup(buttons: Vec<enums::KeyboardInlineButton>) -> enums::ReplyMarkup {
    let row = types::KeyboardInlineButtonRow { buttons }.into();
    types::ReplyInlineMarkup { force_reply: false, rows: vec![row] }.into()
}

fn callback(data: &[u8]) -> enums::InlineButtonType {
    types::InlineButtonTypeCallback { requires_password: true, data: data.to_vec() }.into()
}

#[test]
fn an_inline_keyboard_reads_as_the_older_button_constructors() {
    let url = types::InlineButtonTypeUrl { url: "https://a.example/".into() };
    let style = types::KeyboardButtonStyle { bg_primary: true, bg_danger: false, bg_success: false, icon: None };
    let markup = inline_markup(vec![
        inline("open", url.into()),
        types::KeyboardInlineButton { style: Some(style.into()), text: "press".into(), r#type: callback(b"cb") }.into(),
        inline("off", enums::InlineButtonType::Disabled),
        inline("pay", enums::InlineButtonType::Buy),
    ]);
    for n in [227, 228] {
        assert_eq!(
            down_text(l(n), &markup),
            "replyInlineMarkup{rows=[keyboardButtonRow{buttons=[\
             keyboardButtonUrl{text=\"open\" url=\"https://a.example/\"} \
             keyboardButtonCallback{requires_password style=keyboardButtonStyle{bg_primary} \
             text=\"press\" data=\"cb\"} \
             keyboardButtonBuy{text=\"pay\"}]}]}"
        );
    }
    let mut same = Vec::new();
    downgrade(l(229), &markup.to_bytes(), &mut same).unwrap();
    assert_eq!(same, markup.to_bytes());
}

#[test]
fn a_reply_keyboard_reads_as_the_older_button_constructors() {
    let button = |text: &str, ty| types::KeyboardButton { style: None, text: text.into(), r#type: ty }.into();
    let poll = types::ButtonTypeRequestPoll { quiz: Some(true) };
    let row = types::KeyboardButtonRow {
        buttons: vec![
            button("yes", enums::ButtonType::Default),
            button("me", enums::ButtonType::RequestPhone),
            button("ask", poll.into()),
        ],
    };
    let markup: enums::ReplyMarkup = types::ReplyKeyboardMarkup {
        resize: true,
        single_use: false,
        selective: false,
        persistent: false,
        force_reply: false,
        rows: vec![row.into()],
        placeholder: Some("say".into()),
    }
    .into();
    assert_eq!(
        down_text(l(228), &markup),
        "replyKeyboardMarkup{resize rows=[keyboardButtonRow{buttons=[\
         keyboardButton{text=\"yes\"} keyboardButtonRequestPhone{text=\"me\"} \
         keyboardButtonRequestPoll{quiz=true text=\"ask\"}]}] placeholder=\"say\"}"
    );
    let mut older = Vec::new();
    downgrade(l(228), &markup.to_bytes(), &mut older).unwrap();
    let back = upgraded_markup(228, &older).unwrap();
    assert_eq!(back, markup);
}

/// A keyboard of an older layer, as the newest layer's `messages.sendMessage` decodes it.
fn upgraded_markup(layer: u16, markup: &[u8]) -> Result<enums::ReplyMarkup, TranscodeError> {
    let request = send(Some(enums::ReplyMarkup::ReplyKeyboardHide(types::ReplyKeyboardHide { selective: false })));
    // The placeholder markup is replaced by the given bytes: sendMessage is the same in 228.
    let placeholder = types::ReplyKeyboardHide { selective: false };
    let needle = enums::ReplyMarkup::from(placeholder).to_bytes();
    let bytes = request.to_bytes();
    let at = bytes.windows(needle.len()).position(|w| w == needle).unwrap();
    let bytes = [&bytes[..at], markup, &bytes[at + needle.len()..]].concat();
    let up = upgrade(l(layer), &bytes, &Limits::REQUEST)?;
    let sent: functions::messages::SendMessage = crate::decode_request(&up.bytes).unwrap();
    assert_eq!((sent.message.as_str(), sent.random_id), ("hi", 5));
    Ok(sent.reply_markup.unwrap())
}

fn send(reply_markup: Option<enums::ReplyMarkup>) -> functions::messages::SendMessage {
    let mut cursor = vec![0u8; 4];
    cursor.extend(enums::InputPeer::PeerSelf.to_bytes());
    cursor.extend(String::from("hi").to_bytes());
    cursor.extend(5i64.to_bytes());
    let mut base = functions::messages::SendMessage::from_bytes(&cursor).expect("no flags, three fields");
    base.reply_markup = reply_markup;
    base
}

#[test]
fn an_inline_keyboard_comes_back_from_the_older_layer() {
    let markup = inline_markup(vec![
        inline("press", callback(b"cb")),
        inline("copy", types::InlineButtonTypeCopy { copy_text: "text".into() }.into()),
    ]);
    for n in [227, 228] {
        let mut older = Vec::new();
        downgrade(l(n), &markup.to_bytes(), &mut older).unwrap();
        assert_eq!(upgraded_markup(n, &older), Ok(markup.clone()));
    }
}

#[test]
fn a_button_in_the_wrong_keyboard_is_refused_not_lost() {
    let mut older = Vec::new();
    let markup = inline_markup(vec![inline("pay", enums::InlineButtonType::Buy)]);
    downgrade(l(228), &markup.to_bytes(), &mut older).unwrap();
    let view = View::of(l(228));
    let id = |n: &str| view.schema.decl(view.named(n, false).unwrap()).id.to_le_bytes();
    let at = older.windows(4).position(|w| w == id("keyboardButtonBuy")).unwrap();
    older[at..at + 4].copy_from_slice(&id("keyboardButton"));
    assert!(matches!(upgraded_markup(228, &older), Err(TranscodeError::NoForm { .. })));
}

/// A random object of the newest layer with every optional field, by name.
fn full(name: &str, seed: u64) -> Vec<u8> {
    let view = View::of(Layer::NEWEST);
    let index = view.named(name, false).unwrap();
    Generator::new(view, seed).make(index).unwrap()
}

#[test]
fn a_user_keeps_everything_the_older_layer_has() {
    let dropped = ["linked_community_id"];
    for seed in 0..50 {
        let bytes = full("user", seed);
        let mut out = Vec::new();
        downgrade(l(227), &bytes, &mut out).unwrap();
        let (new, old) = (text(Layer::NEWEST, &bytes), text(l(227), &out));
        let kept = |t: &str| -> Vec<String> {
            let gone = |w: &&str| !dropped.iter().any(|d| w.contains(d));
            t.split([' ', '{', '}']).filter(gone).map(str::to_owned).collect()
        };
        assert_eq!(kept(&new), kept(&old), "seed {seed}");
        assert!(dropped.iter().all(|d| !old.contains(d)));
    }
}

#[test]
fn a_message_without_news_is_the_same_bytes() {
    let empty = types::MessageEmpty { id: 1, peer_id: None };
    let bytes = enums::Message::Empty(empty).to_bytes();
    for layer in Layer::all() {
        let mut out = Vec::new();
        downgrade(layer, &bytes, &mut out).unwrap();
        assert_eq!(out, bytes);
    }
}

#[test]
fn an_unknown_action_or_entity_leaves_the_message_standing() {
    let peer = enums::Peer::User(types::PeerUser { user_id: 7 });
    let entities: enums::TextWithEntities = types::TextWithEntities {
        text: "0123456789".into(),
        entities: vec![
            types::MessageEntityBold { offset: 0, length: 2 }.into(),
            types::MessageEntityTonAddress { offset: 2, length: 3 }.into(),
            types::MessageEntityItalic { offset: 5, length: 1 }.into(),
        ],
    }
    .into();
    let got = down_text(l(227), &entities);
    assert!(got.contains("Bold") && got.contains("Italic") && !got.contains("Ton"), "{got}");

    let view = View::of(Layer::NEWEST);
    let index = view.named("messageActionGramTransfer", false).unwrap();
    let action = Generator::new(view, 5).make(index).unwrap();
    // messageService with only from, peer and date.
    let d = view.schema.decl(view.named("messageService", false).unwrap());
    let mut bytes = d.id.to_le_bytes().to_vec();
    bytes.extend([0; 4]);
    bytes.extend(11i32.to_bytes());
    bytes.extend(peer.to_bytes());
    bytes.extend(12i32.to_bytes());
    bytes.extend(action);
    let mut out = Vec::new();
    downgrade(l(227), &bytes, &mut out).unwrap();
    assert_eq!(
        text(l(227), &out),
        "messageService{id=11 peer_id=peerUser{user_id=7} date=12 action=messageActionEmpty{}}"
    );
}

/// `updates` with these serialized updates and nothing else.
fn updates(list: &[Vec<u8>]) -> Vec<u8> {
    let all = types::Updates { updates: vec![], users: vec![], chats: vec![], date: 9, seq: 0 };
    let mut bytes = enums::Updates::from(all).to_bytes();
    bytes[8..12].copy_from_slice(&u32::try_from(list.len()).unwrap().to_le_bytes());
    bytes.splice(12..12, list.concat());
    bytes
}

#[test]
fn an_update_that_counts_is_replaced_and_one_that_does_not_goes() {
    let view = View::of(Layer::NEWEST);
    let make = |name: &str| Generator::new(view, 2).make(view.named(name, false).unwrap()).unwrap();
    let stars = make("updateBotStarsSubscription");
    let qts = i32::from_le_bytes(stars[stars.len() - 4..].try_into().unwrap());
    let typing = types::UpdateDeleteMessages { messages: vec![4], pts: 10, pts_count: 1 };
    let list = [make("updateWalletState"), stars, enums::Update::from(typing).to_bytes()];
    let mut out = Vec::new();
    downgrade(l(227), &updates(&list), &mut out).unwrap();
    assert_eq!(
        text(l(227), &out),
        format!(
            "updates{{updates=[updateNewEncryptedMessage{{message=encryptedMessageService{{\
             random_id=0 chat_id=0 date=0 bytes=\"\"}} qts={qts}}} \
             updateDeleteMessages{{messages=[4] pts=10 pts_count=1}}] \
             users=[] chats=[] date=9 seq=0}}"
        )
    );
}

/// What would replace this update if it had no form. No served layer is without one of the
/// updates that carry `pts`, so the rule is called itself.
fn stand_in(update: &[u8]) -> String {
    let mut out = Vec::new();
    let mut converter = Converter::new(table(l(227), false), update, &mut out).unwrap();
    let arg = schema().boxed_named("Update").unwrap();
    let mark = converter.mark();
    let ty = Ty { kind: Kind::Boxed, arg };
    converter.update_stand_in(mark, ty, Stop::NoForm(0)).unwrap();
    assert_eq!(converter.r.pos, update.len());
    converter.flush();
    text(l(227), &out)
}

#[test]
fn a_replaced_update_counts_in_the_same_log() {
    let message = |peer: enums::Peer| enums::Message::Empty(types::MessageEmpty { id: 1, peer_id: Some(peer) });
    let (pts, pts_count) = (70, 1);
    let user = enums::Peer::User(types::PeerUser { user_id: 7 });
    let channel = enums::Peer::Channel(types::PeerChannel { channel_id: 8 });
    let mailbox = "updateDeleteMessages{messages=[] pts=70 pts_count=1}";
    let log = "updateDeleteChannelMessages{channel_id=8 messages=[] pts=70 pts_count=1}";
    let private = types::UpdateNewMessage { message: message(user), pts, pts_count };
    assert_eq!(stand_in(&enums::Update::from(private).to_bytes()), mailbox);
    let posted = types::UpdateEditChannelMessage { message: message(channel.clone()), pts, pts_count };
    assert_eq!(stand_in(&enums::Update::from(posted).to_bytes()), log);
    let pinned = types::UpdatePinnedChannelMessages { pinned: true, channel_id: 8, messages: vec![3], pts, pts_count };
    assert_eq!(stand_in(&enums::Update::from(pinned).to_bytes()), log);
    let read = types::UpdateReadHistoryOutbox { peer: channel, max_id: 3, pts, pts_count };
    assert_eq!(stand_in(&enums::Update::from(read).to_bytes()), mailbox);
}

#[test]
fn a_bare_reply_id_becomes_a_reply_object() {
    // messages.sendMessage of layer 158 had no quote, only the message's id and the topic's.
    let old = l(152);
    let view = View::of(old);
    let index = view.named("messages.sendMessage", true).unwrap();
    let d = view.schema.decl(index);
    let words = |field: &str| {
        let f = view.schema.fields(d).iter().find(|f| view.schema.name(f.name) == field);
        1u32 << f.unwrap().flag
    };
    for topic in [false, true] {
        let mut bytes = d.id.to_le_bytes().to_vec();
        let flags = words("reply_to_msg_id") | if topic { words("top_msg_id") } else { 0 };
        bytes.extend(flags.to_le_bytes());
        bytes.extend(enums::InputPeer::PeerSelf.to_bytes());
        bytes.extend(41i32.to_bytes());
        if topic {
            bytes.extend(42i32.to_bytes());
        }
        bytes.extend(String::from("hi").to_bytes());
        bytes.extend(5i64.to_bytes());
        let up = upgrade(old, &bytes, &Limits::REQUEST).unwrap();
        let sent: functions::messages::SendMessage = crate::decode_request(&up.bytes).unwrap();
        let Some(enums::InputReplyTo::Message(reply)) = sent.reply_to else { panic!("no reply") };
        assert_eq!((reply.reply_to_msg_id, reply.top_msg_id), (41, topic.then_some(42)));
        assert_eq!(sent.message, "hi");
    }
}

#[test]
fn a_result_that_grew_is_cut_to_the_part_the_older_layer_expects() {
    let empty = enums::Updates::TooLong;
    let invited: enums::messages::InvitedUsers = types::messages::InvitedUsers {
        updates: empty.clone(),
        missing_invitees: vec![
            types::MissingInvitee { premium_would_allow_invite: true, premium_required_for_pm: false, user_id: 3 }
                .into(),
        ],
    }
    .into();
    let method = functions::messages::CreateChat::CONSTRUCTOR_ID;
    let mut out = Vec::new();
    downgrade_result(l(158), method, &invited.to_bytes(), &mut out).unwrap();
    assert_eq!(downgraded_result(l(158), method, invited.to_bytes()).as_ref(), Ok(&out));
    assert_eq!(out, empty.to_bytes());
    out.clear();
    downgrade_result(l(227), method, &invited.to_bytes(), &mut out).unwrap();
    assert_eq!(out, invited.to_bytes());
}

#[test]
fn a_result_may_be_an_error_a_bool_or_a_vector() {
    let error = types::RpcError { error_code: 400, error_message: "X".into() };
    let error = enums::RpcError::from(error).to_bytes();
    let users = functions::users::GetUsers::CONSTRUCTOR_ID;
    let user = full("user", 3);
    let mut vector = crate::walk::VECTOR.to_le_bytes().to_vec();
    vector.extend(1u32.to_le_bytes());
    vector.extend(&user);
    let mut out = Vec::new();
    downgrade_result(l(227), users, &error, &mut out).unwrap();
    assert_eq!(out, error);
    out.clear();
    downgrade_result(l(227), users, &vector, &mut out).unwrap();
    assert!(walk::result(l(227), users, &out, &Limits::OWN).is_ok());
    assert_ne!(out, vector);
    out.clear();
    let logged = functions::account::UpdateStatus::CONSTRUCTOR_ID;
    downgrade_result(l(228), logged, &true.to_bytes(), &mut out).unwrap();
    assert_eq!(out, true.to_bytes());
    let unknown = downgrade_result(l(228), 77, &true.to_bytes(), &mut out);
    assert_eq!(unknown, Err(TranscodeError::NoMethod { id: 77 }));
}

#[test]
fn a_request_that_is_the_same_in_both_layers_is_not_copied() {
    let bytes = send(None).to_bytes();
    let id = crate::request_id(&bytes).unwrap();
    for layer in Layer::all().filter(|l| View::of(*l).find(id).is_some()) {
        let up = upgrade(layer, &bytes, &Limits::REQUEST).unwrap();
        assert!(matches!(up.bytes, Cow::Borrowed(_)), "{layer:?}");
    }
}

#[test]
fn an_older_search_finds_what_it_asks_for() {
    let newest = functions::messages::SearchGlobal::from_bytes(
        &[
            &[0u8; 4][..],
            &String::from("cat").to_bytes(),
            &enums::MessagesFilter::InputMessagesFilterEmpty.to_bytes(),
            &[0; 12],
            &enums::InputPeer::Empty.to_bytes(),
            &0i32.to_bytes(),
            &20i32.to_bytes(),
        ]
        .concat(),
    )
    .unwrap();
    let mut bytes = newest.to_bytes();
    bytes[..4].copy_from_slice(&0x4bc6_589au32.to_le_bytes());
    let up = upgrade(l(227), &bytes, &Limits::REQUEST).unwrap();
    assert_eq!(up.id, functions::messages::SearchGlobal::CONSTRUCTOR_ID);
    assert_eq!(crate::decode_request(&up.bytes), Ok(newest));
}
