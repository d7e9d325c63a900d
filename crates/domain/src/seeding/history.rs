//! What invented people have said to each other.

use super::caller;
use crate::{
    ids::{Now, Peer, UserId},
    messages::send::{SendMessage, Sent},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    view::Decided,
};

/// Lines in one command: each is a dozen rows.
pub const LINES_MAX: usize = 200;

/// A message.
#[derive(Clone, Debug)]
pub struct Line {
    /// Who says it.
    pub by: UserId,
    /// Where.
    pub peer: Peer,
    /// What.
    pub text: String,
    /// When.
    pub at: Now,
}

/// Writes messages, in order.
#[derive(Clone, Debug)]
pub struct SeedLines {
    /// At most [`LINES_MAX`].
    pub lines: Vec<Line>,
}

impl Command for SeedLines {
    type Reply = Vec<Sent>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<Sent>> {
        if self.lines.len() > LINES_MAX {
            return Err(Refusal::LimitInvalid.into());
        }
        self.lines.iter().map(|it| say(turn, it)).collect()
    }
}

fn say(turn: &mut Turn<'_>, it: &Line) -> Decided<Sent> {
    turn.as_of(it.at);
    let message = SendMessage {
        by: caller(it.by),
        peer: it.peer,
        text: it.text.clone(),
        entities: Vec::new(),
        reply: None,
        random_id: i64::from_be_bytes(turn.draw()) | 1,
        silent: false,
        noforwards: false,
        no_webpage: false,
        clear_draft: false,
        send_as: None,
        album: 0,
    };
    message.decide(turn)
}
