//! What a client sees of a refusal: Telegram's code and name, built here and nowhere else.
//! Source: core.telegram.org/api/errors.

use std::borrow::Cow;

use bytes::Bytes;
use domain::Refusal;
use tl::Serializable;

/// The constructor of `rpc_error` (core.telegram.org/mtproto/service_messages).
const RPC_ERROR: u32 = 0x2144_ca19;

/// An error as the protocol carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcError {
    /// 303, 400, 401, 403, 406, 420 or 500.
    pub code: i32,
    /// The name, with its number where it has one.
    pub name: Cow<'static, str>,
}

impl RpcError {
    /// An error with a fixed name.
    pub const fn new(code: i32, name: &'static str) -> Self {
        Self { code, name: Cow::Borrowed(name) }
    }

    /// 400 with a fixed name.
    pub const fn bad(name: &'static str) -> Self {
        Self::new(400, name)
    }

    /// The bytes of `rpc_error`, the same at every layer.
    pub fn to_bytes(&self) -> Bytes {
        let mut out = Vec::with_capacity(16 + self.name.len());
        RPC_ERROR.serialize(&mut out);
        self.code.serialize(&mut out);
        self.name.as_ref().to_owned().serialize(&mut out);
        out.into()
    }
}

impl From<Refusal> for RpcError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::FloodWait(seconds) => numbered(420, "FLOOD_WAIT_", seconds),
            Refusal::TwoFactorConfirmWait(seconds) => numbered(420, "2FA_CONFIRM_WAIT_", seconds),
            Refusal::EmailUnconfirmed(digits) => numbered(400, "EMAIL_UNCONFIRMED_", digits),
            Refusal::SessionTooFresh(seconds) => numbered(400, "SESSION_TOO_FRESH_", seconds),
            Refusal::PasswordTooFresh(seconds) => numbered(400, "PASSWORD_TOO_FRESH_", seconds),
            Refusal::SlowmodeWait(seconds) => numbered(420, "SLOWMODE_WAIT_", seconds),
            Refusal::FilePartMissing(part) => Self { code: 400, name: Cow::Owned(format!("FILE_PART_{part}_MISSING")) },
            Refusal::Unavailable => Self::new(500, "INTERNAL"),
            Refusal::EmailUnconfirmedPlain => Self::bad("EMAIL_UNCONFIRMED"),
            other => Self { code: code(other), name: Cow::Owned(spelled(other.variant().unwrap_or("Internal"))) },
        }
    }
}

fn numbered(code: i32, prefix: &str, number: u32) -> RpcError {
    RpcError { code, name: Cow::Owned(format!("{prefix}{number}")) }
}

/// Codes other than 400. Source: the errors listed with each method on core.telegram.org.
fn code(refusal: Refusal) -> i32 {
    match refusal {
        Refusal::AuthKeyUnregistered
        | Refusal::SessionPasswordNeeded
        | Refusal::SessionRevoked
        | Refusal::UserDeactivated
        | Refusal::UserDeactivatedBan => 401,
        Refusal::BroadcastForbidden
        | Refusal::ChatWriteForbidden
        | Refusal::MessageAuthorRequired
        | Refusal::MessageDeleteForbidden
        | Refusal::UserPrivacyRestricted
        | Refusal::YourPrivacyRestricted
        | Refusal::SensitiveChangeForbidden
        | Refusal::ChatAdminInviteRequired
        | Refusal::ChatGuestSendForbidden
        | Refusal::ContentRejected
        | Refusal::ChatSendPlainForbidden
        | Refusal::ChatSendMediaForbidden
        | Refusal::ChatSendPollForbidden
        | Refusal::PollVoteRequired
        | Refusal::RightForbidden
        | Refusal::UserChannelsTooMuch
        | Refusal::UserNotMutualContact
        | Refusal::UserRestricted
        | Refusal::UserDeleted
        | Refusal::TakeoutRequired => 403,
        Refusal::FreshChangePhoneForbidden
        | Refusal::FreshResetAuthorisationForbidden
        | Refusal::ChannelPrivate
        | Refusal::PollMemberRestricted
        | Refusal::PhonePasswordFlood
        | Refusal::SendCodeUnavailable => 406,
        _ => 400,
    }
}

/// `PhoneCodeInvalid` → `PHONE_CODE_INVALID`.
fn spelled(variant: &str) -> String {
    let mut name = String::with_capacity(variant.len() + 8);
    for (i, letter) in variant.char_indices() {
        if letter.is_ascii_uppercase() && i > 0 {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_spelled_as_telegram_spells_them() {
        let shown = |it| {
            let error = RpcError::from(it);
            format!("{} {}", error.code, error.name)
        };
        assert_eq!(shown(Refusal::PhoneCodeInvalid), "400 PHONE_CODE_INVALID");
        assert_eq!(shown(Refusal::FilePartMissing(7)), "400 FILE_PART_7_MISSING");
        assert_eq!(shown(Refusal::Md5ChecksumInvalid), "400 MD5_CHECKSUM_INVALID");
        assert_eq!(shown(Refusal::FloodWait(7)), "420 FLOOD_WAIT_7");
        assert_eq!(shown(Refusal::SessionPasswordNeeded), "401 SESSION_PASSWORD_NEEDED");
    }
}
