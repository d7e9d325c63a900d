//! People who talk: test accounts that know each other.

use testkit::{Client, Options};
use tl::{enums, functions, types};

use crate::{Failure, process::Server};

/// A signed-in person.
pub(crate) struct Person {
    pub(crate) client: Client,
    phone: String,
    /// Id and access hash of whom it writes to.
    pub(crate) other: (i64, i64),
}

impl Person {
    /// Signs up under a number of its own.
    pub(crate) async fn join(server: &Server, number: usize) -> Result<Self, Failure> {
        let phone = format!("999662{number:04}");
        let mut client = Client::connect(server.address, Options::new(server.key.clone())).await?;
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
            phone_number: phone.clone(),
            api_id: 1,
            api_hash: String::new(),
            settings: settings.into(),
        };
        let enums::auth::SentCode::Code(sent) = client.invoke(&request).await? else { return Err("no code".into()) };
        let request = functions::auth::SignIn {
            phone_number: phone.clone(),
            phone_code_hash: sent.phone_code_hash.clone(),
            phone_code: Some("22222".into()),
            email_verification: None,
        };
        client.invoke(&request).await?;
        let request = functions::auth::SignUp {
            no_joined_notifications: false,
            phone_number: phone.clone(),
            phone_code_hash: sent.phone_code_hash,
            first_name: format!("P{number}"),
            last_name: String::new(),
        };
        client.invoke(&request).await?;
        Ok(Self { client, phone, other: (0, 0) })
    }

    async fn knows(&mut self, other: &Person) -> Result<(), Failure> {
        let contact = types::InputPhoneContact {
            client_id: 0,
            phone: other.phone.clone(),
            first_name: "Other".into(),
            last_name: String::new(),
            note: None,
        };
        let found = self.client.invoke(&functions::contacts::ImportContacts { contacts: vec![contact.into()] }).await?;
        let enums::contacts::ImportedContacts::Contacts(found) = found;
        let Some(enums::User::User(user)) = found.users.into_iter().next() else { return Err("not found".into()) };
        self.other = (user.id, user.access_hash.unwrap_or(0));
        Ok(())
    }

    /// A message to the other.
    pub(crate) fn message(&self) -> functions::messages::SendMessage {
        let (user_id, access_hash) = self.other;
        text(&types::InputPeerUser { user_id, access_hash }.into())
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
        message: "signal ".repeat(14),
        random_id: rand::random::<i64>() | 1,
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
