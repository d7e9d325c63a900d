//! Who a command is for: a signed-in user at one of the user's devices.

use crate::{
    ids::{AuthorizationHash, UserId},
    updates::Origin,
};

/// A signed-in caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The user.
    pub user: UserId,
    /// The session of the request, which learns of its changes in the answer.
    pub origin: Origin,
    /// The device.
    pub authorization: AuthorizationHash,
}
