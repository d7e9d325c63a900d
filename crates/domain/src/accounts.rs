//! Accounts: auth keys, codes, sign-in, devices, two-step verification.

pub mod codes;
pub mod deletion;
pub mod devices;
pub mod email_codes;
pub mod erasing;
pub mod idle;
pub mod keys;
pub mod login_email;
pub mod operator;
pub mod password;
pub mod recovery;
mod service_user;
pub mod sign_in;
pub mod sign_up;
pub mod tokens;

pub use service_user::bootstrap;
