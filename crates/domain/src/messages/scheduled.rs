//! Messages to be sent later: a queue for each chat, seen by its writer alone, with numbers of its own.
//! What is due becomes an ordinary message in the command that takes it off the queue, so it is sent once.
//! Source: core.telegram.org/api/scheduled-messages.

mod due;
mod later;
mod queue;
pub mod rows;

pub(crate) use due::came_online;
pub(super) use due::{SENDING, run};
pub(super) use later::post;
pub use later::{AHEAD_SECONDS, ForwardLater, REPEAT_PERIODS, SOON_SECONDS, Schedule, SendLater, WHEN_ONLINE};
pub use queue::{DeleteScheduled, EditScheduled, SendScheduled};
pub(crate) use rows::forget;
pub use rows::{QUEUE_MAX, SeenScheduled, any, history, scheduled};

#[cfg(test)]
mod tests;
