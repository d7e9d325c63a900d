//! Backups: made while people write, opened by who may, and refused when anything about them is wrong.

use std::{fs, path::Path, process::Command};

use age::secrecy::ExposeSecret;

use crate::{
    people::pair,
    place::{Place, copy_tree},
};

const WORD: &str = "three arms and a telescope";

/// `chappe WORDS…` with a passphrase: what it printed, or what it complained of.
fn with_word(place: &Place, word: &str, words: &[&str]) -> Result<String, String> {
    ended(place.chappe(words).env("CHAPPE_PASSPHRASE", word))
}

fn ended(command: &mut Command) -> Result<String, String> {
    let done = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if done.status.success() { Ok(text(&done.stdout)) } else { Err(text(&done.stderr)) }
}

/// What a refused restore may leave behind: nothing that a server would open, and no keys.
fn is_untouched(place: &Place) -> bool {
    let left = |name: &str| fs::read_dir(place.join(name)).map_or(0, Iterator::count);
    left("data") == 0 && left("keys") == 0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_while_people_write_brings_everybody_back_on_an_empty_machine() {
    let place = Place::new("backup");
    let server = place.serve();
    let (mut alice, mut bob) = pair(&server, 0).await;
    for number in 0..50 {
        alice.client.invoke(&alice.message(&format!("before {number}"), number + 1)).await.unwrap();
    }
    // One more conversation goes on all the while.
    let writing = tokio::spawn(async move {
        for number in 0.. {
            let request = bob.message(&format!("during {number}"), number + 1);
            if bob.client.invoke(&request).await.is_err() {
                break;
            }
        }
        bob
    });
    let said = tokio::task::block_in_place(|| {
        with_word(&place, WORD, &["backup", "all.age", "--with-master-key"]).expect("a backup online")
    });
    assert!(said.contains("rows in"), "{said}");
    server.kill();
    let bob = writing.await.unwrap();

    let empty = Place::new("backup-empty");
    fs::copy(place.join("all.age"), empty.join("all.age")).unwrap();
    let said = with_word(&empty, WORD, &["restore", "all.age"]).expect("a restore on an empty machine");
    assert!(said.contains("rows restored"), "{said}");
    let server = empty.serve();
    assert_eq!(empty.says(&["key"]), place.says(&["key"]), "clients trust it as before");
    let (mut alice, mut bob) = (alice.back(&server).await.unwrap(), bob.back(&server).await.unwrap());
    let (ours, theirs) = (alice.history().await, bob.history().await);
    let texts = |all: &[crate::people::Message]| all.iter().map(|it| it.text.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&ours), texts(&theirs), "a backup is of one moment");
    let before: Vec<_> = texts(&ours).into_iter().filter(|it| it.starts_with("before")).collect();
    assert_eq!(before, (0..50).map(|it| format!("before {it}")).collect::<Vec<_>>());
    alice.client.invoke(&alice.message("after", 1000)).await.unwrap();
    let log = bob.difference(1).await;
    assert_eq!(log.0.len(), log.1 as usize - 1, "its log has no gap");
    server.stop();
}

#[test]
fn a_backup_opens_for_its_recipient_beside_the_master_key_and_for_nobody_else() {
    let place = Place::new("backup-recipient");
    place.serve().stop();
    let (identity, other) = (age::x25519::Identity::generate(), age::x25519::Identity::generate());
    let keep = |name: &str, it: &age::x25519::Identity| {
        fs::write(place.join(name), format!("# ours\n{}\n", it.to_string().expose_secret())).unwrap();
        place.join(name)
    };
    let (mine, others) = (keep("mine.txt", &identity), keep("others.txt", &other));
    let recipient = identity.to_public().to_string();
    // Nobody serves: the command opens the store itself.
    place.says(&["backup", "no-master.age", "--recipient", &recipient]);
    let file = place.join("no-master.age");
    let modes = fs::metadata(&file).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&modes.permissions()) & 0o777, 0o600);
    let restore = |place: &Place, identity: &Path| {
        let words = ["restore", file.to_str().unwrap(), "--identity", identity.to_str().unwrap()];
        ended(&mut place.chappe(&words))
    };
    let empty = Place::new("backup-recipient-empty");
    let said = restore(&empty, &others).unwrap_err();
    assert!(said.contains("does not open with this identity"), "{said}");
    let said = with_word(&empty, WORD, &["restore", file.to_str().unwrap()]).unwrap_err();
    assert!(said.contains("does not open with this passphrase"), "{said}");
    let said = restore(&empty, &mine).unwrap_err();
    assert!(said.contains("put the server's master.key into"), "{said}");
    assert!(is_untouched(&empty));
    let said = restore(&empty, &file).unwrap_err();
    assert!(said.contains("UTF-8") || said.contains("holds no age identity"), "{said}");
    fs::create_dir_all(empty.join("keys")).unwrap();
    fs::copy(place.join("keys/master.key"), empty.join("keys/master.key")).unwrap();
    restore(&empty, &mine).unwrap();
    empty.serve().stop();
}

#[test]
fn a_torn_or_changed_backup_is_refused_and_leaves_nothing() {
    let place = Place::new("backup-torn");
    place.serve().stop();
    let identity = age::x25519::Identity::generate();
    fs::write(place.join("id"), identity.to_string().expose_secret()).unwrap();
    let recipient = identity.to_public().to_string();
    place.says(&["backup", "whole.age", "--with-master-key", "--recipient", &recipient]);
    let whole = fs::read(place.join("whole.age")).unwrap();
    let changed = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    let damaged = [
        whole[..whole.len() / 2].to_vec(),
        whole[..whole.len() - 1].to_vec(),
        changed(whole.len() / 2),
        changed(whole.len() - 1),
        changed(0),
        b"no backup at all".to_vec(),
        Vec::new(),
    ];
    for (number, bytes) in damaged.into_iter().enumerate() {
        let empty = Place::new("backup-torn-empty");
        fs::write(empty.join("it.age"), bytes).unwrap();
        let id = place.join("id");
        let said = empty.refuses(&["restore", "it.age", "--identity", id.to_str().unwrap()]);
        assert!(said.contains("it.age"), "{number}: {said}");
        assert!(is_untouched(&empty), "{number}: {said}");
    }
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let place = Place::new("backup-over");
    place.serve().stop();
    with_word(&place, WORD, &["backup", "one.age", "--with-master-key"]).unwrap();
    let said = with_word(&place, WORD, &["backup", "one.age", "--with-master-key"]).unwrap_err();
    assert!(said.contains("one.age is there already"), "{said}");
    let said = with_word(&place, WORD, &["restore", "one.age"]).unwrap_err();
    assert!(said.contains("holds a store already"), "{said}");
    let said = with_word(&place, WORD, &["restore", "one.age", "--data", "other"]);
    assert!(said.is_ok(), "the keys in place are the backup's own: {said:?}");
    let stranger = Place::new("backup-over-stranger");
    stranger.serve().stop();
    copy_tree(&stranger.join("keys"), &place.join("strange-keys"));
    let words = ["restore", "one.age", "--data", "third", "--keys", "strange-keys"];
    let said = with_word(&place, WORD, &words).unwrap_err();
    assert!(said.contains("strange-keys holds the keys of another server"), "{said}");
    assert!(!place.join("third").exists());
    let said = with_word(&place, WORD, &["backup", "none.age", "--data", "nowhere"]).unwrap_err();
    assert!(said.contains("nowhere holds no store"), "{said}");
    let said = place.refuses(&["backup", "two.age", "--recipient", "age1nobody"]);
    assert!(said.contains("is not an age recipient"), "{said}");
    assert!(!place.join("two.age").exists() && !place.join("two.age.part").exists());
}
