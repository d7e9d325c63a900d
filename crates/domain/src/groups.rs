//! Groups and channels: basic groups, which are a record with a fan-out on write, and supergroups and
//! broadcast channels, which are one log that all read.

pub mod access;
pub mod admins;
pub mod bans;
pub mod basic;
pub mod card;
pub mod channel;
pub mod create;
pub mod deletion;
pub mod discussion;
pub mod enter;
pub mod face;
pub mod full;
pub mod guard;
pub mod invite;
pub mod invites;
pub mod joining;
pub mod lists;
pub mod log;
pub mod members;
pub mod names;
pub mod own;
pub mod ownership;
pub mod participants;
pub mod photo;
pub mod public;
pub mod ranks;
pub mod reactions;
pub mod requests;
pub mod rights;
pub mod seen;
pub mod service;
pub mod settings;
pub mod similar;
pub mod stats;
pub mod topics;
pub(crate) mod traces;
pub mod transfer;
pub mod usernames;

pub use access::Access;
pub use basic::{ChatMember, ChatRow, chat};
pub use card::{GroupCard, Rank};
pub(crate) use channel::KnownChannel;
pub use channel::{ChannelCounts, ChannelRow, MemberRow, Standing, channel, member, standing};
pub use rights::{AdminRights, BannedRights};
pub use seen::{SeenGroup, seen, seen_all, seen_all_min};

/// Characters of a title. Source: core.telegram.org/api/config, `chat_title_length_max` of clients.
pub const TITLE_MAX: usize = 128;

/// Characters of a description. Source: clients; Telegram answers CHAT_ABOUT_TOO_LONG beyond.
pub const ABOUT_MAX: usize = 255;

/// Characters of a member's title. Source: core.telegram.org/method/channels.editAdmin.
pub const RANK_MAX: usize = 16;

/// Members of a basic group. Source: `chat_size_max` of help.getConfig.
pub const CHAT_SIZE_MAX: usize = 200;

/// Members of a supergroup. Source: `megagroup_size_max` of help.getConfig.
pub const MEGAGROUP_SIZE_MAX: u32 = 200_000;

/// Channels and supergroups of one account. Source: `channels_limit_default`.
pub const CHANNELS_MAX: usize = 500;
