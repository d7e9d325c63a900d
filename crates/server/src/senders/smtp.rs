//! Codes as letters, by a mail server of the operator's choice.

use std::time::Duration;

use api::ports::{CodePurpose, CodeTarget};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};

use super::{Letter, NotSent, PAUSES, insist};
use crate::{cli::Failure, config::Hidden};

/// How long one step of the conversation with the mail server may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A way to the mail server.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    server: String,
    pub(super) pauses: Vec<Duration>,
}

impl Mailer {
    pub fn new(url: &Hidden, from: &str, server: &str) -> Result<Self, Failure> {
        // Its own error may repeat the password.
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url.0)
            .map_err(|_| "smtp_url does not read: write smtps://user:password@host or smtp://host:25")?;
        let from = from.parse().map_err(|error| format!("smtp_from is no address: {error}"))?;
        let transport = builder.timeout(Some(TIMEOUT)).build();
        Ok(Self { transport, from, server: server.to_owned(), pauses: PAUSES.to_vec() })
    }

    /// Mails a code, up to three times.
    pub(super) async fn send(&self, letter: &Letter) -> Result<(), NotSent> {
        let message = self.message(letter).ok_or(NotSent::Unfit)?;
        let attempt = || async {
            match self.transport.send(message.clone()).await {
                Ok(_) => Ok(()),
                Err(error) if error.is_permanent() => Err(NotSent::Refused),
                Err(error) if error.is_timeout() => Err(NotSent::Late),
                Err(_) => Err(NotSent::Broken),
            }
        };
        insist(&self.pauses, attempt).await
    }

    fn message(&self, letter: &Letter) -> Option<Message> {
        let CodeTarget::Email(address) = &letter.to else { return None };
        let (what, advice) = match letter.purpose {
            CodePurpose::SignIn => {
                ("sign-in code", "Do not give it to anyone. If you did not ask for it, ignore this letter.")
            }
            CodePurpose::ChangePhone | CodePurpose::ConfirmPhone => ("confirmation code", "Do not give it to anyone."),
            CodePurpose::VerifyEmail => {
                ("code to confirm this address", "If you did not ask for it, ignore this letter.")
            }
            CodePurpose::RecoverPassword => (
                "code to reset your password",
                "If you did not ask for it, somebody has your sign-in code: end unknown sessions in your settings.",
            ),
        };
        Message::builder()
            .from(self.from.clone())
            .to(address.parse().ok()?)
            .subject(format!("{}: {what}", self.server))
            .header(ContentType::TEXT_PLAIN)
            .body(format!("Your {what} on {}: {}\n\n{advice}\n", self.server, letter.code))
            .ok()
    }
}
