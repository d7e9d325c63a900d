//! How codes leave the server: by a webhook of the operator's, by mail, or not at all, and then they are
//! read with `chappe user code`. No code, number or address reaches a log.

mod smtp;
mod webhook;

use std::{future::ready, pin::Pin, sync::Arc};

use api::ports::{CodePurpose, CodeTarget};
use rand::RngCore;
use tokio::sync::Semaphore;

pub use webhook::connector;

use crate::{cli::Failure, config::Config, senders::smtp::Mailer, senders::webhook::Webhook};

/// Codes under way at once; a sender that hangs must not fill the memory.
const UNDER_WAY: usize = 256;

/// A code and where it goes.
struct Letter {
    /// Names the letter: a receiver that sees it twice sends it once.
    id: String,
    to: CodeTarget,
    code: String,
    purpose: CodePurpose,
}

/// The configured senders.
pub struct Senders {
    webhook: Option<Arc<Webhook>>,
    mailer: Option<Arc<Mailer>>,
    room: Arc<Semaphore>,
}

impl Senders {
    /// Reads the configuration; what doesn't fit together is said before the server starts.
    pub fn new(config: &Config) -> Result<Self, Failure> {
        let webhook = match (&config.webhook_url, &config.webhook_secret) {
            (Some(url), Some(secret)) => Some(Arc::new(Webhook::new(url, secret, &config.name)?)),
            (None, None) => None,
            _ => return Err("webhook_url and webhook_secret belong together: set both or none".into()),
        };
        let mailer = match (&config.smtp_url, &config.smtp_from) {
            (Some(url), Some(from)) => Some(Arc::new(Mailer::new(url, from, &config.name)?)),
            (None, None) => None,
            _ => return Err("smtp_url and smtp_from belong together: set both or none".into()),
        };
        if config.login_email && webhook.is_none() && mailer.is_none() {
            return Err(
                "login_email needs a sender: set smtp_url and smtp_from, or webhook_url and webhook_secret".into()
            );
        }
        Ok(Self { webhook, mailer, room: Arc::new(Semaphore::new(UNDER_WAY)) })
    }

    /// Whether codes can be mailed at all.
    pub fn can_mail(config: &Config) -> bool {
        config.smtp_url.is_some() || config.webhook_url.is_some()
    }

    /// As [`Ports::send_code`](api::ports::Ports::send_code).
    #[allow(clippy::disallowed_methods, reason = "the server owns its tasks and its randomness")]
    pub fn send_code(
        &self,
        to: CodeTarget,
        code: String,
        purpose: CodePurpose,
    ) -> Pin<Box<dyn Future<Output = bool> + Send>> {
        let mailer = self.mailer.clone().filter(|_| matches!(to, CodeTarget::Email(_)));
        if mailer.is_none() && self.webhook.is_none() {
            tracing::info!(?purpose, "a code waits to be read with `chappe user code`");
            return Box::pin(ready(false));
        }
        let Ok(place) = Arc::clone(&self.room).try_acquire_owned() else {
            tracing::warn!(?purpose, "a code is not sent: the sender does not keep up");
            return Box::pin(ready(false));
        };
        let letter = Letter { id: format!("{:016x}", rand::rng().next_u64()), to, code, purpose };
        let webhook = self.webhook.clone();
        // The client is answered at once; the sender may take its time.
        tokio::spawn(async move {
            let sent = match (mailer, webhook) {
                (Some(mailer), _) => mailer.send(&letter).await,
                (None, Some(webhook)) => webhook.send(&letter).await,
                (None, None) => Ok(()),
            };
            if let Err(why) = sent {
                tracing::warn!(?purpose, %why, "a code could not be sent");
            }
            drop(place);
        });
        Box::pin(ready(true))
    }
}

/// Why a code was not sent; no word of it comes from the letter.
#[derive(Debug, thiserror::Error)]
enum NotSent {
    #[error("the receiver does not answer in time")]
    Late,
    #[error("no connection: {0}")]
    Unreachable(std::io::ErrorKind),
    #[error("the connection broke")]
    Broken,
    #[error("the receiver answered {0}")]
    Answered(u16),
    #[error("the receiver refused the letter for good")]
    Refused,
    #[error("the letter has no form that can be sent")]
    Unfit,
}

impl NotSent {
    /// Whether another try may help.
    fn may_pass(&self) -> bool {
        match self {
            NotSent::Late | NotSent::Unreachable(_) | NotSent::Broken => true,
            NotSent::Answered(status) => *status >= 500 || *status == 429,
            NotSent::Refused | NotSent::Unfit => false,
        }
    }
}

/// Pauses before the second and the third try; then the code has lost its use.
const PAUSES: [std::time::Duration; 2] = [std::time::Duration::from_secs(1), std::time::Duration::from_secs(4)];

/// Tries until it works, can't, or has been tried often enough.
async fn insist<F: Future<Output = Result<(), NotSent>>>(
    pauses: &[std::time::Duration],
    mut attempt: impl FnMut() -> F,
) -> Result<(), NotSent> {
    for pause in pauses {
        match attempt().await {
            Err(why) if why.may_pass() => tokio::time::sleep(*pause).await,
            settled => return settled,
        }
    }
    attempt().await
}

#[cfg(test)]
mod tests;
