//! Configuration: a TOML file, environment variables over it, defaults under it. The documented
//! example is made from the comments below, so it can't go stale.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use confique::{Config as _, toml::FormatOptions};

/// Settings of a Chappe server. Every key may also come from the environment variable named with it.
#[derive(Clone, Debug, confique::Config)]
pub struct Config {
    /// Addresses on which clients connect: MTProto, WebSocket and HTTP on the same port. IPv6 in brackets.
    #[config(env = "CHAPPE_LISTEN", parse_env = confique::env::parse::list_by_comma, default = ["127.0.0.1:8443"])]
    pub listen: Vec<SocketAddr>,

    /// Addresses that clients are told to come back to, when they differ from the listening ones.
    #[config(env = "CHAPPE_ADVERTISE", parse_env = confique::env::parse::list_by_comma, default = [])]
    pub advertise: Vec<SocketAddr>,

    /// Where operators reach metrics; never put it on a public address.
    #[config(env = "CHAPPE_ADMIN_LISTEN", default = "127.0.0.1:8444")]
    pub admin_listen: SocketAddr,

    /// The directory of the store. It holds nothing that reads without the keys.
    #[config(env = "CHAPPE_DATA", default = "data")]
    pub data: PathBuf,

    /// The directory of the keys: keep it off the disk that holds the data.
    #[config(env = "CHAPPE_KEYS", default = "keys")]
    pub keys: PathBuf,

    /// The directory of people's files, sealed as everything is; without it, `files` in the data directory.
    #[config(env = "CHAPPE_FILES")]
    pub files: Option<PathBuf>,

    /// The program that takes thumbnails out of videos, each in a process of its own; without it, the `ffmpeg` that is
    /// installed, if one is. An empty name: videos go without.
    #[config(env = "CHAPPE_FFMPEG")]
    pub ffmpeg: Option<PathBuf>,

    /// Seconds for which a file's reference stays the same; each is good for as long again. Shorter ones make clients
    /// ask for messages more often, and gain nothing: what may be fetched is decided at each fetch. Tests of clients
    /// that get new ones by themselves set it to a few seconds.
    #[config(env = "CHAPPE_FILE_REFERENCE_SECONDS", default = 86400)]
    pub file_reference_seconds: u32,

    /// Seconds for which a file is kept that nothing carries any more, e.g. since its message was deleted; a client that
    /// lost an answer may claim what it has sent for as long. They are looked for each hour, or as often as this says.
    #[config(env = "CHAPPE_UNUSED_FILE_SECONDS", default = 172800)]
    pub unused_file_seconds: u32,

    /// Keeps people's files at a server that speaks S3 instead, e.g. `https://s3.example.org`, in a bucket that is there.
    #[config(env = "CHAPPE_S3_ENDPOINT")]
    pub s3_endpoint: Option<String>,

    /// The bucket.
    #[config(env = "CHAPPE_S3_BUCKET")]
    pub s3_bucket: Option<String>,

    /// What that server calls its region; many take any.
    #[config(env = "CHAPPE_S3_REGION", default = "us-east-1")]
    pub s3_region: String,

    /// What the names of our objects in the bucket begin with.
    #[config(env = "CHAPPE_S3_PREFIX", default = "")]
    pub s3_prefix: String,

    /// The name of the access key.
    #[config(env = "CHAPPE_S3_KEY_ID")]
    pub s3_key_id: Option<String>,

    /// The access key: better in the environment than in a file.
    #[config(env = "CHAPPE_S3_KEY")]
    pub s3_key: Option<Hidden>,

    /// The server's name, shown to people.
    #[config(env = "CHAPPE_NAME", default = "Chappe")]
    pub name: String,

    /// A sentence about the server, shown to people who add it.
    #[config(env = "CHAPPE_DESCRIPTION", default = "A Chappe server")]
    pub description: String,

    /// Who may create an account: "open", "invite" (numbers added with `chappe user add`) or "closed".
    #[config(env = "CHAPPE_REGISTRATION", default = "invite")]
    pub registration: Registration,

    /// Lets numbers 99966XYYYY sign in with the code X five times. For trying things out only.
    #[config(env = "CHAPPE_TEST_ACCOUNTS", default = false)]
    pub test_accounts: bool,

    /// MTProto proxy secrets that the server answers to, in hex, with or without the `dd` in front; at most 16.
    #[config(env = "CHAPPE_PROXY_SECRETS", parse_env = confique::env::parse::list_by_comma, default = [])]
    pub proxy_secrets: Vec<String>,

    /// A PEM file with the TLS certificate chain, for HTTPS and wss on the same port.
    #[config(env = "CHAPPE_TLS_CERTIFICATE")]
    pub tls_certificate: Option<PathBuf>,

    /// A PEM file with the private key of the certificate.
    #[config(env = "CHAPPE_TLS_KEY")]
    pub tls_key: Option<PathBuf>,

    /// Networks whose PROXY protocol headers and X-Forwarded-For are believed, e.g. "10.0.0.0/8".
    #[config(env = "CHAPPE_TRUSTED_PROXIES", parse_env = confique::env::parse::list_by_comma, default = [])]
    pub trusted_proxies: Vec<String>,

    /// How changes reach the other side's mailbox: "join" in the same batch, "outbox" as between processes.
    #[config(env = "CHAPPE_DELIVERIES", default = "join")]
    pub deliveries: Deliveries,

    /// Flood limits are multiplied by this; 0 turns them off.
    #[config(env = "CHAPPE_FLOOD_FACTOR", default = 1.0)]
    pub flood_factor: f64,

    /// Usernames that nobody may claim, beside the built-in ones.
    #[config(env = "CHAPPE_RESERVED_USERNAMES", parse_env = confique::env::parse::list_by_comma, default = [])]
    pub reserved_usernames: Vec<String>,

    /// Two letters of the country that the server says it is in.
    #[config(env = "CHAPPE_COUNTRY", default = "FR")]
    pub country: String,

    /// Where links to users lead.
    #[config(env = "CHAPPE_LINK_PREFIX", default = "https://t.me/")]
    pub link_prefix: String,

    /// Shows channels that have a public name to everybody as web pages, `/s/<name>`, with a feed.
    #[config(env = "CHAPPE_PUBLIC_PAGES", default = true)]
    pub public_pages: bool,

    /// Where those pages are reached from outside, scheme and host, e.g. `https://chat.example.org`; without it their
    /// absolute links lead to where each request came in. To have clients link to them, set link_prefix, too.
    #[config(env = "CHAPPE_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// Shows what pages say of themselves below messages that link to them. For that this server asks each page once a
    /// day, from its own address: whoever runs the page learns that somebody here has its link, though not who.
    #[config(env = "CHAPPE_PREVIEWS", default = true)]
    pub previews: bool,

    /// Names and addresses that are asked for pages although they are no part of the public internet, at any port, e.g.
    /// "wiki.intranet". Everybody who may write here can have them asked.
    #[config(env = "CHAPPE_PREVIEWS_ALLOW", parse_env = confique::env::parse::list_by_comma, default = [])]
    pub previews_allow: Vec<String>,

    /// The number of the account that clients show as this server's support; it needs the role, too:
    /// `chappe user role NUMBER support`.
    #[config(env = "CHAPPE_SUPPORT_PHONE")]
    pub support_phone: Option<String>,

    /// What clients suggest to write to people who are to join.
    #[config(env = "CHAPPE_INVITE_TEXT", default = "Come and talk with me on Chappe.")]
    pub invite_text: String,

    /// Where codes are posted as JSON, e.g. `https://sms.example.org/send`, for numbers, and for e-mail addresses
    /// unless smtp_url is set. The body: {"id", "date", "server", "to": "phone" or "email", "address", "code",
    /// "purpose": "sign_in", "change_phone", "confirm_phone", "verify_email" or "recover_password"}; any answer of 200
    /// to 299 takes the code over, others are tried three times. Without a sender: `chappe user code`.
    #[config(env = "CHAPPE_WEBHOOK_URL")]
    pub webhook_url: Option<String>,

    /// The key of the HMAC-SHA-256 over each posted body, told in the header `X-Chappe-Signature: sha256=…`.
    #[config(env = "CHAPPE_WEBHOOK_SECRET")]
    pub webhook_secret: Option<Hidden>,

    /// The server that codes are mailed through: "smtps://user:password@host", "smtp://user:password@host:587?tls=required",
    /// or "smtp://127.0.0.1:25" for one on this machine.
    #[config(env = "CHAPPE_SMTP_URL")]
    pub smtp_url: Option<Hidden>,

    /// Whom mailed codes come from, e.g. "Chappe <codes@example.org>".
    #[config(env = "CHAPPE_SMTP_FROM")]
    pub smtp_from: Option<String>,

    /// Lets people have their sign-in codes mailed to an address that they have proved.
    #[config(env = "CHAPPE_LOGIN_EMAIL", default = false)]
    pub login_email: bool,

    /// How logs look on stderr: "text" or "json". What is logged: the variable CHAPPE_LOG, e.g. "info".
    #[config(env = "CHAPPE_LOG_FORMAT", default = "text")]
    pub log_format: LogFormat,
}

/// Who may create an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Registration {
    Open,
    Invite,
    Closed,
}

/// A value that no log shows.
#[derive(Clone, serde::Deserialize)]
#[serde(transparent)]
pub struct Hidden(pub String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}

/// How deliveries travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Deliveries {
    Join,
    Outbox,
}

/// How logs look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// The file read when none is named.
const DEFAULT_FILE: &str = "chappe.toml";

/// Why the configuration does not read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{0} does not exist; `chappe serve --help` names the defaults")]
    NoSuchFile(PathBuf),
    #[error("{0}")]
    Invalid(#[from] confique::Error),
    #[error("{path}: {error}")]
    Unreadable { path: PathBuf, error: String },
    #[error("{path}: there is no setting `{key}`; `chappe config` prints all there are")]
    UnknownKey { path: PathBuf, key: String },
}

impl Config {
    /// Reads the environment, then the named file, or `chappe.toml` if there, then defaults.
    pub fn read(file: Option<&PathBuf>) -> Result<Self, ConfigError> {
        let mut sources = Config::builder().env();
        let path = file.map_or(Path::new(DEFAULT_FILE), PathBuf::as_path);
        match path.exists() {
            true => check_keys(path)?,
            false if file.is_some() => return Err(ConfigError::NoSuchFile(path.to_owned())),
            false => {}
        }
        sources = sources.file(path);
        Ok(sources.load()?)
    }

    /// The documented example.
    pub fn example() -> String {
        confique::toml::template::<Config>(FormatOptions::default())
    }
}

/// A setting whose name is mistyped would silently be what it is by default.
fn check_keys(path: &Path) -> Result<(), ConfigError> {
    let unreadable = |error: String| ConfigError::Unreadable { path: path.to_owned(), error };
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| unreadable(error.to_string()))?;
    let known = |key: &&String| Config::META.fields.iter().any(|field| field.name == key.as_str());
    match table.keys().find(|key| !known(key)) {
        Some(key) => Err(ConfigError::UnknownKey { path: path.to_owned(), key: key.clone() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_in_the_repository_is_what_the_code_makes() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../chappe.example.toml");
        let example = Config::example();
        if std::env::var_os("CHAPPE_WRITE_EXAMPLE").is_some() {
            std::fs::write(path, &example).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap();
        assert!(kept == example, "chappe.example.toml is stale: run the tests once with CHAPPE_WRITE_EXAMPLE=1");
    }
}
