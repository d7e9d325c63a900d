//! Constructor ids and containers that both roles of a session share.
//! Source: core.telegram.org/schema/mtproto.

use bytes::Bytes;

use crate::MsgId;
use crate::wire::{Malformed, Reader};

pub(crate) const MSG_CONTAINER: u32 = 0x73f1_f8dc;
pub(crate) const GZIP_PACKED: u32 = 0x3072_cfa1;
pub(crate) const RPC_RESULT: u32 = 0xf35c_6d01;
pub(crate) const MSGS_ACK: u32 = 0x62d6_b459;
pub(crate) const NEW_SESSION_CREATED: u32 = 0x9ec2_0908;
pub(crate) const BAD_MSG_NOTIFICATION: u32 = 0xa7ef_f811;
pub(crate) const BAD_SERVER_SALT: u32 = 0xedab_447b;
pub(crate) const PING: u32 = 0x7abe_77ec;
pub(crate) const PONG: u32 = 0x3477_73c5;
pub(crate) const FUTURE_SALTS: u32 = 0xae50_0895;
pub(crate) const MSGS_STATE_INFO: u32 = 0x04de_b57d;
pub(crate) const DESTROY_SESSION_OK: u32 = 0xe220_45fc;
pub(crate) const DESTROY_SESSION_NONE: u32 = 0x62d3_50c9;
pub(crate) const DESTROY_AUTH_KEY_OK: u32 = 0xf660_e1d4;
pub(crate) const DESTROY_AUTH_KEY_NONE: u32 = 0x0a9f_2259;
pub(crate) const DESTROY_AUTH_KEY_FAIL: u32 = 0xea10_9b13;

/// Most messages in a container, as clients keep to.
pub(crate) const MAX_CONTAINER: usize = 1020;

/// Whether a server sends this outside `rpc_result` without its being an update.
pub(crate) fn is_service(constructor: u32) -> bool {
    [
        MSGS_ACK,
        FUTURE_SALTS,
        MSGS_STATE_INFO,
        DESTROY_SESSION_OK,
        DESTROY_SESSION_NONE,
        DESTROY_AUTH_KEY_OK,
        DESTROY_AUTH_KEY_NONE,
        DESTROY_AUTH_KEY_FAIL,
    ]
    .contains(&constructor)
}

/// Splits the body of a `msg_container` into ids, sequence numbers and bodies.
pub(crate) fn split_container(body: &Bytes) -> Result<Vec<(MsgId, i32, Bytes)>, Malformed> {
    let mut r = Reader::new(body);
    if r.u32()? != MSG_CONTAINER {
        return Err(Malformed);
    }
    let count = usize::try_from(r.u32()?).map_err(|_| Malformed)?;
    if count > MAX_CONTAINER || count * 16 > r.left() {
        return Err(Malformed);
    }
    let mut messages = Vec::with_capacity(count);
    for _ in 0..count {
        let (id, seqno) = (MsgId(r.i64()?), r.i32()?);
        let len = usize::try_from(r.u32()?).map_err(|_| Malformed)?;
        if len % 4 != 0 {
            return Err(Malformed);
        }
        messages.push((id, seqno, r.take(len)?));
    }
    Ok(messages)
}
