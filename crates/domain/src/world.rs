//! What every rule may look at and none may change: settings, derived secrets, the key provider.

use std::sync::Arc;

use previews::Allowed;
use zeroize::Zeroizing;

use crate::{
    ids::{ChannelId, MessageId, Peer, StickerSetId, UserId},
    policy::Policy,
    warm::Warm,
};

/// Who may create an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Registration {
    /// Anybody with a number.
    Open,
    /// Only numbers that the operator has added.
    #[default]
    Invite,
    /// Nobody.
    Closed,
}

/// How deliveries between mailboxes travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deliveries {
    /// Applied in the batch that causes them: both owners live in this process.
    #[default]
    Join,
    /// Through outbox rows and inbox watermarks, as between processes.
    Outbox,
}

/// What the operator decides.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Who may create an account.
    pub registration: Registration,
    /// Numbers 99966XYYYY sign in with the code X five times.
    pub test_accounts: bool,
    /// How deliveries travel.
    pub deliveries: Deliveries,
    /// Names that nobody may claim, lower case, beside the built-in ones.
    pub reserved_usernames: Vec<String>,
    /// Seconds a login must be old before it may end others; Telegram's is a day.
    pub fresh_session_seconds: u32,
    /// Members from which on a supergroup may hide them; Telegram's is 100.
    pub hidden_members_min: u32,
    /// Seconds for which a carrier's file reference stays the same; 0: a day.
    pub file_reference_seconds: u32,
    /// Seconds for which a file is kept that nothing carries; 0: two days.
    pub unused_file_seconds: u32,
    /// Whether a sender of codes by e-mail is configured.
    pub email_sender: bool,
    /// Whether people may have their sign-in codes mailed.
    pub login_email: bool,
    /// Whether pages that messages link to are fetched.
    pub previews: bool,
    /// What may be asked for pages beside the public internet.
    pub previews_allow: Allowed,
    /// Hosts of links that lead to this server, lower case.
    pub own_hosts: Vec<String>,
    /// What the server is called.
    pub site: String,
}

/// Secrets derived from the server's root; they never reach the disk in this form.
pub struct Secrets {
    /// Makes access hashes.
    pub access: Zeroizing<[u8; 32]>,
    /// Hides names, numbers and links in keys.
    pub names: Zeroizing<[u8; 32]>,
    /// Hides words in the search index.
    pub index: Zeroizing<[u8; 32]>,
}

impl Secrets {
    /// Derives all of them from the root.
    pub fn derive(root: &[u8; 32]) -> Self {
        Self {
            access: Zeroizing::new(vault::derive(root, "chappe access hash")),
            names: Zeroizing::new(vault::derive(root, "chappe unique names")),
            index: Zeroizing::new(vault::derive(root, "chappe search tokens")),
        }
    }
}

/// Everything that rules share.
pub struct World {
    /// The operator's decisions.
    pub settings: Settings,
    /// Derived secrets.
    pub secrets: Secrets,
    /// Wraps and unwraps content keys.
    pub keys: Arc<dyn vault::KeyProvider>,
    /// What the operator's screening says of what people send.
    pub policy: Arc<dyn Policy>,
    /// What questions have read of committed rows; commands never look there.
    pub warm: Warm,
}

impl World {
    /// The number with which `viewer` proves that the server told it of `peer`.
    /// Source: core.telegram.org/api/peers, "Access hash".
    pub fn access_hash(&self, viewer: UserId, peer: Peer) -> i64 {
        let (kind, id) = peer.key_parts();
        let parts: [&[u8]; 3] = [&viewer.0.to_be_bytes(), &[kind], &id.to_be_bytes()];
        vault::mac64(&self.secrets.access, &parts) as i64
    }

    /// The number with which clients prove that the server told them of a file; the same for all of them.
    pub fn file_hash(&self, file: u64) -> i64 {
        vault::mac64(&self.secrets.access, &[b"file", &file.to_be_bytes()]) as i64
    }

    /// Proves that the server told of a wallpaper by its link.
    pub fn wallpaper_proof(&self, wallpaper: u64) -> [u8; 8] {
        vault::mac64(&self.secrets.access, &[b"wallpaper", &wallpaper.to_be_bytes()]).to_be_bytes()
    }

    /// The number of a fill of colours.
    pub fn fill_id(&self, colors: &[u32], rotation: u32) -> u64 {
        let colors: Vec<u8> = colors.iter().chain([&rotation]).flat_map(|it| it.to_be_bytes()).collect();
        vault::mac64(&self.secrets.access, &[b"fill", &colors])
    }

    /// The number with which clients prove that the server told them of a sticker set; the same for all of them.
    pub fn set_hash(&self, set: StickerSetId) -> i64 {
        vault::mac64(&self.secrets.access, &[b"sticker set", &set.0.to_be_bytes()]) as i64
    }

    /// The keyed hash of a beginning of a word among the names of sticker sets.
    pub fn set_word_hash(&self, beginning: &str) -> [u8; 8] {
        vault::mac64(&self.secrets.index, &[b"sticker set", beginning.as_bytes()]).to_be_bytes()
    }

    /// Proves that a file reference was made here.
    pub fn reference_proof(&self, named: &[u8]) -> [u8; 16] {
        vault::mac128(&self.secrets.access, &[b"file reference", named])
    }

    /// The number of a page of the web, from its link; positive and never 0, as clients take it.
    pub fn page_number(&self, url: &str) -> u64 {
        (vault::mac64(&self.secrets.index, &[b"web page", url.as_bytes()]) >> 1).max(1)
    }

    /// Proves that a link to a file was made here.
    pub fn link_proof(&self, named: &[u8]) -> [u8; 16] {
        vault::mac128(&self.secrets.access, &[b"file link", named])
    }

    /// The keyed hash of a name's beginning among the members of a channel.
    pub fn member_name_hash(&self, channel: ChannelId, beginning: &str) -> [u8; 16] {
        vault::mac128(&self.secrets.index, &[b"member", &channel.0.to_be_bytes(), beginning.as_bytes()])
    }

    /// The keyed hash of a name's beginning among all public channels.
    pub fn public_name_hash(&self, beginning: &str) -> [u8; 8] {
        vault::mac64(&self.secrets.index, &[b"public name", beginning.as_bytes()]).to_be_bytes()
    }

    /// The keyed hash of a viewer of a post: it says who saw it to nobody, not even which two posts one person saw.
    pub fn viewer_hash(&self, channel: ChannelId, message: MessageId, user: UserId) -> u32 {
        let (channel, message, user) = (channel.0.to_be_bytes(), message.0.to_be_bytes(), user.0.to_be_bytes());
        let hash = vault::mac64(&self.secrets.index, &[b"viewer", &channel, &message, &user]);
        (hash >> 32) as u32
    }

    /// Proves that the server named a graph to this viewer.
    pub fn graph_proof(&self, viewer: UserId, graph: &[u8]) -> u64 {
        vault::mac64(&self.secrets.access, &[b"graph", &viewer.0.to_be_bytes(), graph])
    }

    /// The keyed hash of a tag in posts of public channels.
    pub fn tag_hash(&self, tag: &str) -> [u8; 8] {
        vault::mac64(&self.secrets.index, &[b"public tag", tag.as_bytes()]).to_be_bytes()
    }

    /// The keyed hash of what somebody searches public posts for.
    pub fn query_hash(&self, user: UserId, words: &str) -> [u8; 8] {
        vault::mac64(&self.secrets.index, &[b"query", &user.0.to_be_bytes(), words.as_bytes()]).to_be_bytes()
    }

    /// The keyed hash under which a unique name (phone, username, link) is found.
    pub fn name_hash(&self, kind: u8, name: &str) -> [u8; 16] {
        vault::mac128(&self.secrets.names, &[&[kind], name.as_bytes()])
    }
}
