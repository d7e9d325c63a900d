//! People who talk: test accounts that know each other.

use testkit::{Client, Options, people};
use tl::{enums, functions};

use crate::{Failure, process::Server};

/// A signed-in person.
pub(crate) struct Person {
    pub(crate) client: Client,
    phone: String,
    /// Whom it writes to.
    pub(crate) other: enums::InputPeer,
}

impl Person {
    /// Signs up under a number of its own, one that no seeded person has.
    pub(crate) async fn join(server: &Server, number: usize) -> Result<Self, Failure> {
        Self::enter(server, format!("999663{number:04}")).await
    }

    /// Signs in under a test number, and up where it has no account.
    pub(crate) async fn enter(server: &Server, phone: String) -> Result<Self, Failure> {
        let mut client = Client::connect(server.address, Options::new(server.key.clone())).await?;
        people::enter(&mut client, &phone, "Bench").await?;
        Ok(Self { client, phone, other: enums::InputPeer::Empty })
    }

    async fn knows(&mut self, other: &Person) -> Result<(), Failure> {
        self.other = people::find(&mut self.client, &other.phone).await?.into();
        Ok(())
    }

    /// A message to the other.
    pub(crate) fn message(&self) -> functions::messages::SendMessage {
        text(&self.other)
    }
}

/// Two people who know each other, both online.
pub(crate) async fn pair(server: &Server, at: usize) -> Result<(Person, Person), Failure> {
    let (mut one, mut two) = (Person::join(server, 2 * at).await?, Person::join(server, 2 * at + 1).await?);
    one.knows(&two).await?;
    two.knows(&one).await?;
    two.client.invoke(&functions::updates::GetState {}).await?;
    one.client.ping().await?;
    two.client.ping().await?;
    two.client.updates_so_far();
    Ok((one, two))
}

/// A text of a hundred letters.
pub(crate) fn text(peer: &enums::InputPeer) -> functions::messages::SendMessage {
    people::message(peer, &"signal ".repeat(14), rand::random::<i64>() | 1)
}
