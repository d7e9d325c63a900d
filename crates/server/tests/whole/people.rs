//! People at our own client: they sign up, know each other, write, and look back.

use testkit::{Client, Error, Options};
use tl::{enums, functions, types};

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
        let phone_code_hash = ask_for_code(&mut client, &phone).await.unwrap();
        client.invoke(&sign_in(&phone, &phone_code_hash, "22222")).await.unwrap();
        let request = functions::auth::SignUp {
            no_joined_notifications: false,
            phone_number: phone.clone(),
            phone_code_hash,
            first_name: format!("Person {number}"),
            last_name: String::new(),
        };
        let enums::auth::Authorization::Authorization(it) = client.invoke(&request).await.unwrap() else {
            panic!("signed up")
        };
        Self { client, phone, id: it.user.id(), other: None }
    }

    /// Comes back with the keys it had, to this server or the one that runs now.
    pub async fn back(&self, server: &Server) -> Result<Self, Error> {
        let options = Options::new(server.key.clone());
        let client = Client::resume(server.address, self.client.keys().clone(), options).await?;
        Ok(Self { client, phone: self.phone.clone(), id: self.id, other: self.other.clone() })
    }

    /// Takes the other into the address book; from now on it is whom this one writes to.
    pub async fn knows(&mut self, other: &Person) {
        let contact = types::InputPhoneContact {
            client_id: 0,
            phone: other.phone.clone(),
            first_name: "Other".into(),
            last_name: String::new(),
            note: None,
        };
        let request = functions::contacts::ImportContacts { contacts: vec![contact.into()] };
        let enums::contacts::ImportedContacts::Contacts(found) = self.client.invoke(&request).await.unwrap();
        let Some(enums::User::User(user)) = found.users.into_iter().next() else { panic!("{} is found", other.phone) };
        let access_hash = user.access_hash.unwrap();
        self.other = Some(types::InputPeerUser { user_id: user.id, access_hash }.into());
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

/// Asks for a sign-in code and gives its hash.
pub async fn ask_for_code(client: &mut Client, phone: &str) -> Result<String, Error> {
    let settings = types::CodeSettings {
        allow_flashcall: false,
        current_number: false,
        allow_app_hash: false,
        allow_missed_call: false,
        allow_firebase: false,
        unknown_number: false,
        logout_tokens: None,
        token: None,
        app_sandbox: None,
    };
    let request = functions::auth::SendCode {
        phone_number: phone.to_owned(),
        api_id: 1,
        api_hash: String::new(),
        settings: settings.into(),
    };
    let enums::auth::SentCode::Code(sent) = client.invoke(&request).await? else { panic!("a code was sent") };
    Ok(sent.phone_code_hash)
}

/// A sign-in with a code.
pub fn sign_in(phone: &str, hash: &str, code: &str) -> functions::auth::SignIn {
    functions::auth::SignIn {
        phone_number: phone.to_owned(),
        phone_code_hash: hash.to_owned(),
        phone_code: Some(code.to_owned()),
        email_verification: None,
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

fn message(peer: &enums::InputPeer, text: &str, random_id: i64) -> functions::messages::SendMessage {
    functions::messages::SendMessage {
        no_webpage: false,
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer: peer.clone(),
        reply_to: None,
        message: text.to_owned(),
        random_id,
        reply_markup: None,
        entities: None,
        schedule_date: None,
        schedule_repeat_period: None,
        send_as: None,
        quick_reply_shortcut: None,
        effect: None,
        allow_paid_stars: None,
        suggested_post: None,
        rich_message: None,
    }
}
