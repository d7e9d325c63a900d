//! What people do at a client before anything else: sign in, find each other, write.

use tl::{enums, functions, types};

use crate::{Client, Error};

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
    match client.invoke(&request).await? {
        enums::auth::SentCode::Code(sent) => Ok(sent.phone_code_hash),
        _ => Err(Error::Unexpected("no code was sent")),
    }
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

/// Signs a test number (99966XYYYY) in, and up where it has no account; gives the account's id.
pub async fn enter(client: &mut Client, phone: &str, first_name: &str) -> Result<i64, Error> {
    let hash = ask_for_code(client, phone).await?;
    let code = phone.get(5..6).unwrap_or_default().repeat(5);
    let authorization = match client.invoke(&sign_in(phone, &hash, &code)).await? {
        enums::auth::Authorization::SignUpRequired(_) => {
            let request = functions::auth::SignUp {
                no_joined_notifications: false,
                phone_number: phone.to_owned(),
                phone_code_hash: hash,
                first_name: first_name.to_owned(),
                last_name: String::new(),
            };
            client.invoke(&request).await?
        }
        it @ enums::auth::Authorization::Authorization(_) => it,
    };
    match authorization {
        enums::auth::Authorization::Authorization(it) => Ok(it.user.id()),
        enums::auth::Authorization::SignUpRequired(_) => Err(Error::Unexpected("signed up, and still to sign up")),
    }
}

/// Takes somebody into the address book, and gives how it is written to.
pub async fn find(client: &mut Client, phone: &str) -> Result<types::InputPeerUser, Error> {
    let contact = types::InputPhoneContact {
        client_id: 0,
        phone: phone.to_owned(),
        first_name: "Other".into(),
        last_name: String::new(),
        note: None,
    };
    let request = functions::contacts::ImportContacts { contacts: vec![contact.into()] };
    let enums::contacts::ImportedContacts::Contacts(found) = client.invoke(&request).await?;
    match found.users.into_iter().next() {
        Some(enums::User::User(it)) => {
            Ok(types::InputPeerUser { user_id: it.id, access_hash: it.access_hash.unwrap_or(0) })
        }
        _ => Err(Error::Unexpected("nobody has that number")),
    }
}

/// A text for a chat.
pub fn message(peer: &enums::InputPeer, text: &str, random_id: i64) -> functions::messages::SendMessage {
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
