//! People at our own client: they sign up, know each other, write, and look back.

use testkit::{
    Client, Error, Options,
    people::{enter, find, message},
};
use tl::{enums, functions};

pub use testkit::people::{ask_for_code, sign_in};

use crate::place::Server;

/// A signed-in test account.
pub struct Person {
    pub client: Client,
    pub phone: String,
    pub id: i64,
    /// Whom it writes to.
    pub other: Option<enums::InputPeer>,
}

/// A message as one side has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: i32,
    pub text: String,
}

impl Person {
    /// Signs up under test number 99966 2 `number`.
    pub async fn join(server: &Server, number: usize) -> Self {
        let client = Client::connect(server.address, Options::new(server.key.clone())).await.unwrap();
        Self::join_over(client, number).await
    }

    /// As [`join`](Self::join), at a client that is connected.
    pub async fn join_over(mut client: Client, number: usize) -> Self {
        let phone = format!("999662{number:04}");
        let id = enter(&mut client, &phone, &format!("Person {number}")).await.unwrap();
        Self { client, phone, id, other: None }
    }

    /// Comes back with the keys it had, to this server or the one that runs now.
    pub async fn back(&self, server: &Server) -> Result<Self, Error> {
        let options = Options::new(server.key.clone());
        let client = Client::resume(server.address, self.client.keys().clone(), options).await?;
        Ok(Self { client, phone: self.phone.clone(), id: self.id, other: self.other.clone() })
    }

    /// Takes the other into the address book; from now on it is whom this one writes to.
    pub async fn knows(&mut self, other: &Person) {
        self.other = Some(find(&mut self.client, &other.phone).await.unwrap().into());
    }

    /// A message to the other.
    pub fn message(&self, text: &str, random_id: i64) -> functions::messages::SendMessage {
        message(self.other.as_ref().expect("it knows somebody"), text, random_id)
    }

    /// The chat with the other, oldest first.
    pub async fn history(&mut self) -> Vec<Message> {
        let mut found: Vec<Message> = Vec::new();
        loop {
            let request = functions::messages::GetHistory {
                peer: self.other.clone().unwrap(),
                offset_id: found.last().map_or(0, |it| it.id),
                offset_date: 0,
                add_offset: 0,
                limit: 100,
                max_id: 0,
                min_id: 0,
                hash: 0,
            };
            let page = match self.client.invoke(&request).await.unwrap() {
                enums::messages::Messages::Messages(it) => it.messages,
                enums::messages::Messages::Slice(it) => it.messages,
                other => panic!("a history: {other:?}"),
            };
            if page.is_empty() {
                found.reverse();
                return found;
            }
            found.extend(page.iter().filter_map(plain));
        }
    }

    /// The number of its last update.
    pub async fn pts(&mut self) -> i32 {
        let enums::updates::State::State(state) = self.client.invoke(&functions::updates::GetState {}).await.unwrap();
        state.pts
    }

    /// Everything since a `pts`, and the `pts` after it.
    pub async fn difference(&mut self, mut pts: i32) -> (Vec<Message>, i32) {
        let mut found = Vec::new();
        loop {
            let request = functions::updates::GetDifference {
                pts,
                pts_limit: None,
                pts_total_limit: None,
                date: 1,
                qts: 0,
                qts_limit: None,
            };
            let (messages, state, last) = match self.client.invoke(&request).await.unwrap() {
                enums::updates::Difference::Empty(_) => return (found, pts),
                enums::updates::Difference::Difference(it) => (it.new_messages, it.state, true),
                enums::updates::Difference::Slice(it) => (it.new_messages, it.intermediate_state, false),
                enums::updates::Difference::TooLong(it) => panic!("too long: {it:?}"),
            };
            found.extend(messages.iter().filter_map(plain));
            let enums::updates::State::State(state) = state;
            pts = state.pts;
            if last {
                return (found, pts);
            }
        }
    }
}

/// Two people who know each other, both with a session that gets pushes.
pub async fn pair(server: &Server, at: usize) -> (Person, Person) {
    let (mut one, mut two) = (Person::join(server, 2 * at).await, Person::join(server, 2 * at + 1).await);
    one.knows(&two).await;
    two.knows(&one).await;
    (one, two)
}

/// The new messages that an update brings, each with its `pts`.
pub fn news(updates: &enums::Updates) -> Vec<(i32, Message)> {
    let enums::Updates::Updates(it) = updates else { return Vec::new() };
    let new = it.updates.iter().filter_map(|it| match it {
        enums::Update::NewMessage(it) => Some((it.pts, plain(&it.message)?)),
        _ => None,
    });
    new.collect()
}

fn plain(message: &enums::Message) -> Option<Message> {
    match message {
        enums::Message::Message(it) => Some(Message { id: it.id, text: it.message.clone() }),
        _ => None,
    }
}
