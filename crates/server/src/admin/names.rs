//! Public names that an operator gives, and what is said of it.

use domain::{
    Domain, Peer, Refusal,
    accounts::operator::names::{GrantName, WithdrawName},
    people::usernames::HELD_MAX,
};

use super::command::{self, Said};

/// Gives a name.
pub(super) async fn grant(domain: &Domain, name: &str, to: &str) -> Said {
    let name = name.trim_start_matches('@');
    let command = GrantName { name: name.to_owned(), to: to.to_owned() };
    let peer = domain.command(command).await.map_err(|error| explained(error, name, to))?;
    let there = place(peer);
    Ok(vec![format!("{to} has @{name}, switched off: its owner switches it on in the client, {there}")])
}

/// Takes one back.
pub(super) async fn withdraw(domain: &Domain, name: &str) -> Said {
    let name = name.trim_start_matches('@');
    let command = WithdrawName { name: name.to_owned() };
    domain.command(command).await.map_err(|error| match error {
        Refusal::UsernameNotOccupied => format!("nobody has @{name}"),
        Refusal::UsernameNotModified => {
            format!("@{name} was chosen by its holder: only names that were given can be taken back")
        }
        other => explained(other, name, ""),
    })?;
    Ok(vec![format!("@{name} is free")])
}

fn place(peer: Peer) -> &'static str {
    match peer {
        Peer::User(_) => "in its own settings under Username",
        Peer::Chat(_) | Peer::Channel(_) => "where the group or channel is edited, under its type",
    }
}

fn explained(error: Refusal, name: &str, to: &str) -> String {
    match error {
        Refusal::UsernameInvalid => format!(
            "@{name} is no public name: 5 to 32 letters, digits and single inner underscores, and a letter first"
        ),
        Refusal::UsernameOccupied => format!("somebody has @{name} already"),
        Refusal::UsernameNotOccupied => {
            format!("nobody has {to}: name somebody by a public name, or a person by its number, +33123456789")
        }
        Refusal::PhoneNumberInvalid => {
            format!("{to} is nobody: write the @name of a person, group or channel, or a number as +33123456789")
        }
        Refusal::PhoneNumberUnoccupied => format!("nobody has the number {to}"),
        Refusal::UsernamesActiveTooMuch => {
            format!("{to} has {HELD_MAX} names, and that is as many as fit: `chappe name withdraw` takes one back")
        }
        other => command::explained(other, to),
    }
}
