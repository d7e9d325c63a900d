//! Both roles against each other, and each against what the other should never send.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use crypto::rsa::{PublicKey, ServerKey};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;

use super::*;
use crate::error::Handshake as Bad;
use crate::{Error, Time};

const NOW: Time = Time::from_secs(1_790_000_000);

static IDENTITY: LazyLock<Arc<Identity>> = LazyLock::new(|| Arc::new(Identity::new(ServerKey::generate().unwrap())));

fn public() -> Arc<PublicKey> {
    Arc::new(IDENTITY.key().public())
}

struct Table {
    server: Server,
    pool: DhPool,
    rng: ChaCha12Rng,
}

/// What the server came to, all work done.
enum Outcome {
    Reply(Bytes),
    Key(Box<NewKey>),
    Wait,
}

impl Table {
    fn new() -> Self {
        Self { server: Server::new(IDENTITY.clone()), pool: DhPool::new(), rng: ChaCha12Rng::seed_from_u64(11) }
    }

    fn client(&mut self, options: ClientOptions) -> (Client, Bytes) {
        Client::new(public(), options, &mut self.rng)
    }

    fn serve(&mut self, body: &Bytes) -> Result<Outcome, Error> {
        let mut step = self.server.handle(body, &mut self.pool, &mut self.rng)?;
        loop {
            step = match step {
                Step::Reply(reply) => return Ok(Outcome::Reply(reply)),
                Step::NewKey(key) => return Ok(Outcome::Key(key)),
                Step::Wait => return Ok(Outcome::Wait),
                Step::Work(work) => self.server.work_done(NOW, work.run(), &mut self.pool, &mut self.rng)?,
            }
        }
    }

    fn reply(&mut self, body: &Bytes) -> Bytes {
        match self.serve(body).unwrap() {
            Outcome::Reply(reply) => reply,
            Outcome::Key(_) | Outcome::Wait => panic!("no reply"),
        }
    }

    fn send(&mut self, client: &mut Client, body: &Bytes) -> Bytes {
        match client.handle(body, &mut self.rng).unwrap() {
            ClientStep::Send(body) => body,
            ClientStep::Done(_) => panic!("over too early"),
        }
    }

    /// Up to the key; what the client sent last, too.
    fn run(&mut self, options: ClientOptions) -> (Client, Box<NewKey>, Bytes) {
        let (mut client, ask) = self.client(options);
        let reply = self.reply(&ask);
        let request = self.send(&mut client, &reply);
        let reply = self.reply(&request);
        let last = self.send(&mut client, &reply);
        let Outcome::Key(key) = self.serve(&last).unwrap() else { panic!("no key") };
        (client, key, last)
    }

    fn finish(&mut self, client: &mut Client, body: &Bytes) -> ClientKey {
        match client.handle(body, &mut self.rng).unwrap() {
            ClientStep::Done(key) => key,
            ClientStep::Send(_) => panic!("not over"),
        }
    }
}

#[test]
fn every_way_to_ask_ends_in_one_key_on_both_sides() {
    let mut table = Table::new();
    let mut options = Vec::new();
    for old_req_pq in [false, true] {
        for sha1_padding in [false, true] {
            for dc in [None, Some(2), Some(-10_003), Some(i32::MAX)] {
                for expires_in in [None, Some(86_400)] {
                    options.push(ClientOptions { old_req_pq, sha1_padding, dc, expires_in });
                }
            }
        }
    }
    for options in options.into_iter().step_by(3) {
        table.server = Server::new(IDENTITY.clone());
        let (mut client, key, _) = table.run(options);
        let got = table.finish(&mut client, &key.dh_gen_ok);
        assert_eq!(got.auth_key.as_bytes(), key.auth_key.as_bytes());
        assert_eq!(got.server_salt, key.server_salt);
        assert_eq!(got.server_time, NOW.secs());
        assert_eq!(key.expires_in, options.expires_in.map(i32::cast_unsigned));
        let dc = options.dc.and_then(|dc| i16::try_from(dc).ok());
        assert_eq!(key.dc, dc, "junk is no data centre");
    }
}

#[test]
fn a_permanent_and_a_temporary_key_are_made_on_one_connection() {
    let mut table = Table::new();
    let (mut one, ask_one) = table.client(ClientOptions::default());
    let temporary = ClientOptions { expires_in: Some(60), ..ClientOptions::default() };
    let (mut two, ask_two) = table.client(temporary);
    let (to_one, to_two) = (table.reply(&ask_one), table.reply(&ask_two));
    let request = table.send(&mut one, &to_one);
    let to_one = table.reply(&request);
    let request = table.send(&mut two, &to_two);
    let to_two = table.reply(&request);
    for (client, reply, expires) in [(&mut two, to_two, Some(60)), (&mut one, to_one, None)] {
        let last = table.send(client, &reply);
        let Outcome::Key(key) = table.serve(&last).unwrap() else { panic!("no key") };
        assert_eq!(key.expires_in, expires);
        table.server.confirm(&key.nonce);
        table.finish(client, &key.dh_gen_ok);
    }
}

#[test]
fn repeated_messages_get_the_same_answer_and_no_new_work() {
    let mut table = Table::new();
    let (mut client, ask) = table.client(ClientOptions::default());
    let reply = table.reply(&ask);
    assert_eq!(table.reply(&ask), reply);
    let request = table.send(&mut client, &reply);
    let Ok(Step::Work(work)) = table.server.handle(&request, &mut table.pool, &mut table.rng) else {
        panic!("no work")
    };
    let again = table.server.handle(&request, &mut table.pool, &mut table.rng);
    assert!(matches!(again, Ok(Step::Wait)));
    let done = work.run();
    let step = table.server.work_done(NOW, done, &mut table.pool, &mut table.rng);
    let Ok(Step::Reply(reply)) = step else { panic!("no reply") };
    assert_eq!(table.reply(&request), reply);
    let last = table.send(&mut client, &reply);
    let Outcome::Key(key) = table.serve(&last).unwrap() else { panic!("no key") };
    assert!(matches!(table.serve(&last).unwrap(), Outcome::Wait), "not before it is durable");
    table.server.confirm(&key.nonce);
    assert_eq!(table.reply(&last), key.dh_gen_ok);
}

#[test]
fn a_key_that_exists_is_tried_again_and_one_that_cannot_be_kept_is_refused() {
    let mut table = Table::new();
    let (mut client, key, _) = table.run(ClientOptions::default());
    let retry = table.server.refuse(&key.nonce, true).unwrap();
    let last = table.send(&mut client, &retry);
    let Outcome::Key(second) = table.serve(&last).unwrap() else { panic!("no second key") };
    assert_ne!(second.id(), key.id());
    let fail = table.server.refuse(&second.nonce, false).unwrap();
    let refused = client.handle(&fail, &mut table.rng);
    assert_eq!(refused.err(), Some(Error::Handshake(Bad::Refused)));
    assert!(table.serve(&last).is_err());
}

#[test]
fn spare_powers_are_made_and_used() {
    let mut table = Table::new();
    assert!(table.pool.is_empty());
    table.run(ClientOptions::default());
    assert_eq!(table.pool.len(), 2, "one beside its own pair, one beside the key");
    table.run(ClientOptions::default());
    assert_eq!(table.pool.len(), 2, "one taken, one made");
}

#[test]
fn messages_that_do_not_follow_end_the_exchange() {
    let mut table = Table::new();
    let (mut client, ask) = table.client(ClientOptions::default());
    let reply = table.reply(&ask);
    let request = table.send(&mut client, &reply);
    let mut check = |body: Vec<u8>, expected: Bad| {
        let got = table.serve(&Bytes::from(body)).err();
        assert_eq!(got, Some(Error::Handshake(expected)));
    };
    let change = |at: usize| {
        let mut body = request.to_vec();
        body[at] ^= 1;
        body
    };
    check(vec![1, 2], Bad::Malformed);
    check(vec![1, 2, 3, 4], Bad::Constructor { got: 0x0403_0201 });
    check(change(4), Bad::Nonce);
    check(change(20), Bad::Nonce);
    check(change(38), Bad::Values);
    check(request[..60].to_vec(), Bad::Malformed);
    check(change(request.len() - 1), Bad::Sealed);
    // The exchange ended with the part that did not open.
    check(request.to_vec(), Bad::Nonce);
}

#[test]
fn exchanges_of_one_connection_are_counted() {
    let mut table = Table::new();
    for begun in 0..MAX_BEGUN + 3 {
        let (_, ask) = table.client(ClientOptions::default());
        let got = table.serve(&ask).err();
        let expected = (begun >= MAX_BEGUN).then_some(Error::Handshake(Bad::TooMany));
        assert_eq!(got, expected);
    }
}

#[test]
fn a_client_refuses_what_a_server_should_not_send() {
    let mut table = Table::new();
    let other = Arc::new(ServerKey::generate().unwrap().public());
    let (mut stranger, ask) = Client::new(other, ClientOptions::default(), &mut table.rng);
    let reply = table.reply(&ask);
    let got = stranger.handle(&reply, &mut table.rng).err();
    assert_eq!(got, Some(Error::Handshake(Bad::Values)));

    let (mut client, key, _) = table.run(ClientOptions::default());
    let mut forged = key.dh_gen_ok.to_vec();
    forged[40] ^= 1;
    let got = client.handle(&forged.into(), &mut table.rng).err();
    assert_eq!(got, Some(Error::Handshake(Bad::Values)));
}

#[test]
fn mutated_messages_never_panic() {
    let mut table = Table::new();
    for _ in 0..60 {
        table.server = Server::new(IDENTITY.clone());
        let (mut client, ask) = table.client(ClientOptions::default());
        let reply = table.reply(&ask);
        let request = table.send(&mut client, &reply);
        let mut changed = request.to_vec();
        let at = table.rng.random_range(0..changed.len());
        changed[at] = table.rng.random();
        changed.truncate(table.rng.random_range(0..=request.len()));
        drop(table.serve(&changed.into()));
        let mut changed = reply.to_vec();
        let at = table.rng.random_range(0..changed.len());
        changed[at] = table.rng.random();
        drop(client.handle(&changed.into(), &mut table.rng));
    }
}
