//! Who passes by a public channel hears it while it asks, and no longer than it may read it.

use std::time::Duration;

use testkit::people::message;
use tl::{
    enums,
    functions::{channels, contacts, updates},
    types,
};

use crate::{
    people::{Person, news},
    place::Place,
};

/// How long something that is to come may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn channel(chats: &[enums::Chat]) -> (i64, i64) {
    match chats {
        [enums::Chat::Channel(it)] => (it.id, it.access_hash.unwrap()),
        other => panic!("one channel: {other:?}"),
    }
}

fn input((channel_id, access_hash): (i64, i64)) -> enums::InputChannel {
    types::InputChannel { channel_id, access_hash }.into()
}

fn ask(channel: (i64, i64)) -> updates::GetChannelDifference {
    let filter = enums::ChannelMessagesFilter::Empty;
    updates::GetChannelDifference { force: false, channel: input(channel), filter, pts: 1, limit: 100 }
}

/// The next update with a post in it, or with a private message.
async fn next(person: &mut Person) -> (Vec<String>, usize) {
    loop {
        let told = tokio::time::timeout(PATIENCE, person.client.update()).await.expect("something comes").unwrap();
        let private = news(&told).len();
        let enums::Updates::Updates(it) = told else { continue };
        let posts: Vec<_> = it.updates.iter().filter_map(post).collect();
        if private + posts.len() > 0 {
            return (posts, private);
        }
    }
}

fn post(it: &enums::Update) -> Option<String> {
    let enums::Update::NewChannelMessage(it) = it else { return None };
    let enums::Message::Message(it) = &it.message else { return None };
    assert!(!it.out && it.post);
    Some(it.message.clone())
}

#[tokio::test]
async fn who_passes_by_is_pushed_posts_after_its_question_and_none_of_a_private_channel() {
    let place = Place::new("passing");
    let server = place.serve();
    let (mut writer, mut passer) = (Person::join(&server, 1).await, Person::join(&server, 2).await);
    writer.knows(&passer).await;
    let new = channels::CreateChannel {
        broadcast: true,
        megagroup: false,
        for_import: false,
        forum: false,
        title: "News".into(),
        about: String::new(),
        geo_point: None,
        address: None,
        ttl_period: None,
    };
    let enums::Updates::Updates(made) = writer.client.invoke(&new).await.unwrap() else { panic!("updates") };
    let own = channel(&made.chats);
    let named = |username: &str| channels::UpdateUsername { channel: input(own), username: username.into() };
    assert!(writer.client.invoke(&named("news_of_passers")).await.unwrap());
    let named_so = contacts::ResolveUsername { username: "news_of_passers".into(), referer: None };
    let enums::contacts::ResolvedPeer::Peer(found) = passer.client.invoke(&named_so).await.unwrap();
    let seen = channel(&found.chats);
    passer.client.invoke(&ask(seen)).await.unwrap();
    let peer = types::InputPeerChannel { channel_id: own.0, access_hash: own.1 }.into();
    writer.client.invoke(&message(&peer, "a post", 1)).await.unwrap();
    assert_eq!(next(&mut passer).await, (vec!["a post".into()], 0));
    assert!(writer.client.invoke(&named("")).await.unwrap());
    writer.client.invoke(&message(&peer, "among us", 2)).await.unwrap();
    // What is published later comes later.
    let private = writer.message("and you", 3);
    writer.client.invoke(&private).await.unwrap();
    assert_eq!(next(&mut passer).await, (Vec::new(), 1));
    let refused = passer.client.invoke(&ask(seen)).await;
    assert!(format!("{refused:?}").contains("CHANNEL_PRIVATE"), "{refused:?}");
    server.stop();
}
