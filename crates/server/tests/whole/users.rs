//! What an operator does with accounts, with a running server and without one.

use testkit::Error;
use tl::functions;

use crate::{people::Person, place::Place};

/// The name of a refusal.
fn refused<T>(answer: Result<T, Error>) -> String {
    match answer {
        Err(Error::Rpc { name, .. }) => name,
        Err(other) => panic!("not a refusal: {other}"),
        Ok(_) => panic!("not refused"),
    }
}

#[tokio::test]
async fn a_disabled_account_is_signed_out_at_once_and_refused_until_it_is_enabled() {
    let place = Place::new("disabled");
    let server = place.serve();
    let mut alice = Person::join(&server, 1).await;
    let number = format!("+{}", alice.phone);
    assert_eq!(place.says(&["user", "disable", &number]), format!("{number} is disabled\n"));
    assert!(alice.client.invoke(&functions::updates::GetState {}).await.is_err(), "its connection is closed");
    let mut back = alice.back(&server).await.unwrap();
    assert_eq!(refused(back.client.invoke(&functions::updates::GetState {}).await), "USER_DEACTIVATED_BAN");
    let code = crate::people::ask_for_code(&mut back.client, &alice.phone).await;
    assert_eq!(refused(code), "PHONE_NUMBER_BANNED");
    assert!(place.says(&["user", "list"]).contains("\tdisabled\t"));
    server.stop();

    place.says(&["user", "enable", &number]);
    assert!(place.says(&["user", "list"]).contains("\tactive\t"), "also without a server");
    let server = place.serve();
    let mut back = alice.back(&server).await.unwrap();
    let hash = crate::people::ask_for_code(&mut back.client, &alice.phone).await.unwrap();
    back.client.invoke(&crate::people::sign_in(&alice.phone, &hash, "22222")).await.unwrap();
    back.client.invoke(&functions::updates::GetState {}).await.unwrap();
    server.stop();
}

#[tokio::test]
async fn staff_is_shown_as_support() {
    let place = Place::new("role");
    let server = place.serve();
    let mut alice = Person::join(&server, 1).await;
    let staff = functions::help::GetSupportName {};
    assert_eq!(refused(alice.client.invoke(&staff).await), "USER_INVALID");
    place.says(&["user", "role", &alice.phone, "support"]);
    assert!(place.says(&["user", "list"]).contains("support"));
    alice.client.invoke(&staff).await.unwrap();
    place.says(&["user", "role", &alice.phone, "member"]);
    assert_eq!(refused(alice.client.invoke(&staff).await), "USER_INVALID");
    server.stop();
}

#[tokio::test]
async fn seeded_people_know_each_other_and_are_made_once() {
    let place = Place::new("seed");
    assert!(place.says(&["seed", "--people", "3"]).starts_with("3 of 3 people are new"));
    let server = place.serve();
    assert!(place.says(&["seed", "--people", "4"]).starts_with("1 of 4 people are new"));
    let mut client = testkit::Client::connect(server.address, testkit::Options::new(server.key.clone())).await.unwrap();
    let hash = crate::people::ask_for_code(&mut client, "9996620001").await.unwrap();
    client.invoke(&crate::people::sign_in("9996620001", &hash, "22222")).await.unwrap();
    let contacts = client.invoke(&functions::contacts::GetContacts { hash: 0 }).await.unwrap();
    let tl::enums::contacts::Contacts::Contacts(it) = contacts else { panic!("a list") };
    assert_eq!(it.contacts.len(), 3);
    server.stop();
}

#[tokio::test]
async fn seeded_groups_have_their_members_beside_a_server_and_without_one() {
    let place = Place::new("seeded-groups");
    let said = place.says(&["seed", "--people", "3", "--group", "5", "--messages", "0"]);
    assert!(said.starts_with("5 of 5 people are new"), "{said}");
    assert!(said.contains("Line of Lille: 5 members, 4 of them new; +9996620001 owns it"), "{said}");
    let server = place.serve();
    let said = place.says(&["seed", "--group", "12", "--channel", "4", "--messages", "0"]);
    assert!(said.contains("Line of Lille: 12 members, 7 of them new"), "it grows: {said}");
    assert!(said.contains("Bulletin of Lille: 4 members, 3 of them new"), "{said}");
    let again = || place.says(&["seed", "--group", "12", "--channel", "4", "--messages", "15"]);
    for said in [again(), again()] {
        assert!(said.contains("12 members, 0 of them new") && said.contains("4 members, 0 of them new"), "{said}");
    }
    let mut client = testkit::Client::connect(server.address, testkit::Options::new(server.key.clone())).await.unwrap();
    testkit::people::enter(&mut client, "9996620004", "").await.unwrap();
    let shown = tops(&mut client).await;
    assert_eq!(shown, [("Bulletin of Lille".to_owned(), 15), ("Line of Lille".to_owned(), 15)]);
    let gazettes =
        || place.says(&["seed", "--people", "12", "--gazettes", "3", "--gazette-size", "5", "--messages", "1"]);
    for said in [gazettes(), gazettes()] {
        assert!(said.contains("3 gazettes of 5 members each; the first 6 people own them"), "{said}");
    }
    // Readers are 7 to 12; the second gazette's are 9 to 12, the third's 11, 12, 7 and 8.
    let mut reader = testkit::Client::connect(server.address, testkit::Options::new(server.key.clone())).await.unwrap();
    testkit::people::enter(&mut reader, "9996620008", "").await.unwrap();
    let mut read = tops(&mut reader).await;
    read.retain(|(title, _)| title.starts_with("Gazette"));
    assert_eq!(read, [("Gazette of Brest".to_owned(), 1), ("Gazette of Lille".to_owned(), 1)]);
    assert!(place.refuses(&["seed", "--group", "200001"]).contains("200001"));
    server.stop();
}

/// The groups and channels in somebody's list, each with the number of its last message.
async fn tops(client: &mut testkit::Client) -> Vec<(String, i32)> {
    let request = functions::messages::GetDialogs {
        exclude_pinned: false,
        folder_id: None,
        offset_date: 0,
        offset_id: 0,
        offset_peer: tl::enums::InputPeer::Empty,
        limit: 100,
        hash: 0,
    };
    let tl::enums::messages::Dialogs::Dialogs(it) = client.invoke(&request).await.unwrap() else { panic!("a list") };
    let title = |id: i64| {
        it.chats.iter().find_map(|it| match it {
            tl::enums::Chat::Channel(it) if it.id == id => Some(it.title.clone()),
            _ => None,
        })
    };
    let tops = it.dialogs.iter().filter_map(|it| match it {
        tl::enums::Dialog::Dialog(it) => match &it.peer {
            tl::enums::Peer::Channel(peer) => Some((title(peer.channel_id)?, it.top_message)),
            _ => None,
        },
        _ => None,
    });
    let mut tops: Vec<_> = tops.collect();
    tops.sort();
    tops
}

#[test]
fn what_goes_wrong_says_what_to_do() {
    let place = Place::new("advice");
    assert!(place.refuses(&["user", "list"]).contains("chappe serve --data"), "nothing is made by asking");
    assert!(!place.join("data").exists());
    let server = place.serve();
    assert!(place.refuses(&["user", "add", "tomorrow"]).contains("write it as +33123456789"));
    assert!(place.refuses(&["user", "disable", "+33123456789"]).contains("chappe user add +33123456789"));
    assert!(place.refuses(&["user", "code", "+33123456789"]).contains("ask for one in the client first"));
    assert!(place.refuses(&["user", "role", "+33123456789", "emperor"]).contains("support"));
    assert!(place.refuses(&["serve", "--data", "data", "--listen", "127.0.0.1:0"]).contains("data"));
    server.stop();
}

#[tokio::test]
async fn further_names_are_given_and_taken_back_and_what_cannot_be_is_explained() {
    let place = Place::new("names");
    let server = place.serve();
    let mut alice = Person::join(&server, 1).await;
    let number = format!("+{}", alice.phone);
    for (name, to, why) in [
        ("tow", &number[..], "5 to 32 letters"),
        ("towers", "@nobody_here", "nobody has @nobody_here"),
        ("towers", "somebody", "somebody is nobody"),
        ("towers", "+33612345678", "nobody has the number +33612345678"),
    ] {
        let said = place.refuses(&["name", "grant", name, "--to", to]);
        assert!(said.contains(why), "{name} to {to}: {said}");
    }
    assert!(place.says(&["name", "grant", "towers", "--to", &number]).contains("@towers, switched off"));
    let said = place.refuses(&["name", "grant", "@Towers", "--to", &number]);
    assert!(said.contains("somebody has @Towers already"), "{said}");
    let on = functions::account::ToggleUsername { username: "towers".into(), active: true };
    assert!(alice.client.invoke(&on).await.unwrap());
    let own = functions::account::UpdateUsername { username: "zenobie_semaphore".into() };
    alice.client.invoke(&own).await.unwrap();
    server.stop();

    let said = place.refuses(&["name", "withdraw", "zenobie_semaphore"]);
    assert!(said.contains("chosen by its holder"), "{said}");
    assert_eq!(place.says(&["name", "withdraw", "towers"]), "@towers is free\n", "also without a server");
    assert!(place.refuses(&["name", "withdraw", "towers"]).contains("nobody has @towers"));
}

#[tokio::test]
async fn what_cannot_be_shown_of_stickers_is_explained() {
    let place = Place::new("stickers");
    let server = place.serve();
    for (name, why) in
        [("nobody", "there is no set nobody"), ("https://t.me/addstickers/nobody", "after /addstickers/")]
    {
        let said = place.refuses(&["stickers", "feature", name]);
        assert!(said.contains(why), "{name}: {said}");
    }
    assert!(place.says(&["stickers", "--help"]).contains("trending"));
    server.stop();
}
