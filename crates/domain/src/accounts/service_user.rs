//! The accounts that every server has: 777000, from which people hear of codes and logins, the one in whose chat they
//! find answers to their comments, and the one that stands for hidden authors in Saved Messages. They are made when a server first starts.

use crate::{
    ids::UserId,
    people::{UserCard, UserRow, put_user, user},
    refusal::Refusal,
    service::{Command, Domain},
    turn::Turn,
    view::{Decided, View},
};

/// How clients call it by themselves, too.
const HIDDEN_NAME: &str = "Author Hidden";

/// The same of the chat with answers to comments.
const REPLIES_NAME: &str = "Replies";

/// Makes what every server has.
pub async fn bootstrap(domain: &Domain, name: &str) -> Result<(), Refusal> {
    domain.command(EnsureService { name: name.to_owned() }).await
}

struct EnsureService {
    name: String,
}

impl Command for EnsureService {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        ensure(turn, UserId::SERVICE, true, &self.name)?;
        ensure(turn, UserId::REPLIES, true, REPLIES_NAME)?;
        ensure(turn, UserId::HIDDEN, false, HIDDEN_NAME)
    }
}

fn ensure(turn: &mut Turn<'_>, id: UserId, service: bool, name: &str) -> Decided<()> {
    if user(turn, id)?.is_some() {
        return Ok(());
    }
    let row = UserRow { created: turn.now().secs(), service, ..UserRow::default() };
    put_user(turn, id, row, &UserCard { first_name: name.to_owned(), ..UserCard::default() })
}
