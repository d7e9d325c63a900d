//! Accounts: auth keys, codes, sign-in, devices, two-step verification.

pub mod codes;
pub mod devices;
pub mod keys;
pub mod operator;
pub mod password;
mod service_user;
pub mod sign_in;
pub mod sign_up;
pub mod tokens;

pub use service_user::bootstrap;
