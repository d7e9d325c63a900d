//! What outlives connections, and what ends them.

use std::{sync::atomic::Ordering, time::Duration};

use futures_util::FutureExt;
use gateway::service::Topic;
use mtproto::{AuthKeyId, client::ClientEvent, handshake::ClientOptions, transport::UNKNOWN_KEY};
use testkit::{Client, Error};

use crate::hall::*;

#[tokio::test]
async fn entries_arrive_in_order_and_not_where_they_came_from() {
    let hall = hall().await;
    let mut one = hall.client().await;
    one.invoke_raw(REQUEST).await.unwrap();
    let mut two = hall.another(&one).await;
    two.invoke_raw(REQUEST).await.unwrap();
    let id = AuthKeyId(one.auth_key().id());
    let skip = Some((id, one.session().id()));
    for number in 0..50_u32 {
        hall.publish(&[TOO_LONG, &number.to_le_bytes()].concat(), skip);
    }
    for number in 0..50_u32 {
        assert_eq!(two.update_raw().await.unwrap()[4..], number.to_le_bytes());
    }
    one.ping().await.unwrap();
    assert!(one.updates_so_far().is_empty());
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_request_is_answered_when_its_session_hears_what_its_topic_follows() {
    let hall = hall().await;
    let mut client = hall.client().await;
    let unknown = hall.echo.followings.clone().acquire_owned().await.unwrap();
    let request = client.send_raw(REQUEST);
    client.flush().await.unwrap();
    until("the topic is heard", || hall.running.handle().online(TOPIC)).await;
    client.ping().await.unwrap();
    assert!(!hall.running.handle().online(FOLLOWED));
    assert!(client.wait(request).now_or_never().is_none(), "no answer came before the pong");
    drop(unknown);
    assert_eq!(client.wait(request).await.unwrap(), TRUE);
    hall.publish_to(FOLLOWED, TOO_LONG, None);
    assert_eq!(client.update_raw().await.unwrap(), TOO_LONG);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_session_hears_what_is_published_after_a_follow_and_before_an_unfollow() {
    const JOINED: Topic = Topic(9);
    let hall = hall().await;
    let mut client = hall.client().await;
    client.invoke_raw(REQUEST).await.unwrap();
    let handle = hall.running.handle();
    let publish = |number: u32| hall.publish_to(JOINED, &[TOO_LONG, &number.to_le_bytes()].concat(), None);
    // Nothing of this is at its place when the next begins.
    handle.unfollow(TOPIC, FOLLOWED);
    publish(1);
    handle.follow(TOPIC, JOINED);
    publish(2);
    publish(3);
    handle.unfollow(TOPIC, JOINED);
    publish(4);
    hall.publish(TRUE, None);
    for number in [2_u32, 3] {
        assert_eq!(client.update_raw().await.unwrap()[4..], number.to_le_bytes());
    }
    assert_eq!(client.update_raw().await.unwrap(), TRUE);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn an_unknown_key_is_answered_with_its_transport_error() {
    let hall = hall().await;
    let mut client = hall.client().await;
    hall.echo.keys.lock().unwrap().clear();
    let result = client.invoke_raw(REQUEST).await;
    assert_eq!(result.as_ref().err().and_then(Error::transport_code), Some(UNKNOWN_KEY), "{result:?}");
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_temporary_key_is_unknown_once_it_has_expired() {
    let hall = hall().await;
    let mut options = hall.options.clone();
    options.handshake = ClientOptions { expires_in: Some(1), ..options.handshake };
    let mut client = Client::connect(hall.address, options).await.unwrap();
    client.invoke_raw(REQUEST).await.unwrap();
    let expired = loop {
        match client.ping().await {
            Ok(()) => tokio::time::sleep(Duration::from_millis(50)).await,
            Err(error) => break error,
        }
    };
    assert_eq!(expired.transport_code(), Some(UNKNOWN_KEY), "{expired:?}");
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_closed_key_is_told_and_its_connection_ends() {
    let hall = hall().await;
    let mut client = hall.client().await;
    client.invoke_raw(REQUEST).await.unwrap();
    hall.running.handle().close_key(AuthKeyId(client.auth_key().id()));
    assert_eq!(client.update_raw().await.unwrap(), TOO_LONG);
    assert!(client.update_raw().await.is_err());
    assert!(!hall.running.handle().online(TOPIC));
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_destroyed_key_is_confirmed_and_unknown_afterwards() {
    let hall = hall().await;
    let mut client = hall.client().await;
    client.invoke_raw(REQUEST).await.unwrap();
    let request = client.send_raw(&0xd143_5160_u32.to_le_bytes());
    client.flush().await.unwrap();
    let confirmed = loop {
        match client.event().await {
            Ok(ClientEvent::Service(body)) if body[..] == 0xf660_e1d4_u32.to_le_bytes() => break true,
            Ok(_) => {}
            Err(error) => panic!("{request:?}: {error}"),
        }
    };
    assert!(confirmed);
    client.reconnect(hall.address).await.unwrap();
    let after = client.invoke_raw(REQUEST).await;
    assert_eq!(after.as_ref().err().and_then(Error::transport_code), Some(UNKNOWN_KEY), "{after:?}");
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_request_sent_again_on_a_new_connection_is_answered_but_not_run_again() {
    let hall = hall().await;
    let mut client = hall.client().await;
    client.invoke_raw(REQUEST).await.unwrap();
    let request = client.send_raw(REQUEST);
    client.flush().await.unwrap();
    client.reconnect(hall.address).await.unwrap();
    assert_eq!(client.wait(request).await.unwrap(), TRUE);
    assert_eq!(hall.calls(), 2, "each request ran once");
    hall.running.shutdown().await;
}

#[tokio::test]
async fn an_answer_ready_after_its_connection_went_is_given_on_the_next() {
    let hall = hall().await;
    let mut client = hall.client().await;
    client.invoke_raw(REQUEST).await.unwrap();
    let request = client.send_raw(SLOW);
    client.flush().await.unwrap();
    until("the request runs", || hall.calls() == 2).await;
    client.reconnect(hall.address).await.unwrap();
    client.ping().await.unwrap();
    hall.echo.slow.add_permits(1);
    assert_eq!(client.wait(request).await.unwrap(), TRUE);
    assert_eq!(hall.calls(), 2);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn what_was_pushed_while_nobody_was_there_arrives_on_the_next_connection() {
    let hall = hall().await;
    let client = hall.client().await;
    let mut client = {
        let mut client = client;
        client.invoke_raw(REQUEST).await.unwrap();
        client
    };
    // The old connection stays open and silent, as after a lost network; nothing may vanish into it.
    let mut two = hall.another(&client).await;
    two.invoke_raw(REQUEST).await.unwrap();
    let old = client.reconnect_keeping(hall.address).await.unwrap();
    client.ping().await.unwrap();
    for number in 0..3_u32 {
        hall.publish(&[TOO_LONG, &number.to_le_bytes()].concat(), None);
    }
    for number in 0..3_u32 {
        assert_eq!(client.update_raw().await.unwrap()[4..], number.to_le_bytes());
    }
    drop(old);
    until("the old connection goes", || hall.stats().connections_now == 2).await;
    hall.publish(TRUE, None);
    assert_eq!(client.update_raw().await.unwrap(), TRUE, "the session is still carried");
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_request_whose_task_panics_is_answered_and_the_session_goes_on() {
    let hall = hall().await;
    let mut client = hall.client().await;
    assert_eq!(client.invoke_raw(PANIC).await.unwrap(), REFUSED);
    assert_eq!(client.invoke_raw(REQUEST).await.unwrap(), TRUE);
    assert_eq!(hall.echo.calls.load(Ordering::SeqCst), 2);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn stopping_ends_every_connection() {
    let hall = hall().await;
    let mut client = hall.client().await;
    client.ping().await.unwrap();
    let handle = hall.running.handle();
    hall.running.shutdown().await;
    assert_eq!(handle.stats().connections_now, 0);
    assert!(client.ping().await.is_err());
}
