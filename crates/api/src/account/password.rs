//! Two-step verification: its state, setting and changing it.

use domain::{
    Refusal, UserId,
    accounts::{
        email_codes,
        login_email::{self, LoginEmail},
        password::{self, Facts, KeepChallenge, NewPassword, UpdatePassword},
        recovery,
    },
};
use tl::{
    enums,
    functions::account::{GetPassword, GetPasswordSettings, UpdatePasswordSettings},
    types,
};
use zeroize::Zeroizing;

use crate::{Cx, RpcError, auth, ports::CodePurpose, render::message::date, table::Row};

/// Bytes that the server draws of a new password's client salt; the client adds its own.
const SALT: usize = 8;

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetPassword, Any, Light => get_password;
    GetPasswordSettings, User, Code => get_password_settings;
    UpdatePasswordSettings, User, Code => update_password_settings;
};

async fn get_password(cx: Cx, _request: GetPassword) -> Result<enums::account::Password, RpcError> {
    let user = cx.state.user.or(cx.state.password_pending).ok_or(Refusal::AuthKeyUnregistered)?;
    let told = |view: &dyn domain::View| {
        let facts = (password::facts(view, user)?, recovery::facts(view, user)?);
        Ok((facts, login_email::login_email(view, user)?))
    };
    let ((facts, recovery), login) = cx.domain.query(told).await?;
    let challenge = if facts.set { Some(challenge(&cx, user, &facts).await?) } else { None };
    let (srp_id, srp_b) = challenge.unzip();
    let hint = Some(facts.secret.hint.clone()).filter(|it| facts.set && !it.is_empty());
    Ok(types::account::Password {
        has_recovery: facts.set && recovery.address.is_some(),
        has_secure_values: false,
        has_password: facts.set,
        current_algo: facts.set.then(|| algorithm(facts.salts().client, facts.salts().server)),
        srp_b,
        srp_id,
        hint,
        email_unconfirmed_pattern: recovery.unconfirmed.as_deref().map(email_codes::pattern),
        new_algo: algorithm(cx.domain.draw::<SALT>().to_vec(), cx.domain.draw::<16>().to_vec()),
        // Nothing is stored under it, but TDLib calls itself too old for a password without it.
        new_secure_algo: types::SecurePasswordKdfAlgoPbkdf2Hmacsha512iter100000 {
            salt: cx.domain.draw::<SALT>().to_vec(),
        }
        .into(),
        secure_random: cx.domain.draw::<32>().to_vec(),
        pending_reset_date: recovery.reset_due.map(date),
        login_email_pattern: login.map(|LoginEmail { address, .. }| email_codes::pattern(&address)),
    }
    .into())
}

/// A fresh challenge: the exponentiation runs here, not in the owner's turn.
async fn challenge(cx: &Cx, user: UserId, facts: &Facts) -> Result<(i64, Vec<u8>), RpcError> {
    let verifier = facts.verifier().ok_or(Refusal::PasswordMissing)?;
    let made = crypto::srp::challenge(&verifier, Zeroizing::new(cx.domain.draw()));
    let id = i64::from_be_bytes(cx.domain.draw());
    let (version, secret, public) = (facts.version, made.secret, made.public);
    cx.domain.command(KeepChallenge { user, version, id, secret, public }).await?;
    Ok((id, public.to_vec()))
}

fn algorithm(salt1: Vec<u8>, salt2: Vec<u8>) -> enums::PasswordKdfAlgo {
    types::PasswordKdfAlgoSha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow {
        salt1,
        salt2,
        g: crypto::dh::G as i32,
        p: crypto::dh::PRIME.to_vec(),
    }
    .into()
}

async fn get_password_settings(
    cx: Cx,
    request: GetPasswordSettings,
) -> Result<enums::account::PasswordSettings, RpcError> {
    let me = cx.user()?;
    auth::proved(&cx, me, &request.password).await?;
    let email = cx.domain.query(|view| recovery::facts(view, me)).await?.address;
    Ok(types::account::PasswordSettings { email, secure_settings: None }.into())
}

async fn update_password_settings(cx: Cx, request: UpdatePasswordSettings) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let facts = auth::proved(&cx, by.user, &request.password).await?;
    let enums::account::PasswordInputSettings::Settings(settings) = &request.new_settings;
    let email = settings.email.clone();
    let new = replacement(request.new_settings)?;
    if let Some(mail) = cx.domain.command(UpdatePassword { by, version: facts.version, new, email }).await? {
        auth::mail(&cx, mail, CodePurpose::VerifyEmail).await;
        // What was asked for is kept; the name tells the client to ask for the code.
        return Err(Refusal::EmailUnconfirmed(email_codes::DIGITS as u32).into());
    }
    Ok(true)
}

/// The password that new settings bring, if they change it.
pub(crate) fn replacement(settings: enums::account::PasswordInputSettings) -> Result<Option<NewPassword>, RpcError> {
    let enums::account::PasswordInputSettings::Settings(it) = settings;
    let (hash, hint) = (it.new_password_hash.unwrap_or_default(), it.hint.unwrap_or_default());
    it.new_algo.map(|algo| new_password(algo, &hash, hint)).transpose()
}

/// An empty hash takes the password away, whatever the algorithm says.
/// Source: observed with Telethon 1.45, which names the algorithm all the same.
fn new_password(algo: enums::PasswordKdfAlgo, hash: &[u8], hint: String) -> Result<NewPassword, RpcError> {
    use enums::PasswordKdfAlgo as Algo;
    match algo {
        _ if hash.is_empty() => {
            Ok(NewPassword { verifier: None, client_salt: Vec::new(), server_salt: Vec::new(), hint })
        }
        Algo::Unknown => Err(Refusal::NewSettingsInvalid.into()),
        Algo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(it) => {
            let verifier = auth::padded(hash).filter(|it| it != &[0; crypto::srp::SIZE]);
            let verifier = Some(verifier.ok_or(Refusal::NewSettingsInvalid)?);
            Ok(NewPassword { verifier, client_salt: it.salt1, server_salt: it.salt2, hint })
        }
    }
}
