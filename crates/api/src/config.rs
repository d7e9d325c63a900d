//! What the operator configured, as far as answers tell of it.

use std::net::SocketAddr;

/// Settings of this crate.
#[derive(Clone, Debug)]
pub struct Config {
    /// Addresses that clients are told to come back to; empty: the accepted socket's own.
    pub advertise: Vec<SocketAddr>,
    /// Shown to people, e.g. in login notices.
    pub server_name: String,
    /// Two letters, for `help.getNearestDc`.
    pub country: String,
    /// Where links to users lead, e.g. `https://example.org/`.
    pub link_prefix: String,
    /// The support account's number, if there is one.
    pub support_phone: Option<String>,
    /// What `help.getInviteText` answers.
    pub invite_text: String,
    /// Flood limits are multiplied by this; 0 turns them off (load tests).
    pub flood_factor: f64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            advertise: Vec::new(),
            server_name: "Chappe".into(),
            country: "FR".into(),
            link_prefix: "https://t.me/".into(),
            support_phone: None,
            invite_text: "Come and talk with me on Chappe.".into(),
            flood_factor: 1.0,
        }
    }
}
