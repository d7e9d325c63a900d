//! Plain messages of the key exchange, in any order, to a server that has begun one.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use crypto::rsa::ServerKey;
use mtproto::Time;
use mtproto::handshake::{Client, ClientOptions, ClientStep, DhPool, Identity, Server, Step};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;

const NOW: Time = Time::from_secs(1_790_000_000);

/// Expensive steps run for one input; more say nothing new.
const MAX_WORK: usize = 2;

fn identity() -> Arc<Identity> {
    static IDENTITY: OnceLock<Arc<Identity>> = OnceLock::new();
    let make = || Arc::new(Identity::new(ServerKey::generate().expect("AWS-LC makes keys")));
    IDENTITY.get_or_init(make).clone()
}

/// One input: messages of which each begins with its length in two bytes.
pub fn run(data: &[u8]) {
    let mut rng = ChaCha12Rng::seed_from_u64(1);
    let (mut server, mut pool) = (Server::new(identity()), DhPool::new());
    let (mut rest, mut work_left) = (data, MAX_WORK);
    while let Some((length, tail)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_le_bytes(*length)).min(tail.len());
        let (message, tail) = tail.split_at(length);
        rest = tail;
        let body = Bytes::copy_from_slice(message);
        let mut step = server.handle(&body, &mut pool, &mut rng);
        while let Ok(Step::Work(work)) = step {
            let Some(left) = work_left.checked_sub(1) else {
                return;
            };
            work_left = left;
            step = server.work_done(NOW, work.run(), &mut pool, &mut rng);
        }
        match step {
            Ok(Step::NewKey(key)) => server.confirm(&key.nonce),
            Ok(Step::Reply(_) | Step::Wait | Step::Work(_)) => {}
            Err(_) => return,
        }
    }
}

/// An exchange up to its end, as the server of [`run`] would see it.
fn exchange() -> Vec<Vec<u8>> {
    let mut rng = ChaCha12Rng::seed_from_u64(1);
    let mut client_rng = ChaCha12Rng::seed_from_u64(2);
    let (mut server, mut pool) = (Server::new(identity()), DhPool::new());
    let key = Arc::new(identity().key().public());
    let (mut client, mut body) = Client::new(key, ClientOptions::default(), &mut client_rng);
    let mut all = Vec::new();
    loop {
        all.push(body.to_vec());
        let mut step = server.handle(&body, &mut pool, &mut rng).expect("our own client keeps the rules");
        let reply = loop {
            step = match step {
                Step::Work(work) => {
                    server.work_done(NOW, work.run(), &mut pool, &mut rng).expect("our own client keeps the rules")
                }
                Step::Reply(reply) => break reply,
                Step::NewKey(_) | Step::Wait => return all,
            };
        };
        match client.handle(&reply, &mut client_rng).expect("our own server keeps the rules") {
            ClientStep::Send(next) => body = next,
            ClientStep::Done(_) => return all,
        }
    }
}

/// One, two and three messages of an exchange.
pub fn seeds() -> Vec<Vec<u8>> {
    let messages = exchange();
    let framed = |messages: &[Vec<u8>]| -> Vec<u8> {
        let frame = |it: &Vec<u8>| [&(it.len() as u16).to_le_bytes()[..], it].concat();
        messages.iter().flat_map(frame).collect()
    };
    (1..=messages.len()).map(|n| framed(&messages[..n])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::mutations;

    #[test]
    fn mutated_exchanges_never_break_the_server() {
        assert_eq!(exchange().len(), 3);
        mutations(&seeds(), 71, 300, run);
    }
}
