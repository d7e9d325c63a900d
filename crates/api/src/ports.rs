//! Ways out of the server that handlers use; filled in by whoever wires the server.

use std::{future::Future, pin::Pin};

use domain::{ChannelId, UserId};

/// What a code is for, so that the message that carries it can say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodePurpose {
    /// Signing in.
    SignIn,
    /// Moving an account to another number.
    ChangePhone,
    /// Stopping a deletion.
    ConfirmPhone,
    /// Proving that an e-mail address is one's own.
    VerifyEmail,
    /// Recovering a password.
    RecoverPassword,
}

/// Where a code goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeTarget {
    /// Digits only.
    Phone(String),
    /// An e-mail address.
    Email(String),
}

/// Code delivery, and who listens.
pub trait Ports: Send + Sync + 'static {
    /// Hands a code to the configured sender. `false`: there is none for this target, the operator
    /// reads the code with `chappe user code`. Never logs the code or the target.
    fn send_code(
        &self,
        to: CodeTarget,
        code: String,
        purpose: CodePurpose,
    ) -> Pin<Box<dyn Future<Output = bool> + Send>>;

    /// The sessions of somebody who is no member hear a public channel for
    /// [`HEARD_SECONDS`](crate::updates::channel::HEARD_SECONDS) from now on.
    fn hear(&self, user: UserId, channel: ChannelId);
}
