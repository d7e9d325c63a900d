//! What an operator can ask, over the socket or with the store in hand.

use domain::{Domain, accounts::operator};
use serde::{Deserialize, Serialize};

/// A request: one line of JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Request {
    /// Write a backup into this file, encrypted to a recipient or with a passphrase.
    Backup { file: std::path::PathBuf, recipient: Option<String>, passphrase: Option<String>, with_master_key: bool },
    /// Let a number register.
    UserAdd { phone: String },
    /// The code that a number waits for.
    UserCode { phone: String },
    /// Accounts.
    UserList,
    /// Switch off.
    UserDisable { phone: String },
    /// Switch on.
    UserEnable { phone: String },
}

/// The answer: one line of JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// What to print.
    Lines(Vec<String>),
    /// What went wrong, and what to do.
    Error(String),
}

/// Runs an account command.
pub async fn run(domain: &Domain, request: Request) -> Reply {
    let result = match request {
        Request::Backup { .. } => Err("the socket makes backups itself".to_owned()),
        Request::UserAdd { phone } => add(domain, &phone).await,
        Request::UserCode { phone } => code(domain, &phone).await,
        Request::UserList => list(domain).await,
        Request::UserDisable { phone } => set_disabled(domain, &phone, true).await,
        Request::UserEnable { phone } => set_disabled(domain, &phone, false).await,
    };
    result.map_or_else(Reply::Error, Reply::Lines)
}

type Said = Result<Vec<String>, String>;

async fn add(domain: &Domain, phone: &str) -> Said {
    let command = operator::AllowNumber { phone: phone.to_owned() };
    domain.command(command).await.map_err(|_| format!("{phone} is not a phone number"))?;
    Ok(vec![format!("{phone} may register")])
}

async fn code(domain: &Domain, phone: &str) -> Said {
    let code = domain.query(|view| operator::code(view, phone)).await;
    match code {
        Ok(Some(code)) => Ok(vec![code]),
        Ok(None) => Err(format!("{phone} waits for no code: ask for one in the client first")),
        Err(_) => Err(format!("{phone} is not a phone number")),
    }
}

async fn list(domain: &Domain) -> Said {
    let all = domain.query(|view| operator::list(view)).await.map_err(|error| format!("{error:?}"))?;
    let line = |it: operator::Listed| {
        let state = if it.deleted {
            "deleted"
        } else if it.disabled {
            "disabled"
        } else {
            "active"
        };
        format!("{}\t{state}\tcreated {}", it.id.0, it.created)
    };
    Ok(all.into_iter().map(line).collect())
}

async fn set_disabled(domain: &Domain, phone: &str, disabled: bool) -> Said {
    let command = operator::SetDisabled { phone: phone.to_owned(), disabled };
    domain.command(command).await.map_err(|_| format!("nobody has the number {phone}"))?;
    Ok(vec![format!("{phone} is {}", if disabled { "disabled" } else { "enabled" })])
}
