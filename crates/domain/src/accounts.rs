//! Accounts: auth keys, codes, sign-in, devices, two-step verification.

pub mod keys;
