//! What a handler is given besides its request.

use std::sync::Arc;

use domain::{AuthKeyId, Domain, Refusal, UserId, accounts::keys::KeyState, updates::Origin};
use tl::wrappers::InitConnection;

use crate::{CallerInfo, Config, RpcError, ports::Ports};

/// A handler's context.
#[derive(Clone)]
pub struct Cx {
    /// The rules.
    pub domain: Domain,
    /// What the operator configured for this crate.
    pub config: Arc<Config>,
    /// Ways out of the server: code delivery.
    pub ports: Arc<dyn Ports>,
    /// What the sockets know of the caller.
    pub info: CallerInfo,
    /// Whom the key speaks for.
    pub state: KeyState,
    /// The device, where this request introduced it.
    pub init: Option<InitConnection>,
    /// The layer of the answer.
    pub layer: tl::Layer,
}

impl Cx {
    /// The signed-in caller; the gate has made sure of it for methods that are not `Any`.
    pub fn me(&self) -> Result<domain::Caller, RpcError> {
        let user = self.state.user.ok_or(Refusal::AuthKeyUnregistered)?;
        Ok(domain::Caller { user, origin: self.origin(), authorization: self.state.authorization })
    }

    /// The caller's user.
    pub fn user(&self) -> Result<UserId, RpcError> {
        Ok(self.me()?.user)
    }

    /// The session of the request.
    pub fn origin(&self) -> Origin {
        Origin { key: self.info.auth_key, session: self.info.session }
    }

    /// The permanent key behind the request.
    pub fn key(&self) -> AuthKeyId {
        self.state.permanent
    }

    /// Unix seconds.
    pub fn date(&self) -> i32 {
        i32::try_from(self.domain.now().secs()).unwrap_or(i32::MAX)
    }

    /// The data centre that the client believes it is on: `-N` is N's media address, `10000+N` its
    /// test one, and junk (some clients leave it random) is 2, where most clients start.
    pub fn dc(&self) -> i32 {
        let dc = i32::from(self.info.dc.unwrap_or(0)).abs() % 10_000;
        if (1..=5).contains(&dc) { dc } else { DC_DEFAULT }
    }

    /// Whether the client is in test mode: it names its data centre 10000 + N.
    pub fn is_test_dc(&self) -> bool {
        (10_001..=10_005).contains(&i32::from(self.info.dc.unwrap_or(0)).abs())
    }
}

/// Where clients start that don't say where they are. Source: observed with Telethon 1.45.
const DC_DEFAULT: i32 = 2;
