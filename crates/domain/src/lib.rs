//! The rules: users, contacts, chats, dialogs, messages, updates; owners as sans-IO machines.
//! It knows no TL, no layer, no socket, no engine.

#![warn(missing_docs)]

pub mod accounts;
pub mod caller;
pub mod deliveries;
pub mod files;
pub mod folders;
pub mod groups;
mod hex;
pub mod ids;
pub mod kept;
pub mod messages;
pub mod owner;
pub mod people;
pub mod policy;
pub mod record;
pub mod refusal;
pub mod sealing;
pub mod seeding;
pub mod service;
pub mod spaces;
pub mod stickers;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod turn;
pub mod updates;
pub mod upkeep;
pub mod view;
pub mod warm;
pub mod world;

pub use caller::Caller;
pub use ids::{
    AuthKeyId, AuthorizationHash, ChannelId, ChatId, LogId, MessageId, MessageUid, Now, Peer, Pts, StickerSetId,
    UserId, VShard,
};
pub use refusal::Refusal;
pub use service::{Command, Domain, Driver};
pub use turn::Turn;
pub use view::{Decided, Stop, View};
pub use world::{Deliveries, Registration, Secrets, Settings, World};
