//! The client's side of the exchange: for tests, tools and load, with the checks of a real one.

use std::sync::Arc;

use bytes::Bytes;
use crypto::rsa::PublicKey;
use crypto::{AuthKey, dh, hash, pq};
use rand::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::Nonce;
use super::messages::{self, End, PqInner};
use super::work::draw;
use crate::error::Handshake as Error;
use crate::wire::{Reader, VECTOR, put_bytes};

/// Most fingerprints read from `resPQ`.
const MAX_FINGERPRINTS: usize = 64;

/// How a client asks for its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientOptions {
    /// Begin with the older `req_pq`.
    pub old_req_pq: bool,
    /// Encrypt with the older SHA-1 padding.
    pub sha1_padding: bool,
    /// Name this data centre.
    pub dc: Option<i32>,
    /// Ask for a temporary key of so many seconds.
    pub expires_in: Option<i32>,
}

/// What a message of the server leads to.
pub enum ClientStep {
    /// Send this body in a plain message.
    Send(Bytes),
    /// The exchange is over.
    Done(ClientKey),
}

/// A key agreed on, in the client's hands.
#[derive(Clone, Debug)]
pub struct ClientKey {
    /// The key.
    pub auth_key: Arc<AuthKey>,
    /// The salt to use first.
    pub server_salt: i64,
    /// The server's clock, Unix seconds.
    pub server_time: u32,
}

/// One exchange.
pub struct Client {
    key: Arc<PublicKey>,
    options: ClientOptions,
    nonce: Nonce,
    server_nonce: Nonce,
    new_nonce: Zeroizing<[u8; 32]>,
    state: State,
}

enum State {
    Asking,
    Offering,
    Deriving { g_a: Box<[u8; 256]>, auth_key: Arc<AuthKey>, server_time: u32 },
    Over,
}

impl Client {
    /// Begins; the body goes out in a plain message.
    pub fn new(key: Arc<PublicKey>, options: ClientOptions, rng: &mut impl RngCore) -> (Self, Bytes) {
        let mut it = Self {
            key,
            options,
            nonce: [0; 16],
            server_nonce: [0; 16],
            new_nonce: Zeroizing::new([0; 32]),
            state: State::Asking,
        };
        rng.fill_bytes(&mut it.nonce);
        rng.fill_bytes(&mut *it.new_nonce);
        let id = if options.old_req_pq { messages::REQ_PQ } else { messages::REQ_PQ_MULTI };
        let body = [&id.to_le_bytes()[..], &it.nonce].concat().into();
        (it, body)
    }

    /// Takes the body of a plain message; computes powers, so up to 5 ms.
    pub fn handle(&mut self, body: &Bytes, rng: &mut impl CryptoRng) -> Result<ClientStep, crate::Error> {
        let mut r = Reader::new(body);
        let id = r.u32().map_err(Error::from)?;
        if r.int128().map_err(Error::from)? != self.nonce {
            return Err(Error::Nonce.into());
        }
        let server_nonce = r.int128().map_err(Error::from)?;
        let state = std::mem::replace(&mut self.state, State::Over);
        if matches!(state, State::Asking) {
            self.server_nonce = server_nonce;
        } else if self.server_nonce != server_nonce {
            return Err(Error::Nonce.into());
        }
        let step = match (state, id) {
            (State::Asking, messages::RES_PQ) => self.request(&mut r, rng)?,
            (State::Offering, messages::SERVER_DH_PARAMS_OK) => self.answer(&mut r, rng)?,
            (State::Offering, messages::SERVER_DH_PARAMS_FAIL) => return Err(Error::Refused.into()),
            (
                State::Deriving { g_a, auth_key, server_time },
                messages::DH_GEN_OK | messages::DH_GEN_RETRY | messages::DH_GEN_FAIL,
            ) => self.end(id, &mut r, (g_a, auth_key, server_time), rng)?,
            _ => return Err(Error::Constructor { got: id }.into()),
        };
        Ok(step)
    }

    fn request(&mut self, r: &mut Reader<'_>, rng: &mut impl CryptoRng) -> Result<ClientStep, Error> {
        let pq = messages::number(r)?;
        if r.u32()? != VECTOR {
            return Err(Error::Malformed);
        }
        let count = usize::try_from(r.u32()?).unwrap_or(usize::MAX);
        if count > MAX_FINGERPRINTS {
            return Err(Error::Malformed);
        }
        let fingerprint = self.key.fingerprint();
        let fingerprints = (0..count).map(|_| r.i64()).collect::<Result<Vec<_>, _>>()?;
        if !fingerprints.contains(&fingerprint) {
            return Err(Error::Values);
        }
        let (p, q) = pq::factorize(pq).ok_or(Error::Values)?;
        let inner = PqInner {
            pq,
            p: p.into(),
            q: q.into(),
            nonce: self.nonce,
            server_nonce: self.server_nonce,
            new_nonce: *self.new_nonce,
            dc: self.options.dc,
            expires_in: self.options.expires_in,
        };
        let data = inner.to_bytes();
        let encrypted = if self.options.sha1_padding {
            self.key.encrypt_sha1(&data, rng)
        } else {
            self.key.encrypt_rsa_pad(&data, rng)
        };
        let mut out = messages::begin(messages::REQ_DH_PARAMS, &self.nonce, &self.server_nonce);
        messages::put_number(&mut out, p.into());
        messages::put_number(&mut out, q.into());
        out.extend_from_slice(&fingerprint.to_le_bytes());
        put_bytes(&mut out, &encrypted);
        self.state = State::Offering;
        Ok(ClientStep::Send(out.into()))
    }

    fn answer(&mut self, r: &mut Reader<'_>, rng: &mut impl RngCore) -> Result<ClientStep, Error> {
        let sealed = r.bytes()?;
        let nonces = (self.nonce, self.server_nonce);
        let (g, prime, g_a, server_time) = messages::unseal(&self.server_nonce, &self.new_nonce, &sealed, |r| {
            let id = r.u32()?;
            if id != messages::SERVER_DH_INNER_DATA {
                return Err(Error::Constructor { got: id });
            }
            if (r.int128()?, r.int128()?) != nonces {
                return Err(Error::Nonce);
            }
            Ok((r.u32()?, messages::big_number(r)?, messages::big_number(r)?, r.u32()?))
        })?;
        if g != dh::G || prime != dh::PRIME || !dh::is_safe_public(&g_a) {
            return Err(Error::Values);
        }
        Ok(self.derive(Box::new(g_a), 0, server_time, rng))
    }

    fn derive(&mut self, g_a: Box<[u8; 256]>, retry_id: u64, server_time: u32, rng: &mut impl RngCore) -> ClientStep {
        let b = draw(rng);
        let (g_b, key) = dh::power_g_and(&b, &g_a[..], &b);
        let data = messages::client_dh_inner(&self.nonce, &self.server_nonce, retry_id, &g_b);
        let mut padding = [0; 16];
        rng.fill_bytes(&mut padding);
        let sealed = messages::seal(&self.server_nonce, &self.new_nonce, &data, padding);
        let mut out = messages::begin(messages::SET_CLIENT_DH_PARAMS, &self.nonce, &self.server_nonce);
        put_bytes(&mut out, &sealed);
        self.state = State::Deriving { g_a, auth_key: Arc::new(AuthKey::new(key)), server_time };
        ClientStep::Send(out.into())
    }

    fn end(
        &mut self,
        id: u32,
        r: &mut Reader<'_>,
        (g_a, auth_key, server_time): (Box<[u8; 256]>, Arc<AuthKey>, u32),
        rng: &mut impl RngCore,
    ) -> Result<ClientStep, Error> {
        let end = [End::Ok, End::Retry, End::Fail].into_iter().find(|it| it.id() == id).ok_or(Error::Turn)?;
        if !hash::equal(&r.int128()?, &end.proof(&self.new_nonce, &auth_key)) {
            return Err(Error::Values);
        }
        match end {
            End::Ok => Ok(ClientStep::Done(ClientKey {
                auth_key,
                server_salt: messages::first_salt(&self.server_nonce, &self.new_nonce),
                server_time,
            })),
            End::Retry => Ok(self.derive(g_a, auth_key.aux_hash(), server_time, rng)),
            End::Fail => Err(Error::Refused),
        }
    }
}
