//! The server's side of the exchange, for all exchanges of one connection.

use std::sync::Arc;

use bytes::Bytes;
use crypto::rsa::ServerKey;
use crypto::{AuthKey, dh, hash, pq};
use rand::RngCore;
use zeroize::Zeroizing;

use super::messages::{self, End, PqInner};
use super::work::{DhPair, DhPool, Exponent, Outcome, Task, Work, WorkDone, draw};
use super::{MAX_BEGUN, MAX_EXCHANGES, Nonce};
use crate::error::Handshake as Error;
use crate::wire::{Reader, put_bytes};
use crate::{AuthKeyId, Time};

/// The server's RSA key with its fingerprint.
pub struct Identity {
    key: ServerKey,
    fingerprint: i64,
}

impl Identity {
    /// Computes the fingerprint once.
    pub fn new(key: ServerKey) -> Self {
        Self { fingerprint: key.fingerprint(), key }
    }

    /// The key.
    pub fn key(&self) -> &ServerKey {
        &self.key
    }

    /// The low 64 bits of the SHA-1 of the public key, as clients name it.
    pub fn fingerprint(&self) -> i64 {
        self.fingerprint
    }
}

/// A key agreed on. Make it durable, call [`Server::confirm`], then send `dh_gen_ok`; or send
/// what [`Server::refuse`] gives.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// The exchange it came from.
    pub nonce: Nonce,
    /// The key.
    pub auth_key: Arc<AuthKey>,
    /// The salt that the client will use first.
    pub server_salt: i64,
    /// Seconds a temporary key lives; `None` for a permanent one.
    pub expires_in: Option<u32>,
    /// The data centre that the client believes it talks to, where it says so.
    pub dc: Option<i16>,
    /// The body of the plain message that ends the exchange.
    pub dh_gen_ok: Bytes,
}

impl NewKey {
    /// The key's name.
    pub fn id(&self) -> AuthKeyId {
        AuthKeyId(self.auth_key.id())
    }
}

/// What a message of the exchange leads to.
pub enum Step {
    /// Send this body in a plain message.
    Reply(Bytes),
    /// Run this and give it back to [`Server::work_done`].
    Work(Work),
    /// The key is there.
    NewKey(Box<NewKey>),
    /// Nothing: the message repeats one whose work is under way.
    Wait,
}

/// The exchanges of one connection.
pub struct Server {
    identity: Arc<Identity>,
    exchanges: Vec<Exchange>,
    begun: u32,
}

struct Exchange {
    nonce: Nonce,
    server_nonce: Nonce,
    state: State,
}

enum State {
    /// `resPQ` is sent.
    Asked { pq: u64, p: u32, q: u32, reply: Bytes },
    /// The RSA operation runs.
    Opening { pq: u64, p: u32, q: u32, pair: Option<DhPair>, request: [u8; 32] },
    /// `server_DH_params_ok` is sent.
    Offered(Box<Offer>),
    /// The key is being computed.
    Deriving(Box<Offer>, [u8; 32]),
    /// The key is with the owner, who has not yet confirmed it.
    Storing(Box<Offer>, Arc<AuthKey>, [u8; 32]),
    /// `dh_gen_ok` may be repeated.
    Done(Bytes, [u8; 32]),
}

/// What was agreed before the key.
struct Offer {
    new_nonce: Zeroizing<[u8; 32]>,
    exponent: Exponent,
    dc: Option<i16>,
    expires_in: Option<u32>,
    reply: Bytes,
    /// The hash of the `req_DH_params` that it answers.
    request: [u8; 32],
    /// Names the key that a `dh_gen_retry` refused; 0 at first.
    retry_id: u64,
}

impl Server {
    /// No exchange yet.
    pub fn new(identity: Arc<Identity>) -> Self {
        Self { identity, exchanges: Vec::new(), begun: 0 }
    }

    /// Takes the body of a plain message. An error ends the connection (transport error -404).
    pub fn handle(&mut self, body: &Bytes, pool: &mut DhPool, rng: &mut impl RngCore) -> Result<Step, crate::Error> {
        let mut r = Reader::new(body);
        let step = match r.u32().map_err(Error::from)? {
            messages::REQ_PQ | messages::REQ_PQ_MULTI => self.ask(&mut r, rng)?,
            messages::REQ_DH_PARAMS => self.open(&mut r, hash::sha256(&[body]), pool, rng)?,
            messages::SET_CLIENT_DH_PARAMS => self.derive(&mut r, hash::sha256(&[body]), pool, rng)?,
            got => return Err(Error::Constructor { got }.into()),
        };
        Ok(step)
    }

    /// Takes what a [`Work`] came to.
    pub fn work_done(
        &mut self,
        now: Time,
        done: WorkDone,
        pool: &mut DhPool,
        rng: &mut impl RngCore,
    ) -> Result<Step, crate::Error> {
        let Some(at) = self.exchanges.iter().position(|it| it.nonce == done.nonce) else {
            // Pushed out by newer exchanges meanwhile.
            return Ok(Step::Wait);
        };
        let exchange = &mut self.exchanges[at];
        let step = match done.outcome {
            Outcome::Opened { data, pairs } => {
                let made = pairs.map(|[one, spare]| {
                    pool.put(spare);
                    one
                });
                exchange.offer(now, data, made, rng)
            }
            Outcome::Derived { key, spare } => {
                if let Some(pair) = spare {
                    pool.put(pair);
                }
                exchange.finish(&key)
            }
        };
        if step.is_err() {
            self.exchanges.remove(at);
        }
        Ok(step?)
    }

    /// The key of that exchange is durable: a repeated last message gets `dh_gen_ok` again.
    pub fn confirm(&mut self, nonce: &Nonce) {
        if let Some(exchange) = self.exchanges.iter_mut().find(|it| it.nonce == *nonce)
            && let State::Storing(offer, key, request) = &exchange.state
        {
            let ok = End::Ok.message(&exchange.nonce, &exchange.server_nonce, &offer.new_nonce, key);
            exchange.state = State::Done(ok, *request);
        }
    }

    /// The key of that exchange cannot be had: gives `dh_gen_retry` if a key of its id exists
    /// already, else `dh_gen_fail`, which ends the exchange.
    pub fn refuse(&mut self, nonce: &Nonce, exists: bool) -> Option<Bytes> {
        let at = self.exchanges.iter().position(|it| it.nonce == *nonce)?;
        let exchange = self.exchanges.remove(at);
        let State::Storing(mut offer, key, _) = exchange.state else {
            return None;
        };
        let end = if exists { End::Retry } else { End::Fail };
        let (nonce, server_nonce) = (exchange.nonce, exchange.server_nonce);
        let reply = end.message(&nonce, &server_nonce, &offer.new_nonce, &key);
        if exists {
            offer.retry_id = key.aux_hash();
            self.exchanges.push(Exchange { nonce, server_nonce, state: State::Offered(offer) });
        }
        Some(reply)
    }

    fn ask(&mut self, r: &mut Reader<'_>, rng: &mut impl RngCore) -> Result<Step, Error> {
        let nonce = r.int128()?;
        let known = self.exchanges.iter().position(|it| it.nonce == nonce);
        if let Some(at) = known {
            if let State::Asked { reply, .. } = &self.exchanges[at].state {
                return Ok(Step::Reply(reply.clone()));
            }
            self.exchanges.remove(at);
        }
        self.begun += 1;
        if self.begun > MAX_BEGUN {
            return Err(Error::TooMany);
        }
        if self.exchanges.len() == MAX_EXCHANGES {
            self.exchanges.remove(0);
        }
        let mut server_nonce = [0; 16];
        rng.fill_bytes(&mut server_nonce);
        let (pq, p, q) = pq::make(rng);
        let reply = messages::res_pq(&nonce, &server_nonce, pq, self.identity.fingerprint);
        let state = State::Asked { pq, p, q, reply: reply.clone() };
        self.exchanges.push(Exchange { nonce, server_nonce, state });
        Ok(Step::Reply(reply))
    }

    fn find(&mut self, r: &mut Reader<'_>) -> Result<&mut Exchange, Error> {
        let (nonce, server_nonce) = (r.int128()?, r.int128()?);
        self.exchanges.iter_mut().find(|it| it.nonce == nonce && it.server_nonce == server_nonce).ok_or(Error::Nonce)
    }

    fn open(
        &mut self,
        r: &mut Reader<'_>,
        request: [u8; 32],
        pool: &mut DhPool,
        rng: &mut impl RngCore,
    ) -> Result<Step, Error> {
        let identity = self.identity.clone();
        let exchange = self.find(r)?;
        let (pq, p, q) = match &exchange.state {
            State::Asked { pq, p, q, .. } => (*pq, *p, *q),
            State::Opening { request: first, .. } if *first == request => return Ok(Step::Wait),
            State::Offered(offer) if offer.request == request => {
                return Ok(Step::Reply(offer.reply.clone()));
            }
            _ => return Err(Error::Turn),
        };
        let (got_p, got_q) = (messages::number(r)?, messages::number(r)?);
        if (got_p, got_q, r.i64()?) != (u64::from(p), u64::from(q), identity.fingerprint) {
            return Err(Error::Values);
        }
        let encrypted = r.bytes()?;
        let encrypted: &[u8; 256] = encrypted[..].try_into().map_err(|_| Error::Sealed)?;
        let pair = pool.take();
        let exponents = pair.is_none().then(|| [draw(rng), draw(rng)]);
        let task = Task::Open { identity, encrypted: Box::new(*encrypted), exponents };
        exchange.state = State::Opening { pq, p, q, pair, request };
        let nonce = exchange.nonce;
        Ok(Step::Work(Work { nonce, task }))
    }

    fn derive(
        &mut self,
        r: &mut Reader<'_>,
        request: [u8; 32],
        pool: &mut DhPool,
        rng: &mut impl RngCore,
    ) -> Result<Step, Error> {
        let exchange = self.find(r)?;
        let offer = match &exchange.state {
            State::Offered(offer) => offer,
            State::Deriving(_, first) | State::Storing(_, _, first) if *first == request => {
                return Ok(Step::Wait);
            }
            State::Done(reply, first) if *first == request => {
                return Ok(Step::Reply(reply.clone()));
            }
            _ => return Err(Error::Turn),
        };
        let (nonce, server_nonce) = (exchange.nonce, exchange.server_nonce);
        let sealed = r.bytes()?;
        let (retry_id, g_b) = messages::unseal(&server_nonce, &offer.new_nonce, &sealed, |r| {
            let id = r.u32()?;
            if id != messages::CLIENT_DH_INNER_DATA {
                return Err(Error::Constructor { got: id });
            }
            if (r.int128()?, r.int128()?) != (nonce, server_nonce) {
                return Err(Error::Nonce);
            }
            Ok((r.i64()?.cast_unsigned(), messages::big_number(r)?))
        })?;
        if retry_id != offer.retry_id || !dh::is_safe_public(&g_b) {
            return Err(Error::Values);
        }
        let task = Task::Derive {
            g_b: Box::new(g_b),
            exponent: offer.exponent.clone(),
            spare: pool.wants_more().then(|| draw(rng)),
        };
        let was = std::mem::replace(&mut exchange.state, State::Done(Bytes::new(), request));
        if let State::Offered(offer) = was {
            exchange.state = State::Deriving(offer, request);
        }
        Ok(Step::Work(Work { nonce, task }))
    }
}

impl Exchange {
    /// The client's part is decrypted: check it, and answer with our half.
    fn offer(
        &mut self,
        now: Time,
        data: Option<Bytes>,
        made: Option<DhPair>,
        rng: &mut impl RngCore,
    ) -> Result<Step, Error> {
        let State::Opening { pq, p, q, pair, request } = &mut self.state else {
            return Ok(Step::Wait);
        };
        let inner = PqInner::read(&data.ok_or(Error::Sealed)?)?;
        if (inner.nonce, inner.server_nonce) != (self.nonce, self.server_nonce) {
            return Err(Error::Nonce);
        }
        let values = (inner.pq, inner.p, inner.q);
        if values != (*pq, u64::from(*p), u64::from(*q)) {
            return Err(Error::Values);
        }
        let expires_in = match inner.expires_in {
            None => None,
            Some(seconds @ 1..) => Some(seconds.cast_unsigned()),
            Some(_) => return Err(Error::Values),
        };
        let pair = pair.take().or(made).ok_or(Error::Turn)?;
        let answer = messages::server_dh_inner(&self.nonce, &self.server_nonce, &pair.power, now.secs());
        let mut padding = [0; 16];
        rng.fill_bytes(&mut padding);
        let sealed = messages::seal(&self.server_nonce, &inner.new_nonce, &answer, padding);
        let mut reply = messages::begin(messages::SERVER_DH_PARAMS_OK, &self.nonce, &self.server_nonce);
        put_bytes(&mut reply, &sealed);
        let reply = Bytes::from(reply);
        self.state = State::Offered(Box::new(Offer {
            new_nonce: Zeroizing::new(inner.new_nonce),
            exponent: pair.exponent,
            // Junk is no data centre; never a reason to refuse.
            dc: inner.dc.and_then(|dc| i16::try_from(dc).ok()),
            expires_in,
            reply: reply.clone(),
            request: *request,
            retry_id: 0,
        }));
        Ok(Step::Reply(reply))
    }

    fn finish(&mut self, key: &[u8; 256]) -> Result<Step, Error> {
        let was = std::mem::replace(&mut self.state, State::Done(Bytes::new(), [0; 32]));
        let State::Deriving(offer, request) = was else {
            self.state = was;
            return Ok(Step::Wait);
        };
        let auth_key = Arc::new(AuthKey::new(*key));
        let new_key = NewKey {
            nonce: self.nonce,
            auth_key: auth_key.clone(),
            server_salt: messages::first_salt(&self.server_nonce, &offer.new_nonce),
            expires_in: offer.expires_in,
            dc: offer.dc,
            dh_gen_ok: End::Ok.message(&self.nonce, &self.server_nonce, &offer.new_nonce, &auth_key),
        };
        self.state = State::Storing(offer, auth_key, request);
        Ok(Step::NewKey(Box::new(new_key)))
    }
}
