//! Golden directories: for each release a data directory as its build left it, with its keys, and what its
//! people saw. Every later build opens all of them and must show the same. `make golden` writes the one of this
//! version; a directory that has been released is never written again.
//!
//! Below `tests/golden/VERSION`: `data`, `keys`, `people` (who they are and the keys of their clients, as
//! they had them), `opened` (the moment, since logins and schedules age), `seen`.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use mtproto::{Time, handshake::ClientKey};
use testkit::{Client, Clock, Keys, Options};
use tl::{enums, functions, types};

use crate::{
    people::Person,
    place::{Place, Server, copy_tree},
    shim,
};

/// Set by `make golden`.
const WRITE: &str = "CHAPPE_WRITE_GOLDEN";

/// Service messages tell when somebody signed in.
const SERVICE_USER: i64 = 777_000;

fn all() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

#[tokio::test]
async fn every_golden_directory_opens_and_shows_what_it_showed() {
    if std::env::var_os(WRITE).is_some() {
        write().await;
    }
    let mut opened = 0;
    for entry in fs::read_dir(all()).expect("there are golden directories") {
        let golden = entry.unwrap().path();
        let place = Place::new("golden");
        copy_tree(&golden.join("data"), &place.join("data"));
        copy_tree(&golden.join("keys"), &place.join("keys"));
        let moment: u64 = fs::read_to_string(golden.join("opened")).unwrap().trim().parse().unwrap();
        let server = serve_at(&place, moment);
        let people = fs::read_to_string(golden.join("people")).unwrap();
        let mut seen = String::new();
        for line in people.lines() {
            seen += &look(&mut return_of(line, &server, moment).await).await;
        }
        server.stop();
        assert_eq!(seen, fs::read_to_string(golden.join("seen")).unwrap(), "{}", golden.display());
        opened += 1;
    }
    assert!(opened > 0, "there is none: `make golden`");
}

/// A server whose clock shows this moment.
fn serve_at(place: &Place, moment: u64) -> Server {
    let library = shim::build(place);
    place.serve_with(|command| {
        command.env("LD_PRELOAD", library).env("CHAPPE_RECORD_TIME", moment.to_string());
    })
}

/// Somebody of the `people` file, with the key that the client had.
async fn return_of(line: &str, server: &Server, moment: u64) -> Person {
    let [phone, id, key] = line.split(' ').collect::<Vec<_>>().try_into().expect("three words");
    let bytes: Vec<u8> =
        (0..key.len()).step_by(2).map(|at| u8::from_str_radix(&key[at..at + 2], 16).unwrap()).collect();
    let auth_key = Arc::new(crypto::AuthKey::new(bytes.try_into().expect("256 bytes")));
    let permanent = ClientKey { auth_key, server_salt: 0, server_time: 0 };
    let mut options = Options::new(server.key.clone());
    options.clock = Clock::manual(Time(0) + Duration::from_secs(moment + 1));
    let keys = Keys { permanent, temporary: None };
    let client = Client::resume(server.address, keys, options).await.unwrap();
    Person { client, phone: phone.to_owned(), id: id.parse().unwrap(), other: None }
}

/// What one person sees, a line each; nothing that depends on the moment.
async fn look(one: &mut Person) -> String {
    let (mut seen, client) = (String::new(), &mut one.client);
    let me = enums::InputUser::UserSelf;
    let enums::users::UserFull::Full(full) = client.invoke(&functions::users::GetFullUser { id: me }).await.unwrap();
    let enums::UserFull::Full(about) = full.full_user;
    for user in &full.users {
        writeln!(seen, "person {}, about {:?}", named(user), about.about).unwrap();
    }
    let contacts = client.invoke(&functions::contacts::GetContacts { hash: 0 }).await.unwrap();
    let enums::contacts::Contacts::Contacts(contacts) = contacts else { panic!("contacts") };
    let mut names: Vec<_> = contacts.users.iter().map(named).collect();
    names.sort();
    writeln!(seen, "  contacts {names:?}").unwrap();
    let request = functions::contacts::GetBlocked { my_stories_from: false, offset: 0, limit: 10 };
    let blocked = match client.invoke(&request).await.unwrap() {
        enums::contacts::Blocked::Blocked(it) => it.users,
        enums::contacts::Blocked::Slice(it) => it.users,
    };
    writeln!(seen, "  blocked {:?}", blocked.iter().map(named).collect::<Vec<_>>()).unwrap();
    let request = functions::account::GetPrivacy { key: enums::InputPrivacyKey::StatusTimestamp };
    let enums::account::PrivacyRules::Rules(privacy) = client.invoke(&request).await.unwrap();
    writeln!(seen, "  last seen {:?}", privacy.rules).unwrap();
    for (peer, line) in dialogs(client).await {
        writeln!(seen, "  {line}").unwrap();
        let request = functions::messages::GetScheduledHistory { peer: peer.clone(), hash: 0 };
        let scheduled = messages(client.invoke(&request).await.unwrap());
        writeln!(seen, "    scheduled {scheduled:?}").unwrap();
        one.other = Some(peer.clone());
        let request = functions::messages::GetHistory {
            peer,
            offset_id: 0,
            offset_date: 0,
            add_offset: 0,
            limit: 100,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        for line in messages(client.invoke(&request).await.unwrap()) {
            writeln!(seen, "    {line}").unwrap();
        }
    }
    let pts = one.pts().await;
    let (new, end) = one.difference(1).await;
    writeln!(seen, "  log of {} messages to pts {pts}, {end}", new.len()).unwrap();
    seen
}

fn named(user: &enums::User) -> String {
    let enums::User::User(it) = user else { panic!("a user") };
    let name = it.first_name.as_deref().unwrap_or_default();
    format!("{} {name} {:?} {:?}", it.id, it.username, it.phone)
}

/// The chats in their order, each with whom it is.
async fn dialogs(client: &mut Client) -> Vec<(enums::InputPeer, String)> {
    let request = functions::messages::GetDialogs {
        exclude_pinned: false,
        folder_id: None,
        offset_date: 0,
        offset_id: 0,
        offset_peer: enums::InputPeer::Empty,
        limit: 100,
        hash: 0,
    };
    let (dialogs, users) = match client.invoke(&request).await.unwrap() {
        enums::messages::Dialogs::Dialogs(it) => (it.dialogs, it.users),
        enums::messages::Dialogs::Slice(it) => (it.dialogs, it.users),
        enums::messages::Dialogs::NotModified(_) => panic!("dialogs"),
    };
    let mut found = Vec::new();
    for dialog in dialogs {
        let enums::Dialog::Dialog(it) = dialog else { continue };
        let enums::Peer::User(peer) = it.peer else { continue };
        let user = users.iter().find_map(|user| match user {
            enums::User::User(it) if it.id == peer.user_id && it.id != SERVICE_USER => Some(it),
            _ => None,
        });
        let Some(user) = user else { continue };
        let draft = match it.draft {
            Some(enums::DraftMessage::Message(it)) => it.message,
            _ => String::new(),
        };
        let line = format!(
            "chat with {}: top {}, read {} and {}, unread {}, pinned {}, draft {draft:?}",
            user.id, it.top_message, it.read_inbox_max_id, it.read_outbox_max_id, it.unread_count, it.pinned,
        );
        let (user_id, access_hash) = (user.id, user.access_hash.unwrap_or(0));
        found.push((types::InputPeerUser { user_id, access_hash }.into(), line));
    }
    found
}

/// A line each.
fn messages(found: enums::messages::Messages) -> Vec<String> {
    let all = match found {
        enums::messages::Messages::Messages(it) => it.messages,
        enums::messages::Messages::Slice(it) => it.messages,
        other => panic!("messages: {other:?}"),
    };
    let line = |it: &enums::Message| {
        let enums::Message::Message(it) = it else { return "a service message".to_owned() };
        let mut line = format!("{}{} {}", it.id, if it.out { ">" } else { "<" }, it.message);
        if let Some(enums::MessageReplyHeader::Header(reply)) = &it.reply_to {
            write!(line, " re {:?} {:?}", reply.reply_to_msg_id, reply.quote_text).unwrap();
        }
        if it.edit_date.is_some() {
            line += " edited";
        }
        if let Some(enums::MessageReactions::Reactions(reactions)) = &it.reactions {
            for enums::ReactionCount::Count(it) in &reactions.results {
                write!(line, " {:?} x {}", it.reaction, it.count).unwrap();
            }
        }
        line
    };
    all.iter().map(line).collect()
}

/// Lets people do everything that leaves something in the store, and keeps it.
async fn write() {
    let golden = all().join(env!("CARGO_PKG_VERSION"));
    let _ = fs::remove_dir_all(&golden);
    let place = Place::new("golden-new");
    let server = place.serve();
    let mut people = Vec::new();
    for number in 0..3 {
        people.push(Person::join(&server, number).await);
    }
    live(&mut people).await;
    let moment = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() + 60;
    let mut lines = String::new();
    for one in &people {
        let key: String = one.client.auth_key().as_bytes().iter().map(|it| format!("{it:02x}")).collect();
        writeln!(lines, "{} {} {key}", one.phone, one.id).unwrap();
    }
    server.stop();
    // Opened as it will be, so that the journal is cut to what it holds, and seen.
    let server = serve_at(&place, moment);
    let mut seen = String::new();
    for line in lines.lines() {
        seen += &look(&mut return_of(line, &server, moment).await).await;
    }
    server.stop();
    fs::remove_file(place.join("data/keys.path")).unwrap();
    copy_tree(&place.join("data"), &golden.join("data"));
    copy_tree(&place.join("keys"), &golden.join("keys"));
    for (name, text) in [("people", lines), ("opened", format!("{moment}\n")), ("seen", seen)] {
        fs::write(golden.join(name), text).unwrap();
    }
}

async fn live(people: &mut [Person]) {
    let [alice, bob, carol] = people else { panic!("three people") };
    alice.knows(carol).await;
    bob.knows(alice).await;
    alice.knows(bob).await;
    let about = Some("the first telegraph".to_owned());
    alice.client.invoke(&functions::account::UpdateProfile { first_name: None, last_name: None, about }).await.unwrap();
    let username = "alice_chappe".to_owned();
    alice.client.invoke(&functions::account::UpdateUsername { username }).await.unwrap();
    for number in 1..=4 {
        alice.client.invoke(&alice.message(&format!("to Bob, {number}"), number)).await.unwrap();
    }
    let mut reply = bob.message("a reply", 10);
    reply.reply_to = Some(
        types::InputReplyToMessage {
            reply_to_msg_id: 1,
            top_msg_id: None,
            reply_to_peer_id: None,
            quote_text: Some("to Bob".into()),
            quote_entities: None,
            quote_offset: None,
            monoforum_peer_id: None,
            todo_item_id: None,
            poll_option: None,
        }
        .into(),
    );
    bob.client.invoke(&reply).await.unwrap();
    let to_bob = alice.other.clone().unwrap();
    let to_alice = bob.other.clone().unwrap();
    bob.client.invoke(&functions::messages::ReadHistory { peer: to_alice.clone(), max_id: 2 }).await.unwrap();
    let thumb: enums::Reaction = types::ReactionEmoji { emoticon: "👍".into() }.into();
    let react = functions::messages::SendReaction {
        big: false,
        add_to_recent: false,
        peer: to_alice,
        msg_id: 1,
        reaction: Some(vec![thumb]),
    };
    bob.client.invoke(&react).await.unwrap();
    let ids: Vec<i32> = alice.history().await.iter().map(|it| it.id).collect();
    let edit = functions::messages::EditMessage {
        no_webpage: false,
        invert_media: false,
        peer: to_bob.clone(),
        id: ids[1],
        message: Some("to Bob, edited".into()),
        media: None,
        reply_markup: None,
        entities: None,
        schedule_date: None,
        schedule_repeat_period: None,
        quick_reply_shortcut_id: None,
        rich_message: None,
    };
    alice.client.invoke(&edit).await.unwrap();
    alice.client.invoke(&functions::messages::DeleteMessages { revoke: true, id: vec![ids[2]] }).await.unwrap();
    let draft = functions::messages::SaveDraft {
        no_webpage: false,
        invert_media: false,
        reply_to: None,
        peer: to_bob.clone(),
        message: "a draft".into(),
        entities: None,
        media: None,
        effect: None,
        suggested_post: None,
        rich_message: None,
    };
    alice.client.invoke(&draft).await.unwrap();
    let mut later = alice.message("tomorrow", 20);
    let tomorrow = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() + 24 * 3600;
    later.schedule_date = Some(i32::try_from(tomorrow).unwrap());
    alice.client.invoke(&later).await.unwrap();
    let peer = types::InputDialogPeer { peer: to_bob }.into();
    alice.client.invoke(&functions::messages::ToggleDialogPin { pinned: true, peer }).await.unwrap();
    alice.knows(carol).await;
    let id = alice.other.clone().unwrap();
    alice.client.invoke(&alice.message("to Carol", 21)).await.unwrap();
    alice.client.invoke(&functions::contacts::Block { my_stories_from: false, id }).await.unwrap();
    let rules = vec![enums::InputPrivacyRule::InputPrivacyValueDisallowAll];
    let key = enums::InputPrivacyKey::StatusTimestamp;
    bob.client.invoke(&functions::account::SetPrivacy { key, rules }).await.unwrap();
    alice.other = Some(enums::InputPeer::PeerSelf);
    alice.client.invoke(&alice.message("a note", 22)).await.unwrap();
}
