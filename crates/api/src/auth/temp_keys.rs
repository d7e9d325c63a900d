//! Temporary keys: proof and binding. Source: core.telegram.org/api/pfs.

use domain::{
    AuthKeyId, Refusal,
    accounts::keys::{self, BindTempKey, DropTempKeys},
};
use tl::functions::auth::{BindTempAuthKey, DropTempAuthKeys};

use crate::{Cx, RpcError, table::Row};

/// The constructor of `bind_auth_key_inner`.
const BIND_AUTH_KEY_INNER: u32 = 0x75a3_f765;

/// Its bytes.
const BIND_AUTH_KEY_INNER_LENGTH: i32 = 40;

pub(crate) const ROWS: &[Row] = crate::methods! {
    BindTempAuthKey, Any, Code => bind_temp_auth_key;
    DropTempAuthKeys, Any, Write => drop_temp_auth_keys;
};

async fn bind_temp_auth_key(cx: Cx, request: BindTempAuthKey) -> Result<bool, RpcError> {
    let permanent = AuthKeyId(request.perm_auth_key_id as u64);
    let material = cx.domain.query(|view| keys::material(view, permanent)).await?;
    let material = material.ok_or(Refusal::EncryptedMessageInvalid)?;
    let key = crypto::AuthKey::new(material.bytes);
    let inner =
        crypto::message::open_v1(&key, &request.encrypted_message).map_err(|_| Refusal::EncryptedMessageInvalid)?;
    refuse_other(&cx, &request, &inner).ok_or(Refusal::EncryptedMessageInvalid)?;
    let expires = u32::try_from(request.expires_at).map_err(|_| Refusal::ExpiresAtInvalid)?;
    cx.domain.command(BindTempKey { temporary: cx.info.auth_key, permanent, expires }).await?;
    Ok(true)
}

/// Compares everything that the proof states with the request that carries it. The proof's layout:
/// random (16 bytes), message id, sequence number, length, then the inner object.
fn refuse_other(cx: &Cx, request: &BindTempAuthKey, inner: &[u8]) -> Option<()> {
    let long = |at: usize| inner.get(at..at + 8)?.try_into().ok().map(i64::from_le_bytes);
    let int = |at: usize| inner.get(at..at + 4)?.try_into().ok().map(i32::from_le_bytes);
    let same = long(16)? == cx.info.msg_id
        && int(24)? == 0
        && int(28)? == BIND_AUTH_KEY_INNER_LENGTH
        && int(32)? as u32 == BIND_AUTH_KEY_INNER
        && long(36)? == request.nonce
        && long(44)? as u64 == cx.info.auth_key.0
        && long(52)? == request.perm_auth_key_id
        && long(60)? == cx.info.session
        && int(68)? == request.expires_at;
    same.then_some(())
}

async fn drop_temp_auth_keys(cx: Cx, request: DropTempAuthKeys) -> Result<bool, RpcError> {
    let mut except: Vec<_> = request.except_auth_keys.iter().map(|it| AuthKeyId(*it as u64)).collect();
    // The key that asks stays: its answer must arrive.
    except.push(cx.info.auth_key);
    cx.domain.command(DropTempKeys { permanent: cx.key(), except }).await?;
    Ok(true)
}
