//! The method tables: for each method who may call it, what it costs, and its handler.

use std::{future::Future, pin::Pin};

use bytes::Bytes;
use tl::{Deserializable, Identifiable, RemoteCall, Serializable};

use crate::{Cx, RpcError};

/// Who may call a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Anybody, also before signing in.
    Any,
    /// Signed-in people.
    User,
    /// Signed-in people and bots.
    UserOrBot,
}

/// What a method costs its caller in flood control; see `flood` for the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cost {
    /// Reads of one's own state.
    Light,
    /// Ordinary changes.
    Write,
    /// Messages sent.
    Send,
    /// Searches and other reads over many rows.
    Search,
    /// Codes sent and passwords tried.
    Code,
    /// Parts of files.
    Transfer,
    /// What reveals who is registered: imports, lookups by number or name.
    Lookup,
    /// All codes and lookups of one address, so that fresh keys don't buy fresh guesses for ever.
    Address,
}

/// A handler's answer: the result's bytes at the newest layer.
pub type Handled = Pin<Box<dyn Future<Output = Result<Vec<u8>, RpcError>> + Send>>;

/// One method.
#[derive(Clone, Copy)]
pub struct Row {
    /// The constructor at the newest layer.
    pub id: u32,
    /// Who may call it.
    pub gate: Gate,
    /// Flood control.
    pub cost: Cost,
    /// Decodes, runs, serializes.
    pub call: fn(Cx, &Bytes) -> Handled,
}

/// Runs a typed handler over bytes that the walk has passed.
pub fn handle<F, H, R>(cx: Cx, bytes: &[u8], handler: H) -> Handled
where
    F: RemoteCall + Deserializable + Identifiable + Send + 'static,
    F::Return: Serializable + Send,
    H: FnOnce(Cx, F) -> R + Send + 'static,
    R: Future<Output = Result<F::Return, RpcError>> + Send + 'static,
{
    match tl::decode_request::<F>(bytes) {
        Ok(request) => Box::pin(async move { Ok(handler(cx, request).await?.to_bytes()) }),
        Err(_) => Box::pin(async { Err(RpcError::bad("INPUT_REQUEST_INVALID")) }),
    }
}

/// As [`handle`], for a handler that reads the request and writes the answer itself: half a megabyte is not to be
/// copied only to stand in a struct.
pub fn handle_raw<H, R>(cx: Cx, bytes: &Bytes, handler: H) -> Handled
where
    H: FnOnce(Cx, Bytes) -> R,
    R: Future<Output = Result<Vec<u8>, RpcError>> + Send + 'static,
{
    Box::pin(handler(cx, bytes.clone()))
}

/// What a handler of bytes says of a request that it can't read.
pub fn unread() -> RpcError {
    RpcError::bad("INPUT_REQUEST_INVALID")
}

/// A table of methods: `Type, Gate, Cost => handler;` each, with types of one namespace of
/// `tl::functions` in scope.
#[macro_export]
macro_rules! methods {
    ($($method:ty, $gate:ident, $cost:ident => $handler:expr;)*) => {
        &[$($crate::table::Row {
            id: <$method as tl::Identifiable>::CONSTRUCTOR_ID,
            gate: $crate::table::Gate::$gate,
            cost: $crate::table::Cost::$cost,
            call: |cx, bytes| $crate::table::handle::<$method, _, _>(cx, bytes, $handler),
        }),*]
    };
}
