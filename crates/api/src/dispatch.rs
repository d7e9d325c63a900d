//! From a request's bytes to its answer's bytes: wrappers off, layer up, gate, handler, layer down.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use domain::{
    Domain, Refusal,
    accounts::{
        idle::{TOUCH_SECONDS, Touch},
        keys::KeyState,
    },
    updates::Event,
};
use tl::{Layer, Limits, Serializable, wrappers::Peeled};

use crate::{
    CallerInfo, Config, Cx, Reply, RpcError,
    flood::{Flood, Payer},
    from_message,
    ports::Ports,
    push, refused,
    table::{Cost, Gate, Row},
};

/// The constructor of `gzip_packed`, which may stand inside wrappers too.
pub(crate) const GZIP_PACKED: u32 = 0x3072_cfa1;

/// The API over a domain.
pub struct Api {
    domain: Domain,
    config: Arc<Config>,
    ports: Arc<dyn Ports>,
    flood: Flood,
    methods: HashMap<u32, Method>,
    errors: Mutex<HashMap<String, u64>>,
}

/// A method with the number of its calls.
struct Method {
    row: Row,
    calls: AtomicU64,
}

/// A request ready for its handler.
struct Request<'a> {
    row: Row,
    bytes: Cow<'a, [u8]>,
}

impl Api {
    /// Joins the parts.
    pub fn new(domain: Domain, config: Config, ports: Arc<dyn Ports>) -> Self {
        tl::transcode::prepare();
        let methods = tables()
            .flat_map(|table| table.iter())
            .map(|row| (row.id, Method { row: *row, calls: AtomicU64::new(0) }))
            .collect();
        let flood = Flood::new(config.flood_factor);
        Self { domain, config: Arc::new(config), ports, flood, methods, errors: Mutex::default() }
    }

    /// Answers a request; errors become `rpc_error`.
    pub async fn call(&self, info: CallerInfo, body: Bytes) -> Reply {
        let mut reply = Reply::default();
        reply.body = match self.answer(info, &body, &mut reply).await {
            Ok(bytes) => bytes,
            Err(error) => {
                log_refused(&error);
                self.count(&error);
                error.to_bytes()
            }
        };
        reply
    }

    /// How often each method has been called, for metrics.
    pub fn calls(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let named = |(id, it): (&u32, &Method)| Some((tl::method_name(*id)?, it.calls.load(Ordering::Relaxed)));
        self.methods.iter().filter_map(named).filter(|(_, calls)| *calls > 0)
    }

    /// How often each error has been answered, by its name without numbers, for metrics.
    pub fn errors(&self) -> Vec<(String, u64)> {
        let errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        errors.iter().map(|(name, count)| (name.clone(), *count)).collect()
    }

    /// Names are ours and no client's, so there are only as many as the code has.
    fn count(&self, error: &RpcError) {
        let name = error.name.replace(|it: char| it.is_ascii_digit(), "");
        let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        *errors.entry(name).or_default() += 1;
    }

    /// The bytes of `Updates` with which a topic's sessions at these layers learn of an event: made
    /// once, and rewritten once for each layer that is not the newest.
    pub async fn render(&self, event: &Event, topic: u64, layers: &[Option<u16>]) -> Vec<Option<Bytes>> {
        match push::render(&self.domain, event, topic).await {
            Some(updates) => push::at_layers(&updates.to_bytes().into(), layers),
            None => vec![None; layers.len()],
        }
    }

    async fn answer(&self, info: CallerInfo, body: &Bytes, reply: &mut Reply) -> Result<Bytes, RpcError> {
        let peeled = tl::wrappers::peel(body).map_err(|_| RpcError::bad("INPUT_REQUEST_INVALID"))?;
        let query = unpacked(peeled.query)?;
        let state = self.domain.query(|view| domain::accounts::keys::key_state(view, info.auth_key)).await?;
        let layer = served_layer(&peeled, info, state)?;
        if peeled.layer.is_some() {
            reply.layer = Some(layer.get());
        }
        let request = self.request(layer, &query)?;
        pass_gate(&request.row, state)?;
        self.take_cost(&request.row, info, state)?;
        let cx = self.context(info, state, layer, &peeled);
        note_device(&cx, &peeled).await?;
        note_use(&cx).await?;
        reply.topics = topics(&cx, &request.row, &peeled);
        let bytes = from_message::resolve(&self.domain, state.user, request.bytes).await?;
        let result = (request.row.call)(cx.clone(), &shared(bytes, body)).await?;
        if state.user.is_none() {
            self.listen_after_sign_in(&cx, &peeled, reply).await?;
        }
        match tl::downgraded_result(layer, request.row.id, result) {
            Ok(result) => Ok(result.into()),
            Err(error) => {
                tracing::warn!(method = tl::method_name(request.row.id), layer = layer.get(), %error, "answer has no form at this layer");
                Err(RpcError::bad("CONNECTION_LAYER_INVALID"))
            }
        }
    }

    fn request<'a>(&self, layer: Layer, query: &'a [u8]) -> Result<Request<'a>, RpcError> {
        let upgraded = tl::upgrade(layer, query, &Limits::REQUEST);
        let upgraded = upgraded.map_err(|_| RpcError::bad("INPUT_METHOD_INVALID"))?;
        match self.methods.get(&upgraded.id) {
            Some(method) => {
                method.calls.fetch_add(1, Ordering::Relaxed);
                Ok(Request { row: method.row, bytes: upgraded.bytes })
            }
            None => Err(refused::refusal(upgraded.id)),
        }
    }

    fn take_cost(&self, row: &Row, info: CallerInfo, state: KeyState) -> Result<(), RpcError> {
        let now = self.domain.now();
        if matches!((row.cost, state.user), (Cost::Code | Cost::Lookup, None)) {
            self.flood.pay(Payer::Address(info.address.ip()), Cost::Address, now)?;
        }
        let payer = state.user.map_or(Payer::Key(state.permanent), Payer::User);
        Ok(self.flood.pay(payer, row.cost, now)?)
    }

    fn context(&self, info: CallerInfo, state: KeyState, layer: Layer, peeled: &Peeled<'_>) -> Cx {
        Cx {
            domain: self.domain.clone(),
            config: Arc::clone(&self.config),
            ports: Arc::clone(&self.ports),
            info,
            state,
            init: peeled.init.clone(),
            layer,
        }
    }

    /// A request that signed its key in makes the session listen at once.
    async fn listen_after_sign_in(&self, cx: &Cx, peeled: &Peeled<'_>, reply: &mut Reply) -> Result<(), RpcError> {
        let key = cx.info.auth_key;
        let state = self.domain.query(|view| domain::accounts::keys::key_state(view, key)).await?;
        if let (Some(user), false, false) = (state.user, peeled.no_updates, state.imported) {
            reply.topics = Some(vec![push::mailbox_topic(user), push::key_topic(key)]);
        }
        Ok(())
    }
}

/// Every method that has real behaviour.
pub fn tables() -> impl Iterator<Item = &'static [Row]> {
    [
        crate::account::tables(),
        crate::auth::tables(),
        crate::channels::tables(),
        crate::chatlists::tables(),
        crate::contacts::tables(),
        crate::folders::tables(),
        crate::help::tables(),
        crate::langpack::tables(),
        crate::messages::tables(),
        crate::photos::tables(),
        crate::stats::tables(),
        crate::stickers::tables(),
        crate::updates::tables(),
        crate::upload::tables(),
        crate::users::tables(),
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// A request that may be a part of what came, without a copy of it.
fn shared(request: Cow<'_, [u8]>, body: &Bytes) -> Bytes {
    match request {
        Cow::Borrowed(part) if body.as_ptr_range().contains(&part.as_ptr()) => body.slice_ref(part),
        Cow::Borrowed(part) => Bytes::copy_from_slice(part),
        Cow::Owned(bytes) => bytes.into(),
    }
}

fn unpacked(query: &[u8]) -> Result<Cow<'_, [u8]>, RpcError> {
    if tl::request_id(query) != Some(GZIP_PACKED) {
        return Ok(Cow::Borrowed(query));
    }
    let packed: Vec<u8> = tl::decode_object(&query[4..]).map_err(|_| RpcError::bad("INPUT_REQUEST_INVALID"))?;
    let bytes = tl::gunzip::unpack(&packed, tl::gunzip::DEFAULT_CAP);
    bytes.map(Cow::Owned).map_err(|_| RpcError::bad("INPUT_REQUEST_TOO_LONG"))
}

/// The layer of a request: its own wrapper's, else the session's, else the key's, else the newest.
fn served_layer(peeled: &Peeled<'_>, info: CallerInfo, state: KeyState) -> Result<Layer, RpcError> {
    let of_key = (state.layer > 0).then_some(state.layer);
    let known = peeled.layer.or(info.layer.or(of_key).map(i32::from));
    match known {
        Some(layer) => Layer::serving(layer).map_err(|_| RpcError::bad("CONNECTION_LAYER_INVALID")),
        None => Ok(Layer::NEWEST),
    }
}

fn pass_gate(row: &Row, state: KeyState) -> Result<(), RpcError> {
    match (row.gate, state.user) {
        (Gate::Any, _) | (Gate::User | Gate::UserOrBot, Some(_)) => Ok(()),
        (Gate::User | Gate::UserOrBot, None) if state.password_pending.is_some() => {
            Err(Refusal::SessionPasswordNeeded.into())
        }
        (Gate::User | Gate::UserOrBot, None) => Err(state.ended.unwrap_or(Refusal::AuthKeyUnregistered).into()),
    }
}

/// Keeps what a connection says of itself, when it says something new.
async fn note_device(cx: &Cx, peeled: &Peeled<'_>) -> Result<(), RpcError> {
    if peeled.layer.is_none() && peeled.init.is_none() {
        return Ok(());
    }
    crate::auth::device::note(cx, peeled.init.as_ref()).await
}

/// Keeps that the login is used, once an hour: unused ones end by themselves.
async fn note_use(cx: &Cx) -> Result<(), RpcError> {
    let since = cx.domain.now().secs().saturating_sub(cx.state.touched);
    if cx.state.user.is_some() && since >= TOUCH_SECONDS {
        cx.domain.command(Touch { key: cx.key() }).await?;
    }
    Ok(())
}

/// What a session listens to: its user's mailbox, and its own key for `updateLoginToken`.
fn topics(cx: &Cx, row: &Row, peeled: &Peeled<'_>) -> Option<Vec<u64>> {
    if peeled.no_updates {
        return None;
    }
    let own = push::key_topic(cx.info.auth_key);
    match cx.state.user {
        None => Some(vec![own]),
        Some(_) if cx.state.imported && !asks_for_state(row.id) => None,
        Some(user) => Some(vec![push::mailbox_topic(user), own]),
    }
}

fn asks_for_state(method: u32) -> bool {
    use tl::{Identifiable, functions::updates};
    method == updates::GetState::CONSTRUCTOR_ID || method == updates::GetDifference::CONSTRUCTOR_ID
}

fn log_refused(error: &RpcError) {
    if error.code == 500 {
        tracing::error!(name = %error.name, "request failed");
    } else {
        tracing::debug!(code = error.code, name = %error.name, "request refused");
    }
}
