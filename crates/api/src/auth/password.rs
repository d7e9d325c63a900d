//! The password of an account that asked for it at sign-in.

use domain::{
    Refusal, UserId,
    accounts::password::{self, CountWrong, Facts, PassPassword},
};
use tl::{enums, functions::auth::CheckPassword};

use crate::{Cx, RpcError, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    CheckPassword, Any, Code => check_password;
};

async fn check_password(cx: Cx, request: CheckPassword) -> Result<enums::auth::Authorization, RpcError> {
    let user = cx.state.password_pending.or(cx.state.user).ok_or(Refusal::AuthKeyUnregistered)?;
    let facts = proved(&cx, user, &request.password).await?;
    if cx.state.user.is_none() {
        cx.domain.command(PassPassword { key: cx.key(), user, version: facts.version }).await?;
    }
    super::sign_in::authorization(&cx, user).await
}

/// Checks an answer to the challenge under way; the facts that it was checked against.
pub(crate) async fn proved(cx: &Cx, user: UserId, input: &enums::InputCheckPasswordSrp) -> Result<Facts, RpcError> {
    let facts = cx.domain.query(|view| password::facts(view, user)).await?;
    let enums::InputCheckPasswordSrp::Srp(input) = input else {
        return if facts.set { Err(Refusal::PasswordHashInvalid.into()) } else { Ok(facts) };
    };
    password::refuse_stale(&facts, input.srp_id, cx.domain.now().secs())?;
    let verifier = facts.verifier().ok_or(Refusal::PasswordMissing)?;
    let answer = crypto::srp::Answer {
        public: padded(&input.a).ok_or(Refusal::SrpAInvalid)?,
        proof: input.m1.as_slice().try_into().map_err(|_| Refusal::PasswordHashInvalid)?,
    };
    let challenge = crypto::srp::Challenge {
        secret: zeroize::Zeroizing::new(padded(&facts.challenge.secret).ok_or(Refusal::SrpIdInvalid)?),
        public: padded(&facts.challenge.public).ok_or(Refusal::SrpIdInvalid)?,
    };
    match crypto::srp::verify(&verifier, &facts.salts(), &challenge, &answer) {
        Ok(true) => Ok(facts),
        Ok(false) => {
            cx.domain.command(CountWrong { user }).await?;
            Err(Refusal::PasswordHashInvalid.into())
        }
        Err(_) => Err(Refusal::SrpAInvalid.into()),
    }
}

/// A value modulo the prime with its leading zeros, which some clients leave out.
pub(crate) fn padded(bytes: &[u8]) -> Option<[u8; crypto::srp::SIZE]> {
    let mut out = [0; crypto::srp::SIZE];
    let start = out.len().checked_sub(bytes.len())?;
    out[start..].copy_from_slice(bytes);
    Some(out)
}
