//! The account 777000, from which people hear of codes and logins. It is made when a server first starts.

use crate::{
    ids::UserId,
    people::{UserCard, UserRow, put_user, user},
    refusal::Refusal,
    service::{Command, Domain},
    turn::Turn,
    view::{Decided, View},
};

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
        if user(turn, UserId::SERVICE)?.is_some() {
            return Ok(());
        }
        let row = UserRow { created: turn.now().secs(), service: true, ..UserRow::default() };
        let card = UserCard { first_name: self.name.clone(), ..UserCard::default() };
        put_user(turn, UserId::SERVICE, row, &card)
    }
}
