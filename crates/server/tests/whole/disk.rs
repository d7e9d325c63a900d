//! What a disk can do to a server: be full, be read-only, belong to another server.

use std::{
    fs,
    time::{Duration, Instant},
};

use testkit::Error;

use crate::{
    people::pair,
    place::{Place, get},
    shim,
};

/// How long a server may take to notice that the disk has room again.
const HEALING: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_full_disk_refuses_writing_and_loses_nothing_and_writing_goes_on_when_there_is_room() {
    let place = Place::new("full");
    let library = shim::build(&place);
    fs::create_dir_all(place.join("data")).unwrap();
    let (data, full) = (fs::canonicalize(place.join("data")).unwrap(), place.join("full"));
    let server = place.serve_with(|command| {
        shim::under(command, &library, &data).env("CHAPPE_RECORD_FULL", &full);
    });
    let (mut alice, mut bob) = pair(&server, 0).await;
    let mut acked = Vec::new();
    for round in 0..2 {
        let before = format!("{round}: before");
        alice.client.invoke(&alice.message(&before, round * 10 + 1)).await.unwrap();
        acked.push(before);
        fs::write(&full, "").unwrap();
        let refused = alice.client.invoke(&alice.message(&format!("{round}: no room"), round * 10 + 2)).await;
        assert!(matches!(refused, Err(Error::Rpc { code: 500, .. })), "{refused:?}");
        let again = bob.client.invoke(&bob.message(&format!("{round}: no room either"), round * 10 + 3)).await;
        assert!(matches!(again, Err(Error::Rpc { code: 500, .. })), "{again:?}");
        assert_eq!(alice.history().await.len(), acked.len(), "reading goes on");
        for (status, said) in [server.page("/health"), get(server.address, "/health")] {
            assert_eq!(status, 503, "{said}");
        }
        fs::remove_file(&full).unwrap();
        let until = Instant::now() + HEALING;
        while server.page("/health").0 != 200 {
            assert!(Instant::now() < until, "the server does not go on: {}", place.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // The client tries again what was refused.
        let text = format!("{round}: no room");
        alice.client.invoke(&alice.message(&text, round * 10 + 2)).await.unwrap();
        acked.push(text);
    }
    let texts = |all: Vec<crate::people::Message>| all.into_iter().map(|it| it.text).collect::<Vec<_>>();
    assert_eq!(texts(alice.history().await), acked);
    assert_eq!(texts(bob.history().await), acked);
    server.kill();
    let server = place.serve();
    let (mut alice, mut bob) = (alice.back(&server).await.unwrap(), bob.back(&server).await.unwrap());
    assert_eq!(texts(alice.history().await), acked);
    assert_eq!(texts(bob.history().await), acked);
    server.stop();
}

#[tokio::test]
async fn a_read_only_data_directory_is_refused_with_its_name() {
    let place = Place::new("read-only");
    place.serve().stop();
    let library = shim::build(&place);
    let data = fs::canonicalize(place.join("data")).unwrap();
    let mut command = place.chappe(&["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]);
    let done = shim::under(&mut command, &library, &data).env("CHAPPE_RECORD_READONLY", "1").output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(!done.status.success());
    assert!(said.contains("data") && said.contains("Read-only file system"), "{said}");
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused_and_the_first_goes_on() {
    let place = Place::new("second");
    let server = place.serve();
    let remembered = fs::read(place.join("data/keys.path")).unwrap();
    let ports = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];
    let said = place.refuses(&[&["serve"], &ports[..]].concat());
    assert!(said.contains("another process uses this data"), "{said}");
    let other = Place::new("second-keys");
    other.serve().stop();
    let keys = other.join("keys");
    place.refuses(&[&["serve", "--keys", keys.to_str().unwrap()], &ports[..]].concat());
    assert_eq!(fs::read(place.join("data/keys.path")).unwrap(), remembered, "the refused one left no trace");
    assert_eq!(place.says(&["user", "list"]), place.says(&["user", "list"]), "the first one answers");
    server.stop();
}
